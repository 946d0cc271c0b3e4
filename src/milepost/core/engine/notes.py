"""What a fact tells of its person, whatever the program asks: goal, answers, measures, questions, days of activity.

1. Notes are a function of the facts alone: of two that speak of the same thing the later one counts, by time and then by
   number. So a late fact and a replay leave the same notes.
2. Each kind of note has a bound, the oldest going first: the write key is public, and a state must not grow without end.
3. What a person takes back (an answer of null) is kept as taken back, so that an older fact cannot bring it up again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.compare import number
from milepost.core.delivery.preferences import TRAIT, preferences_of
from milepost.core.engine.attention import zone_of
from milepost.core.engine.plain import LONGEST_NAME, small
from milepost.core.engine.state import (
    Answer,
    Completed,
    Handled,
    Metered,
    Preferred,
    Recorded,
    Spoken,
    State,
    Talk,
    Wish,
)
from milepost.core.events import Fact
from milepost.core.people.profile import locale_of
from milepost.core.program.compile import Program
from milepost.core.values import Instant

_MOST_ANSWERS, _MOST_OTHERS = 200, 50
_MOST_VALUES = 30
_MOST_DAYS = 28
_YEARS = range(2000, 2200)
_LONGEST_ANSWER = 2000

Dated = TypeVar("Dated", Answer, Wish, Handled, Completed)
Said = TypeVar("Said", Preferred, Spoken)


def note(program: Program, state: State, fact: Fact) -> None:
    """Writes down what this fact says of the person."""
    if fact.source == "live":
        _active(program, state, fact)
    if fact.source == "live" or fact.name in _SIGNS_OF_LIFE:
        _act(state, "in_app", fact)
    told = _NOTES.get(fact.name)
    if told is not None:
        told(program, state, fact)


def alike(one: Program, other: Program) -> bool:
    """Whether both leave the same notes of the same facts. With what only one of them has, nobody has done anything."""
    teaches, taught = _lessons(one), _lessons(other)
    both = teaches.keys() & taught.keys()
    return _reading(one) == _reading(other) and all(teaches[key] == taught[key] for key in both)


def _lessons(program: Program) -> dict[tuple[str, str], object]:
    """What is noted of whoever has seen a piece or a message."""
    content, messages = program.document.content.items(), program.document.messages.items()
    of_pieces = {("content", key): _resource(piece) for key, piece in content}
    return {**of_pieces, **{("message", key): (message.resource, message.channel) for key, message in messages}}


def _reading(program: Program) -> tuple[object, ...]:
    document, accounts = program.document, program.accounts
    goals = document.goals if program.subject == "account" else accounts.document.goals if accounts else {}
    return set(document.measures), set(goals), document.timezone


def forget(state: State) -> None:
    """Before a replay, which notes everything again."""
    state.goal, state.goal_at, state.stated = "", None, []
    state.answers, state.measures, state.wishes, state.talks, state.handled = {}, {}, {}, {}, {}
    state.completed = {}
    state.seen, state.taken, state.acted, state.active_on = [], [], {}, []
    state.preferred, state.spoken = None, None


def unite(into: State, other: State) -> None:
    """What either of two that turn out to be one has told, as if one had told it all."""
    _state_goals(into, [*into.stated, *other.stated])
    into.answers = _latest({**into.answers}, other.answers, _MOST_ANSWERS)
    into.wishes = _latest({**into.wishes}, other.wishes, _MOST_OTHERS)
    into.handled = _latest({**into.handled}, other.handled, _MOST_ANSWERS)
    into.completed = _latest({**into.completed}, other.completed, _MOST_ANSWERS)
    measured = {key: _metered(into.measures.get(key, Metered()), metered) for key, metered in other.measures.items()}
    into.measures = {**into.measures, **measured}
    talks = {key: _talked(into.talks.get(key, Talk()), talk) for key, talk in other.talks.items()}
    into.talks = {**into.talks, **talks}
    into.preferred = _last_said(into.preferred, other.preferred)
    into.spoken = _last_said(into.spoken, other.spoken)
    into.seen = sorted({*into.seen, *other.seen})
    into.taken = sorted({*into.taken, *other.taken})
    acted = {channel: max(instant, into.acted.get(channel, instant)) for channel, instant in other.acted.items()}
    into.acted = {**into.acted, **acted}
    into.active_on = sorted({*into.active_on, *other.active_on})[-_MOST_DAYS:]


def _active(program: Program, state: State, fact: Fact) -> None:
    zone = zone_of(program.document, state)
    day = (fact.at if zone == "UTC" else fact.at.astimezone(ZoneInfo(zone))).toordinal()
    if state.active_on[-1:] != [day] and day not in state.active_on:
        state.active_on = sorted([*state.active_on, day])[-_MOST_DAYS:]


def _act(state: State, channel: str, fact: Fact) -> None:
    instant = (fact.at, fact.seq)
    if (known := state.acted.get(channel)) is None or known < instant:
        state.acted = {**state.acted, channel: instant}


def _goal(program: Program, state: State, fact: Fact) -> None:
    if (goal := _name(fact, "goal")) and not _is_of_others(program, goal):
        _state_goals(state, [*state.stated, (fact.at, fact.seq, goal)])


def _is_of_others(program: Program, goal: str) -> bool:
    """Whether it is another subject's: what a person wants is no goal of their account, nor the other way round."""
    if program.subject == "account":
        return program.renamed(goal) not in program.document.goals
    return program.accounts is not None and goal in program.accounts.document.goals


def _state_goals(state: State, stated: list[tuple[datetime, int, str]]) -> None:
    """The goal is the last one that they stated, since they first stated it without another one between."""
    state.stated = sorted(set(stated))[-_MOST_OTHERS:]
    for at, seq, goal in reversed(state.stated):
        if goal != state.stated[-1][2]:
            break
        state.goal, state.goal_at = goal, (at, seq)


def _answer(program: Program, state: State, fact: Fact) -> None:
    question, value = _name(fact, "question"), small(fact.properties.get("answer"), _LONGEST_ANSWER)
    if question:
        said = Answer(at=fact.at, seq=fact.seq, survey=_name(fact, "survey"), value=value)
        state.answers = _latest(state.answers, {question: said}, _MOST_ANSWERS)


def _measure(program: Program, state: State, fact: Fact) -> None:
    """A number, or for `by` a day; anything else says nothing."""
    key, role = _name(fact, "measure"), _name(fact, "as") if "as" in fact.properties else "value"
    value = _day(fact.properties.get("value")) if role == "by" else number(fact.properties.get("value"))
    if value is None or role not in _METERED or key not in program.document.measures:
        return
    new = _METERED[role](Recorded(fact.at, fact.seq, value))
    state.measures = {**state.measures, key: _metered(state.measures.get(key, Metered()), new)}


def _identify(program: Program, state: State, fact: Fact) -> None:
    language = locale_of(fact.properties, {})
    if language:
        state.spoken = _last_said(state.spoken, Spoken(fact.at, fact.seq, language))
    _prefer(state, fact)


def _prefer(state: State, fact: Fact) -> None:
    """Only what they said on their own page."""
    if fact.source != "milepost" or TRAIT not in fact.properties:
        return
    zone = fact.properties.get("timezone")
    said = Preferred(at=fact.at, seq=fact.seq, how=preferences_of(fact.properties), zone=str(zone or ""))
    state.preferred = _last_said(state.preferred, said)


def _last_said(known: Said | None, new: Said | None) -> Said | None:
    said = (each for each in (known, new) if each is not None)
    return max(said, key=lambda each: (each.at, each.seq), default=None)


def _wish(program: Program, state: State, fact: Fact) -> None:
    milestone, day = _name(fact, "milestone"), _day(fact.properties.get("on"))
    if milestone:
        skip = fact.name == events.MILESTONE_SKIPPED
        wish = Wish(fact.at, fact.seq, skip, None if skip or day is None else date.fromisoformat(day))
        state.wishes = _latest(state.wishes, {milestone: wish}, _MOST_OTHERS)


def _talk(program: Program, state: State, fact: Fact) -> None:
    """Only members reply and close, so that nobody can end a conversation from outside."""
    role = _TALKS[fact.name]
    if role == "asked" or fact.source == "milepost":
        key = str(small(fact.properties.get("conversation", ""), LONGEST_NAME))[:LONGEST_NAME]
        said = _talked(state.talks.get(key, Talk()), Talk(**{role: (fact.at, fact.seq)}))
        talks = {**state.talks, key: said}
        while len(talks) > _MOST_OTHERS:
            del talks[min(talks, key=lambda name: _last_word(talks[name]))]
        state.talks = talks


def _complete(program: Program, state: State, fact: Fact) -> None:
    """A task of a plan. Only members say so."""
    found = _OF_PLAN.fullmatch(str(fact.properties.get("task")))
    if (
        found is None
        or fact.source != "milepost"
        or program.renamed(found["plan"]) not in program.document.plan_templates
    ):
        return
    outcome = str(small(fact.properties.get("outcome") or "", _LONGEST_ANSWER))
    said = Completed(fact.at, fact.seq, fact.name == events.TEAM_TASK_COMPLETED, _name(fact, "by"), outcome)
    state.completed = _latest(state.completed, {f"{found['plan']}/{found['name']}": said}, _MOST_ANSWERS)


def _content(program: Program, state: State, fact: Fact) -> None:
    key, how = _name(fact, "content"), _HANDLED.get(fact.name)
    if how is not None and (program.has("content", key) or key in program.offers):
        state.handled = _latest(state.handled, {key: Handled(fact.at, fact.seq, how)}, _MOST_ANSWERS)
    if fact.name in (events.CONTENT_SHOWN, events.CONTENT_COMPLETED):
        _see(state, key if key in program.document.articles else _resource(program.document.content.get(key)))


def _message(program: Program, state: State, fact: Fact) -> None:
    message = program.document.messages.get(_name(fact, "message"))
    if message is not None:
        _see(state, message.resource)
        _act(state, message.channel, fact)


def _article(program: Program, state: State, fact: Fact) -> None:
    key = _name(fact, "article")
    if key in program.document.articles:
        _see(state, key)
        state.handled = _latest(state.handled, {key: Handled(fact.at, fact.seq, "completed")}, _MOST_ANSWERS)


def _offer(program: Program, state: State, fact: Fact) -> None:
    key = _name(fact, "offer")
    if key in program.offers and key not in state.taken:
        state.taken = sorted([*state.taken, key])


def _see(state: State, resource: str | None) -> None:
    if resource and resource not in state.seen:
        state.seen = sorted([*state.seen, resource])


def _resource(definition: object) -> str | None:
    return getattr(definition, "resource", None)


def _name(fact: Fact, property_: str) -> str:
    value = fact.properties.get(property_)
    return value[:LONGEST_NAME] if isinstance(value, str) else ""


def _day(value: Any) -> str | None:
    """The day that a date, or a date and time, begins with; None when it is no such text, or no day to plan for."""
    try:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return day.isoformat() if day is not None and day.year in _YEARS else None


def _latest(known: Mapping[str, Dated], new: Mapping[str, Dated], most: int) -> dict[str, Dated]:
    """Both together, of each key the later one, of all only the latest."""
    united = dict(known)
    for key, item in new.items():
        if key not in united or (item.at, item.seq) > (united[key].at, united[key].seq):
            united[key] = item
    if len(united) <= most:
        return united
    return dict(sorted(united.items(), key=lambda pair: (pair[1].at, pair[1].seq))[-most:])


def _metered(known: Metered, new: Metered) -> Metered:
    values = {(each.at, each.seq): each for each in (*known.values, *new.values)}
    roles = {role: _later(getattr(known, role), getattr(new, role)) for role in _ROLES}
    return Metered(values=tuple(values[instant] for instant in sorted(values)[-_MOST_VALUES:]), **roles)


def _later(one: Recorded | None, other: Recorded | None) -> Recorded | None:
    return max((each for each in (one, other) if each), key=lambda each: (each.at, each.seq), default=None)


def _talked(known: Talk, new: Talk) -> Talk:
    roles = {role: max(filter(None, (getattr(known, role), getattr(new, role))), default=None) for role in _TALK_ROLES}
    return replace(known, **roles)


def _last_word(talk: Talk) -> Instant:
    return max(instant for instant in (talk.asked, talk.replied, talk.closed) if instant is not None)


_OF_PLAN = re.compile(r"task:plan:(?P<plan>.+):(?P<name>\d+(\.\d+)?)")
_METERED: dict[str, Callable[[Recorded], Metered]] = {
    "value": lambda recorded: Metered(values=(recorded,)),
    "baseline": lambda recorded: Metered(baseline=recorded),
    "target": lambda recorded: Metered(target=recorded),
    "by": lambda recorded: Metered(by=recorded),
}
_ROLES = ("baseline", "target", "by")
_TALK_ROLES = ("asked", "replied", "closed")
_TALKS = {events.QUESTION_ASKED: "asked", events.QUESTION_REPLIED: "replied", events.CONVERSATION_CLOSED: "closed"}
_HANDLED = {
    events.CONTENT_COMPLETED: "completed",
    events.CONTENT_DISMISSED: "dismissed",
    events.CONTENT_REFUSED: "refused",
}
#: What only people do in our own pieces and pages; a member says nothing in their name there.
_SIGNS_OF_LIFE = frozenset(
    {
        events.CONTENT_SHOWN,
        events.CONTENT_STEP_SEEN,
        events.CONTENT_COMPLETED,
        events.CONTENT_DISMISSED,
        events.CONTENT_SNOOZED,
        events.CONTENT_REFUSED,
        events.CONTENT_STARTED,
        events.CONTENT_ACTED,
        events.GOAL_STATED,
        events.QUESTION_ANSWERED,
        events.SURVEY_ANSWERED,
        events.MEASURE_RECORDED,
        events.OFFER_SHOWN,
        events.OFFER_ACCEPTED,
        events.OFFER_DECLINED,
        events.INVITE_SENT,
        events.QUESTION_ASKED,
        events.FEEDBACK_GIVEN,
        events.ARTICLE_OPENED,
    }
)
_NOTES: dict[str, Callable[[Program, State, Fact], None]] = {
    events.NAME_OF_KIND["identify"]: _identify,
    events.GOAL_STATED: _goal,
    events.QUESTION_ANSWERED: _answer,
    events.MEASURE_RECORDED: _measure,
    events.MILESTONE_SKIPPED: _wish,
    events.DATE_SET: _wish,
    events.CONTENT_SHOWN: _content,
    **dict.fromkeys(_HANDLED, _content),
    **dict.fromkeys(_TALKS, _talk),
    events.EMAIL_OPENED: _message,
    events.EMAIL_CLICKED: _message,
    events.ARTICLE_OPENED: _article,
    events.OFFER_ACCEPTED: _offer,
    events.TEAM_TASK_COMPLETED: _complete,
    events.TEAM_TASK_REOPENED: _complete,
}

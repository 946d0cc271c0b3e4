"""Check-ins: a survey at a rhythm, its reminders, and what answers progress.

1. The rhythm begins with the goal (with `when`, where the survey has one, and then only those are asked of whom it still is
   true; with the start, where the program has no goals).
   The first round is one interval later, each on the same hour of the person's wall clock, moved out of the hours in which
   they sleep.
2. A round that nobody answers is reminded of after one day and after three. Two days later, or when the next one is due, it
   is *missed*: the answer is unknown, which is no answer.
3. Progress is praised with its number, once a round; what is no progress is never praised. A value that is corrected is
   judged again.
4. Rounds that lie in the past are passed over: nobody is asked about them, and nobody has missed them.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.engine import patience
from milepost.core.engine.attention import quiet_ends, zone_of
from milepost.core.engine.measures import measures_of, standing
from milepost.core.engine.state import CheckIn
from milepost.core.events import Fact
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.content import Survey
from milepost.core.program.kinds.limits import Quiet
from milepost.core.values import BY_TIME_ALONE, Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

#: Begins the name of a timer in `State.wakes`; the rest is the survey's key.
TIMER = "check_in:"
_REMINDERS = (timedelta(days=1), timedelta(days=3))
_GIVEN_UP = timedelta(days=5)
_ASLEEP = Quiet(time(21), time(9))  # where the program names no quiet hours


def begin(work: Work, rule: Rule) -> bool:
    """Whether a rule that has latched begins a rhythm instead of showing something."""
    if rule.kind == "content" and _survey(work, rule.key) is not None:
        _set_out(work, rule.key)
        return True
    if rule.kind == "start":
        _set_out_all(work)
    return False


def follow(work: Work, fact: Fact) -> None:
    """Sets the rhythm when the goal is stated, and looks at an answer."""
    if fact.name == events.GOAL_STATED:
        _set_out_all(work)
    elif fact.name in (events.QUESTION_ANSWERED, events.SURVEY_ANSWERED):
        survey = fact.properties.get("survey")
        if isinstance(survey, str) and _survey(work, survey) is not None:
            _answered(work, survey, fact)
    elif fact.name == events.MEASURE_RECORDED and fact.properties.get("as", "value") == "value":
        for survey in _asking_for(work, fact.properties.get("measure")):
            _answered(work, survey, fact)
            _praise(work, survey, str(fact.properties["measure"]), (fact.at, fact.seq))


def wake(work: Work, survey: str, at: datetime) -> None:
    """It is time to ask, to remind, or to give up."""
    record = work.state.check_ins.get(survey)
    if record is None or _survey(work, survey) is None:
        return
    if record.asked_at is None or record.ended:
        _ask(work, survey, record, at)
    elif not _was_asked(work, survey, record):
        _pass_over(work, survey, record)
    elif at >= _gives_up_at(work, survey, record):
        _miss(work, survey, record, at)
    else:
        _remind(work, survey, record, at)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: each rhythm goes on where it was."""
    records = {work.program.renamed(key): record for key, record in work.state.check_ins.items()}
    work.state.check_ins = {key: record for key, record in records.items() if _survey(work, key) is not None}
    for key, record in work.state.check_ins.items():
        work.wake_at(TIMER + key, record.due)
    _set_out_all(work)


def _set_out_all(work: Work) -> None:
    for key, content in work.program.document.content.items():
        if isinstance(content, Survey) and content.every is not None:
            _set_out(work, key)


def _set_out(work: Work, survey: str) -> None:
    """Begins the rhythm, if what it begins with has come and it has not begun."""
    anchor = _anchor(work, survey)
    if survey not in work.state.check_ins and anchor is not None:
        _pass_over(work, survey, CheckIn(since=anchor[0]))


def _ask(work: Work, survey: str, record: CheckIn, at: datetime) -> None:
    """Asks the next round; one that lies in the past, or finds no room, is passed over."""
    number = record.number + 1
    why = {"text": f"Check-in {number} is due."}
    fate = ""
    if work.given.at - at <= patience.MESSAGE and _is_for(work, survey, at):
        instant = (at, BY_TIME_ALONE)
        fate = work.desk.propose(
            "content", survey, instant, milestone=None, why=why, occurrence=_round(work, survey, number)
        )
    asked = CheckIn(since=record.since, number=number, asked_at=at, praised=record.praised)
    if fate in ("shown", "held"):
        why = {"text": f"Check-in {number} is due."}
        call(work, survey, (at, BY_TIME_ALONE), why, f"{_round(work, survey, number)}:asked")
        _wait(work, survey, asked, _looks_again_at(work, survey, asked))
    else:
        _pass_over(work, survey, asked)


def _is_for(work: Work, survey: str, at: datetime) -> bool:
    """Whether they still are one of those whom the survey is for."""
    rule = work.program.rules.get(("content", survey))
    return rule is None or holds(rule.condition, work.view, (at, END_OF_MOMENT))


def call(work: Work, survey: str, instant: Instant, why: dict[str, str], occurrence: str) -> None:
    """Who last acted in the reminder's own channel is asked there as well."""
    key = _definition(work, survey).remind
    if key is None or not work.state.acted:
        return
    last = max(work.state.acted, key=lambda channel: work.state.acted[channel])
    if last == work.program.document.messages[key].channel:
        text = f"{why['text']} They last acted by {last}."
        work.desk.propose("message", key, instant, milestone=None, why={"text": text}, occurrence=occurrence)


def _remind(work: Work, survey: str, record: CheckIn, at: datetime) -> None:
    reminded = replace(record, reminded=record.reminded + 1)
    message, occurrence = _definition(work, survey).remind, f"{_round(work, survey, record.number)}:{reminded.reminded}"
    if message is not None:
        why = {
            "text": f"Check-in {record.number} has no answer yet; reminder {reminded.reminded} of {len(_REMINDERS)}."
        }
        work.desk.propose("message", message, (at, BY_TIME_ALONE), milestone=None, why=why, occurrence=occurrence)
    _wait(work, survey, reminded, _looks_again_at(work, survey, reminded))


def _miss(work: Work, survey: str, record: CheckIn, at: datetime) -> None:
    """The answer is unknown."""
    about = {"survey": survey, "occurrence": record.number}
    name = f"{work.program.origin(survey)}:{record.number}"
    work.desk.decide("check_in", survey, "missed", {"text": f"Check-in {record.number} was not answered: unknown."})
    work.desk.tell(events.CHECK_IN_MISSED, about, f"check-in-missed:{name}")
    work.desk.end(survey, f"check-in:{name}")
    _let_go(work, survey, record.number)
    _wait(work, survey, replace(record, ended="missed"), _due(work, survey, record, record.number + 1))


def _answered(work: Work, survey: str, fact: Fact) -> None:
    """The round is answered; a reminder that waits has lost its point. An answer to what was missed is one all the same."""
    record = work.state.check_ins.get(survey)
    if record is None or record.asked_at is None or fact.at < record.asked_at or record.ended == "answered":
        return
    if fact.name == events.QUESTION_ANSWERED and fact.properties.get("answer") is None:
        return
    _let_go(work, survey, record.number)
    _wait(work, survey, replace(record, ended="answered"), _due(work, survey, record, record.number + 1))


def _praise(work: Work, survey: str, measure: str, instant: Instant) -> None:
    """Progress, asked for or told of one's own accord: once between two rounds."""
    record, praise = work.state.check_ins.get(survey), _definition(work, survey).praise
    now = standing(work.program.document, work.state, measure)
    if record is None or praise is None or now is None or now.judgement != "better":
        return
    if (record.asked_at is not None and now.last.at < record.asked_at) or record.praised >= record.number:
        return
    work.state.check_ins = {**work.state.check_ins, survey: replace(record, praised=record.number)}
    why = {"text": f"{measure} is better by {abs(now.change or 0):g}: {now.last.value:g}, before {now.before:g}."}
    work.desk.celebrate(praise, instant, milestone=None, why=why, occurrence=_round(work, survey, record.number))


def _pass_over(work: Work, survey: str, record: CheckIn) -> None:
    """This round is not asked; the next one comes in its time."""
    passed = replace(record, asked_at=None, ended="passed")
    _wait(work, survey, passed, _due(work, survey, record, record.number + 1))


def _was_asked(work: Work, survey: str, record: CheckIn) -> bool:
    """What was held back may have been left undone."""
    return f"content:{work.program.origin(survey)}:{_round(work, survey, record.number)}" in work.state.spent or any(
        held.occurrence == _round(work, survey, record.number) for held in work.state.held
    )


def _wait(work: Work, survey: str, record: CheckIn, due: datetime) -> None:
    work.state.check_ins = {**work.state.check_ins, survey: replace(record, due=due)}
    work.wake_at(TIMER + survey, due)


def _let_go(work: Work, survey: str, number: int) -> None:
    name = _round(work, survey, number)
    for occasion in ("", ":asked", *(f":{i + 1}" for i in range(len(_REMINDERS)))):
        work.desk.let_go(name + occasion)


def _looks_again_at(work: Work, survey: str, record: CheckIn) -> datetime:
    """The next reminder, or the moment of giving up, whichever comes first."""
    given_up = _gives_up_at(work, survey, record)
    if record.asked_at is None or record.reminded >= len(_REMINDERS):
        return given_up
    return min(record.asked_at + _REMINDERS[record.reminded], given_up)


def _gives_up_at(work: Work, survey: str, record: CheckIn) -> datetime:
    following = _due(work, survey, record, record.number + 1)
    return following if record.asked_at is None else min(record.asked_at + _GIVEN_UP, following)


def _due(work: Work, survey: str, record: CheckIn, number: int) -> datetime:
    """When this round is asked: the same hour of their wall clock, or when they wake."""
    zone, every = zone_of(work.program.document, work.state), _definition(work, survey).every or timedelta()
    at = (record.since.astimezone(ZoneInfo(zone)) + number * every).astimezone(UTC)
    asleep = work.program.document.limits.email.quiet or _ASLEEP
    return quiet_ends(asleep, zone, at) or at


def _anchor(work: Work, survey: str) -> Instant | None:
    """What the rhythm begins with; None while it has not come."""
    state = work.state
    if _definition(work, survey).when is not None:
        return state.fired.get(f"content:{survey}")
    return state.goal_at if work.program.document.goals else state.start


def _asking_for(work: Work, measure: object) -> list[str]:
    return [survey for survey in work.state.check_ins if measure in measures_of(work.program.document, survey)]


def _round(work: Work, survey: str, number: int) -> str:
    """The name of one round, among what may come more than once."""
    return f"{work.program.origin(survey)}#{number}"


def _survey(work: Work, key: str) -> Survey | None:
    content = work.program.document.content.get(key)
    return content if isinstance(content, Survey) and content.every is not None else None


def _definition(work: Work, key: str) -> Survey:
    content = work.program.document.content[key]
    assert isinstance(content, Survey)
    return content

"""One small program with everything that insights count, and generated lives of people in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from milepost.core import events
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Did, Goal
from milepost.core.events import Fact
from milepost.core.insights.question import Period
from milepost.core.program.document import Document
from milepost.core.program.expand import reached_of
from milepost.core.program.kinds.content import Action, EmptyState, Question, Survey, Template
from milepost.core.program.kinds.goal import Goal as GoalDefinition
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Help, Milestone, Obstacle
from milepost.core.program.kinds.offer import Offer
from milepost.core.values import Instant
from tests.conditions.worlds import BASE, INSTANTS, STEP, fact

DOCUMENT = Document(
    name="Story",
    start=Did(name="Signed Up"),
    goals={
        "fit": GoalDefinition(ask="Fit", milestones=("meal", "week")),
        "slim": GoalDefinition(ask="Slim", milestones=("week", "meal", "gone")),
    },
    milestones={
        "meal": Milestone(
            title="Meal",
            reached=Did(name="Meal Logged"),
            obstacles={"lost": Obstacle(stuck=Did(name="Searched"), help=(Help(guide="guide"), Help(message="hello")))},
        ),
        "week": Milestone(
            title="Week",
            reached=Did(name="Meal Logged", at_least=2),
            obstacles={"busy": Obstacle(stuck=Goal(goal="fit"))},
        ),
    },
    messages={
        "hello": Message(channel="email", purpose="care", subject="Hi", body="Hi", serves="meal"),
        "news": Message(channel="email", purpose="care", subject="News", body="News"),
    },
    offers={
        "premium": Offer(title="P", why="w", url="/", taken=Did(name="Paid")),
        "yearly": Offer(title="Y", why="w", url="/", taken=Did(name="Paid", at_least=2)),
        "talk": Offer(title="T", why="w", url="/"),
    },
    content={
        "empty": EmptyState(on="#x", title="Empty", actions=(Action(text="Go", url="/"),)),
        "weekly": Survey(
            title="Weekly",
            questions=(
                Question(key="trouble", kind="multi", ask="?", options={"cake": "C", "time": "T"}),
                Question(key="kilos", kind="number", ask="?"),
                Question(key="friend", kind="nps", ask="?"),
                Question(key="why", kind="text", ask="?"),
            ),
        ),
    },
    templates={"day": Template(title="Day"), "week": Template(title="Week")},
)


def _any(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def _told(name: str, **properties: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(name), st.fixed_dictionaries({}, optional=properties))


_OBSTACLE = {"milestone": _any("meal", "week"), "obstacle": _any("lost", "busy")}
_PAGE = {
    "url": _any("https://app.example/a", "https://app.example/?utm_source=ad"),
    "search": _any("?utm_source=mail&x=1", "?x=1", ""),
    "referrer": _any("https://www.news.example/x", "https://app.example/b", ""),
}

#: What happens in each question's own world, so that what it counts is not rare.
WORLDS: dict[str, st.SearchStrategy[tuple[str, dict[str, Any]]]] = {
    "cohorts": st.one_of(
        _told(events.GOAL_STATED, goal=_any("fit", "slim", None)),
        _told("Identified", plan=_any("pro", "free", None, 3), source=_any("friend", "")),
        _told("Page Viewed", **_PAGE),
    ),
    "map": st.one_of(
        _told(events.GOAL_STATED, goal=_any("fit", "slim")),
        _told(events.OBSTACLE_DETECTED, **_OBSTACLE),
        _told(events.OBSTACLE_DETECTED, **_OBSTACLE),
        _told(events.OBSTACLE_RESOLVED, **_OBSTACLE, helped=st.booleans(), help=_any("guide:guide", "message:hello")),
        _told(events.CONTENT_SHOWN, content=_any("guide", "other")),
        _told(events.MESSAGE_SENT, message=_any("hello", "news")),
    ),
    "messages": st.sampled_from(
        (
            events.MESSAGE_SENT,
            events.MESSAGE_SENT,
            events.MESSAGE_FAILED,
            events.EMAIL_BOUNCED,
            events.EMAIL_OPENED,
            events.EMAIL_CLICKED,
        )
    ).flatmap(lambda name: _told(name, message=_any("hello", "news", "gone"))),
    "offers": st.one_of(
        _told(events.OFFER_SHOWN, offer=_any("premium", "yearly", "talk")),
        _told(events.OFFER_SHOWN, offer=_any("premium", "yearly", "talk")),
        _told(events.OFFER_ACCEPTED, offer=_any("premium", "yearly", "talk")),
        _told(events.OFFER_DECLINED, offer=_any("premium", "yearly")),
        _told("Paid", revenue=_any(10, 2.5, "10", None)),
    ),
    "surveys": st.one_of(
        _told(
            events.QUESTION_ANSWERED,
            question=_any("trouble", "kilos", "friend", "why", "gone"),
            answer=_any("cake", ["cake", "time"], ["cake", "cake"], [], 3, 7, 9, 10.0, None, "no time") | st.booleans(),
        ),
    ),
    "samples": st.one_of(
        _told(events.TEMPLATE_USED, template=_any("day", "week")),
        _told(events.TEMPLATE_REMOVED, template=_any("day", "week")),
        _told(events.CONTENT_SHOWN, content=_any("empty", "guide")),
        _told(events.CONTENT_ACTED, content=_any("empty", "guide"), action=_any("day", "week", "guide")),
        _told(events.TEMPLATE_FAILED, template=_any("day", "week", "gone")),
    ),
    "formats": st.sampled_from((events.CONTENT_SHOWN, events.CONTENT_SHOWN, events.CONTENT_COMPLETED)).flatmap(
        lambda name: _told(name, content=_any("guide"), format=_any("text", "video", None))
    ),
    "help": st.one_of(
        _told(events.HELP_SEARCHED, text=_any("soup", " Soup", "zebra", None), results=_any(0, 2, None)),
        _told(events.ARTICLE_OPENED, article=_any("soup")),
    ),
    "screens": _told("Page Viewed", path=_any("/projects/17", "/projects/4f0c2a9b", "/home", "/home", None)),
    "habit": st.sampled_from((events.MESSAGE_SENT, events.CONTENT_SHOWN, "Page Viewed")).flatmap(_told),
}
_ALWAYS = st.sampled_from(("Signed Up", "Meal Logged")).flatmap(_told)

People = dict[int, list[Fact]]


def lives(world: str, most: int = 10) -> st.SearchStrategy[People]:
    """Some people by uid, with their facts in the order of their numbers, which is not that of their times."""
    happened = st.tuples(WORLDS[world] | WORLDS[world] | _ALWAYS, INSTANTS)
    return st.lists(st.lists(happened, max_size=most), min_size=1, max_size=5).map(
        lambda people: {uid: list(_facts(parts)) for uid, parts in enumerate(people, 1)}
    )


def _facts(parts: list[tuple[tuple[str, dict[str, Any]], datetime]]) -> Iterator[Fact]:
    for seq, ((name, properties), at) in enumerate(parts, 1):
        yield fact(name, at, seq, properties)


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    """Most of the time that the facts are of, mostly known to its end."""
    begins = draw(st.sampled_from((0, 0, 4)))
    return {
        "workspace": 1,
        "document": DOCUMENT,
        "from_": BASE + begins * STEP,
        "to": BASE + draw(st.sampled_from((10, 21, 21))) * STEP,
        "as_of": BASE + draw(st.sampled_from((8, 30, 30))) * STEP,
        "tz": draw(st.sampled_from(("UTC", "Europe/Sofia"))),
    }


class Person:
    """One person, as known at `as_of`."""

    def __init__(self, uid: int, facts: list[Fact], asked: Period) -> None:
        self.uid, self.asked = uid, asked
        self.facts = sorted((one for one in facts if one.at <= asked.as_of), key=lambda one: (one.at, one.seq))
        milestones = {key: reached_of(DOCUMENT, key) for key in DOCUMENT.milestones}
        self._subject = Subject(self.facts, milestones, Did(name="Signed Up"))

    def start(self) -> datetime | None:
        instant = self._subject.start()
        return instant[0] if instant else None

    def reached(self, key: str) -> datetime | None:
        instant: Instant | None = self._subject.reached(key)
        return instant[0] if instant else None

    def did(self, name: str, **properties: Any) -> list[Fact]:
        """The facts of this name whose properties are these."""
        return [
            one
            for one in self.facts
            if one.name == name and all(one.properties.get(key) == value for key, value in properties.items())
        ]

    def did_inside(self, name: str, **properties: Any) -> list[Fact]:
        """Those of them in the period."""
        return [one for one in self.did(name, **properties) if self.asked.from_ <= one.at < self.asked.to]

    def last(self, name: str, property_: str) -> Any:
        """The last value that was given; None where it was not, or was taken back."""
        given = [one.properties[property_] for one in self.did(name) if property_ in one.properties]
        return given[-1] if given else None


def people_of(asked: Period, people: People) -> list[Person]:
    return [Person(uid, facts, asked) for uid, facts in people.items()]


def starters_of(asked: Period, people: People) -> list[Person]:
    """Those whose program started in the period."""
    everybody = people_of(asked, people)
    return [one for one in everybody if (start := one.start()) and asked.from_ <= start < asked.to]

"""A milestone: an observable step towards what somebody wants to achieve, what holds people back from it, and the help."""

from datetime import timedelta
from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Answered, Condition
from milepost.core.program.kinds.common import Celebrate, Definition, Stage, Text

Role = Literal["facilitator", "spark", "signal"]


class Evidence(Definition, frozen=True, kw_only=True):
    """How a milestone outside the product is seen; any one of these is enough, and which it was is kept.

    `attested`: the roles of members who may vouch for it.
    """

    self_report: Answered | None = None
    measure: Condition | None = None
    imported: Condition | None = None
    attested: tuple[str, ...] = ()


class Help(Definition, frozen=True, kw_only=True):
    """One way to help with an obstacle: exactly one of the first seven. `as`: the kind of prompt that it is."""

    guide: str | None = None
    content: str | None = None
    message: str | None = None
    article: str | None = None
    offer: str | None = None
    ask_support: bool = False
    peers: bool = False
    as_: Role | None = field(name="as", default=None)


class ProductChange(Definition, frozen=True, kw_only=True):
    """The obstacle is to go out of the product itself. `done_on`: the day since when it is gone; `url`: where it is
    followed."""

    title: Text
    url: str | None = None
    done_on: str | None = None


Severity = Literal["low", "medium", "high"]


class Obstacle(Definition, frozen=True, kw_only=True):
    """What keeps people from a milestone, and how to see that somebody is stuck on it.

    `severity`: of several at once the most severe is helped first. `locus`: one outside the product (temptation, will
    power) is helped by content, reminders, peers and people before guides and offers, which show the product. `change`:
    what is done about it in the product, beside the help. `accepted`: why nothing is done about it; such a one is counted,
    nobody is helped, and it is left out of what says how well help works.
    """

    stuck: Condition
    title: Text | None = None
    lacks: Literal["ability", "motivation", "prompt"] | None = None
    locus: Literal["inside", "outside"] = "inside"
    severity: Severity = "medium"
    change: ProductChange | None = None
    help: tuple[Help, ...] = ()
    accepted: str | None = None


class Growth(Definition, frozen=True, kw_only=True):
    """What more somebody could use, or buy, who has come to a milestone: an answer in words, or an offer that stands inside
    its celebration. In a file also just the words, or the key of an offer.

    `offer`: one of the program's. Words with a `url` are an offer of their own, made to who is `eligible`.
    """

    text: Text | None = None
    offer: str | None = None
    url: str | None = None
    eligible: Condition | None = None
    button: Text | None = None


class Task(Definition, frozen=True, kw_only=True):
    """A thing to do on the way to a milestone, and who does it."""

    title: Text
    owner: Literal["person", "team"] = "person"
    done: Condition | None = None


class Milestone(Definition, frozen=True, kw_only=True):
    """An observable step towards what somebody wants. It is kept from the first instant at which `reached`, or one kind of
    `evidence`, is true.

    `first_value` stops the clock of the time to first value; `target` is how long it should take from the milestone before
    it in the plan (the first: from the goal), `effort` what it takes. With `repeats` it is reached again on each day, week,
    or time that a fact makes it true, and celebrated again.
    """

    title: Text
    reached: Condition | None = None
    evidence: Evidence | None = None
    kind: Literal["activity", "outcome"] = "activity"
    told: Text | None = None  # how the customer reads it, where that differs from `title`
    first_value: bool = False
    repeats: Literal["day", "week", "every time"] | None = None
    target: timedelta | None = None
    stage: Stage | None = None
    effort: timedelta | None = None
    needs: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    celebrate: Celebrate | None = None
    offer: str | None = None
    more_use: Growth | None = None
    upgrade: Growth | None = None
    cross_sell: Growth | None = None
    obstacles: dict[str, Obstacle] = field(default_factory=dict)

"""The tracking plan against what was seen: which events and properties there are, which never came, which do not fit.

The plan is the program's `facts`: event → property → type. Traits are properties of *Identified* (a person's) and *Grouped*
(an account's). What does not fit the plan is kept and shown, never refused: a fact that was sent has happened.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.program.document import Document, PropertyType
from milepost.core.review.advice import OWN_FACTS
from milepost.core.review.rule import Review

Plan = Mapping[str, Mapping[str, PropertyType]]
#: What Milepost writes itself needs no plan; what hosts send as `identify` and `group` has traits.
TRAITS = (events.NAME_OF_KIND["identify"], events.NAME_OF_KIND["group"])


class SeenProperty(Struct, frozen=True, kw_only=True):
    """A property as it was sent. `type`: what most values are. Units: `share` 0..1 of the event's facts have it."""

    name: str
    type: PropertyType
    count: int
    share: float
    example: str


class SeenEvent(Struct, frozen=True, kw_only=True):
    """An event as it was sent. `properties`: each with each type that it came in, the most frequent type first."""

    name: str
    count: int
    first: datetime
    last: datetime
    properties: tuple[SeenProperty, ...]


Misfit = Literal["unplanned event", "unplanned property", "another type"]


class DoesNotFit(Struct, frozen=True, kw_only=True):
    """Something that was sent otherwise than the plan says. `key`: the property; "" for an event that is not planned."""

    event: str
    key: str
    what: Misfit
    planned: PropertyType | None
    sent: PropertyType | None
    count: int
    example: str

    @property
    def words(self) -> str:
        """Example: `Meal Logged.calories is sent as text (“95 kcal”), the plan says number: 12 times`."""
        if self.what == "unplanned event":
            return f"{self.event} is not in the plan: {self.count} times"
        place = f"{self.event}.{self.key}"
        if self.what == "unplanned property":
            return f"{place} is not in the plan ({self.sent}, “{self.example}”): {self.count} times"
        return f"{place} is sent as {self.sent} (“{self.example}”), the plan says {self.planned}: {self.count} times"


class Tracking(Struct, frozen=True, kw_only=True):
    """Shapes: `plan` is what the program says, `proposed` the same with what was seen; `unseen` are events that the plan or
    a condition names and nobody has sent, `never_sent` are `Event.property` of events that came without it."""

    plan: dict[str, dict[str, PropertyType]]
    proposed: dict[str, dict[str, PropertyType]]
    seen: tuple[SeenEvent, ...]
    unseen: tuple[str, ...]
    never_sent: tuple[str, ...]
    misfits: tuple[DoesNotFit, ...]


def tracking(document: Document, seen: Iterable[SeenEvent]) -> Tracking:
    """What the plan says beside what was seen."""
    plan = {event: dict(properties) for event, properties in document.facts.items()}
    hosts = tuple(event for event in seen if event.name in TRAITS or event.name not in OWN_FACTS)
    return Tracking(
        plan=plan,
        proposed=proposed(plan, hosts),
        seen=hosts,
        unseen=tuple(_unseen(document, hosts)),
        never_sent=tuple(_never_sent(plan, hosts)),
        misfits=tuple(_misfits(plan, hosts)),
    )


def proposed(plan: Plan, seen: Iterable[SeenEvent]) -> dict[str, dict[str, PropertyType]]:
    """The plan, with the events and properties that were seen beside it; what the plan says stays."""
    found = {event: dict(properties) for event, properties in plan.items()}
    for event in seen:
        known = found.setdefault(event.name, {})
        for each in event.properties:
            known.setdefault(each.name, each.type)
    return found


def asked_for(document: Document) -> list[str]:
    """The events that conditions ask for, in the document's order, without Milepost's own."""
    leaves = Review(document=document, lines={}).leaves
    names = (leaf.node.name for leaf in leaves if isinstance(leaf.node, Did))
    return [name for name in dict.fromkeys(names) if name not in OWN_FACTS]


def _unseen(document: Document, seen: Iterable[SeenEvent]) -> Iterator[str]:
    came = {event.name for event in seen}
    yield from (name for name in dict.fromkeys([*document.facts, *asked_for(document)]) if name not in came)


def _never_sent(plan: Plan, seen: Iterable[SeenEvent]) -> Iterator[str]:
    for event in seen:
        came = {each.name for each in event.properties}
        yield from (f"{event.name}.{name}" for name in plan.get(event.name, ()) if name not in came)


def _misfits(plan: Plan, seen: Iterable[SeenEvent]) -> Iterator[DoesNotFit]:
    for event in seen:
        if event.name not in plan:
            if event.name not in TRAITS:
                yield _misfit(event.name, "unplanned event", count=event.count)
            continue
        for each in event.properties:
            planned = plan[event.name].get(each.name)
            if planned is None:
                yield _misfit(event.name, "unplanned property", each)
            elif not _fits(each.type, planned):
                yield _misfit(event.name, "another type", each, planned)


def _fits(sent: PropertyType, planned: PropertyType) -> bool:
    return sent == planned or (sent, planned) == ("date", "text")


def _misfit(
    event: str, what: Misfit, sent: SeenProperty | None = None, planned: PropertyType | None = None, count: int = 0
) -> DoesNotFit:
    return DoesNotFit(
        event=event,
        key=sent.name if sent else "",
        what=what,
        planned=planned,
        sent=sent.type if sent else None,
        count=sent.count if sent else count,
        example=sent.example if sent else "",
    )

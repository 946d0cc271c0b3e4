"""The same questions as `evaluate` answers, asked of the raw facts: slow, and obvious enough to be believed.

Imported by tests only. Nothing is remembered or indexed: every question walks through the whole history of the subject,
and every moment that could matter is tried.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from milepost.core.conditions.compare import moment, number, passes, relative, scalar
from milepost.core.conditions.types import (
    START,
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Not,
    Reached,
    Sequence_,
    Series,
    Test,
    Trait,
)
from milepost.core.events import Fact
from milepost.core.values import Instant


class Subject:
    """One subject's facts, and the program that they are judged by."""

    def __init__(
        self, facts: Sequence[Fact], milestones: Mapping[str, Condition], start: Condition, zone: str = "UTC"
    ) -> None:
        self.facts = sorted(facts, key=_instant)
        self.milestones = milestones
        self._start, self._zone = start, ZoneInfo(zone)
        self._known: dict[str, Instant | None] = {}

    def reached(self, key: str) -> Instant | None:
        if key not in self._known:
            self._known[key] = self.first_true(self._start if key == START else self.milestones[key])
        return self._known[key]

    def start(self) -> Instant | None:
        return self.reached(START)

    def first_true(self, condition: Condition) -> Instant | None:
        return next((at for at in self.moments(condition) if self.holds(condition, at)), None)

    def moments(self, condition: Condition) -> list[Instant]:
        """When something changes that it reads: facts, milestones, each of them a window later, dates being crossed."""
        found = {_instant(fact) for fact in self.facts for part in _parts(condition) if _concerns(part, fact)}
        found |= {at for key in _milestones(condition) if (at := self.reached(key)) is not None}
        found |= {(at + window, -1) for at, _ in found for window in _windows(condition)}
        found |= {at for fact in self.facts for part in _parts(condition) for at in _crossings(part, fact)}
        return sorted(found)

    def holds(self, condition: Condition, at: Instant) -> bool:
        match condition:
            case All():
                return all(self.holds(part, at) for part in condition.of)
            case Any_():
                return any(self.holds(part, at) for part in condition.of)
            case Not():
                return not self.holds(condition.of, at)
            case Reached():
                instant = self.reached(condition.milestone)
                known = instant is not None and instant <= at and _inside(instant[0], at[0], condition.within)
                return known and instant is not None and self._after_since(condition.since, instant, at)
            case Sequence_():
                return any(_inside(way[0].at, way[-1].at, condition.within) for way in self._ways(condition.steps, at))
            case Trait():
                return passes(condition.test, self._trait(condition.name, at), at[0])
            case Last():
                return passes(condition.test, self._last(condition.of, at), at[0])
            case Compared():
                return _is_so(condition, number(self._last(condition.of, at)), self._other(condition, at))
            case Did():
                return _enough(condition, self._count(condition, at))
        raise TypeError(f"{type(condition).__name__} was not expanded.")

    def _trait(self, name: str, at: Instant) -> Any:
        value = None
        for fact in self.facts:
            if _instant(fact) <= at and name in _told(fact):
                value = _told(fact)[name]
        return value

    def _given(self, series: Series, at: Instant) -> list[Any]:
        facts = [fact for fact in self.facts if _instant(fact) <= at and _gives(series, fact)]
        return [fact.properties[series.property] for fact in facts]

    def _last(self, series: Series, at: Instant) -> Any:
        given = self._given(series, at)
        return given[-1] if given else None

    def _other(self, node: Compared, at: Instant) -> float | None:
        if isinstance(node.to, Series):
            return number(self._last(node.to, at))
        given = self._given(node.of, at)[:-1]
        if node.to not in ("previous", "first"):
            day = datetime.combine(date.fromisoformat(node.to), time(), UTC)
            given = self._given(node.of, min(at, (day, -1)))
        numbers = [found for value in given if (found := number(value)) is not None]
        if not numbers:
            return None
        return numbers[0] if node.to == "first" else numbers[-1]

    def _ways(self, steps: tuple[Did, ...], at: Instant) -> list[list[Fact]]:
        """Every way through the steps."""
        if not steps:
            return [[]]
        ways = self._ways(steps[:-1], at)
        last = [fact for fact in self.facts if _instant(fact) <= at and _matches(steps[-1], fact)]
        return [[*way, fact] for way in ways for fact in last if not way or _instant(way[-1]) < _instant(fact)]

    def _count(self, did: Did, at: Instant) -> int:
        facts = [fact for fact in self.facts if _instant(fact) <= at and _matches(did, fact)]
        facts = [fact for fact in facts if _inside(fact.at, at[0], did.within)]
        facts = [fact for fact in facts if self._after_since(did.since, _instant(fact), at)]
        if did.distinct is None:
            return len(facts)
        if did.distinct == "day":
            return len({fact.at.astimezone(self._zone).date() for fact in facts})
        values = [scalar(fact.properties.get(did.distinct)) for fact in facts]
        return len({(type(value), value) for value in values if value is not None})

    def _after_since(self, anchor: str | None, instant: Instant, at: Instant) -> bool:
        if anchor is None:
            return True
        if anchor == "start":
            since = self.start()
        elif anchor == "goal":
            stated = [_instant(fact) for fact in self.facts if _is_goal(fact) and _instant(fact) <= at]
            since = max(stated, default=None)
        elif anchor.startswith("milestone:"):
            since = self.reached(anchor.removeprefix("milestone:"))
        else:
            return instant[0].date() >= date.fromisoformat(anchor)
        return since is not None and instant >= since


def _instant(fact: Fact) -> Instant:
    return (fact.at, fact.seq)


def _is_goal(fact: Fact) -> bool:
    return fact.name == "Goal Stated" and "goal" in fact.properties


def _told(fact: Fact) -> Mapping[str, Any]:
    """What the fact says of traits."""
    if fact.name in ("Grouped", "Account Traits Changed"):
        return {f"account.{name}": value for name, value in fact.properties.items()}
    if fact.name != "Identified":
        return {}
    return {name: value for name, value in fact.properties.items() if not name.startswith("account.")}


def _matches(did: Did, fact: Fact) -> bool:
    return fact.name == did.name and _passes(did.where, fact)


def _gives(series: Series, fact: Fact) -> bool:
    return fact.name == series.event and series.property in fact.properties and _passes(series.where, fact)


def _passes(where: Mapping[str, Test], fact: Fact) -> bool:
    return all(passes(test, fact.properties.get(name), fact.at) for name, test in where.items())


def _concerns(part: Condition, fact: Fact) -> bool:
    if isinstance(part, Trait):
        return part.name in _told(fact)
    if isinstance(part, Sequence_):
        return any(_matches(step, fact) for step in part.steps)
    if isinstance(part, Last):
        return _gives(part.of, fact)
    if isinstance(part, Compared):
        return _gives(part.of, fact) or (isinstance(part.to, Series) and _gives(part.to, fact))
    if isinstance(part, Did | Reached) and part.since == "goal" and _is_goal(fact):
        return True
    if not isinstance(part, Did) or not _matches(part, fact):
        return False
    return part.distinct in (None, "day") or scalar(fact.properties.get(part.distinct)) is not None


def _crossings(part: Condition, fact: Fact) -> list[Instant]:
    """When the date that this fact gives a trait (or a series) is as far away as the condition says."""
    if not isinstance(part, Trait | Last) or part.test.op not in ("before", "after") or not _concerns(part, fact):
        return []
    value = _told(fact)[part.name] if isinstance(part, Trait) else fact.properties[part.of.property]
    date, by = moment(value), relative(part.test.value)
    return [(date - by, -1)] if date is not None and by is not None and date - by > fact.at else []


def _inside(a: datetime, at: datetime, window: timedelta | None) -> bool:
    return window is None or timedelta(0) <= at - a < window


def _is_so(node: Compared, left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return False
    return {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right, "is": left == right}[
        node.op
    ]


def _enough(did: Did, count: int) -> bool:
    if did.at_most is not None:
        return count <= did.at_most
    if did.exactly is not None:
        return count == did.exactly
    return count >= (1 if did.at_least is None else did.at_least)


def _parts(condition: Condition) -> list[Condition]:
    match condition:
        case All() | Any_():
            return [condition, *(leaf for part in condition.of for leaf in _parts(part))]
        case Not():
            return [condition, *_parts(condition.of)]
    return [condition]


def _milestones(condition: Condition) -> set[str]:
    return {part.milestone for part in _parts(condition) if isinstance(part, Reached)}


def _windows(condition: Condition) -> set[timedelta]:
    return {part.within for part in _parts(condition) if isinstance(part, Did | Reached) and part.within is not None}

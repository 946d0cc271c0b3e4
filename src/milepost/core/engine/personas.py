"""Who a program is tried on: people made up from what the program itself says, and what each of them does next.

What somebody does is derived from conditions: a fact that a condition still lacks is a thing to do. Chance is a bucket of
(seed, person, question), so that the same seed makes the same people.

| kind | what they do |
|---|---|
| eager | come every day and do whatever the next milestone needs |
| casual | come now and then, do a thing or two, leave some surveys and guides |
| stuck | get as far as one obstacle and stay there until help comes; one for each obstacle |
| silent | sign up and never come back |
| returning | are eager on the first day, then gone until something brings them back, or two weeks have passed |
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.compare import moment, relative
from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds, leaves
from milepost.core.conditions.holds import completed, counted, counted_entries, day_in, series_value
from milepost.core.conditions.instants import positives
from milepost.core.conditions.memory import ACCOUNT
from milepost.core.conditions.types import (
    START,
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Reached,
    Sequence_,
    Series,
    Test,
    Trait,
)
from milepost.core.program.compile import Program
from milepost.core.program.kinds.journey import Day, Wait
from milepost.core.values import number_of

Kind = Literal["eager", "casual", "stuck", "silent", "returning"]
#: How far off the days lie that people are made up with.
_DAYS_AHEAD = (2, 9)
_KINDS: tuple[Kind, ...] = ("eager", "casual", "returning", "silent")

#: What people do in Milepost's own pieces, or it does itself: never done out of the blue.
OWN = frozenset(value for name, value in vars(events).items() if name.isupper() and isinstance(value, str))


class Persona(Struct, frozen=True, kw_only=True):
    """Absent: `goal` is None where the program has none, `obstacle` is "" unless they are stuck on one."""

    number: int
    kind: Kind
    goal: str | None = None
    obstacle: str = ""

    @property
    def name(self) -> str:
        about = self.obstacle or self.goal
        return f"{self.number} {self.kind}" + (f", {about}" if about else "")


class Act(Struct, frozen=True):
    """A thing that somebody does in the product; of `identify` the traits."""

    name: str
    properties: dict[str, Any]
    identify: bool = False


def cast(program: Program, count: int | None) -> list[Persona]:
    """Everybody once: each kind with each goal, and one person for each obstacle. `count` takes that many, again from the
    beginning when there are not so many."""
    goals: list[str | None] = [*program.document.goals] or [None]
    plain: list[tuple[Kind, str | None, str]] = [(kind, goal, "") for kind in _KINDS for goal in goals]
    stuck: list[tuple[Kind, str | None, str]] = [
        ("stuck", _goal_of(program, key.partition("/")[0]), key) for kind, key in program.rules if kind == "obstacle"
    ]
    everybody = [*plain, *stuck]
    chosen = [everybody[place % len(everybody)] for place in range(len(everybody) if count is None else count)]
    return [
        Persona(number=number, kind=kind, goal=goal, obstacle=obstacle)
        for number, (kind, goal, obstacle) in enumerate(chosen, 1)
    ]


def draw(most: int, *unit: str | int) -> int:
    """A number below `most`, the same for the same unit."""
    return number_of(*unit) % most


def way_of(program: Program, goal: str | None) -> list[str]:
    """The milestones on somebody's way: those of their goal, then those that are in nobody's plan."""
    goals, milestones = program.document.goals, program.document.milestones
    planned = {key for each in goals.values() for key in each.milestones}
    own = list(goals[goal].milestones) if goal is not None else []
    return own + [key for key in milestones if key not in planned]


def visits_of(program: Program) -> tuple[str, ...]:
    """The facts that only say that somebody was there: their absence for a while is asked for, no milestone wants them."""
    missed: set[str] = set()
    wanted: set[str] = set()
    for rule in program.rules.values():
        helping = positives(rule.condition)
        for leaf in leaves(rule.condition):
            if isinstance(leaf, Did) and leaf not in helping and leaf.within is not None:
                missed.add(leaf.name)
        if rule.kind == "milestone":
            wanted.update(leaf.name for leaf in helping if isinstance(leaf, Did))
    return tuple(sorted(missed - wanted - OWN))


def traits_of(program: Program, unit: tuple[int, int], at: datetime) -> Act | None:
    """The product says who they are: of each trait that the program asks for, one of the values that it asks for."""
    asked: dict[str, list[Any]] = {}
    for rule in program.rules.values():
        for leaf in leaves(rule.condition):
            if isinstance(leaf, Trait) and (value := fitting(leaf.test, at)) not in asked.setdefault(leaf.name, []):
                asked[leaf.name].append(value)
    for trait in _dated(program):
        asked[trait] = [(at + timedelta(days=days)).date().isoformat() for days in _DAYS_AHEAD]
    chosen = {name: values[draw(len(values), *unit, name)] for name, values in asked.items()}
    return Act(events.NAME_OF_KIND["identify"], chosen, identify=True) if chosen else None


def _dated(program: Program) -> set[str]:
    """The traits that name a day which a journey begins on, or waits for."""
    days: list[Day | None] = [itinerary.day for itinerary in program.itineraries.values()]
    stops = (stop.step for itinerary in program.itineraries.values() for stop in itinerary.stops.values())
    days += [step.wait.day for step in stops if isinstance(step, Wait)]
    return {day.trait for day in days if day is not None and day.trait is not None}


def next_act(program: Program, condition: Condition, view: View, at: datetime) -> Act | None:
    """Something to do now that the condition lacks; None where nothing can be done about it at this moment."""
    if holds(condition, view, (at, END_OF_MOMENT)):
        return None
    match condition:
        case All() | Any_():
            acts = (next_act(program, part, view, at) for part in condition.of)
            return next((act for act in acts if act is not None), None)
        case Did():
            return _lacking(condition, view, at)
        case Sequence_():
            return _next_step(condition, view, at)
        case Trait() if condition.name.startswith(ACCOUNT):
            name = condition.name.removeprefix(ACCOUNT)
            return Act(events.ACCOUNT_TRAITS_CHANGED, {name: fitting(condition.test, at)})
        case Trait():
            return Act(events.NAME_OF_KIND["identify"], {condition.name: fitting(condition.test, at)}, identify=True)
        case Last():
            return _said(condition.of, fitting(condition.test, at), at)
        case Compared():
            return _said(condition.of, against(condition, view, at), at)
        case Reached():
            rule = ("start", "start") if condition.milestone == START else ("milestone", condition.milestone)
            return next_act(program, program.rules[rule].condition, view, at) if rule in program.rules else None
    return None


def wanted_answers(condition: Condition, view: View, at: datetime) -> Iterator[tuple[str, Any]]:
    """(question, answer) of the answers that would help it to be true; of a measure (`measure:KEY`) the value."""
    for leaf in positives(condition):
        if isinstance(leaf, Last) and (question := _where(leaf.of, "question")):
            yield question, fitting(leaf.test, at)
        elif isinstance(leaf, Compared) and (measure := _where(leaf.of, "measure")):
            yield f"measure:{measure}", against(leaf, view, at)


def fitting(test: Test, at: datetime) -> Any:
    """A value that passes the test."""
    value = test.value
    match test.op:
        case "is" | "gte" | "lte" | "contains":
            return value
        case "is_not":
            return f"not {value}"
        case "in":
            return value[0] if value else None
        case "gt":
            return value + 1 if isinstance(value, int | float) else f"{value}~"
        case "lt":
            return value - 1 if isinstance(value, int | float) else ""
        case "exists":
            return "yes" if value else None
    return _day(test, at)


def against(compared: Compared, view: View, at: datetime) -> float:
    """A number that compares with what is known as the condition asks."""
    known = series_value(compared.of if isinstance(compared.to, str) else compared.to, view, (at, END_OF_MOMENT))
    base = float(known) if isinstance(known, int | float) else 50.0
    return base + {"lt": -1.0, "gt": 1.0}.get(compared.op, 0.0)


def _lacking(did: Did, view: View, at: datetime) -> Act | None:
    """One more of these facts. Absent: too many of them cannot be undone, and a day counts once."""
    if did.name in OWN or did.at_most is not None:
        return None
    need = did.exactly if did.exactly is not None else did.at_least or 1
    have = counted(did, view, (at, END_OF_MOMENT))
    if have >= need:
        return None
    properties = {name: fitting(test, at) for name, test in did.where.items()}
    if did.distinct == "day":
        known = {day_in(view.zone, entry[0]) for entry in counted_entries(did, view, (at, END_OF_MOMENT))}
        return None if day_in(view.zone, at) in known else Act(did.name, properties)
    if did.distinct is not None:
        properties[did.distinct] = f"{did.distinct} {len(view.memory.get(did.atom, ())) + 1}"
    return Act(did.name, properties)


def _next_step(node: Sequence_, view: View, at: datetime) -> Act | None:
    """The step after those that have come in their order."""
    counts = range(len(node.steps) - 1, 0, -1)
    done = (n for n in counts if completed(replace(node, steps=node.steps[:n]), view.memory) is not None)
    step = node.steps[next(done, 0)]
    return None if step.name in OWN else Act(step.name, {name: fitting(test, at) for name, test in step.where.items()})


def _said(series: Series, value: Any, at: datetime) -> Act | None:
    if series.event in OWN:
        return None
    return Act(
        series.event, {**{name: fitting(test, at) for name, test in series.where.items()}, series.property: value}
    )


def _where(series: Series, name: str) -> str:
    test = series.where.get(name)
    return test.value if test is not None and test.op == "is" and isinstance(test.value, str) else ""


def _day(test: Test, at: datetime) -> str:
    """A date on the right side of the bound."""
    by = relative(test.value)
    bound = at + by if by is not None else moment(test.value) or at
    return (bound + timedelta(days=1 if test.op == "after" else -1)).isoformat()


def _goal_of(program: Program, milestone: str) -> str | None:
    goals = program.document.goals
    return next((key for key, goal in goals.items() if milestone in goal.milestones), next(iter(goals), None))

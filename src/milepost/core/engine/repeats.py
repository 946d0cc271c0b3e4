"""Milestones that are reached again: on each day, each week, or each time that a fact makes them true.

1. The first time is the milestone's own instant. Another one is a fact that its condition reads and is true at, on another
   day or in another week of the person's zone.
2. The count is a function of the facts: one that came late is counted where it belongs.
3. What is celebrated again keeps to the limits, and to a cap of its own (`not_more_than`): a celebration that finds none
   left is left out, never held back.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from milepost.core.conditions.evaluate import holds, milestones_of
from milepost.core.engine import attention, patience
from milepost.core.engine.proposals import HelpKind
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.common import Celebrate
from milepost.core.values import BY_TIME_ALONE, Instant, format_duration

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def again(work: Work, rule: Rule, instant: Instant) -> None:
    """The milestone's condition was touched: by a fact just now, or by one that came late."""
    first = work.state.reached.get(rule.key)
    if first is None:
        work.state.repeated = {key: times for key, times in work.state.repeated.items() if key != rule.key}
    elif work.state.last_at is not None and instant[0] < work.state.last_at:
        _count_late(work, rule, instant)
    elif first == instant:
        _set(work, rule, (1, instant[0]))
    elif instant[1] != BY_TIME_ALONE and holds(rule.condition, work.view, instant):
        count, last = work.state.repeated.get(rule.key, (1, first[0]))
        if _repeats(work, rule) == "every time" or _occurrence(work, rule, instant) > _occurrence(
            work, rule, (last, 0)
        ):
            _set(work, rule, (count + 1, instant[0]))
            _celebrate(work, rule, instant, count + 1)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: counted again, where everything that counts is still remembered."""
    old, work.state.repeated = work.state.repeated, {}
    for rule in work.program.rules.values():
        if rule.kind == "repeat" and rule.key in work.state.reached:
            forgotten = any(atom.id in work.state.trimmed for atom in rule.atoms)
            known = old.get(rule.key) if forgotten else None
            _set(work, rule, known or _counted(_occurrences(work, rule)))


def forgot(program: Program, state: State, fact: Fact) -> bool:
    """Whether this fact came late and is counted with others that have been forgotten, of its own name or another."""
    if state.last_at is None or fact.at >= state.last_at or not state.trimmed:
        return False
    touched = (rule for atom in program.atoms_of_fact(fact) for rule in program.readers.get(atom.id, ()))
    return any(atom.id in state.trimmed for rule in touched if rule.kind == "repeat" for atom in rule.atoms)


def countable(program: Program, state: State) -> bool:
    """Whether everything that repeating milestones count is still remembered."""
    return not any(atom in program.counted for atom in state.trimmed)


def _set(work: Work, rule: Rule, times: tuple[int, datetime]) -> None:
    work.state.repeated = {**work.state.repeated, rule.key: times}


def _count_late(work: Work, rule: Rule, instant: Instant) -> None:
    before, _ = work.state.repeated.get(rule.key, (1, None))
    found = _occurrences(work, rule)
    _set(work, rule, _counted(found))
    if len(found) > before and found.get(_occurrence(work, rule, instant)) == instant:
        _celebrate(work, rule, instant, len(found))


def _occurrences(work: Work, rule: Rule) -> dict[str, Instant]:
    """Each time that it was reached, with its first instant."""
    first = work.state.reached[rule.key]
    found = {_occurrence(work, rule, first): first}
    for instant in sorted(_touched(work, rule)):
        if instant > first and holds(rule.condition, work.view, instant):
            found.setdefault(_occurrence(work, rule, instant), instant)
    return found


def _touched(work: Work, rule: Rule) -> set[Instant]:
    """The instants of all facts that its condition reads."""
    memory, reached = work.state.memory, work.state.reached
    facts = {entry[:2] for atom in rule.atoms for entry in memory.get(atom.id, ())}
    others = {reached[key] for key in milestones_of(rule.condition) if key in reached}
    return {instant for instant in facts | others if instant[1] != BY_TIME_ALONE}


def _counted(found: dict[str, Instant]) -> tuple[int, datetime]:
    return len(found), max(found.values())[0]


def _occurrence(work: Work, rule: Rule, instant: Instant) -> str:
    """What tells one time from another; of days and weeks also their order."""
    repeats = _repeats(work, rule)
    if repeats == "every time":
        return str(instant[1])
    day = instant[0].astimezone(ZoneInfo(attention.zone_of(work.program.document, work.state))).date()
    year, week, _ = day.isocalendar()
    return day.isoformat() if repeats == "day" else f"{year}-W{week:02}"


def _repeats(work: Work, rule: Rule) -> str:
    return work.program.document.milestones[rule.key].repeats or "every time"


def _celebrate(work: Work, rule: Rule, instant: Instant, count: int) -> None:
    """Says so again, unless it lies in the past."""
    if work.given.retroactive or work.given.at - instant[0] > patience.MESSAGE:
        return
    occurrence = _occurrence(work, rule, instant)
    why = {**work.desk.because(rule, instant), "text": f"Reached again ({occurrence}), {count} times by now."}
    work.desk.decide("milestone", rule.key, "reached", why)
    celebrate = work.program.document.milestones[rule.key].celebrate
    if celebrate and celebrate.content and not _enough(work, "content", celebrate.content, rule.key, celebrate, why):
        _show(work, celebrate.content, rule.key, instant, why, occurrence)
    if celebrate and celebrate.message and not _enough(work, "message", celebrate.message, rule.key, celebrate, why):
        work.desk.propose("message", celebrate.message, instant, milestone=rule.key, why=why, occurrence=occurrence)


def _enough(work: Work, kind: HelpKind, key: str, milestone: str, celebrate: Celebrate, why: dict[str, Any]) -> bool:
    """Whether this milestone has been celebrated so as often as it may be in this time."""
    limit = celebrate.not_more_than
    if limit is None:
        return False
    name = f"{kind}:{work.program.origin(key)}:{milestone}"
    told = [at for spent, at in work.state.spent.items() if spent == name or spent.startswith(f"{name}:")]
    told += [held.since for held in work.state.held if (held.kind, held.key, held.milestone) == (kind, key, milestone)]
    if sum(1 for at in told if work.given.at - at < limit.per) < limit.at_most:
        return False
    text = f"Not celebrated this time: {limit.at_most} per {format_duration(limit.per)} is enough."
    work.desk.decide(kind, key, "dropped", {**why, "text": text})
    return True


def _show(work: Work, content: str, milestone: str, instant: Instant, why: dict[str, Any], occurrence: str) -> None:
    """Now or not at all."""
    verdict = attention.may_show(work.program.document, work.state, work.given.at)
    if verdict.drop or verdict.until is not None:
        text = f"Not celebrated this time: {verdict.why}."
        work.desk.decide("content", content, "dropped", {**why, "text": text})
    else:
        work.desk.propose("content", content, instant, milestone=milestone, why=why, occurrence=occurrence)

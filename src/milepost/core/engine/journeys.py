"""Runs: a person inside a journey, from stop to stop.

1. A journey begins when `starts` turns true, not when its goal is met already, and not by what lies a day back. Who may
   go through again does so at each fact that makes `starts` true anew, one run at a time.
2. A run goes on at once until it comes to a stop where it waits. Conditions are asked at the moment of arrival.
3. When the goal is met the run is over, and what waits of it for a better hour is withdrawn.
4. What teaches something that they have seen already, in whatever channel, or leads to what is reached, is passed over.
5. A run finds its place again in another release; where the place is gone, it ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.instants import next_edge, positives
from milepost.core.conditions.types import Compared, Condition, Did, Last
from milepost.core.engine import attention, patience
from milepost.core.engine.plain import scalars
from milepost.core.engine.schedule import next_slot
from milepost.core.engine.state import Held, Run
from milepost.core.program.compile import Rule
from milepost.core.program.itinerary import END, Itinerary, Slot, Stop
from milepost.core.program.kinds.journey import Branch, OpenTask, ReEntry, Send, Show, Wait
from milepost.core.values import BY_TIME_ALONE, Instant, digest

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

How = Literal["goal", "finished", "dropped"]

#: Begins the occurrence of a run's steps; origin of the journey, number of the run and place follow.
_JOURNEY = "journey:"
_MOST_IN_A_ROW = 100
_MOST_PROPERTIES = 20


def begin(work: Work, rule: Rule, instant: Instant) -> None:
    """What starts the journey has become true, for the first time."""
    if work.given.retroactive or work.given.at - instant[0] > patience.MESSAGE or rule.key in work.state.runs:
        return
    itinerary, at = work.program.itineraries[rule.key], _moment(work, instant)
    if rule.latches and rule.key in work.state.rounds:
        return
    if _goal_is_met(work, itinerary, at):
        text = "Not begun: what it is for has been reached already."
        work.desk.decide("journey", rule.key, "dropped", {"text": text})
        return
    fact = work.given.fact
    caused = fact if fact is not None and fact.seq == instant[1] else None
    number = work.state.rounds.get(rule.key, (0, at))[0] + 1
    run = Run(
        number=number,
        started_at=at,
        place=itinerary.first,
        arrived_at=at,
        event=caused.name if caused else "",
        properties=scalars(caused.properties, _MOST_PROPERTIES) if caused else {},
    )
    work.state.rounds = {**work.state.rounds, rule.key: (number, at)}
    work.state.runs = {**work.state.runs, rule.key: run}
    work.desk.decide("journey", rule.key, "started", work.desk.because(rule, instant))
    _tell(work, itinerary, number, events.JOURNEY_STARTED, {})
    _go_on(work, itinerary, at)


def enter(work: Work, rule: Rule, instant: Instant) -> None:
    """Something touched what starts a journey that may be gone through more than once."""
    if rule.key not in work.state.runs and _is_occasion(work, rule, instant):
        entry, begun = work.program.itineraries[rule.key].re_entry, work.state.rounds.get(rule.key)
        early = entry.after is not None and begun is not None and instant[0] - begun[1] < entry.after
        spent = _once_per(work, rule, entry, instant)
        if not early and spent not in work.state.spent:
            begin(work, rule, instant)
            if spent and work.state.rounds.get(rule.key) != begun:
                work.state.spent[spent] = work.given.at
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, work.state.last_at or work.given.at))


def proceed(work: Work, rule: Rule, instant: Instant) -> None:
    """Something changed that a run of this journey may wait for, or its time has come."""
    if rule.key in work.state.runs:
        _go_on(work, work.program.itineraries[rule.key], _moment(work, instant))


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: runs find their place again, or end."""
    state, renamed = work.state, work.program.renamed
    state.rounds = {renamed(key): begun for key, begun in state.rounds.items()}
    state.runs = {renamed(key): run for key, run in state.runs.items()}
    for key, run in list(state.runs.items()):
        itinerary = work.program.itineraries.get(key)
        if itinerary is None or run.place not in itinerary.stops:
            gone = "journey" if itinerary is None else f"place in it ({run.place})"
            _end(work, key, itinerary, "dropped", f"The program no longer has this {gone}.")
        else:
            _look_again(work, itinerary, run)
    for rule in work.program.rules.values():
        if rule.kind == "entry" and rule.by_time:
            work.wake_at(rule.name, next_edge(rule.by_time, work.view, state.last_at or work.given.at))


def withdraw(work: Work) -> None:
    """Lets go what waits for its hour, when the goal of its journey has been met meanwhile."""
    for held in [held for held in work.state.held if held.occurrence.startswith(_JOURNEY)]:
        itinerary = _itinerary_of(work, held)
        if itinerary is not None and _goal_is_met(work, itinerary, work.given.at):
            _let_go(work, held, "what its journey is for has been reached")


def _moment(work: Work, instant: Instant) -> datetime:
    """When a run moves: at the instant of what moves it; when that came late, now."""
    late = work.state.last_at is not None and instant[0] < work.state.last_at
    return work.given.at if late else instant[0]


def _is_occasion(work: Work, rule: Rule, instant: Instant) -> bool:
    """Whether it has turned true here, or is true and this is another of the facts that it asks for."""
    if not holds(rule.condition, work.view, instant):
        return False
    by_time = instant[1] == BY_TIME_ALONE
    before = (instant[0] - datetime.resolution, END_OF_MOMENT) if by_time else (instant[0], instant[1] - 1)
    return not holds(rule.condition, work.view, before) or _is_counted(work, rule.condition, instant)


def _is_counted(work: Work, condition: Condition, instant: Instant) -> bool:
    asked = [leaf for leaf in positives(condition) if isinstance(leaf, Did | Last | Compared)]
    atoms = [leaf.atom if isinstance(leaf, Did) else leaf.of.atom for leaf in asked]
    return any(entry[:2] == instant for atom in atoms for entry in work.state.memory.get(atom, ()))


def _once_per(work: Work, rule: Rule, entry: ReEntry, instant: Instant) -> str:
    """The key that is spent by going through for this value; "" where values do not count."""
    if entry.once_per is None:
        return ""
    fact = work.given.fact
    value = fact.properties.get(entry.once_per) if fact is not None and fact.seq == instant[1] else None
    return f"entry:{rule.origin}:{digest(value)}"


def _goal_is_met(work: Work, itinerary: Itinerary, at: datetime) -> bool:
    return itinerary.ends is not None and holds(itinerary.ends, work.view, (at, END_OF_MOMENT))


def _go_on(work: Work, itinerary: Itinerary, at: datetime) -> None:
    """From stop to stop, until the run has to wait or is over."""
    key = itinerary.key
    for _ in range(_MOST_IN_A_ROW):
        run = work.state.runs[key]
        if _goal_is_met(work, itinerary, at):
            return _end(work, key, itinerary, "goal", "What it is for has been reached.")
        if run.place == END:
            return _end(work, key, itinerary, "finished", "Its last step is done.")
        place = _leave(work, itinerary, itinerary.stops[run.place], run, at)
        if place is None:
            return _wait(work, itinerary, run, at)
        arrived = replace(run, place=place, arrived_at=at, done=run.done + 1)
        work.state.runs = {**work.state.runs, key: arrived}
    return _end(work, key, itinerary, "dropped", f"More than {_MOST_IN_A_ROW} steps in a row without a pause.")


def _leave(work: Work, itinerary: Itinerary, stop: Stop, run: Run, at: datetime) -> str | None:
    """Does what is to be done at this stop; the place to go to from it, None to stay."""
    step = stop.step
    if isinstance(step, Send):
        return _offer(work, itinerary, stop, run, at, "message", step.send)
    if isinstance(step, Show):
        return _offer(work, itinerary, stop, run, at, "content", step.show)
    if isinstance(step, OpenTask):
        title = step.task if isinstance(step.task, str) else step.task[work.program.document.locales.default]
        work.desk.ask_team(title, f"journey:{itinerary.key}", _step(itinerary, stop), _occurrence(itinerary, run, stop))
        return stop.onwards
    if isinstance(step, Branch):
        met = stop.condition is not None and holds(stop.condition, work.view, (at, END_OF_MOMENT))
        return stop.then if met else stop.otherwise
    if stop.condition is not None and holds(stop.condition, work.view, (at, END_OF_MOMENT)):
        return stop.onwards
    due = _due(work, stop, run)
    return stop.onwards if due is not None and due <= at else None


def _offer(
    work: Work,
    itinerary: Itinerary,
    stop: Stop,
    run: Run,
    at: datetime,
    kind: Literal["content", "message"],
    key: str,
) -> str:
    """Proposes this step's help, or passes it over."""
    why = {"text": _step(itinerary, stop), "run": run.number}
    occurrence = _occurrence(itinerary, run, stop)
    if f"{kind}:{work.program.origin(key)}:{occurrence}" in work.state.spent:  # its place came again in another release
        return stop.passed
    if reason := work.desk.lost_point(kind, key, (work.given.at, BY_TIME_ALONE)):
        work.desk.decide(kind, key, "dropped", {**why, "text": f"{why['text']} Passed over: {reason}."})
        return stop.passed
    with work.desk.because_of(run.event, run.properties):
        work.desk.propose(kind, key, (at, BY_TIME_ALONE), milestone=None, why=why, occurrence=occurrence)
    return stop.onwards


def _due(work: Work, stop: Stop, run: Run) -> datetime | None:
    """When the wait at this stop is over whatever happens; None: it is not over by time."""
    if isinstance(stop.step, Slot):
        slot, zone = stop.step, attention.zone_of(work.program.document, work.state)
        return next_slot(slot.every, slot.at, zone, run.arrived_at, first=slot.first)
    if not isinstance(stop.step, Wait):
        return run.arrived_at
    length = stop.step.wait.at_most if stop.step.wait.for_ is None else stop.step.wait.for_
    return None if length is None else run.arrived_at + length


def _wait(work: Work, itinerary: Itinerary, run: Run, at: datetime) -> None:
    """Until the wait is over, or time alone may make true what it looks out for."""
    rule = work.program.rules["run", itinerary.key]
    moments = (_due(work, itinerary.stops[run.place], run), next_edge(rule.by_time, work.view, at))
    work.wake_at(rule.name, min((moment for moment in moments if moment is not None), default=None))


def _look_again(work: Work, itinerary: Itinerary, run: Run) -> None:
    """After a release: the run is asked at once where it need not wait any more, else when its time comes."""
    stop, now = itinerary.stops[run.place], (work.given.at, END_OF_MOMENT)
    if _goal_is_met(work, itinerary, work.given.at):
        _end(work, itinerary.key, itinerary, "goal", "What it is for has been reached.")
    elif not isinstance(stop.step, Wait | Slot) or (stop.condition and holds(stop.condition, work.view, now)):
        work.wake_at(work.program.rules["run", itinerary.key].name, work.given.at)
    else:
        _wait(work, itinerary, run, work.state.last_at or work.given.at)


def _end(work: Work, key: str, itinerary: Itinerary | None, how: How, why: str) -> None:
    """The run is over. Unless it came to its end, what waits of it is withdrawn."""
    run = work.state.runs[key]
    work.state.runs = {other: each for other, each in work.state.runs.items() if other != key}
    work.wake_at(f"run:{key}", None)
    origin = work.program.origin(key)
    if how != "finished":
        mine = f"{_JOURNEY}{origin}:{run.number}:"
        for held in [held for held in work.state.held if held.occurrence.startswith(mine)]:
            _let_go(work, held, "its journey has ended")
    say = work.desk.write_down if how == "dropped" else work.desk.decide
    say("journey", key, "ended", {"text": why, "how": how, "run": run.number})
    if itinerary is not None:
        _tell(work, itinerary, run.number, events.JOURNEY_ENDED, {"how": how})


def _let_go(work: Work, held: Held, reason: str) -> None:
    work.state.held = [other for other in work.state.held if other is not held]
    work.desk.decide(held.kind, held.key, "dropped", {"text": f"Left undone: {reason}."})


def _itinerary_of(work: Work, held: Held) -> Itinerary | None:
    """The journey that it is a step of."""
    origin = held.occurrence.removeprefix(_JOURNEY).partition(":")[0]
    return next((each for each in work.program.itineraries.values() if each.origin == origin), None)


def _occurrence(itinerary: Itinerary, run: Run, stop: Stop) -> str:
    return f"{_JOURNEY}{itinerary.origin}:{run.number}:{stop.place}"


def _step(itinerary: Itinerary, stop: Stop) -> str:
    return f"Step {stop.number} of the journey {itinerary.key}."


def _tell(work: Work, itinerary: Itinerary, number: int, name: str, more: dict[str, Any]) -> None:
    about = {"journey": itinerary.key, "run": number, **more}
    work.desk.tell(name, about, f"journey:{itinerary.origin}:{number}:{name}")

"""A run on its way: from stop to stop, until it has to wait or is over.

1. A run goes on at once until it comes to a stop where it waits. Conditions are asked at the moment of arrival.
2. When the goal is met, or what `leaves` says holds, the run is over wherever it is.
3. What teaches something that they have seen already, in whatever channel, or leads to what is reached, is passed over.
4. Which arm of a split a person goes is a hash of the split and who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.instants import next_edge
from milepost.core.delivery.language import say
from milepost.core.engine import attention
from milepost.core.engine.schedule import next_slot, wait_ends
from milepost.core.engine.state import Held, Run, journey_of
from milepost.core.experiments.bucket import bucket, choose
from milepost.core.program.itinerary import END, Itinerary, Slot, Stop, is_known
from milepost.core.program.kinds.journey import Branch, Day, OpenTask, Repeat, Send, Show, Split, Wait
from milepost.core.values import BY_TIME_ALONE

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

How = Literal["goal", "left", "finished", "dropped"]

#: Begins the occurrence of a run's steps; origin of the journey, number of the run and place follow.
JOURNEY = "journey:"
_MOST_IN_A_ROW = 100
OVER: dict[How, str] = {"goal": "What it is for has been reached.", "left": "They have left it."}


def is_over(work: Work, itinerary: Itinerary, at: datetime) -> How | None:
    """How a run ends at this moment wherever it is; None: it goes on."""
    if itinerary.ends is not None and holds(itinerary.ends, work.view, (at, END_OF_MOMENT)):
        return "goal"
    left = itinerary.leaves is not None and holds(itinerary.leaves, work.view, (at, END_OF_MOMENT))
    return "left" if left else None


def go_on(work: Work, itinerary: Itinerary, run_key: str, at: datetime) -> None:
    """From stop to stop, until the run has to wait or is over."""
    for _ in range(_MOST_IN_A_ROW):
        run = work.state.runs[run_key]
        if (over := is_over(work, itinerary, at)) is not None:
            return end(work, run_key, itinerary, over, OVER[over])
        if run.place == END:
            return end(work, run_key, itinerary, "finished", "Its last step is done.")
        stop = itinerary.stops[run.place]
        place = _leave(work, itinerary, stop, run, at)
        if place is None:
            work.state.runs = {**work.state.runs, run_key: replace(run, like=stop.like)}
            return wait(work, itinerary, at)
        arrived = replace(run, place=place, arrived_at=at, done=run.done + 1, loops=_counted(stop, run, place))
        work.state.runs = {**work.state.runs, run_key: arrived}
    return end(work, run_key, itinerary, "dropped", f"More than {_MOST_IN_A_ROW} steps in a row without a pause.")


def _counted(stop: Stop, run: Run, place: str) -> Mapping[str, int]:
    """Which round of each loop around the next place it is."""
    if not isinstance(stop.step, Repeat):
        return run.loops
    if place == stop.then:
        return {**run.loops, stop.place: run.loops.get(stop.place, 0) + 1}
    return {loop: count for loop, count in run.loops.items() if loop != stop.place}


def _leave(work: Work, itinerary: Itinerary, stop: Stop, run: Run, at: datetime) -> str | None:
    """Does what is to be done at this stop; the place to go to from it, None to stay."""
    step, met = stop.step, False
    if stop.condition is not None:
        met = holds(stop.condition, work.view, (at, END_OF_MOMENT))
    match step:
        case Send():
            return _offer(work, itinerary, stop, run, at, "message", step.send)
        case Show():
            return _offer(work, itinerary, stop, run, at, "content", step.show)
        case OpenTask():
            title = say(step.task, (work.program.document.locales.default,))
            occurrence = _occurrence(itinerary, run, stop)
            work.desk.ask_team(title, f"journey:{itinerary.key}", _step(itinerary, stop), occurrence)
            return stop.onwards
        case Branch():
            return stop.then if met else stop.otherwise
        case Split():
            return stop.ways[_arm(work, itinerary, stop, step)]
        case Repeat():
            return stop.otherwise if met or run.loops.get(stop.place, 0) >= step.repeat.at_most else stop.then
    due = _due(work, stop, run)
    return stop.onwards if met or (due is not None and due <= at) else None


def _arm(work: Work, itinerary: Itinerary, stop: Stop, step: Split) -> str:
    """The arm that this person goes, each time that they come here."""
    seed = f"{itinerary.origin}/{stop.place}"
    arm = choose(step.split, bucket(seed, str(work.state.uid)))
    work.desk.expose(f"journeys.{itinerary.key}/{stop.place}", arm)
    return arm


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
    key = work.program.renamed(key)
    if not work.program.has(kind, key):  # the way of an earlier release
        return stop.passed
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
    zone = attention.zone_of(work.program.document, work.state)
    if isinstance(stop.step, Slot):
        slot = stop.step
        return next_slot(slot.every, slot.at, zone, run.arrived_at, first=slot.first)
    if not isinstance(stop.step, Wait):
        return run.arrived_at
    return wait_ends(stop.step.wait, run.arrived_at, zone, value_for(work, stop.step.wait.day))


def wait(work: Work, itinerary: Itinerary, at: datetime) -> None:
    """Until the wait of one of its runs is over, or time alone may make true what one looks out for."""
    rule = work.program.rules["run", itinerary.key]
    moments = [next_edge(rule.by_time, work.view, at)]
    for run_key in runs_of(work, itinerary.key):
        run = work.state.runs[run_key]
        way = work.program.itinerary_of(run_key, run.release) or itinerary
        moments += [_due(work, way.stops[run.place], run)] if run.place in way.stops else []
    work.wake_at(rule.name, min((max(moment, at) for moment in moments if moment is not None), default=None))


def look_again(work: Work, itinerary: Itinerary, run_key: str, run: Run) -> None:
    """After a release: the run is asked at once where it need not wait any more, else when its time comes."""
    stop, now = itinerary.stops[run.place], (work.given.at, END_OF_MOMENT)
    rounds = [*run.loops.values(), *[1] * len(stop.loops)]  # from the outside in, wherever the loops are now
    loops = dict(zip(stop.loops, rounds, strict=False))
    work.state.runs = {**work.state.runs, run_key: replace(run, like=stop.like, loops=loops)}
    name, asked = work.program.rules["run", itinerary.key].name, work.state.wakes
    if (over := is_over(work, itinerary, work.given.at)) is not None:
        end(work, run_key, itinerary, over, OVER[over])
    elif not isinstance(stop.step, Wait | Slot) or (stop.condition and holds(stop.condition, work.view, now)):
        work.wake_at(name, work.given.at)
    elif asked.get(name) != work.given.at:
        wait(work, itinerary, work.state.last_at or work.given.at)


def end(work: Work, run_key: str, itinerary: Itinerary | None, how: How, why: str) -> None:
    """The run is over. Unless it came to its end, what waits of it is withdrawn."""
    run, key = work.state.runs[run_key], journey_of(run_key)
    work.state.runs = {other: each for other, each in work.state.runs.items() if other != run_key}
    if itinerary is not None and runs_of(work, key):
        wait(work, itinerary, work.state.last_at or work.given.at)
    else:
        work.wake_at(f"run:{key}", None)
    origin = work.program.origin(key)
    if how != "finished":
        mine = f"{JOURNEY}{origin}:{run.number}:"
        for held in [held for held in work.state.held if held.occurrence.startswith(mine)]:
            let_go(work, held, "its journey has ended")
    write = work.desk.write_down if how == "dropped" else work.desk.decide
    write("journey", key, "ended", {"text": why, "how": how, "run": run.number})
    if itinerary is not None:
        tell(work, itinerary, run.number, events.JOURNEY_ENDED, {"how": how})


def let_go(work: Work, held: Held, reason: str) -> None:
    work.state.held = [other for other in work.state.held if other is not held]
    work.desk.decide(held.kind, held.key, "dropped", {"text": f"Left undone: {reason}."})


def _occurrence(itinerary: Itinerary, run: Run, stop: Stop) -> str:
    """One time that one run comes to this stop: in a loop, with the round of each loop around it."""
    rounds = "".join(f"~{run.loops.get(loop, 1)}" for loop in stop.loops)
    return f"{JOURNEY}{itinerary.origin}:{run.number}:{stop.place}{rounds}"


def _step(itinerary: Itinerary, stop: Stop) -> str:
    return f"Step {stop.number} of the journey {itinerary.key}."


def tell(work: Work, itinerary: Itinerary, number: int, name: str, more: dict[str, Any]) -> None:
    about = {"journey": itinerary.key, "run": number, **more}
    work.desk.tell(name, about, f"journey:{itinerary.origin}:{number}:{name}")


def runs_of(work: Work, journey: str) -> list[str]:
    """Its one run is under its own key, of several each with a number behind it (`journey_of`)."""
    runs, several = work.state.runs, f"{journey}#"
    return [key for key in runs if key == journey or key.startswith(several)] if runs else []


def value_for(work: Work, day: Day | None) -> Any:
    """What the trait that a day asks for holds; None while it is not known."""
    if day is None or day.trait is None:
        return None
    entries = work.state.memory.get(is_known(day.trait).atom)
    return entries[-1][2] if entries else None

"""Journeys: who begins one and when, what goes on in another release, and what is let go.

1. A journey begins when `starts` turns true, not when its goal is met already, and not by what lies a day back. Who may
   go through again does so at each fact that makes `starts` true anew, one run at a time; `once per` a value there is a run
   for each value, side by side. A journey that a day begins does so at its moment, once for each day.
2. From then on the run goes its way (`runs`) until it is over; what waits of it for a better hour is then withdrawn.
3. A run finds its place again in another release, also where steps were put before it; where the place is gone, it ends.
4. Which variant a person has is a hash of the experiment and who they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.holds import completions
from milepost.core.conditions.instants import next_edge, positives
from milepost.core.conditions.types import Compared, Condition, Did, Last, Sequence_
from milepost.core.engine import attention, patience, runs
from milepost.core.engine.plain import scalars
from milepost.core.engine.schedule import day_begins, local_day
from milepost.core.engine.state import Held, Run, journey_of
from milepost.core.program.compile import Rule
from milepost.core.program.itinerary import Itinerary
from milepost.core.program.kinds.journey import Day, ReEntry
from milepost.core.values import BY_TIME_ALONE, Instant, digest

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

_MOST_AT_A_TIME = 50
_MOST_PROPERTIES = 20
_NOT_BEGUN: dict[runs.How, str] = {"goal": "what it is for has been reached already", "left": "they are out of it"}
_LET_GO: dict[runs.How, str] = {
    "goal": "what its journey is for has been reached",
    "left": "they have left its journey",
}


def begin(work: Work, rule: Rule, instant: Instant) -> None:
    """What starts the journey has become true, for the first time."""
    itinerary, at = work.program.itineraries[rule.key], _moment(work, instant)
    if work.given.retroactive or work.given.at - instant[0] > patience.MESSAGE:
        return
    if not _has_room(work, itinerary) or (rule.latches and rule.key in work.state.rounds):
        return
    if (why := _not_begun(work, itinerary, at)) is not None:
        work.desk.decide("journey", rule.key, "dropped", {"text": f"Not begun: {why}."})
        return
    number = work.state.rounds.get(rule.key, (0, at))[0] + 1
    run_key = rule.key if itinerary.re_entry.once_per is None else f"{rule.key}#{number}"
    work.state.rounds = {**work.state.rounds, rule.key: (number, at)}
    first = itinerary.firsts.get(work.desk.go_through(itinerary.trial), itinerary.first)
    work.state.runs = {**work.state.runs, run_key: _new_run(work, instant, number, at, first)}
    work.desk.decide("journey", rule.key, "started", work.desk.because(rule, instant))
    runs.tell(work, itinerary, number, events.JOURNEY_STARTED, {})
    runs.go_on(work, itinerary, run_key, at)


def _not_begun(work: Work, itinerary: Itinerary, at: datetime) -> str | None:
    """Why somebody does not begin it who would, in words."""
    if (over := runs.is_over(work, itinerary, at)) is not None:
        return _NOT_BEGUN[over]
    experiment = work.desk.is_held_out(itinerary.key, also_all=False)
    return None if experiment is None else f"the experiment {experiment} leaves it out for them"


def _new_run(work: Work, instant: Instant, number: int, at: datetime, first: str) -> Run:
    fact = work.given.fact
    caused = fact if fact is not None and fact.seq == instant[1] else None
    return Run(
        number=number,
        started_at=at,
        place=first,
        arrived_at=at,
        release=work.program.number,
        event=caused.name if caused else "",
        properties=scalars(caused.properties, _MOST_PROPERTIES) if caused else {},
    )


def enter(work: Work, rule: Rule, instant: Instant) -> None:
    """Something touched what starts a journey that may be gone through more than once, or on a day."""
    itinerary = work.program.itineraries[rule.key]
    if itinerary.day is not None:
        return _enter_on_day(work, rule, itinerary, itinerary.day, _moment(work, instant))
    if _has_room(work, itinerary) and _is_occasion(work, rule, instant):
        entry, begun = itinerary.re_entry, work.state.rounds.get(rule.key)
        early = entry.after is not None and begun is not None and instant[0] - begun[1] < entry.after
        spent = _once_per(work, rule, entry, instant)
        if not early and spent not in work.state.spent:
            begin(work, rule, instant)
            if spent and work.state.rounds.get(rule.key) != begun:
                work.state.spent = {**work.state.spent, spent: work.given.at}
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, work.state.last_at or work.given.at))
    return None


def _enter_on_day(work: Work, rule: Rule, itinerary: Itinerary, day: Day, now: datetime) -> None:
    """Begins if its moment has come, else waits for it. Each day is an occasion of its own, used up when it has come."""
    due = _day_begins(work, itinerary, day)
    work.wake_at(rule.name, due if due is not None and due > now else None)
    if due is None or due > now or work.given.retroactive:
        return
    zone = attention.zone_of(work.program.document, work.state)
    entry, begun, spent = (
        itinerary.re_entry,
        work.state.rounds.get(rule.key),
        f"entry:{rule.origin}:{local_day(due, zone)}",
    )
    again = entry.mode == "every time" or (entry.after is not None and (begun is None or due - begun[1] >= entry.after))
    if spent in work.state.spent or not (again or begun is None) or now - due > patience.MESSAGE:
        return
    work.state.spent = {**work.state.spent, spent: work.given.at}
    if itinerary.whom is None or holds(itinerary.whom, work.view, (now, END_OF_MOMENT)):
        begin(work, rule, (due, BY_TIME_ALONE))


def proceed(work: Work, rule: Rule, instant: Instant) -> None:
    """Something changed that the runs of this journey may wait for, or their time has come."""
    for run_key in runs.runs_of(work, rule.key):
        itinerary = work.program.itinerary_of(run_key, work.state.runs[run_key].release)
        if itinerary is not None:
            runs.go_on(work, itinerary, run_key, _moment(work, instant))


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: runs find their place again, or end."""
    state, renamed = work.state, work.program.renamed
    state.rounds = {renamed(key): begun for key, begun in state.rounds.items()}
    state.runs = {_renamed(work, key): run for key, run in state.runs.items()}
    for run_key, run in list(state.runs.items()):
        itinerary = work.program.itinerary_of(run_key, run.release)
        place = None if itinerary is None else itinerary.place_like(run.place, run.like)
        if itinerary is None or place is None:
            gone = "journey" if itinerary is None else f"place in it ({run.place})"
            runs.end(work, run_key, itinerary, "dropped", f"The program no longer has this {gone}.")
        elif not itinerary.moves and itinerary.stops[place].like != run.like:
            runs.end(
                work, run_key, itinerary, "dropped", "The journey has changed, and who was inside does not move on."
            )
        else:
            runs.look_again(work, itinerary, run_key, replace(run, place=place))
    for rule in work.program.rules.values():
        if rule.kind == "entry":
            _await_entry(work, rule)


def look_at_the_clock(work: Work) -> None:
    """The person lives in another zone now: what waits for a time of day waits for the one there."""
    for key in dict.fromkeys(map(journey_of, work.state.runs)):
        if key in work.program.itineraries:
            runs.wait(work, work.program.itineraries[key], work.state.last_at or work.given.at)
    for key, itinerary in work.program.itineraries.items():
        if itinerary.day is not None:
            _await_entry(work, work.program.rules["entry", key], lately=patience.MESSAGE)


def _await_entry(work: Work, rule: Rule, lately: timedelta = timedelta(0)) -> None:
    """Looks when it may begin. `lately`: how far back a day may lie that nobody has looked at in this zone."""
    itinerary, now = work.program.itineraries[rule.key], work.state.last_at or work.given.at
    day = itinerary.day
    if day is not None:
        due = _day_begins(work, itinerary, day)
        work.wake_at(rule.name, max(due, now) if due is not None and due > now - lately else None)
    elif rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, now))


def withdraw(work: Work) -> None:
    """Lets go what waits for its hour, when the goal of its journey has been met meanwhile."""
    for held in [held for held in work.state.held if held.occurrence.startswith(runs.JOURNEY)]:
        itinerary = _itinerary_of(work, held)
        over = None if itinerary is None else runs.is_over(work, itinerary, work.given.at)
        if over is not None:
            runs.let_go(work, held, _LET_GO[over])


def _has_room(work: Work, itinerary: Itinerary) -> bool:
    """Whether somebody may begin it beside the runs that they are inside of."""
    most = 1 if itinerary.re_entry.once_per is None else _MOST_AT_A_TIME
    return not work.state.runs or len(runs.runs_of(work, itinerary.key)) < most


def _renamed(work: Work, run_key: str) -> str:
    journey = journey_of(run_key)
    return f"{work.program.renamed(journey)}{run_key.removeprefix(journey)}"


def _day_begins(work: Work, itinerary: Itinerary, day: Day) -> datetime | None:
    """The moment of a day that begins a journey; a date is one for those only who have started."""
    now = work.state.last_at or work.given.at
    if itinerary.begun is not None and not holds(itinerary.begun, work.view, (now, END_OF_MOMENT)):
        return None
    return day_begins(day, runs.value_for(work, day), attention.zone_of(work.program.document, work.state))


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
    memory, asked = work.state.memory, positives(condition)
    if any(instant in completions(leaf, memory) for leaf in asked if isinstance(leaf, Sequence_)):
        return True
    counted = [leaf for leaf in asked if isinstance(leaf, Did | Last | Compared)]
    atoms = [leaf.atom if isinstance(leaf, Did) else leaf.of.atom for leaf in counted]
    return any(entry[:2] == instant for atom in atoms for entry in memory.get(atom, ()))


def _once_per(work: Work, rule: Rule, entry: ReEntry, instant: Instant) -> str:
    """The key that is spent by going through for this value; "" where values do not count."""
    if entry.once_per is None:
        return ""
    fact = work.given.fact
    value = fact.properties.get(entry.once_per) if fact is not None and fact.seq == instant[1] else None
    return f"entry:{rule.origin}:{digest(value)}"


def _itinerary_of(work: Work, held: Held) -> Itinerary | None:
    """The journey that it is a step of."""
    origin = held.occurrence.removeprefix(runs.JOURNEY).partition(":")[0]
    return next((each for each in work.program.itineraries.values() if each.origin == origin), None)

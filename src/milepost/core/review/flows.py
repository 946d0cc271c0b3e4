"""Errors of journeys and cadences: waits that never end, ways with nothing on them, steps that nobody comes to, loops that
go round for nothing, days and times that there are not."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, time

from milepost.core.conditions.types import Condition
from milepost.core.program.itinerary import inside, re_entry_of
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Day,
    DayStart,
    Journey,
    JourneyStep,
    Pause,
    Repeat,
    Rounds,
    Split,
    Wait,
)
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import Found, Review, Rule

_MOST_ROUNDS = 100
#: So many steps a run takes without a pause, then it is ended.
_MOST_IN_A_ROW = 100


def endless_waits(review: Review) -> Iterator[Found]:
    for path, pause in review.held(Pause):
        on_the_clock = pause.for_ is not None or pause.at is not None or bool(pause.on)
        ways = [pause.until is not None, pause.day is not None, on_the_clock]
        if sum(ways) > 1:
            yield Found(
                path, "A wait is either for a length of time, until something, or until a day.", "Keep one of them."
            )
        elif not any(ways):
            yield Found(
                path, "The wait does not say what for.", "Write `wait: 1d`, or `wait: {until: …, at_most: 1d}`."
            )
        elif on_the_clock and pause.at_most is not None:
            yield Found(path, "A length of time has an end of its own.", "Leave `at_most` out.")
        elif pause.until is not None and pause.at_most is None:
            yield Found(path, "What it waits for may never come.")
        elif pause.day is not None and pause.day.trait is not None and pause.at_most is None:
            yield Found(path, f"Nobody may ever say '{pause.day.trait}'.")


def empty_flows(review: Review) -> Iterator[Found]:
    for path, branch in review.held(Branch):
        if not branch.then and not branch.else_:
            yield Found(path, "Neither way of this branch has a step.")
    for path, rounds in review.held(Rounds):
        if not rounds.steps:
            yield Found((*path, "steps"), "The loop has no step.")
    for key, journey in review.document.journeys.items():
        if not journey.steps:
            yield Found(("journeys", key, "steps"), f"The journey '{key}' has no step.")
    for key, cadence in review.document.cadences.items():
        if not cadence.series:
            yield Found(("cadences", key, "series"), f"The cadence '{key}' sends nothing.")


# --- steps that nobody comes to --------------------------------------------------------------------------------------


def unreachable_steps(review: Review) -> Iterator[Found]:
    for key, journey in review.document.journeys.items():
        over = [name for name in ("ends", "leaves") if getattr(journey, name) == journey.starts]
        for name in over:
            message = f"'{key}' is over when it begins."
            yield Found(("journeys", key, name), message, "End it with what it is for, or with what ends its reason.")
        if not over:
            never = tuple(each for each in (journey.ends, journey.leaves) if each is not None)
            yield from _unreachable(journey.steps, ("journeys", key, "steps"), (), never, never)
    for key, cadence in review.document.cadences.items():
        for name in ("stops", "leaves"):
            if getattr(cadence, name) == cadence.starts:
                yield Found(("cadences", key, name), f"'{key}' is over when it begins.", "Stop it with what it is for.")


def _unreachable(
    steps: tuple[JourneyStep, ...],
    path: Path,
    true: tuple[Condition, ...],
    false: tuple[Condition, ...],
    never: tuple[Condition, ...],
) -> Iterator[Found]:
    """Ways that the branches around them have decided already. `true` and `false` hold until the next wait, `never` is what
    nobody inside has reached."""
    for index, step in enumerate(steps):
        place: Path = (*path, index)
        if isinstance(step, Branch):
            if step.then and step.if_ in false:
                yield Found((*place, "then"), "Nobody comes here: the condition is known to be false.")
            if step.else_ and step.if_ in true:
                yield Found((*place, "else"), "Nobody comes here: the condition is known to be true.")
            yield from _unreachable(step.then, (*place, "then"), (*true, step.if_), false, never)
            yield from _unreachable(step.else_, (*place, "else"), true, (*false, step.if_), never)
        elif isinstance(step, Split):
            for arm, inner in step.arms.items():
                yield from _unreachable(inner, (*place, "arms", arm), true, false, never)
        elif isinstance(step, Repeat):
            yield from _in_a_loop(step, (*place, "repeat"), true, false, never)
        if _waits(step):
            true, false = (), never


def _in_a_loop(
    step: Repeat, path: Path, true: tuple[Condition, ...], false: tuple[Condition, ...], never: tuple[Condition, ...]
) -> Iterator[Found]:
    until = step.repeat.until
    if until is not None and until in true:
        yield Found((*path, "steps"), "Nobody comes here: what ends the loop is known to be true.")
    if any(map(_waits, step.repeat.steps)):  # of a later round, what was known before the first tells nothing
        true, false = (), never
    false = false if until is None else (*false, until)
    yield from _unreachable(step.repeat.steps, (*path, "steps"), true, false, never)


def _waits(step: JourneyStep) -> bool:
    return isinstance(step, Wait) or any(_waits(inner) for way in inside(step) for inner in way)


# --- splits and loops ------------------------------------------------------------------------------------------------


def splits(review: Review) -> Iterator[Found]:
    for path, split in review.held(Split):
        if len([weight for weight in split.split.values() if weight]) < 2:
            yield Found((*path, "split"), "Everybody goes the same way.", "Give two names or more a weight.")
        for arm in split.arms:
            if arm not in split.split:
                mend = did_you_mean(arm, split.split)
                yield Found((*path, "arms", arm), f"Nobody goes the way '{arm}': it has no weight.", mend)
        if not any(split.arms.values()):
            yield Found((*path, "arms"), "No way of this split has a step.", "Add `arms: {NAME: […]}`.")


def loops(review: Review) -> Iterator[Found]:
    for path, rounds in review.held(Rounds):
        if not 1 <= rounds.at_most <= _MOST_ROUNDS:
            yield Found((*path, "at_most"), f"A loop goes round 1 to {_MOST_ROUNDS} times.", "Write such a number.")
        elif not any(map(_waits, rounds.steps)) and rounds.at_most * len(rounds.steps) >= _MOST_IN_A_ROW:
            message = "All its rounds come at once: a run of so many steps without a pause is ended."
            yield Found((*path, "steps"), message, "Add a `wait`.")


def keys_of_steps(review: Review) -> Iterator[Found]:
    for key, journey in review.document.journeys.items():
        found = list(_keys(journey.steps, ("journeys", key, "steps")))
        counted = Counter(name for _, name in found)
        for path, name in found:
            if counted[name] > 1:
                yield Found(path, f"Two steps of '{key}' have the key '{name}'.", "Give each a name of its own.")
            elif name.isdigit() or not name or "/" in name or "#" in name:
                yield Found(path, f"'{name}' is no name for a step.", "Write a word such as `nudge`.")


def _keys(steps: tuple[JourneyStep, ...], path: Path) -> Iterator[tuple[Path, str]]:
    for index, step in enumerate(steps):
        if step.key is not None:
            yield (*path, index, "key"), step.key
        for way in inside(step):
            yield from _keys(way, (*path, index))


# --- moments ---------------------------------------------------------------------------------------------------------


def days(review: Review) -> Iterator[Found]:
    for path, day in review.held(Day):
        if (day.trait is None) == (day.date is None):
            yield Found(
                path, "A day is that of a trait, or a date.", "Write `trait: start_date`, or `date: 2026-12-24`."
            )
        if day.date is not None and not _is_day(day.date):
            yield Found((*path, "date"), f"'{day.date}' is no day.", "Write it as 2026-12-24.")
        if day.days_before and day.days_after:
            yield Found((*path, "days_after"), "A day is before another, or after it.", "Keep one of them.")
        if not _is_time(day.at):
            yield Found((*path, "at"), f"'{day.at}' is no time of day.", 'Write it as "10:00".')
    for path, pause in review.held(Pause):
        if pause.at is not None and not _is_time(pause.at):
            yield Found((*path, "at"), f"'{pause.at}' is no time of day.", 'Write it as "10:00".')


def re_entries(review: Review) -> Iterator[Found]:
    """A day comes without a fact, so there is no value to go through it once for."""
    for key, journey in review.document.journeys.items():
        if isinstance(journey.starts, DayStart) and re_entry_of(journey).once_per is not None:
            path: Path = ("journeys", key, "re_entry", "once_per")
            yield Found(path, "A day has no properties.", "Write `every time`: each new day is an occasion of its own.")


def calendar_series(review: Review) -> Iterator[Found]:
    """Journeys and cadences that a date begins for everybody."""
    first = next(iter(review.document.milestones), None)
    instead = f"{{reached: {first}}}" if first else "{did: Signed Up}"
    flows: list[tuple[str, str, Journey | Cadence]] = [
        *(("journeys", key, journey) for key, journey in review.document.journeys.items()),
        *(("cadences", key, cadence) for key, cadence in review.document.cadences.items()),
    ]
    for section, key, flow in flows:
        starts = flow.starts
        if isinstance(starts, DayStart) and starts.date is not None and starts.if_ is None:
            mend = f"Start it from what people do, for example {instead}, or say for whom with `if:`."
            yield Found((section, key, "starts"), "The same day begins it for everybody.", mend)


def _is_time(typed: str) -> bool:
    try:
        return time.fromisoformat(typed.rjust(5, "0")).tzinfo is None
    except ValueError:
        return False


def _is_day(typed: str) -> bool:
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return len(typed) == len("2026-12-24")


RULES = (
    Rule(
        id="endless-wait",
        level="error",
        why="Whoever waits for something that does not come is never helped again.",
        mend="Add `at_most: 1d`.",
        find=endless_waits,
    ),
    Rule(
        id="empty-flow",
        level="error",
        why="A way with nothing on it is a mistake, or not needed.",
        mend="Add a step, or remove it.",
        find=empty_flows,
        needs=("journeys", "cadences"),
    ),
    Rule(
        id="unreachable-step",
        level="error",
        why="A step that nobody can come to was meant otherwise.",
        mend="Remove it, or ask something else.",
        find=unreachable_steps,
        needs=("journeys", "cadences"),
    ),
    Rule(
        id="split-weights",
        level="error",
        why="A split with one way is none, and a way without a weight is gone by nobody.",
        mend="Write `split: {a: 50, b: 50}`, and the steps of each under `arms`.",
        find=splits,
    ),
    Rule(
        id="loop-bound",
        level="error",
        why="A loop that goes round without a pause, or too often, is a flood of prompts.",
        mend="Bound it with `at_most`, and let it wait.",
        find=loops,
    ),
    Rule(
        id="step-key",
        level="error",
        why="A key is where people find their place again in another release: it must name one step.",
        mend="Give each step that has a key a name of its own.",
        find=keys_of_steps,
        needs=("journeys",),
    ),
    Rule(
        id="no-such-day",
        level="error",
        why="A day that nobody can tell never comes.",
        mend='Write {trait: start_date, days_before: 3, at: "09:00"}, or {date: 2026-12-24}.',
        find=days,
    ),
    Rule(
        id="day-without-value",
        level="error",
        why="`once per` asks the fact that begins a run for a value, and a day is no fact.",
        mend="Write `re_entry: every time`.",
        find=re_entries,
        needs=("journeys",),
    ),
    Rule(
        id="calendar-series",
        level="warning",
        why="A series by the calendar says the same to those who are done and those who are stuck.",
        mend="Start it from what people do.",
        find=calendar_series,
        needs=("journeys", "cadences"),
    ),
)

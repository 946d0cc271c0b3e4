"""What simulated lives say about a program: how much comes to each person, where people end up, and who is left alone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct

from milepost.core.engine.personas import cast
from milepost.core.engine.simulate import Life, live
from milepost.core.engine.state import journey_of
from milepost.core.program.compile import Program
from milepost.core.program.kinds.content import STANDING, Content
from milepost.core.program.kinds.journey import Wait
from milepost.core.values import Undefined

_WEEK = timedelta(days=7)
_TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


class Load(Struct, frozen=True, kw_only=True):
    """Prompts a person and week. `most` names who had it, in which week from 1."""

    channel: str
    mean: float
    most: int
    who: str
    week: int


class FirstValue(Struct, frozen=True, kw_only=True):
    """The shortest way to it: how many things that person did, their answers among them."""

    milestone: str
    actions: int
    minutes: float
    in_first_visit: bool
    who: str


class FirstWin(Struct, frozen=True, kw_only=True):
    """The shortest way to a milestone within a first visit: how many things that person did, their answers among them."""

    milestone: str
    actions: int
    who: str


class Suppressed(Struct, frozen=True, kw_only=True):
    key: str
    outcome: str  # held | dropped
    reason: str
    times: int


class Stayed(Struct, frozen=True, kw_only=True):
    """Where nobody went on: `what` is `milestone:KEY`, `obstacle:KEY` or `journey:KEY/PLACE`."""

    what: str
    why: str
    people: int


class PersonFound(Struct, frozen=True, kw_only=True):
    """Shapes: `reached` goes from a milestone to the day, from 0. Absent: `first_value_day` is None without one."""

    name: str
    kind: str
    goal: str | None
    prompts: int
    helped: int
    first_value_day: int | None
    reached: dict[str, int]


class Report(Struct, frozen=True, kw_only=True):
    program: str
    days: int
    seed: int
    people: tuple[PersonFound, ...]
    load: tuple[Load, ...]
    first_value: FirstValue | Undefined
    first_win: FirstWin | Undefined
    dead_ends: tuple[Stayed, ...]
    never_helped: tuple[str, ...]
    suppressed: tuple[Suppressed, ...]
    unused: tuple[str, ...]  # `content:KEY`, `message:KEY`, `obstacle:KEY`


def simulate(program: Program, *, people: int | None = None, days: int = 30, seed: int = 1) -> Report:
    """Lets people live with the program, and says what came of it. The same arguments give the same report."""
    lives = [live(program, persona, days=days, seed=seed) for persona in cast(program, people)]
    return Report(
        program=program.document.name,
        days=days,
        seed=seed,
        people=tuple(_person(life) for life in lives),
        load=tuple(_loads(lives, days)),
        first_value=_first_value(program, lives),
        first_win=_first_win(lives),
        dead_ends=tuple(_dead_ends(program, lives)),
        never_helped=tuple(life.persona.name for life in lives if _never_helped(program, life)),
        suppressed=tuple(_suppressed(lives)),
        unused=tuple(_unused(program, lives)),
    )


def _person(life: Life) -> PersonFound:
    state, began = life.state, life.began_at
    helped = sum(1 for stuck in state.stuck.values() if stuck.helped_at is not None)
    return PersonFound(
        name=life.persona.name,
        kind=life.persona.kind,
        goal=life.persona.goal,
        prompts=len(life.prompts),
        helped=helped,
        first_value_day=None if life.first_value is None else (life.first_value - began).days,
        reached={key: max(0, (instant[0] - began).days) for key, instant in sorted(state.reached.items())},
    )


def _loads(lives: Sequence[Life], days: int) -> Iterable[Load]:
    """By channel, and over all of them; weeks without anything count for the mean."""
    weeks = max(1, -(-days // 7))
    counted: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for life in lives:
        for prompt in life.prompts:
            week = (prompt.at - life.began_at) // _WEEK + 1
            counted[prompt.channel][life.persona.name, week] += 1
            counted["all"][life.persona.name, week] += 1
    for channel in sorted(counted, key=lambda name: (name == "all", name)):
        (who, week), most = min(counted[channel].items(), key=lambda pair: (-pair[1], pair[0][1], pair[0][0]))
        mean = round(counted[channel].total() / (len(lives) * weeks), 2)
        yield Load(channel=channel, mean=mean, most=most, who=who, week=week)


def _first_value(program: Program, lives: Sequence[Life]) -> FirstValue | Undefined:
    keys = [key for key, milestone in program.document.milestones.items() if milestone.first_value]
    if not keys:
        return Undefined("no milestone is marked first_value")
    had = [life for life in lives if life.first_value is not None]
    if not had:
        return Undefined("nobody reached it")
    best = min(had, key=lambda life: (life.actions, life.persona.number))
    reached = next(key for key in keys if key in best.state.reached)
    minutes = ((best.first_value or best.began_at) - best.began_at) / timedelta(minutes=1)
    return FirstValue(
        milestone=reached,
        actions=best.actions,
        minutes=round(minutes, 1),
        in_first_visit=best.first_visit,
        who=best.persona.name,
    )


def _first_win(lives: Sequence[Life]) -> FirstWin | Undefined:
    won = [
        (life.first_win[1], life.persona.number, life.first_win[0], life)
        for life in lives
        if life.first_win is not None
    ]
    if not won:
        return Undefined("nobody reached a milestone in their first visit")
    actions, _, milestone, life = min(won, key=lambda found: found[:2])
    return FirstWin(milestone=milestone, actions=actions, who=life.persona.name)


def _dead_ends(program: Program, lives: Sequence[Life]) -> Iterable[Stayed]:
    for key in program.document.milestones:
        if not any(key in life.state.reached for life in lives):
            yield Stayed(what=f"milestone:{key}", why="Nobody reached it.", people=len(lives))
    for kind, key in program.rules:
        if kind == "obstacle":
            yield from _stayed_at(program, key, lives)
    yield from _waiting(program, lives)


def _stayed_at(program: Program, key: str, lives: Sequence[Life]) -> Iterable[Stayed]:
    """An obstacle that somebody met and nobody got over."""
    milestone, _, name = key.partition("/")
    met = [life.state.stuck[key] for life in lives if key in life.state.stuck]
    if not met or any(stuck.resolved_at is not None for stuck in met):
        return
    if program.document.milestones[milestone].obstacles[name].accepted is None:
        helped = sum(1 for stuck in met if stuck.helped_at is not None)
        yield Stayed(what=f"obstacle:{key}", why=f"Nobody got over it; help came to {helped}.", people=len(met))


def _waiting(program: Program, lives: Sequence[Life]) -> Iterable[Stayed]:
    """Runs that wait for something that may never come."""
    waiting: Counter[tuple[str, str]] = Counter()
    for life in lives:
        for run_key, run in life.state.runs.items():
            key = journey_of(run_key)
            way = program.itinerary_of(run_key, run.release)
            step = None if way is None else way.stops[run.place].step
            if isinstance(step, Wait) and step.wait.at_most is None and (step.wait.until or step.wait.day):
                waiting[key, run.place] += 1
    for (key, place), people in sorted(waiting.items()):
        yield Stayed(what=f"journey:{key}/{place}", why="They wait there without an end.", people=people)


def _never_helped(program: Program, life: Life) -> bool:
    """Stuck on something that is not accepted and without help to the end; or without first value and without a word after
    the first day."""
    for key, stuck in life.state.stuck.items():
        milestone, _, name = key.partition("/")
        accepted = program.document.milestones[milestone].obstacles[name].accepted is not None
        if not accepted and stuck.helped_at is None and stuck.resolved_at is None:
            return True
    later = [prompt for prompt in life.prompts if prompt.at - life.began_at > timedelta(days=1)]
    return life.first_value is None and not later


def _suppressed(lives: Sequence[Life]) -> Iterable[Suppressed]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for life in lives:
        for decision in life.decisions:
            if decision.outcome in ("held", "dropped"):
                reason = _TIMES.sub("…", str(decision.reason["text"]))
                counted[decision.definition, decision.outcome, reason] += 1
    for (key, outcome, reason), times in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Suppressed(key=key, outcome=outcome, reason=reason, times=times)


def _unused(program: Program, lives: Sequence[Life]) -> Iterable[str]:
    """What never came to anybody, and obstacles that nobody met."""
    document = program.document
    used = {prompt.key for life in lives for prompt in life.prompts}
    met = {key for life in lives for key in life.state.stuck}
    yield from (f"content:{key}" for key, piece in document.content.items() if key not in used and _comes(piece))
    yield from (f"message:{key}" for key in document.messages if key not in used)
    yield from (f"obstacle:{key}" for kind, key in program.rules if kind == "obstacle" and key not in met)


def _comes(piece: Content) -> bool:
    """Whether it is a prompt at all: what stands inline is none."""
    return not isinstance(piece, STANDING)

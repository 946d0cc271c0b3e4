"""Which kind of prompt helps somebody who is stuck: behaviour = motivation × ability × prompt (B. J. Fogg).

Motivation and ability are numbers in [0, 1], each a sum of what is known of the person, each part with its reason. The
obstacle's `lacks` is what the team believes beforehand, and weighs like the strongest sign. What is under one half is low.

| motivation | ability | missing | family |
|---|---|---|---|
| high | low | ability | facilitator: makes it easier |
| low | high | motivation | spark: says why it is worth it |
| high | high | prompt | signal: a reminder is enough |
| low | low | both | a human, where the program asks for one; else nothing: a prompt would only annoy |
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from milepost.core.program.kinds.milestone import Help

Missing = Literal["ability", "motivation", "prompt", "both"]
Family = Literal["facilitator", "spark", "signal", "human", "hold"]
_HALF = 0.5
Part = tuple[float, str]

#: By whether motivation, and ability, is low.
_MISSING: dict[tuple[bool, bool], Missing] = {
    (False, True): "ability",
    (True, False): "motivation",
    (False, False): "prompt",
    (True, True): "both",
}


class Signs(Struct, frozen=True, kw_only=True):
    """What is known of somebody who is stuck.

    Absent: `idle_days` is None of whom nothing was heard, `progress` without a plan, `mood` without a signal, `effort`
    where the program does not say. Units: `active_share` is the days active of those since they came, at most 28, 0..1.
    """

    idle_days: int | None = None
    active_share: float = 0.0
    progress: float | None = None
    mood: bool | None = None
    effort: timedelta | None = None
    stuck_before: int = 0
    left: int = 0  # pieces of help dismissed or refused
    experience: int = 0  # milestones reached
    lacks: Literal["ability", "motivation", "prompt"] | None = None


class Reading(Struct, frozen=True, kw_only=True):
    value: float  # 0..1
    why: str

    @property
    def is_low(self) -> bool:
        return self.value < _HALF


class Diagnosis(Struct, frozen=True, kw_only=True):
    motivation: Reading
    ability: Reading
    missing: Missing
    family: Family


def diagnose(signs: Signs, *, human: bool) -> Diagnosis:
    """What is missing, and which family of prompts answers it. `human`: the program would ask a person of the team."""
    motivation = _sum(_HALF, _motivation(signs))
    ability = _sum(0.6, _ability(signs))
    missing = _MISSING[motivation.is_low, ability.is_low]
    return Diagnosis(motivation=motivation, ability=ability, missing=missing, family=_family(missing, human=human))


def in_order(help_: tuple[Help, ...], family: Family) -> Iterable[Help]:
    """The candidates of this family first, then the others, each as the program lists them. None when it is to hold."""
    if family == "hold":
        return ()
    return sorted(help_, key=lambda each: not _is_of(each, family))


def _is_of(help_: Help, family: Family) -> bool:
    return help_.ask_support if family == "human" else help_.as_ == family


def _family(missing: Missing, *, human: bool) -> Family:
    if missing == "both":
        return "human" if human else "hold"
    families: dict[Missing, Family] = {"ability": "facilitator", "motivation": "spark", "prompt": "signal"}
    return families[missing]


def _motivation(signs: Signs) -> Iterable[Part]:
    if signs.idle_days is None:
        yield -0.1, "nothing was heard of them"
    elif signs.idle_days < 1:
        yield 0.25, "they are here today"
    elif signs.idle_days >= 7:
        yield -0.35, f"away for {signs.idle_days} days"
    elif signs.idle_days >= 3:
        yield -0.2, f"away for {signs.idle_days} days"
    if signs.active_share >= _HALF:
        yield 0.1, f"active on {signs.active_share:.0%} of their days"
    elif signs.active_share < 0.2:
        yield -0.1, f"active on {signs.active_share:.0%} of their days"
    if signs.progress is not None and signs.progress >= _HALF:
        yield 0.1, f"{signs.progress:.0%} of the plan is reached"
    if signs.mood is not None:
        yield (0.15, "their last signal was good") if signs.mood else (-0.25, "their last signal was bad")
    if signs.lacks == "motivation":
        yield -0.25, "this obstacle is known to take the will"
    elif signs.lacks == "prompt":
        yield 0.1, "this obstacle is known to be forgetting"


def _ability(signs: Signs) -> Iterable[Part]:
    if signs.effort is not None and signs.effort <= timedelta(minutes=5):
        yield 0.1, "the step is short"
    elif signs.effort is not None and signs.effort > timedelta(minutes=30):
        yield -0.2, "the step is long"
    elif signs.effort is not None and signs.effort > timedelta(minutes=10):
        yield -0.1, "the step takes a while"
    if signs.stuck_before:
        yield -0.15 * min(signs.stuck_before, 2), f"stuck here {signs.stuck_before} times before"
    if signs.left:
        yield -0.1 * min(signs.left, 2), f"left {signs.left} pieces of help"
    if signs.experience >= 3:
        yield 0.1, f"{signs.experience} milestones reached"
    if signs.lacks == "ability":
        yield -0.25, "this obstacle is known to be hard"
    elif signs.lacks == "prompt":
        yield 0.1, "this obstacle is known to be forgetting"


def _sum(begin: float, parts: Iterable[Part]) -> Reading:
    known = list(parts)
    value = min(1.0, max(0.0, begin + sum(weight for weight, _ in known)))
    why = ", ".join(f"{reason} ({weight:+.2f})" for weight, reason in known) or "nothing is known"
    return Reading(value=round(value, 2), why=f"{begin:.2f} to begin with; {why}")

"""What `silent` and `risk` say, as conditions, so that the engine, SQL and lists of people mean the same by them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import START, All, Any_, Condition, Did, Goal, Not, Reached
from milepost.core.program.document import Document
from milepost.core.program.kinds.risk import Decline, Risk, Silent

#: The segment of newcomers who vanished; no typed segment may have this key while the program says `silent`.
SILENT_LEAVERS = "silent-leavers"
_LATELY = timedelta(days=28)
_VISITS = (events.NAME_OF_KIND["page"], events.NAME_OF_KIND["screen"])


class Watch(Struct, frozen=True, kw_only=True):
    """When a risk is raised, and what ends it."""

    raised: Condition
    recovered: Condition


def segments_of(document: Document) -> Mapping[str, Condition]:
    """All segments by key: those that are typed, and the silent leavers."""
    if document.silent is None:
        return document.segments
    return {**document.segments, SILENT_LEAVERS: _silent(document.silent, document)}


def watch_of(risk: Risk, document: Document) -> Watch:
    """The conditions of a risk of which `check` found no error."""
    raised, recovered = _watched(risk, document)
    return Watch(raised=raised, recovered=risk.recovered or recovered)


def _watched(risk: Risk, document: Document) -> tuple[Condition, Condition]:
    if risk.stall is not None:
        return _stalled(risk.stall, document), Any_(of=(_progress(risk.stall, document), _done(document)))
    if risk.decline is not None:
        return _declined(risk.decline), Did(name=risk.decline.of, within=risk.decline.silent_for)
    raised = risk.when or Any_(of=())
    return raised, Not(of=raised)


def _silent(silent: Silent, document: Document) -> Condition:
    first_values = tuple(Reached(milestone=key) for key, each in document.milestones.items() if each.first_value)
    return All(
        of=(
            _began_before(silent.after),
            Not(of=Any_(of=(*first_values, _progress(silent.after, document), _visit(silent, document)))),
        )
    )


def _visit(silent: Silent, document: Document) -> Condition:
    if silent.seen is not None:
        return _within(silent.seen, silent.after)
    names = dict.fromkeys((*_VISITS, *document.facts, *_asked(document)))
    return Any_(of=tuple(Did(name=name, within=silent.after) for name in names))


def _asked(document: Document) -> Iterator[str]:
    """The facts that milestones ask for."""
    for milestone in document.milestones.values():
        yield from (leaf.name for leaf in _dids(milestone.reached))


def _dids(condition: Condition | None) -> Iterator[Did]:
    if isinstance(condition, All | Any_):
        for part in condition.of:
            yield from _dids(part)
    elif isinstance(condition, Did):
        yield condition


def _within(condition: Condition, window: timedelta) -> Condition:
    """The condition with this window in every `did` that has none of its own."""
    match condition:
        case All() | Any_():
            return replace(condition, of=tuple(_within(part, window) for part in condition.of))
        case Did(within=None, since=None):
            return replace(condition, within=window)
    return condition


def _stalled(window: timedelta, document: Document) -> Condition:
    """On a plan of which something is left, and nothing reached for so long. Without goals, the program is the plan."""
    wanting = Did(name=events.GOAL_STATED, within=window)
    return All(of=(_began_before(window), Not(of=Any_(of=(wanting, _progress(window, document), _done(document))))))


def _done(document: Document) -> Condition:
    """Nothing is left of their plan. What stands in it under a condition is not waited for."""
    ways = [
        All(of=(Goal(goal=key), *(Reached(milestone=each) for each in goal.milestones if each not in goal.if_)))
        for key, goal in document.goals.items()
    ]
    return Any_(of=tuple(ways)) if ways else All(of=tuple(Reached(milestone=key) for key in document.milestones))


def _declined(decline: Decline) -> Condition:
    often = Did(name=decline.of, distinct="day", at_least=decline.days, within=_LATELY)
    return All(of=(often, Not(of=Did(name=decline.of, within=decline.silent_for))))


def _progress(window: timedelta, document: Document) -> Condition:
    return Any_(of=tuple(Reached(milestone=key, within=window) for key in document.milestones))


def _began_before(window: timedelta) -> Condition:
    return All(of=(Reached(milestone=START), Not(of=Reached(milestone=START, within=window))))

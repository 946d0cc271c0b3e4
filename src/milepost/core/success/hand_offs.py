"""Hand-offs: how somebody is passed on from host to host along a plan.

They follow from what was done alone:

1. A phase is over when everything in it was done; check-ins come again and again, and keep nobody.
2. Then its host hands over to the host of the next phase. Who goes on themselves hands nothing over.
3. The next host has taken over as soon as they say so, or have done anything of a later phase. Who had begun before has
   kept nobody waiting.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from milepost.core.program.kinds.plan_template import Phase, PlanTemplate


class HandOff(Struct, frozen=True, kw_only=True):
    """`phase` is the place of the one that begins, `at` when the one before was over. Absent: `taken_at` None while the
    next host has not begun."""

    phase: int
    giver: str
    host: str
    at: datetime
    taken_at: datetime | None

    @property
    def waited(self) -> timedelta | None:
        return None if self.taken_at is None else self.taken_at - self.at


def host_of(template: PlanTemplate, phase: int) -> str:
    return (template.phases[phase].owner or template.owner).role


def hand_offs(template: PlanTemplate, done: Mapping[str, datetime]) -> Iterator[HandOff]:
    """Those that have come, in order. `done`: when each task was, by its name; that a phase was taken over is told under
    its number."""
    for number, (before, _) in enumerate(pairwise(template.phases), 1):
        over_at = _over_at(before, number - 1, done)
        if over_at is None:
            return
        giver, host = host_of(template, number - 1), host_of(template, number)
        if giver != host:
            taken_at = _taken_at(number, over_at, done)
            yield HandOff(phase=number, giver=giver, host=host, at=over_at, taken_at=taken_at)


def can_end(phase: Phase) -> bool:
    return any(task.do != "check_in" for task in phase.tasks)


def _over_at(phase: Phase, number: int, done: Mapping[str, datetime]) -> datetime | None:
    places = [f"{number}.{place}" for place, task in enumerate(phase.tasks) if task.do != "check_in"]
    return max(done[place] for place in places) if places and all(place in done for place in places) else None


def _taken_at(number: int, over_at: datetime, done: Mapping[str, datetime]) -> datetime | None:
    begun = (at for name, at in done.items() if int(name.partition(".")[0]) >= number)
    first = min(begun, default=None)
    return None if first is None else max(first, over_at)

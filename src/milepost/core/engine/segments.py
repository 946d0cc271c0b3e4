"""Segments: who they are in changes with what they do, and each change is an event.

Membership is what the condition says as of the last moment at which anything changed, whatever came late; it is looked at
again at each fact that touches it and at each edge of a window or date inside it. A retelling of the past is silent, and
so is a change by time alone that nobody looked at for a day.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.instants import next_edge
from milepost.core.engine import patience, risks
from milepost.core.program.compile import Rule
from milepost.core.values import BY_TIME_ALONE, Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Looks whether the person is in the segment now."""
    now, before = _now(work), work.state.segments
    is_ = _look(work, rule, now)
    if work.state.segments is not before and work.given.at - now[0] <= patience.MESSAGE:
        _say(work, rule, instant, now, entered=is_)
        if is_:
            risks.left_in_silence(work, rule, instant)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: who they are in now, silently."""
    work.state.segments = []
    for rule in work.program.rules.values():
        if rule.kind == "segment":
            _look(work, rule, _now(work))


def _look(work: Work, rule: Rule, now: Instant) -> bool:
    """Writes down whether they are in it (another list, when that has changed), and when to look again."""
    inside, segments = rule.is_true(work.view, now), work.state.segments
    place = bisect_left(segments, rule.key)
    if inside is not (segments[place : place + 1] == [rule.key]):
        rest = segments[place:] if inside else segments[place + 1 :]
        work.state.segments = [*segments[:place], rule.key, *rest] if inside else [*segments[:place], *rest]
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, now[0]))
    return inside


def _now(work: Work) -> Instant:
    """The last moment at which something changed, with all that happened at it."""
    return work.state.last_at or work.given.at, END_OF_MOMENT


def _say(work: Work, rule: Rule, instant: Instant, now: Instant, *, entered: bool) -> None:
    if work.given.retroactive:
        return
    work.desk.decide("segment", rule.key, "entered" if entered else "left", work.desk.because(rule, now))
    occasion = instant[0].isoformat() if instant[1] == BY_TIME_ALONE else instant[1]
    name = events.SEGMENT_ENTERED if entered else events.SEGMENT_LEFT
    key = f"segment:{rule.origin}:{'in' if entered else 'out'}:{occasion}"
    work.desk.tell(name, {"segment": rule.key}, key)

"""Whether now is the time: consent, caps, gaps and quiet hours.

1. `service` messages are part of what was asked for: nothing holds them back.
2. A celebration answers what somebody has just done: it never waits, but it counts.
3. What must wait is held until the earliest moment at which it may go; what consent forbids is dropped.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.core.engine.state import State
from milepost.core.people.profile import zone_exists
from milepost.core.program.document import Document
from milepost.core.program.kinds.limits import Limit, Quiet
from milepost.core.values import parse_duration

SESSION_IDLE = timedelta(minutes=30)
_LONGEST = timedelta(days=40)


class Verdict(Struct, frozen=True):
    """`until` None and `drop` False: go. Otherwise `why` says, in words, what stands in the way."""

    why: str = ""
    until: datetime | None = None
    drop: bool = False


GO = Verdict()


def may_send(document: Document, state: State, channel: str, purpose: str, at: datetime) -> Verdict:
    """Whether a message may go out now."""
    if purpose == "service":
        return GO
    if f"{channel}:{purpose}" in state.refused or f"{channel}:all" in state.refused:
        return Verdict(why=f"they do not want {purpose} by {channel}", drop=True)
    if channel in document.consent.get(purpose, ()) and not state.consent.get(purpose):
        return Verdict(why=f"they have not agreed to {purpose} by {channel}", drop=True)
    return within(limit_of(document, channel), state, channel, zone_of(document, state), at)


def may_show(document: Document, state: State, at: datetime) -> Verdict:
    """Whether a guide may be shown now."""
    return within(document.limits.in_app, state, "in_app", zone_of(document, state), at)


def within(limit: Limit, state: State, channel: str, zone: str, at: datetime) -> Verdict:
    """The limit's verdict: the earliest moment that satisfies gap, cap and quiet hours."""
    spent = sorted(sent.at for sent in state.sent if sent.channel == channel)
    why, until = "", at
    if limit.gap and spent and spent[-1] + limit.gap > until:
        why, until = "too soon after the last one", spent[-1] + limit.gap
    cap = _cap_opens(limit, spent, state, at)
    if cap and cap > until:
        why, until = f"{limit.at_most} per {limit.per} have been used up", cap
    if limit.quiet and (morning := quiet_ends(limit.quiet, zone, until)):
        why, until = "quiet hours where they live", morning
    return GO if until <= at else Verdict(why=why, until=until)


def _cap_opens(limit: Limit, spent: list[datetime], state: State, at: datetime) -> datetime | None:
    """When the cap next has room; None: it has room now."""
    if limit.at_most is None or limit.per is None:
        return None
    if limit.per == "session":
        start, last = state.session or (at, at)
        used = sum(1 for moment in spent if moment >= start)
        return last + SESSION_IDLE if used >= limit.at_most and last + SESSION_IDLE > at else None
    window = parse_duration(limit.per)
    inside = [moment for moment in spent if moment + window > at]
    if len(inside) < limit.at_most:
        return None
    return inside[-limit.at_most] + window if limit.at_most else at + window


def quiet_ends(quiet: Quiet, zone: str, at: datetime) -> datetime | None:
    """The end of the quiet hours that `at` falls into (their zone's wall clock, also over a change of DST), else None."""
    local = at.astimezone(ZoneInfo(zone))
    now = local.time().replace(tzinfo=None)
    overnight = quiet.start > quiet.end
    asleep = (now >= quiet.start or now < quiet.end) if overnight else quiet.start <= now < quiet.end
    if not asleep:
        return None
    day = local.date() + timedelta(days=1) if overnight and now >= quiet.start else local.date()
    return datetime.combine(day, quiet.end, tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)


def limit_of(document: Document, channel: str) -> Limit:
    return document.limits.email if channel == "email" else document.limits.in_app


def zone_of(document: Document, state: State) -> str:
    """The person's zone, else the program's, else UTC."""
    for name in (state.zone, document.timezone):
        if name and zone_exists(name):
            return name
    return "UTC"


def forget(state: State, at: datetime) -> None:
    """Drops what no limit can look back to."""
    if state.sent and state.sent[0].at + _LONGEST < at:
        state.sent = [sent for sent in state.sent if sent.at + _LONGEST >= at]

"""Whether now is the time: consent, caps, gaps, quiet hours, and a question of theirs that is open.

1. `service` messages are part of what was asked for: nothing holds them back.
2. A celebration answers what somebody has just done: it never waits, but it counts.
3. What must wait is held until the earliest moment at which it may go; what consent forbids is dropped.
4. Each channel has its limit, and `total` is over all of them: the later of the two moments counts.
5. While somebody talks with us nothing else speaks to them: from their question until the conversation is closed, or a day
   after our last reply. A question that nobody answers keeps silence for a week.
6. What somebody asked for, what came with their goal and what stands inline takes nothing from the budget.
7. Who has given no sign of life since our last three messages gets no further one of care or marketing until they do. An
   unopened mail tells nothing: any act of theirs, in whatever channel, is a sign. Help with an obstacle still comes.
8. Whoever asked for a pause, for less, or for nothing by a channel gets what they asked for, help with obstacles too.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.core.conditions.evaluate import View
from milepost.core.delivery.preferences import GAPS
from milepost.core.engine.state import Sent, State, Talk
from milepost.core.program.document import Document
from milepost.core.program.kinds.limits import Limit, Quiet
from milepost.core.values import parse_duration, zone_exists

SESSION_IDLE = timedelta(minutes=30)
_LONGEST = timedelta(days=40)


#: What stands in the way while a question of theirs is open; it may end at any moment.
TALKING = "a question of theirs is open"
#: What stands in the way of who does not answer to anything; it ends when they are active again.
LIFELESS = "three messages without a sign of life"
_MOST_WITHOUT_A_SIGN = 3
#: Reasons that may end at any moment: what waits for that waits as long as it has a point.
OPEN_ENDED = frozenset({TALKING, LIFELESS})
_AFTER_REPLY, _UNANSWERED = timedelta(hours=24), timedelta(days=7)
_NO_LIMIT = Limit()
_MOST_LOOKS = 20  # a cap of nothing never opens
#: A limit, what has been spent of it (oldest first), and in words where it holds.
Limited = tuple[Limit, list[datetime], str]


class Verdict(Struct, frozen=True):
    """`until` None and `drop` False: go. Otherwise `why` says, in words, what stands in the way."""

    why: str = ""
    until: datetime | None = None
    drop: bool = False


GO = Verdict()


def may_send(
    document: Document, state: State, channel: str, purpose: str, at: datetime, *, unblocks: bool = False
) -> Verdict:
    """Whether a message may go out now. `unblocks`: it is the help with an obstacle, which goes to the silent as well."""
    if purpose == "service":
        return GO
    if f"{channel}:{purpose}" in state.refused or f"{channel}:all" in state.refused:
        return Verdict(why=f"they do not want {purpose} by {channel}", drop=True)
    if (asked := as_they_prefer(state, channel, at)) is not None:
        return asked
    if channel in document.consent.get(purpose, ()) and not state.consent.get(purpose):
        return Verdict(why=f"they have not agreed to {purpose} by {channel}", drop=True)
    if not unblocks and gives_no_sign(state):
        return Verdict(why=LIFELESS, until=at + _LONGEST)
    return within(document, state, channel, at)


def may_show(document: Document, state: State, at: datetime) -> Verdict:
    """Whether a piece that nobody asked for may be shown now."""
    return as_they_prefer(state, "in_app", at) or within(document, state, "in_app", at)


def as_they_prefer(state: State, channel: str, at: datetime) -> Verdict | None:
    """What their own wishes say against it; None where they have none."""
    if state.preferred is None:
        return None
    how = state.preferred.how
    if channel in how.off:
        return Verdict(why=f"they want nothing by {channel}", drop=True)
    if how.paused_until is not None and how.paused_until > at:
        return Verdict(why="they have asked for a pause", until=how.paused_until)
    gap, messages = GAPS.get(how.pace), _messages(state)
    if gap is None or channel == "in_app" or not messages or messages[-1].at + gap <= at:
        return None
    return Verdict(why=f"they have asked for one message at most, {how.pace}", until=messages[-1].at + gap)


def within(document: Document, state: State, channel: str, at: datetime) -> Verdict:
    """The verdict of all limits: the earliest moment that satisfies each of them."""
    if (silence := talking_until(state, at)) is not None:
        return Verdict(why=TALKING, until=silence)
    zone, limits = zone_of(document, state), _limits(document, state, channel)
    why, until = "", at
    for _ in range(_MOST_LOOKS):
        blocked = _blocked(limits, state, zone, until)
        if blocked is None:
            break
        why, until = blocked
    return Verdict(why=why, until=until) if why else GO


def gives_no_sign(state: State) -> bool:
    """Whether they have done nothing at all since our last three messages, or ever."""
    messages = _messages(state)[-_MOST_WITHOUT_A_SIGN:]
    if len(messages) < _MOST_WITHOUT_A_SIGN:
        return False
    heard = [at for at, _ in state.acted.values()] + ([state.session[1]] if state.session else [])
    return all(at < messages[0].at for at in heard)


def is_over(state: State, why: str, at: datetime) -> bool:
    """Whether this reason, one of the open-ended, no longer stands in the way."""
    return not gives_no_sign(state) if why == LIFELESS else why == TALKING and talking_until(state, at) is None


def _messages(state: State) -> list[Sent]:
    """What went out to where they read it without visiting, oldest first."""
    return [sent for sent in state.sent if sent.channel != "in_app"]


def talking_until(state: State, at: datetime) -> datetime | None:
    """The end of the silence that conversations ask for; None when none is open at that moment."""
    if not state.talks:
        return None
    ends = (end for talk in state.talks.values() if (end := _silent_until(talk)) is not None and end > at)
    return max(ends, default=None)


def _silent_until(talk: Talk) -> datetime | None:
    if talk.asked is None or (talk.closed is not None and talk.closed > talk.asked):
        return None
    if talk.replied is not None and talk.replied > talk.asked:
        return talk.replied[0] + _AFTER_REPLY
    return talk.asked[0] + _UNANSWERED


def _limits(document: Document, state: State, channel: str) -> list[Limited]:
    """The limits that what goes out here has to keep to."""
    here, total = limit_of(document, channel), document.limits.total
    limits = [(here, sorted([sent.at for sent in state.sent if sent.channel == channel]), "")]
    if total != _NO_LIMIT:
        limits.append((total, sorted(sent.at for sent in state.sent), " over all channels"))
    return limits


def _blocked(limits: list[Limited], state: State, zone: str, at: datetime) -> tuple[str, datetime] | None:
    """What stands in the way at this moment, and until when, as far as one limit can tell; None: nothing."""
    for limit, spent, where in limits:
        if (blocked := _closed(limit, spent, state, zone, at, where)) is not None:
            return blocked
    return None


def _closed(
    limit: Limit, spent: list[datetime], state: State, zone: str, at: datetime, where: str
) -> tuple[str, datetime] | None:
    if limit.gap and spent and spent[-1] + limit.gap > at:
        return f"too soon after the last one{where}", spent[-1] + limit.gap
    cap = _cap_opens(limit, spent, state, at)
    if cap is not None and cap > at:
        return f"{limit.at_most} per {limit.per}{where} have been used up", cap
    if limit.quiet and (morning := quiet_ends(limit.quiet, zone, at)):
        return "quiet hours where they live", morning
    return None


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
    """The channel's own limit; a channel that the limits do not name has none."""
    limit = getattr(document.limits, channel, None)
    return limit if isinstance(limit, Limit) else _NO_LIMIT


def zone_of(document: Document, state: State) -> str:
    """The zone that the person chose, else the one they were last seen in, else the program's, else UTC."""
    own = state.preferred.zone if state.preferred else ""
    for name in (own, state.zone, document.timezone):
        if name and zone_exists(name):
            return name
    return "UTC"


def view_of(document: Document, state: State) -> View:
    """What is known of them, where they are now."""
    zone = zone_of(document, state)
    return View(memory=state.memory, reached=state.reached, start=state.start, zone=zone)


def forget(state: State, at: datetime) -> None:
    """Drops what no limit can look back to; the last messages stay, to know whether anything was done since."""
    if state.sent and state.sent[0].at + _LONGEST < at:
        last = _messages(state)[-_MOST_WITHOUT_A_SIGN:]
        state.sent = [sent for sent in state.sent if sent.at + _LONGEST >= at or sent in last]

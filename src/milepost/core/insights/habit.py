# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Habit: on how many of the last days somebody was active, and how long they have kept it up.

A day is one of the calendar of the time zone asked in. Active is who did anything themselves: what Milepost did for them,
or concluded of them, does not count, nor does opening a mail.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.core import events
from milepost.core.conditions.words import describe
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Refused, utc

NOBODY = "nobody started in this time"
#: A streak outlives so many days in a row without activity.
GRACE = 1
_LONGEST = 90

#: Facts that are not something that the person did in the product.
NOT_ACTIVITY = (
    events.MESSAGE_SENT,
    events.MESSAGE_DELIVERED,
    events.MESSAGE_FAILED,
    events.EMAIL_FETCHED,
    events.ACCOUNT_TRAITS_CHANGED,
    events.ACCOUNT_MILESTONE_REACHED,
    events.ACCOUNT_HELP_DUE,
    events.OBSTACLE_ANSWERED,
    events.RISK_RAISED,
    events.RISK_ENDED,
    events.EXPERIMENT_EXPOSED,
    events.EMAIL_BOUNCED,
    events.EMAIL_OPENED,
    events.EMAIL_FETCHED,
    events.CONTENT_SHOWN,
    events.OFFER_SHOWN,
    events.TARGET_MISSING,
    events.MILESTONE_REACHED,
    events.MILESTONE_ATTESTED,
    events.QUESTION_REPLIED,
    events.CONVERSATION_CLOSED,
    events.INVITE_ACCEPTED,
    events.PLAN_MADE,
    events.PLAN_MOVED,
    events.OBSTACLE_DETECTED,
    events.OBSTACLE_RESOLVED,
    events.SEGMENT_ENTERED,
    events.SEGMENT_LEFT,
    events.JOURNEY_STARTED,
    events.JOURNEY_ENDED,
    events.CHECK_IN_MISSED,
    events.TEAM_TASK_COMPLETED,
    events.TEAM_TASK_REOPENED,
    events.HANDED_OVER,
    events.HAND_OFF_LATE,
    events.TAKEN_OVER,
)


class Habit(Struct, frozen=True, kw_only=True):
    """Active on `active` of the last `of` days, today among them. `streak` counts the active days up to now without more
    than a day's grace between two of them; 0 once it is broken."""

    active: int
    of: int
    streak: int


def habit(days: Collection[date], today: date, of: int) -> Habit:
    """`days` on which somebody was active, in any order; today is not over, so that it breaks nothing."""
    active = sum(0 <= (today - day).days < of for day in set(days))
    return Habit(active=active, of=of, streak=_streak(days, today))


def _streak(days: Collection[date], today: date) -> int:
    streak, before = 0, today
    for day in sorted({day for day in days if day <= today}, reverse=True):
        if (before - day).days > GRACE + 1:
            break
        streak, before = streak + 1, day
    return streak


class HabitAnswer(Answer, frozen=True, kw_only=True):
    """`active_days[d]`: how many people were active on exactly d of the last `of` days. `rate`: the share that was on at
    least `at_least` of them. `streaks[s]`: how many people have a streak of s active days inside these `of` days."""

    of: int
    at_least: int
    rate: Rate
    active_days: list[int]
    streaks: list[int]


class Habits(Period, frozen=True, kw_only=True):
    """People who started in [from, to), and the `of` days up to that of `as_of`."""

    of: int = 7
    at_least: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.of <= _LONGEST:
            raise Refused("of", f"`of` is a number of days from 1 to {_LONGEST}.", path="of")
        if not 0 <= self.at_least <= self.of:
            raise Refused("at_least", "`at_least` is a number of days, not more than `of`.", path="at_least")

    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text)
        days = text.table(f"select unnest({text.parameters.add(self._midnights())}::timestamp[]) as day")
        numbered = text.table(f"select day, row_number() over (order by day) as number from {days}")
        active = text.table(self._active(text, people, numbered))
        counts = (
            f"select p.uid, count(a.number) as n from {people} p left join {active} a on a.uid = p.uid group by p.uid"
        )
        kept = self._streaks(text, active)
        streaks = f"select p.uid, coalesce(s.n, 0) as n from {people} p left join ({kept}) s on s.uid = p.uid"
        return text.plan(
            f"select 'active', n, count(*) from ({counts}) group by n "
            f"union all select 'streak', n, count(*) from ({streaks}) group by n order by 1, 2"
        )

    def _active(self, text: Text, people: str, numbered: str) -> str:
        """A select of `(uid, number)`: the days of the window, numbered from 1, on which each person was active."""
        passive = text.parameters.add(list(NOT_ACTIVITY))
        facts = (
            f"select f.uid, f.ts from facts f where {text.scope()} and not list_contains({passive}::varchar[], f.event)"
        )
        return (
            f"select distinct f.uid, d.number from ({facts}) f semi join {people} p on p.uid = f.uid "
            f"asof join {numbered} d on f.ts >= d.day"
        )

    def _streaks(self, text: Text, active: str) -> str:
        """A select of `(uid, n)`: active days from the newest back to the first gap of more than the grace."""
        last, gap = text.parameters.add(self.of), text.parameters.add(GRACE + 1)
        after = f"coalesce(lead(number) over (partition by uid order by number), {last}) - number > {gap}"
        broken = f"select uid, number, {after} as breaks from {active}"
        newer = "sum(breaks::int) over (partition by uid order by number desc)"
        return (
            f"select uid, count(*) as n from (select uid, {newer} as gaps from ({broken})) where gaps = 0 group by uid"
        )

    def _midnights(self) -> list[datetime]:
        zone = ZoneInfo(self.tz)
        today = utc(self.as_of).astimezone(zone).date()
        days = (today - timedelta(days=back) for back in range(self.of))
        return [datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None) for day in days]

    def answer(self, plan: Plan, rows: Rows) -> HabitAnswer:
        counts = {(what, n): people for what, n, people in rows}
        active, streaks = ([counts.get((what, n), 0) for n in range(self.of + 1)] for what in ("active", "streak"))
        return HabitAnswer(
            of=self.of,
            at_least=self.at_least,
            rate=rate(sum(active[self.at_least :]), sum(active), NOBODY),
            active_days=active,
            streaks=streaks,
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, and of them the share "
            "that was "
            f"active on at least {self.at_least} of the {self.of} days up to the moment of asking. Active is who did "
            "anything themselves. A streak is broken by two days in a row without activity."
        )

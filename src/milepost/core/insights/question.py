# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What every question has: whose people, judged by which program, who started when, and known up to when.

A question writes its SQL (`plan`) and reads the rows that come back (`answer`); it never touches a store.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field

from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.program.document import Document
from milepost.core.values import Refused, utc

Rows = list[tuple[Any, ...]]
Answered = TypeVar("Answered", covariant=True)


class Question(Protocol[Answered]):
    def plan(self) -> Plan: ...

    def answer(self, plan: Plan, rows: Rows) -> Answered: ...


class Period(Struct, frozen=True, kw_only=True):
    """People whose program started in [from, to), as known at `as_of`: nothing later counts. Weeks are of `tz`."""

    workspace: int
    document: Document
    from_: datetime = field(name="from")
    to: datetime
    as_of: datetime
    tz: str = "UTC"

    def __post_init__(self) -> None:
        if utc(self.to) < utc(self.from_):
            raise Refused("period", "The period ends before it begins.", path="to", mend="Give a later `to`.")
        _zone(self.tz)

    def text(self) -> Text:
        return Text(self.document, ws=self.workspace, as_of=self.as_of)

    def weeks(self) -> list[datetime]:
        """The Mondays, midnight in `tz`, that begin the weeks of the period, as instants in UTC."""
        zone = _zone(self.tz)
        first = utc(self.from_).astimezone(zone).date()
        monday = first - timedelta(days=first.weekday())
        weeks: list[datetime] = []
        while (begins := datetime.combine(monday, time(), zone).astimezone(UTC)) < utc(self.to) or not weeks:
            weeks.append(begins)
            monday += timedelta(days=7)
        return weeks

    def first_value(self) -> list[str]:
        """The milestones that stop the clock of the time to value."""
        return [key for key, milestone in self.document.milestones.items() if milestone.first_value]


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer says of itself. `definition` is the formula in words, `sql` the text that gave the numbers."""

    definition: str
    sql: str
    from_: datetime = field(name="from")
    to: datetime
    as_of: datetime
    tz: str


def frame(period: Period, plan: Plan, definition: str) -> dict[str, Any]:
    """The fields of `Answer`."""
    return {
        "definition": definition,
        "sql": plan.sql,
        "from_": period.from_,
        "to": period.to,
        "as_of": period.as_of,
        "tz": period.tz,
    }


def starters(period: Period, text: Text) -> str:
    """The table `(uid, ts, seq, week)` of who started in the period."""
    mondays = text.parameters.add([monday.replace(tzinfo=None) for monday in period.weeks()])
    weeks = text.table(f"select unnest({mondays}::timestamp[]) as week")
    begins, ends = text.parameters.add(period.from_), text.parameters.add(period.to)
    return text.table(
        f"select s.uid, s.ts, s.seq, w.week from {text.started()} s asof join {weeks} w on s.ts >= w.week "
        f"where s.ts >= {begins} and s.ts < {ends}"
    )


def goals(period: Period, text: Text) -> str:
    """The table `(uid, ts)` of when each person first reached one of the milestones of first value."""
    tables = [text.reached(key) for key in period.first_value()]
    if len(tables) == 1:
        return tables[0]
    instants = (
        " union all ".join(f"select uid, ts from {table}" for table in tables)
        or "select 0 as uid, null::timestamp as ts where false"
    )
    return text.table(f"select uid, min(ts) as ts from ({instants}) group by uid")


def told(text: Text, event: str, name: str) -> str:
    """A select of `(uid, ts, seq, key)`: the facts of this name, and the key that stands in their property."""
    key = property_text_sql(name, text.parameters)
    return f"select f.uid, f.ts, f.seq, {key} as key from facts f where {text.named(event)}"


def inside(period: Period, text: Text) -> str:
    """Whether a row's `ts` lies in the period."""
    return f"(ts >= {text.parameters.add(period.from_)} and ts < {text.parameters.add(period.to)})"


def waited(text: Text) -> str:
    """Whole seconds from the start `p` to the goal `g`, else to `as_of`; 0 for who was there before the start."""
    return f"greatest(0, epoch_us(coalesce(g.ts, {text.as_of})) - epoch_us(p.ts)) // 1000000"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("tz", f"'{name}' is not a time zone.", path="tz", mend="Use a name like Europe/Sofia.") from error

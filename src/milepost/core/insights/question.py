# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What every question has: whose people or accounts, judged by which program, who started when, and known up to when.

A question writes its SQL (`plan`) and reads the rows that come back (`answer`); it never touches a store.
"""

from datetime import datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field

from milepost.core.conditions.types import Condition
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.subjects import RULE, WHO, Of
from milepost.core.insights.zones import first_day, local_number, midnight
from milepost.core.program.document import Document
from milepost.core.values import Refused, utc

Rows = list[tuple[Any, ...]]
Answered = TypeVar("Answered", covariant=True)


class Question(Protocol[Answered]):
    def plan(self) -> Plan: ...

    def answer(self, plan: Plan, rows: Rows) -> Answered: ...


class Period(Struct, frozen=True, kw_only=True):
    """Who started their program in [from, to), as known at `as_of`: nothing later counts. Weeks are of `tz`. Of
    accounts, the document is that of the programs for customers."""

    workspace: int
    document: Document
    from_: datetime = field(name="from")
    to: datetime
    as_of: datetime
    tz: str = "UTC"
    subject: Of = "persons"

    def __post_init__(self) -> None:
        if utc(self.to) < utc(self.from_):
            raise Refused("period", "The period ends before it begins.", path="to", mend="Give a later `to`.")
        _zone(self.tz)

    @property
    def counted(self) -> Of:
        """Of whom the numbers are."""
        return self.subject

    @property
    def who(self) -> str:
        """What the definition calls them, at the beginning of a sentence."""
        return WHO[self.counted][0]

    @property
    def that(self) -> str:
        """What goes on about them."""
        return WHO[self.counted][1]

    def text(self) -> Text:
        return Text(self.document, ws=self.workspace, as_of=self.as_of, of=self.subject)

    def weeks(self) -> list[datetime]:
        """The Mondays, midnight in `tz`, that begin the weeks of the period, as instants in UTC."""
        number, weeks = local_number("week", self.from_, self.tz), list[datetime]()
        while (begins := midnight(first_day("week", number), self.tz)) < utc(self.to) or not weeks:
            weeks.append(begins)
            number += 1
        return weeks

    def first_value(self) -> list[str]:
        """The milestones that stop the clock of the time to value."""
        return [key for key, milestone in self.document.milestones.items() if milestone.first_value]


class OfMembers(Period, frozen=True, kw_only=True):
    """A question that can count the accounts of persons too, where no program is for accounts themselves."""

    of: Of = "persons"

    @property
    def counted(self) -> Of:
        return self.of


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer says of itself: of whom the numbers are, and how they were counted. `definition` is the formula in
    words, `sql` the text that gave the numbers."""

    counted: Of
    definition: str
    sql: str
    from_: datetime = field(name="from")
    to: datetime
    as_of: datetime
    tz: str


def frame(period: Period, plan: Plan, definition: str) -> dict[str, Any]:
    """The fields of `Answer`."""
    return {
        "counted": period.counted,
        "definition": definition + RULE if period.counted == "accounts" else definition,
        "sql": plan.sql,
        "from_": period.from_,
        "to": period.to,
        "as_of": period.as_of,
        "tz": period.tz,
    }


def among(text: Text, condition: Condition | None) -> str:
    """More of a `where` that has a `uid`: only people of whom the condition is true at the moment."""
    return "" if condition is None else f" and uid in (select uid from {text.table(text.members(condition))})"


def told(text: Text, event: str, name: str) -> str:
    """A select of `(uid, ts, seq, key)`: the facts of this name, and the key that stands in their property."""
    key = property_text_sql(name, text.parameters)
    return f"select f.uid, f.ts, f.seq, {key} as key from facts f where {text.named(event)}"


def inside(period: Period, text: Text) -> str:
    """Whether a row's `ts` lies in the period."""
    return f"(ts >= {text.parameters.add(period.from_)} and ts < {text.parameters.add(period.to)})"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("tz", f"'{name}' is not a time zone.", path="tz", mend="Use a name like Europe/Sofia.") from error

"""How many of those whom facts name are signed for: what to know before signed identities are required."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from milepost.core.values import utc
from milepost.log.eventstore import Queried

DAYS = 7
_MOST_ORIGINS = 20
# Somebody is signed for on a day when all that was said of them in their name was.
_BY_DAY = """
select cast(received as date) as day, count(*), count(*) filter (signed), count(distinct uid),
       count(distinct uid) - count(distinct uid) filter (not signed)
from all_facts where ws = $ws and signed is not null and received >= $since group by day order by day
"""
_OF_PEOPLE = """
select count(distinct uid), count(distinct uid) - count(distinct uid) filter (not signed)
from all_facts where ws = $ws and signed is not null and received >= $since
"""
_UNSIGNED = """
select coalesce(origin, ''), count(*), count(distinct uid), max(received)
from all_facts where ws = $ws and not signed and received >= $since
group by 1 order by 2 desc, 1 limit $most
"""


class SignedDay(Struct, frozen=True, kw_only=True):
    on: date
    facts: int
    signed_facts: int
    people: int
    signed_people: int

    @property
    def percent(self) -> int:
        return percent(self.signed_people, self.people)


class Origin(Struct, frozen=True, kw_only=True):
    """Where unsigned facts come from. Absent: `name` is empty where they do not say."""

    name: str
    facts: int
    people: int
    last_at: datetime


class SignedCoverage(Struct, frozen=True, kw_only=True):
    """Of the last days: those whom facts name, and the facts. Days on which nobody was named are missing."""

    people: int
    signed_people: int
    days: tuple[SignedDay, ...]
    unsigned: tuple[Origin, ...]

    @property
    def percent(self) -> int:
        return percent(self.signed_people, self.people)

    @property
    def unsigned_people(self) -> int:
        return self.people - self.signed_people

    @property
    def unsigned_facts(self) -> int:
        return self.facts - self.signed_facts

    @property
    def facts(self) -> int:
        return sum(day.facts for day in self.days)

    @property
    def signed_facts(self) -> int:
        return sum(day.signed_facts for day in self.days)


def percent(part: int, whole: int) -> int:
    """Rounded down: 100 is said when it is all of them. 0 where there is nobody."""
    return part * 100 // whole if whole else 0


def signed_coverage(store: Queried, workspace: int, now: datetime) -> SignedCoverage:
    """Raises Unavailable."""
    asked = {"ws": workspace, "since": (now - timedelta(days=DAYS)).replace(tzinfo=None)}
    [(people, signed_people)] = store.query(_OF_PEOPLE, asked)
    days = (
        SignedDay(on=d, facts=n, signed_facts=s, people=p, signed_people=sp)
        for d, n, s, p, sp in store.query(_BY_DAY, asked)
    )
    unsigned = store.query(_UNSIGNED, {**asked, "most": _MOST_ORIGINS})
    return SignedCoverage(
        people=people,
        signed_people=signed_people,
        days=tuple(days),
        unsigned=tuple(Origin(name=name, facts=n, people=p, last_at=utc(at)) for name, n, p, at in unsigned),
    )

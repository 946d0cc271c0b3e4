# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""The ways that people took to a milestone: the shortest one that anybody took, and what others did needlessly.

A way is what somebody did themselves from the start to the instant of the milestone, both included, in the order of (time,
number); the same thing again right after itself is one step. The shortest way has the fewest steps; of equally short ones
the one that most people took, then the first by its names. What is not on it was needless: people arrive without it.
"""

from msgspec import Struct

from milepost.core.conditions.memory import IDENTIFIED
from milepost.core.events import NAME_OF_KIND
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters
from milepost.core.insights.habit import NOT_ACTIVITY
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Refused, Undefined

NOBODY = "nobody who started in this time has reached it"
#: Facts that tell of a person, rather than being something that they did.
NO_STEP = (*NOT_ACTIVITY, IDENTIFIED, NAME_OF_KIND["group"], NAME_OF_KIND["alias"])
_MOST_WAYS, _MOST_STEPS = 10, 30
#: Ways longer than this are nobody's shortest, and would only fill the memory.
_LONGEST = 1000


class Way(Struct, frozen=True, kw_only=True):
    """Units: seconds from the start to the milestone, of the people who took this way."""

    steps: list[str]
    people: int
    median_seconds: float


class Needless(Struct, frozen=True, kw_only=True):
    """Of the people who arrived, the share that did this before, though the shortest way does without. `median_with` and
    `median_without`: how long those took who did it and who did not, in seconds."""

    step: str
    rate: Rate
    median_with: float
    median_without: float | Undefined


class PathsAnswer(Answer, frozen=True, kw_only=True):
    """Absent: `shortest` is None while nobody has arrived. Units: `median_steps` of all who arrived."""

    milestone: str
    n: int
    median_steps: float | Undefined
    shortest: Way | None
    ways: list[Way]
    needless: list[Needless]


class Paths(Period, frozen=True, kw_only=True):
    """Of the people who started in [from, to), those who reached the milestone afterwards, by `as_of`."""

    milestone: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.milestone not in self.document.milestones:
            raise Refused("unknown_milestone", f"There is no milestone '{self.milestone}'.", path="milestone")

    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text, [self.milestone])
        came = text.table(f"select uid, ts as begun, t0 as arrived from {people} where t0 >= ts")
        ways = text.table(self._ways(text, came))
        seconds = "quantile_cont(epoch_us(arrived) - epoch_us(begun), 0.5) / 1e6"
        parts = [
            f"select 'all', []::varchar[] as steps, count(*), quantile_cont(len(steps), 0.5), null from {ways}",
            f"select 'way', steps, count(*), {seconds}, null from {ways} group by steps "
            f"order by len(steps), count(*) desc, steps limit {_MOST_WAYS}",
            f"select 'step', [step], count(*), {seconds}, "
            f"(select {seconds.replace('arrived', 'w.arrived').replace('begun', 'w.begun')} from {ways} w "
            f"where not list_contains(w.steps, step)) from (select unnest(list_distinct(steps)) as step, begun, arrived "
            f"from {ways}) group by step order by count(*) desc, step",
        ]
        return text.plan(" union all ".join(f"(select * from ({part}))" for part in parts))

    def _ways(self, text: Text, came: str) -> str:
        """A select of `(uid, begun, arrived, steps)`."""
        never = text.parameters.add(list(NO_STEP))
        facts = (
            f"select f.uid, f.event, f.ts, f.seq, c.begun, c.arrived from facts f join {came} c on c.uid = f.uid "
            f"where {text.scope()} and f.ts >= c.begun and f.ts <= c.arrived "
            f"and not list_contains({never}::varchar[], f.event)"
        )
        order = "partition by uid order by ts, seq"
        fresh = f"select *, lag(event) over ({order}) is distinct from event as fresh from ({facts})"
        return (
            f"select c.uid, c.begun, c.arrived, coalesce(s.steps, []) as steps from {came} c left join ("
            f"select uid, list(event order by ts, seq)[:{_LONGEST}] as steps from ({fresh}) where fresh group by uid) s "
            f"on s.uid = c.uid"
        )

    def answer(self, plan: Plan, rows: Rows) -> PathsAnswer:
        [(_, _, n, median, _)] = [row for row in rows if row[0] == "all"]
        ways = [Way(steps=list(row[1]), people=row[2], median_seconds=row[3]) for row in rows if row[0] == "way"]
        ways.sort(key=lambda way: (len(way.steps), -way.people, way.steps))
        shortest = ways[0] if ways else None
        return PathsAnswer(
            milestone=self.milestone,
            n=n,
            median_steps=Undefined(NOBODY) if median is None else median,
            shortest=shortest,
            ways=ways,
            needless=[
                _needless(row, n) for row in rows if row[0] == "step" and shortest and row[1][0] not in shortest.steps
            ][:_MOST_STEPS],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            f"{self.who} {self.that} started in the period and reached {self.milestone} afterwards, by the moment of "
            "asking, and "
            "what each of them did from the start up to it. The shortest way has the fewest steps (the same thing again "
            "right after itself is one); a step that is not on it was needless for who took it."
        )


def _needless(row: tuple[str, list[str], int, float, float | None], n: int) -> Needless:
    _, [step], people, seconds, without = row
    return Needless(
        step=step,
        rate=rate(people, n, NOBODY),
        median_with=seconds,
        median_without=Undefined("everybody did it") if without is None else without,
    )

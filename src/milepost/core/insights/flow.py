# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How people really go: what they do most after their start, and what directly follows on what, as a chart.

1. Looked at is what somebody did themselves from their start up to the instant of the milestone (both included), and at
   most for so many days: who does not come to it counts too.
2. What fewer than `rare` percent of the people did is left out first; of the rest, the same again right after itself is one
   step. A way on that fewer took is left out then, but for the one that most people took into a step.
3. A step is the milestone that its fact alone decides, where there is one.
"""

import re
from datetime import timedelta

from msgspec import Struct

from milepost.core.conditions.types import Did
from milepost.core.insights.adoption import uses_of
from milepost.core.insights.firsts import starters
from milepost.core.insights.paths import NO_STEP
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.document import Document
from milepost.core.program.expand import reached_of
from milepost.core.program.kinds.chart import Chart, ChartStep, Onward
from milepost.core.values import Refused

NOBODY = "nobody started in this time"
_MOST_STEPS, _LONGEST, _ALL = 20, 366, 100
_UNWORDLY = re.compile(r"[^a-z0-9]+")


class FlowStep(Struct, frozen=True, kw_only=True):
    """A fact that people did, and the share of them. `functions`: of which it is a use. Units: `after_seconds` is the
    median from the start to the first time. Absent: no `milestone` that this fact alone decides."""

    step: str
    rate: Rate
    after_seconds: float
    functions: list[str]
    milestone: str | None


class FlowWay(Struct, frozen=True, kw_only=True):
    """The share of the people who did the one directly after the other. Units: the median of how long that took."""

    start: str
    end: str
    rate: Rate
    median_seconds: float


class FlowAnswer(Answer, frozen=True, kw_only=True):
    """Shapes: `steps` in the order of when they are done. `left_out`: so many facts that fewer people did, or that were too
    many to draw. Absent: no `milestone`: looked at is the time alone."""

    milestone: str | None
    n: int
    days: int
    rare: int
    left_out: int
    steps: list[FlowStep]
    ways: list[FlowWay]


class Flow(Period, frozen=True, kw_only=True):
    """People who started in [from, to). Units: `rare` is a percentage of them."""

    milestone: str | None = None
    days: int = 14
    rare: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.milestone is not None and self.milestone not in self.document.milestones:
            raise Refused("unknown_milestone", f"There is no milestone '{self.milestone}'.", path="milestone")
        for name, most in (("days", _LONGEST), ("rare", _ALL)):
            if not 1 <= getattr(self, name) <= most:
                raise Refused(name, f"`{name}` is a number from 1 to {most}.", path=name)

    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text, [self.milestone] if self.milestone else [])
        never, days = text.parameters.add(list(NO_STEP)), text.parameters.length(timedelta(days=self.days))
        arrived = " and (p.t0 is null or p.t0 < p.ts or f.ts <= p.t0)" if self.milestone else ""
        did = text.table(
            f"select f.uid, f.event, f.ts, f.seq, p.ts as begun from facts f join {people} p on p.uid = f.uid "
            f"where {text.scope()} and f.ts >= p.ts and f.ts < p.ts + {days}{arrived} "
            f"and not list_contains({never}::varchar[], f.event)"
        )
        firsts = f"select uid, event, min(epoch_us(ts) - epoch_us(begun)) as after from {did} group by uid, event"
        done = text.table(
            f"select event, count(*) as n, quantile_cont(after, 0.5) as after from ({firsts}) group by event"
        )
        enough = f"n * {_ALL} >= {text.parameters.add(self.rare)} * (select count(*) from {people})"
        kept = text.table(f"select * from {done} where {enough} order by n desc, event limit {_MOST_STEPS}")
        order = "over (partition by uid order by ts, seq)"
        walked = (
            f"select uid, event, ts, lag(event) {order} as came, lag(ts) {order} as since "
            f"from {did} semi join {kept} using (event)"
        )
        parts = [
            f"select 'all' as what, '' as one, '' as other, count(*) as n, 0.0 as us from {people}",
            f"select 'facts', '', '', count(*), 0.0 from {done}",
            f"select 'step', event, '', n, after from {kept}",
            f"select 'way', came, event, count(distinct uid), quantile_cont(epoch_us(ts) - epoch_us(since), 0.5) "
            f"from ({walked}) where came <> event group by came, event",
        ]
        return text.plan(f"{' union all '.join(parts)} order by what, us, n desc, one, other")

    def answer(self, plan: Plan, rows: Rows) -> FlowAnswer:
        [n] = [row[3] for row in rows if row[0] == "all"]
        [facts] = [row[3] for row in rows if row[0] == "facts"]
        steps = [self._step(row[1], row[3], row[4], n) for row in rows if row[0] == "step"]
        ways = [row for row in rows if row[0] == "way"]
        return FlowAnswer(
            milestone=self.milestone,
            n=n,
            days=self.days,
            rare=self.rare,
            left_out=facts - len(steps),
            steps=steps,
            ways=[
                FlowWay(start=one, end=other, rate=rate(people, n, NOBODY), median_seconds=us / 1e6)
                for _, one, other, people, us in ways
                if people * _ALL >= self.rare * n or one == _main(other, ways)
            ],
            **frame(self, plan, self.definition()),
        )

    def _step(self, event: str, people: int, after: float, n: int) -> FlowStep:
        return FlowStep(
            step=event,
            rate=rate(people, n, NOBODY),
            after_seconds=after / 1e6,
            functions=[
                key for key in self.document.functions if any(did.name == event for did in uses_of(self.document, key))
            ],
            milestone=_decided_by(self.document, event),
        )

    def definition(self) -> str:
        up_to = f" up to {self.milestone}, at most" if self.milestone else ""
        return (
            f"{self.who} {self.that} started in the period, and what they did themselves from then on{up_to} for "
            f"{self.days} days. "
            f"Facts that fewer than {self.rare} % of them did are left out; of what is left, how many did one directly "
            "after the other, and the median of how long that took. Ways that fewer took are left out, but for the "
            "main one into each step."
        )


def _main(step: str, ways: Rows) -> str:
    """From where most people come to this step."""
    return str(min((-people, one) for _, one, other, people, _ in ways if other == step)[1])


def _decided_by(document: Document, event: str) -> str | None:
    return next((key for key in document.milestones if reached_of(document, key) == Did(name=event)), None)


def as_chart(found: FlowAnswer) -> Chart:
    """What people did as a chart of the program, to go on with by hand."""
    keys = _keys([step.step for step in found.steps])
    return Chart(
        steps={
            keys[step.step]: ChartStep(
                did=None if step.milestone else step.step,
                reached=step.milestone,
                functions=tuple(step.functions),
                next=tuple(Onward(to=keys[way.end]) for way in found.ways if way.start == step.step),
            )
            for step in found.steps
        }
    )


def _keys(steps: list[str]) -> dict[str, str]:
    """Example: `Meal Logged` → `meal-logged`; names without Latin letters, and those that are alike, get numbers."""
    keys: dict[str, str] = {}
    for place, step in enumerate(steps, 1):
        plain = _UNWORDLY.sub("-", step.casefold()).strip("-")[:60]
        keys[step] = plain if plain and plain not in keys.values() else f"{plain or 'step'}-{place}"
    return keys

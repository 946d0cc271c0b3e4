# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Funnels: who did this, then that, all inside a window from the first.

A step that names facts (`did`, perhaps with `where`) happens at each of them; any other condition, once: at the first
instant it is true. *b lies in the window of a* means 0 <= b - a < window.

- Anchor: with `any`, any first step of the period may begin the way; with `first`, only each person's first one in it.
- Order: with `strict`, each step is later than the one before it; with `any`, every step is later than the first, in
  whatever order (one fact may then be two steps, and no step may stand twice).
- Ties: *later* is by (time, number), so that of two facts at one time the log says which was first, and A then A needs two
  of them; with `apart`, facts of the same time are in no order, and neither is later than the other.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal, TypeGuard

from msgspec import Struct

from milepost.core.conditions.types import Condition, Reached
from milepost.core.conditions.words import describe
from milepost.core.insights.cohorts import PROPERTY, WEEK, check_by, cohort_name, cohorts, largest
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import PLACE, Text, dids_of, is_occurrence
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, among, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.expand import expand
from milepost.core.values import Refused, Undefined, format_duration

_FEWEST, _MOST = 2, 20


class Step(Struct, frozen=True, kw_only=True):
    """`n` people came to here. Units: seconds from the step before to this one (in any order: from the first step), of the
    people who made it: from the latest possible step before to their earliest arrival. Absent: the first step has no step
    before it; `milestone` is None where the step is more, or other, than to reach one."""

    text: str
    milestone: str | None
    n: int
    of_first: Rate
    of_previous: Rate
    median_seconds: float | Undefined
    p90_seconds: float | Undefined


class Drop(Struct, frozen=True, kw_only=True):
    """`lost` people came to step `after` (the first is 1) and not to the next; `rate` is their share of those who came."""

    after: int
    lost: int
    rate: Rate


class Split(Struct, frozen=True, kw_only=True):
    """How many people of one cohort came to each step. Absent: `cohort` is None for those of whom it is not known."""

    cohort: str | None
    steps: list[Rate]


class FunnelAnswer(Answer, frozen=True, kw_only=True):
    """Absent: a drop is None while nobody was lost; there are splits only for a question with `by`, largest first."""

    steps: list[Step]
    biggest_drop: Drop | None
    steepest_drop: Drop | None
    splits: list[Split]


class Funnel(Period, frozen=True, kw_only=True):
    """The period is that of the first step; later steps may lie after it, up to `as_of`. `among`: only people of whom this
    is true at `as_of`. `by`: plan, source, role, goal, trait:NAME, or property:NAME of the person's first first step."""

    steps: tuple[Condition, ...]
    window: timedelta
    anchor: Literal["any", "first"] = "any"
    order: Literal["strict", "any"] = "strict"
    ties: Literal["number", "apart"] = "number"
    among: Condition | None = None
    by: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not _FEWEST <= len(self.steps) <= _MOST:
            raise Refused("steps", f"A funnel has {_FEWEST} to {_MOST} steps, not {len(self.steps)}.", path="steps")
        if self.window <= timedelta(0):
            raise Refused("window", "The window is empty.", path="window", mend="Give a length of time, like 14d.")
        if self.order == "any" and any(step in self.steps[:place] for place, step in enumerate(self.steps)):
            raise Refused("steps", "In any order no step can stand twice.", path="steps", mend="Ask in strict order.")
        self._check_by()

    def _check_by(self) -> None:
        if self.by is None:
            return
        check_by(self.by, properties=True)
        if self.by == WEEK or (self.by.startswith(PROPERTY) and not is_occurrence(self.steps[0])):
            raise Refused("by", f"'{self.by}' splits no funnel.", path="by", mend="Name a trait, or a fact's property.")

    def plan(self) -> Plan:
        text = self.text()
        levels = self.levels(text)
        parts = [
            f"select null::varchar as cohort, true as everybody, {place} as step, count(*) as n, "
            f"quantile_cont(gap, 0.5), quantile_cont(gap, 0.9) "
            f"from (select uid, arg_min(gap, place) as gap from {level} group by uid)"
            for place, level in enumerate(levels)
        ]
        if self.by is not None:
            split = self._split(text, levels[0])
            parts += [
                f"select s.cohort, false, {place}, count(*), null, null "
                f"from (select distinct uid from {level}) p join {split} s on s.uid = p.uid group by s.cohort"
                for place, level in enumerate(levels)
            ]
        return text.plan(" union all ".join(parts) + " order by 2 desc, 1, 3")

    def levels(self, text: Text) -> list[str]:
        """For each step the table `(uid, place, us, begun, gap)` of its arrivals, each by the way begun last; in any order,
        of the beginnings that came so far."""
        levels = [text.table(self._first(text))]
        follow = self._next if self.order == "strict" else self._too
        for condition in self.steps[1:]:
            levels.append(text.table(follow(text, condition, levels[-1])))
        return levels

    def _first(self, text: Text) -> str:
        begins, ends = text.parameters.add(self.from_), text.parameters.add(self.to)
        rows = f"{self._placed(text, self.steps[0])} where ts >= {begins} and ts < {ends}{among(text, self.among)}"
        select = "select uid, ts, seq, place, us, us as begun, null::bigint as gap"
        return f"{select} from ({rows}){_EARLIEST if self.anchor == 'first' else ''}"

    def _next(self, text: Text, condition: Condition, before: str) -> str:
        window = self._window(text)
        columns = "select o.uid, o.place, o.us, p.begun, o.us - p.us as gap"
        join = "asof join" if self.anchor == "any" else "join"
        rows = f"from ({self._placed(text, condition)}) o {join} {before} p on o.uid = p.uid and o.place > p.place"
        earliest = _EARLIEST if self.anchor == "first" else ""
        return f"select * from ({columns} {rows} where o.us - p.begun < {window}){earliest}"

    def _too(self, text: Text, condition: Condition, before: str) -> str:
        """Of the beginnings before, those after which the condition follows in time, with the first time that it does."""
        rows = f"from {before} p asof join ({self._placed(text, condition)}) o on o.uid = p.uid and p.place < o.place"
        return (
            f"select p.uid, p.place, p.us, p.begun, o.us - p.begun as gap {rows} "
            f"where o.us - p.begun < {self._window(text)}"
        )

    def _window(self, text: Text) -> str:
        return text.parameters.add(self.window // timedelta(microseconds=1))

    def _placed(self, text: Text, condition: Condition) -> str:
        place = PLACE if self.ties == "number" else "epoch_us(ts)"
        return f"select uid, ts, seq, {place} as place, epoch_us(ts) as us from ({text.occurrences(condition)})"

    def _split(self, text: Text, first: str) -> str:
        """The table `(uid, cohort)` of everybody who began."""
        assert self.by is not None
        if not self.by.startswith(PROPERTY):
            return cohorts(text, text.table(f"select distinct uid from {first}"), self.by)
        value = property_text_sql(self.by.removeprefix(PROPERTY), text.parameters)
        names = " or ".join(text.named(did.name) for did in dids_of(expand(self.steps[0], self.document)))
        earliest = f"select uid, min(ts) as ts, arg_min(seq, {PLACE}) as seq from {first} group by uid"
        known = text.table(
            f"select p.uid, nullif({value}, '') as cohort from ({earliest}) p join facts f "
            f"on f.uid = p.uid and f.ts = p.ts and f.seq = p.seq and ({names})"
        )
        return largest(text, known)

    def answer(self, plan: Plan, rows: Rows) -> FunnelAnswer:
        everybody, rest = [row for row in rows if row[1]], [row for row in rows if not row[1]]
        counts = [row[3] for row in everybody]
        steps = [
            Step(
                text=describe(condition),
                milestone=condition.milestone if _is_milestone(condition) else None,
                n=counts[place],
                of_first=rate(counts[place], counts[0], "nobody began"),
                of_previous=rate(counts[place], counts[max(0, place - 1)], "nobody came to the step before"),
                median_seconds=_seconds(everybody[place][4], place),
                p90_seconds=_seconds(everybody[place][5], place),
            )
            for place, condition in enumerate(self.steps)
        ]
        biggest, steepest = _drops(counts)
        return FunnelAnswer(
            steps=steps,
            biggest_drop=biggest,
            steepest_drop=steepest,
            splits=_splits(rest, len(self.steps)),
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        ways = "any first step of the period" if self.anchor == "any" else "each one's first step of the period"
        steps = ", then ".join(f"'{describe(step)}'" for step in self.steps)
        later = "each later than the one before" if self.order == "strict" else "all later than the first, in any order"
        ties = "" if self.ties == "number" else ", facts of the same time being in no order"
        whose = (
            "" if self.among is None else f" of whom it is true at the moment of asking that {describe(self.among)},"
        )
        by = "" if self.by is None else f" Split by {cohort_name(self.by)}."
        return (
            f"{self.who}{whose} {self.that} came through {steps}, {later}{ties}, "
            f"within {format_duration(self.window)} of {ways}.{by}"
        )


class Dropped(Struct, frozen=True, kw_only=True):
    """Who came to a step of the funnel (the first is 1), but not to the next: uids in order, after `beyond`, at most
    `limit`."""

    funnel: Funnel
    after: int
    limit: int = 1000
    beyond: int = -1

    def plan(self) -> Plan:
        if not 1 <= self.after < len(self.funnel.steps):
            raise Refused("step", f"Nothing follows step {self.after}.", path="after", mend="Name an earlier step.")
        text = self.funnel.text()
        levels = self.funnel.levels(text)
        came, went = levels[self.after - 1], levels[self.after]
        limit, beyond = text.parameters.add(self.limit), text.parameters.add(self.beyond)
        return text.plan(
            f"select distinct uid from {came} anti join {went} using (uid) where uid > {beyond} order by uid limit {limit}"
        )

    def answer(self, plan: Plan, rows: Rows) -> list[int]:
        return [uid for (uid,) in rows]


_EARLIEST = " qualify row_number() over (partition by uid order by place) = 1"


def _seconds(gap: float | None, place: int) -> float | Undefined:
    if gap is None:
        return Undefined("nobody came to here" if place else "it is the first step")
    return gap / 1e6


def _drops(counts: list[int]) -> tuple[Drop | None, Drop | None]:
    """Where most people are lost, and where the largest share is; of equal ones the earlier."""
    drops = [
        Drop(after=place, lost=before - after, rate=rate(before - after, before, "nobody came to here"))
        for place, (before, after) in enumerate(pairwise(counts), 1)
        if after < before
    ]
    if not drops:
        return None, None
    return max(drops, key=lambda drop: drop.lost), max(drops, key=lambda drop: drop.lost / drop.rate.n)


def _is_milestone(condition: Condition) -> TypeGuard[Reached]:
    return isinstance(condition, Reached) and condition == Reached(milestone=condition.milestone)


def _splits(rows: list[tuple[Any, ...]], steps: int) -> list[Split]:
    found: dict[str | None, dict[int, int]] = {}
    for cohort, _, place, n, *_ in rows:
        found.setdefault(cohort, {})[place] = n
    splits = [
        Split(cohort=cohort, steps=[rate(ns.get(place, 0), ns[0], "nobody began") for place in range(steps)])
        for cohort, ns in found.items()
    ]
    return sorted(splits, key=lambda split: (-split.steps[0].n, split.cohort or ""))

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How many people of each cohort reach each milestone, and how long it takes them."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.activation import NOBODY
from milepost.core.insights.cohorts import WEEK, check_by, cohort_name, cohorts
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters, waited
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.survival_sql import quartiles
from milepost.core.insights.zones import first_day
from milepost.core.values import Undefined


class Cell(Struct, frozen=True, kw_only=True):
    """One milestone of one cohort; by week, the Monday (2026-05-04). Units: seconds from the start, by Kaplan and Meier.
    Absent: `cohort` is None for those of whom it is not known."""

    cohort: str | None
    rate: Rate
    median: int | Undefined
    p75: int | Undefined


class Reach(Struct, frozen=True, kw_only=True):
    milestone: str
    rate: Rate
    cohorts: list[Cell]


class Ranked(Struct, frozen=True, kw_only=True):
    """A cohort, and the share of it that reached an outcome."""

    cohort: str | None
    rate: Rate


class Weak(Struct, frozen=True, kw_only=True):
    """Of the people who reached the milestone `after` (None: of all who started), the share `drop` that has not reached
    this one."""

    milestone: str
    after: str | None
    drop: Rate


class MilestonesAnswer(Answer, frozen=True, kw_only=True):
    """Weeks in their order, every one of the period; other cohorts by size. `ideal` are the cohorts by how many of them
    reach an outcome, and `weak` the milestones by how many are lost before them, in the document's order; both are ranked
    by the lower end of the interval, so that nobody leads by being few. Absent: without a milestone of kind `outcome`
    nobody is ideal."""

    by: str
    milestones: list[Reach]
    ideal: list[Ranked]
    weak: list[Weak]


class Milestones(Period, frozen=True, kw_only=True):
    """`by`: week, plan, source, role, goal, or trait:NAME."""

    by: str = WEEK

    def __post_init__(self) -> None:
        super().__post_init__()
        check_by(self.by)

    def plan(self) -> Plan:
        text, keys = self.text(), list(self.document.milestones)
        people = cohorts(text, starters(self, text, keys, week=self.by == WEEK), self.by)
        parts = [_waits(text, people, key, f"p.t{place}") for place, key in enumerate(keys)]
        if outcomes := [place for place, key in enumerate(keys) if self.document.milestones[key].kind == "outcome"]:
            parts.append(
                _waits(text, people, _OUTCOME, f"least({', '.join(f'p.t{place}' for place in outcomes)}, null)")
            )
        waits = text.table(" union all ".join(parts) or _NONE)
        drops = "".join(f" union all {_drop(text, people, place, key)}" for place, key in enumerate(keys))
        return text.plan(f"({quartiles(text, waits, 'key, cohort')}){drops}")

    def answer(self, plan: Plan, rows: Rows) -> MilestonesAnswer:
        found = {(key, self._label(cohort)): tuple(rest) for key, cohort, *rest in rows}
        sizes = {cohort: rest[0] for (key, cohort), rest in found.items() if not key.startswith(_AFTER)}
        labels = self._weeks() if self.by == WEEK else sorted(sizes, key=lambda one: (-sizes[one], one or ""))
        reaches = [_reach(key, labels, found) for key in self.document.milestones]
        return MilestonesAnswer(
            by=self.by,
            milestones=reaches,
            ideal=_ideal(found, sizes),
            weak=_weak(found, list(self.document.milestones)),
            **frame(self, plan, self.definition()),
        )

    def _label(self, cohort: str | int | None) -> str | None:
        return first_day("week", cohort).isoformat() if isinstance(cohort, int) else cohort

    def _weeks(self) -> list[str | None]:
        return [week.astimezone(ZoneInfo(self.tz)).date().isoformat() for week in self.weeks()]

    def definition(self) -> str:
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, by {cohort_name(self.by)}: "
            "the share of each cohort that reached each milestone by the moment of asking, and the time after which half "
            "and three quarters of all who started had reached it (Kaplan and Meier: who has not yet is waiting)."
        )


Found = dict[tuple[str, str | None], tuple[int, int, int | None, int | None]]
NOBODY_BEFORE = "nobody came to the milestone before"
#: Stand among the keys of milestones: any outcome, and what is lost before a milestone.
_OUTCOME, _AFTER = "@outcome", "@after:"
_NONE = "select '' as key, null::varchar as cohort, 0 as seconds, false as arrived where false"


def _waits(text: Text, people: str, key: str, until: str) -> str:
    return (
        f"select {text.parameters.add(key)} as key, p.cohort, {waited(text, until)} as seconds, "
        f"{until} is not null as arrived from {people} p"
    )


def _drop(text: Text, people: str, place: int, key: str) -> str:
    """One row `(key, cohort, came, lost, -, -)`: who came to the milestone before, and not to this one."""
    came = f"p.t{place - 1} is not null" if place else "true"
    lost = f"count(*) filter ({came} and p.t{place} is null)"
    return f"select {text.parameters.add(_AFTER + key)}, null, count(*) filter ({came}), {lost}, null, null from {people} p"


def _ideal(found: Found, sizes: Mapping[str | None, int]) -> list[Ranked]:
    ranked = [
        Ranked(cohort=cohort, rate=rate(found[_OUTCOME, cohort][1], n, NOBODY))
        for cohort, n in sizes.items()
        if (_OUTCOME, cohort) in found
    ]
    return sorted(ranked, key=lambda each: (-_least(each.rate), each.cohort or ""))


def _weak(found: Found, keys: list[str]) -> list[Weak]:
    """The earlier one first where two are alike."""
    weak = []
    for before, key in zip((None, *keys), keys, strict=False):
        came, lost, *_ = found.get((_AFTER + key, None), (0, 0, None, None))
        weak.append(Weak(milestone=key, after=before, drop=rate(lost, came, NOBODY_BEFORE)))
    return sorted(weak, key=lambda each: -_least(each.drop))


def _least(share: Rate) -> float:
    return share.interval.low if share.interval is not None else -1.0


def _reach(key: str, labels: list[str | None], found: Found) -> Reach:
    cells = [_cell(label, *found.get((key, label), (0, 0, None, None))) for label in labels]
    total = rate(sum(cell.rate.count for cell in cells), sum(cell.rate.n for cell in cells), NOBODY)
    return Reach(milestone=key, rate=total, cohorts=cells)


def _cell(cohort: str | None, n: int, arrived: int, median: int | None, p75: int | None) -> Cell:
    why = Undefined("not reached yet by enough people" if n else NOBODY)
    return Cell(
        cohort=cohort,
        rate=rate(arrived, n, NOBODY),
        median=why if median is None else median,
        p75=why if p75 is None else p75,
    )

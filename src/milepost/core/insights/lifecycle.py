# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How far people have come, from new to advanced: the share of each cohort that stands at each stage at `as_of`."""

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.cohorts import WEEK, check_by, cohort_name, cohorts
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.zones import first_day
from milepost.core.program.expand import lifecycle_of

NOBODY = "nobody started in this time"


class Standing(Struct, frozen=True, kw_only=True):
    """Shares in the order of `stages`. Absent: `cohort` is None for those of whom it is not known, and for everybody."""

    cohort: str | None
    n: int
    shares: list[Rate]


class StagesAnswer(Answer, frozen=True, kw_only=True):
    """Weeks in their order; other cohorts by size."""

    by: str
    stages: list[str]
    everybody: Standing
    cohorts: list[Standing]


class Stages(Period, frozen=True, kw_only=True):
    """People who started in [from, to), each at the highest stage whose condition is true of them; else they are new."""

    by: str = WEEK

    def __post_init__(self) -> None:
        super().__post_init__()
        check_by(self.by)

    def plan(self) -> Plan:
        text = self.text()
        people = cohorts(text, starters(self, text, week=self.by == WEEK), self.by)
        stages = list(lifecycle_of(self.document).items())[1:]
        tables = [text.table(text.members(condition)) for _, condition in stages]
        joins = "".join(f" left join {table} s{place} on s{place}.uid = p.uid" for place, table in enumerate(tables))
        cases = "".join(f" when s{place}.uid is not null then {place + 1}" for place in reversed(range(len(tables))))
        stage = f"case{cases} else 0 end" if tables else "0"
        return text.plan(
            f"select p.cohort, {stage} as stage, count(*) from {people} p{joins} group by 1, 2 order by 1, 2"
        )

    def answer(self, plan: Plan, rows: Rows) -> StagesAnswer:
        stages = list(lifecycle_of(self.document))
        found: dict[str | int | None, list[int]] = {}
        for cohort, stage, n in rows:
            found.setdefault(cohort, [0] * len(stages))[stage] = n
        keys = (
            sorted(found, key=lambda week: int(week or 0))
            if self.by == WEEK
            else sorted(found, key=lambda k: (-sum(found[k]), k or ""))
        )
        total = [sum(counts[place] for counts in found.values()) for place in range(len(stages))]
        return StagesAnswer(
            by=self.by,
            stages=stages,
            everybody=_standing(None, total),
            cohorts=[_standing(_label(key), found[key]) for key in keys],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        ladder = "; ".join(
            f"{stage}: {describe(condition)}" for stage, condition in list(lifecycle_of(self.document).items())[1:]
        )
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, by "
            f"{cohort_name(self.by)}: the "
            f"share that stands at each stage at the moment of asking. Everybody is new, until more is true ({ladder})."
        )


def _label(cohort: str | int | None) -> str | None:
    return first_day("week", cohort).isoformat() if isinstance(cohort, int) else cohort


def _standing(cohort: str | None, counts: list[int]) -> Standing:
    return Standing(cohort=cohort, n=sum(counts), shares=[rate(count, sum(counts), NOBODY) for count in counts])

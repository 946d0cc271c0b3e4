# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""The gap between knowing and doing: who finished a guide, and did not reach the milestone that it leads to.

Whether somebody did is judged N days after they finished it first (reached < finished + N days; earlier than the guide
counts too). Who has not had that long at `as_of` is still under way, and in no share.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Refused

NOBODY = "nobody finished it so long ago"
_LONGEST = 366


class GuideGap(Struct, frozen=True, kw_only=True):
    """`finished` people came to the guide's end in the period; of those who have had the days since, `gap` is the share
    that did not reach the milestone. `under_way`: finished, have not had the days, and have not reached it either."""

    guide: str
    milestone: str
    finished: int
    under_way: int
    gap: Rate


class KnowDoAnswer(Answer, frozen=True, kw_only=True):
    """Guides that lead to a milestone, in the document's order; `everything`: all of them together, each person once for
    each guide."""

    days: int
    guides: list[GuideGap]
    everything: Rate


class KnowDo(Period, frozen=True, kw_only=True):
    """Guides (and other pieces that serve a milestone) finished in [from, to)."""

    days: int = 7

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.days <= _LONGEST:
            raise Refused("days", f"`days` is a number from 1 to {_LONGEST}.", path="days")

    def plan(self) -> Plan:
        text = self.text()
        done = f"select * from ({told(text, events.CONTENT_COMPLETED, 'content')}) where {inside(self, text)}"
        finished = text.table(f"select key, uid, min(ts) as ts from ({done}) group by key, uid")
        late = f"f.ts + {text.parameters.length(timedelta(days=self.days))}"
        parts = [_NONE]
        for guide, milestone in self._guides().items():
            parts.append(
                f"select f.key, count(*), count(*) filter ({late} <= {text.as_of}), "
                f"count(*) filter ({late} <= {text.as_of} and (m.ts is null or m.ts >= {late})), "
                f"count(*) filter ({late} > {text.as_of} and m.ts is null) "
                f"from {finished} f left join {text.reached(milestone)} m on m.uid = f.uid "
                f"where f.key = {text.parameters.add(guide)} group by f.key"
            )
        return text.plan(" union all ".join(parts) + " order by 1")

    def _guides(self) -> dict[str, str]:
        served = {key: getattr(content, "serves", None) for key, content in self.document.content.items()}
        return {key: milestone for key, milestone in served.items() if milestone in self.document.milestones}

    def answer(self, plan: Plan, rows: Rows) -> KnowDoAnswer:
        found = {key: tuple(counts) for key, *counts in rows}
        guides = []
        for guide, milestone in self._guides().items():
            finished, judged, missed, under_way = found.get(guide, (0, 0, 0, 0))
            gap = rate(missed, judged, NOBODY)
            guides.append(GuideGap(guide=guide, milestone=milestone, finished=finished, under_way=under_way, gap=gap))
        total = rate(sum(guide.gap.count for guide in guides), sum(guide.gap.n for guide in guides), NOBODY)
        return KnowDoAnswer(days=self.days, guides=guides, everything=total, **frame(self, plan, self.definition()))

    def definition(self) -> str:
        return (
            f"{self.who} {self.that} finished a guide in the period, and of them the share that had not reached the "
            "milestone to which it "
            f"leads {self.days} days later. Who finished it less than {self.days} days before the moment of asking is not "
            "judged yet."
        )


_NONE = "select '' as key, 0 as finished, 0 as judged, 0 as missed, 0 as under_way where false"

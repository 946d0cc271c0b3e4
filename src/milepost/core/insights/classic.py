# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""The classic measure beside the one that matters: who went through form, welcome, profile, examples, manual and first use,
and who reached the milestones. Somebody may have done all of the one and none of the other.

The sequence is made of what the program has; each part counts when it comes within the window of the start, in whatever
order; first use is the first in a life.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core import events
from milepost.core.conditions.types import START, Any_, Condition, Did, Reached
from milepost.core.conditions.words import describe
from milepost.core.insights.funnel import Funnel
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Guide, Survey
from milepost.core.values import format_duration

NOBODY = "nobody started in this time"
NONE_WHOLE = "nobody came through the whole sequence"


class Part(Struct, frozen=True, kw_only=True):
    """`name`: form, welcome, profile, examples, manual or use. `rate`: of those who started, who came so far."""

    name: str
    text: str
    rate: Rate


class MilestoneReach(Struct, frozen=True, kw_only=True):
    """`rate`: of those who started; `of_whole`: of those who came through the whole sequence."""

    milestone: str
    kind: str
    rate: Rate
    of_whole: Rate


class ClassicAnswer(Answer, frozen=True, kw_only=True):
    n: int
    sequence: list[Part]
    milestones: list[MilestoneReach]


class Classic(Period, frozen=True, kw_only=True):
    window: timedelta = timedelta(days=30)

    def plan(self) -> Plan:
        funnel = self._funnel()
        text = funnel.text()
        levels = funnel.levels(text)
        whole = text.table(f"select distinct uid from {levels[-1]}")
        begun = text.table(f"select distinct uid from {levels[0]}")
        parts = [f"select 'part', {place}, count(distinct uid), 0 from {level}" for place, level in enumerate(levels)]
        for place, key in enumerate(self.document.milestones):
            came = (
                f"from {text.reached(key)} m semi join {begun} b on b.uid = m.uid left join {whole} w on w.uid = m.uid"
            )
            parts.append(f"select 'milestone', {place}, count(*), count(w.uid) {came}")
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def _funnel(self) -> Funnel:
        steps = tuple(classic_sequence(self.document).values())
        fields = {name: getattr(self, name) for name in Period.__struct_fields__}
        return Funnel(**fields, steps=steps, window=self.window, anchor="first", order="any")

    def answer(self, plan: Plan, rows: Rows) -> ClassicAnswer:
        counts = [row[2] for row in rows if row[0] == "part"]
        came = [(row[2], row[3]) for row in rows if row[0] == "milestone"]
        n, whole = counts[0], counts[-1]
        return ClassicAnswer(
            n=n,
            sequence=[
                Part(name=name, text=self._text(name, condition), rate=rate(count, n, NOBODY))
                for (name, condition), count in zip(classic_sequence(self.document).items(), counts, strict=True)
            ],
            milestones=[
                MilestoneReach(
                    milestone=key,
                    kind=milestone.kind,
                    rate=rate(reached, n, NOBODY),
                    of_whole=rate(both, whole, NONE_WHOLE),
                )
                for (key, milestone), (reached, both) in zip(self.document.milestones.items(), came, strict=True)
            ],
            **frame(self, plan, self.definition()),
        )

    def _text(self, name: str, condition: Condition) -> str:
        return describe(self.document.start if name == "form" else condition)

    def definition(self) -> str:
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period: the share that also came "
            f"through each further part of the classic sequence within {format_duration(self.window)}, in whatever order, "
            "and the share that reached each milestone by the moment of asking; of everybody, and of who came through all."
        )


def classic_sequence(document: Document) -> dict[str, Condition]:
    """The parts that the program has, in their order."""
    pieces = document.content.values()
    manual = [Did(name=events.CONTENT_COMPLETED)] if any(isinstance(piece, Guide) for piece in pieces) else []
    manual += [Did(name=events.ARTICLE_OPENED)] if document.articles else []
    uses = [Reached(milestone=key) for key, milestone in document.milestones.items() if milestone.kind == "activity"]
    parts: dict[str, list[Condition]] = {
        "form": [Reached(milestone=START)],
        "welcome": [Did(name=events.CONTENT_SHOWN), Did(name=events.EMAIL_OPENED)],
        "profile": [Did(name=events.SURVEY_ANSWERED)] if any(isinstance(piece, Survey) for piece in pieces) else [],
        "examples": [Did(name=events.TEMPLATE_USED)] if document.templates else [],
        "manual": [*manual],
        "use": [*uses],
    }
    return {name: of[0] if len(of) == 1 else Any_(of=tuple(of)) for name, of in parts.items() if of}

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""In which way people were taught what there is in several ways, and whether they went through it to its end."""

from msgspec import Struct

from milepost.core import events
from milepost.core.delivery.formats import FORMATS
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate

NOT_SERVED = "nobody got it in this way"


class FormatDid(Struct, frozen=True, kw_only=True):
    """People who were shown something in this way (`times`: how often), and of them the share that completed something in
    it afterwards."""

    format: str
    people: int
    times: int
    completed: Rate


class FormatsAnswer(Answer, frozen=True, kw_only=True):
    n: int
    formats: list[FormatDid]


class FormatsServed(Period, frozen=True, kw_only=True):
    """What was shown in [from, to); what was completed counts up to `as_of`."""

    def plan(self) -> Plan:
        text = self.text()
        shown = f"select * from ({told(text, events.CONTENT_SHOWN, 'format')}) where {inside(self, text)}"
        first = text.table(f"select key, uid, min(ts) as ts, count(*) as n from ({shown}) group by key, uid")
        done = (
            f"select key, uid, max(ts) as ts from ({told(text, events.CONTENT_COMPLETED, 'format')}) group by key, uid"
        )
        return text.plan(
            "select s.key, count(*), sum(s.n)::bigint, count(*) filter (d.ts >= s.ts) "
            f"from {first} s left join ({done}) d on d.key = s.key and d.uid = s.uid group by s.key order by s.key"
        )

    def answer(self, plan: Plan, rows: Rows) -> FormatsAnswer:
        found = {key: (people, times, done) for key, people, times, done in rows}
        each = [(name, *found.get(name, (0, 0, 0))) for name in FORMATS]
        return FormatsAnswer(
            n=sum(times for _, _, times, _ in each),
            formats=[
                FormatDid(format=name, people=people, times=times, completed=rate(done, people, NOT_SERVED))
                for name, people, times, done in each
            ],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            "Of what the program has in several ways of learning: people to whom something was shown in each way in the "
            "period, and of them the share that completed something in that way afterwards."
        )

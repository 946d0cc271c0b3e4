# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What people look for in the help, and whether they find it: the list of what is to be written next.

A search found something when the help had an answer to it, and helped when its person opened an article within ten
minutes. The same words in another case are the same search.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import property_sql
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate

NO_SEARCH = "nobody searched"
_SOON = timedelta(minutes=10)
_MOST = 100


class Search(Struct, frozen=True, kw_only=True):
    """`found`: the times that the help had an answer; `opened`: the times that an article was opened soon after."""

    text: str
    people: int
    times: int
    found: Rate
    opened: Rate


class SearchesAnswer(Answer, frozen=True, kw_only=True):
    """`searches`: those that found nothing first, then by how often they were made; a hundred at most."""

    n: int
    found: Rate
    opened: Rate
    searches: list[Search]


class Searches(Period, frozen=True, kw_only=True):
    """Searches made in [from, to)."""

    def plan(self) -> Plan:
        text = self.text()
        results = property_sql("results", text.parameters)
        asked = (
            f"select t.uid, t.ts, lower(trim(t.key)) as said, coalesce(try_cast({results} as bigint), 0) > 0 as found "
            f"from ({told(text, events.HELP_SEARCHED, 'text')}) t join facts f on f.uid = t.uid and f.seq = t.seq "
            f"and f.ts = t.ts and {text.scope()} where t.key is not null"
        )
        searched = text.table(f"select * from ({asked}) where {inside(self, text)}")
        read = text.table(told(text, events.ARTICLE_OPENED, "article"))
        soon = text.parameters.length(_SOON)
        helped = f"exists (select 1 from {read} r where r.uid = s.uid and r.ts >= s.ts and r.ts < s.ts + {soon})"
        judged = text.table(f"select s.*, {helped} as opened from {searched} s")
        counts = "count(distinct uid), count(*), count(*) filter (found), count(*) filter (opened)"
        first = f"order by count(*) filter (found) > 0, count(*) desc, said limit {_MOST}"
        by_text = f"select said, {counts} from {judged} group by said {first}"
        return text.plan(f"(select null, {counts} from {judged}) union all ({by_text})")

    def answer(self, plan: Plan, rows: Rows) -> SearchesAnswer:
        total, *each = (_search(row) for row in sorted(rows, key=lambda row: row[0] is not None))
        return SearchesAnswer(
            n=total.times,
            found=total.found,
            opened=total.opened,
            searches=sorted(each, key=lambda one: (one.found.count > 0, -one.times, one.text)),
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            "Searches in the help in the period: the share that the help had an answer to, and the share after which the "
            "same person opened an article within ten minutes."
        )


def _search(row: tuple[str | None, int, int, int, int]) -> Search:
    said, people, times, found, opened = row
    return Search(
        text=said or "",
        people=people,
        times=times,
        found=rate(found, times, NO_SEARCH),
        opened=rate(opened, times, NO_SEARCH),
    )

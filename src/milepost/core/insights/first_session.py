# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What kind of first impression the product makes: how first sessions go, and the screens on which they go badly.

A first session is what somebody does themselves from their start on, until they do nothing for half an hour; it counts once
that half hour is over. It was *good* by their own word where they were asked how easy it was (`ces`, within a day), else by
what they did: a first win, and no error that the page told of.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import number_sql, property_sql, property_text_sql
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.insights.firsts import earliest, starters
from milepost.core.insights.habit import NOT_ACTIVITY
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.screens import one_of_many
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import FEELS, Survey
from milepost.core.values import Undefined

NOBODY = "nobody's first session is over"
NOBODY_ASKED = "nobody answered"
NOBODY_ACTED = "nobody did anything"
PAUSE = timedelta(minutes=30)
ASKED_WITHIN = timedelta(days=1)
_MOST = 100
#: What is seen or said of somebody, and is no act.
_NO_ACT = tuple(events.NAME_OF_KIND.values())
_VIEWED = events.NAME_OF_KIND["page"]


class FirstScreen(Struct, frozen=True, kw_only=True):
    """`people` saw it in their first session: the share of them for whom that was good, and of those whose session ended
    here without having been."""

    path: str
    people: int
    good: Rate
    ended: Rate


class FirstSessionAnswer(Answer, frozen=True, kw_only=True):
    """`n` first sessions. `won`: reached a first win; `easy`: of those who were asked; `erred`: met an error. `seconds` and
    `screens` are medians: until the first act of those who did one, and of screens seen. `worst`: screens, the surest bad
    ones first."""

    n: int
    good: Rate
    won: Rate
    easy: Rate
    erred: Rate
    acted: Rate
    seconds: float | Undefined
    screens: float | Undefined
    worst: list[FirstScreen]


class FirstSession(Period, frozen=True, kw_only=True):
    """First sessions of people who started in [from, to)."""

    def plan(self) -> Plan:
        text = self.text()
        wins = wins_of(self.document)
        people = starters(self, text, wins)
        did = text.table(self._did(text, people))
        ended = text.table(self._ended(text, people, did, earliest(wins)))
        easy = f"x >= {FEELS['ces'][1]}"
        judged = text.table(
            f"select *, coalesce({easy}, won and errors = 0) as good from ({self._judged(text, ended)}) "
            f"where ends + {text.parameters.length(PAUSE)} <= {text.as_of}"
        )
        seen = text.table(f"select uid, path, max(place) as place from {did} where path is not null group by uid, path")
        last = f"select uid, arg_max(path, place) as path from {seen} group by uid"
        screens = (
            "select s.path, count(*), count(*) filter (j.good), count(*) filter (not j.good and l.path = s.path), "
            f"0, 0, 0, 0, null, null from {seen} s join {judged} j using (uid) join ({last}) l using (uid) group by s.path"
        )
        return text.plan(
            f"select null, count(*), count(*) filter (good), count(*) filter (won), count(x), count(*) filter ({easy}), "
            f"count(*) filter (errors > 0), count(acted), median(acted), median(screens) from {judged} "
            f"union all ({screens})"
        )

    def _did(self, text: Text, people: str) -> str:
        """A select of `(uid, ts, event, place, path, start)`: what each did in their first session."""
        own = f"{text.scope()} and not list_contains({text.parameters.add(list(NOT_ACTIVITY))}::varchar[], f.event)"
        path = one_of_many(property_text_sql("path", text.parameters), text)
        viewed = f"case when f.event = {text.parameters.add(_VIEWED)} then {path} end"
        facts = (
            f"select f.uid, f.ts, f.seq, f.event, {viewed} as path, p.ts as start "
            f"from facts f join {people} p on p.uid = f.uid and f.ts >= p.ts where {own}"
        )
        order = "(partition by uid order by ts, seq)"
        paused = f"ts - coalesce(lag(ts) over {order}, start) > {text.parameters.length(PAUSE)} as paused"
        return (
            f"select uid, ts, event, {PLACE} as place, path, start from (select *, {paused} from ({facts})) "
            f"qualify not bool_or(paused) over {order}"
        )

    def _ended(self, text: Text, people: str, did: str, win: str) -> str:
        """A select of `(uid, start, ends, won, errors, acted, screens)`. Units: `acted` in seconds after the start."""
        add = text.parameters.add
        told = f"list_contains({add(errors_of(self.document))}::varchar[], d.event)"
        act = f"not list_contains({add(list(_NO_ACT))}::varchar[], d.event) and d.ts > d.start"
        each = (
            f"select p.uid, p.ts as start, {win} as win, coalesce(max(d.ts), p.ts) as ends, "
            f"count(d.uid) filter ({told}) as errors, min(d.ts) filter ({act}) as acted, count(distinct d.path) as screens "
            f"from {people} p left join {did} d using (uid) group by p.uid, p.ts, {win}"
        )
        return (
            "select uid, start, ends, coalesce(win <= ends, false) as won, errors, screens, "
            f"(epoch_us(acted) - epoch_us(start)) / 1000000.0 as acted from ({each})"
        )

    def _judged(self, text: Text, ended: str) -> str:
        """The same with `x`: how easy it was, as they said last within a day."""
        question = property_text_sql("question", text.parameters)
        answered = property_sql("answer", text.parameters)
        asked = text.parameters.add(_effort_questions(self.document))
        ease = text.table(
            f"select f.uid, f.ts as at, {PLACE} as place, "
            f"{number_sql(answered)} as x from facts f "
            f"where {text.named(events.QUESTION_ANSWERED)} and list_contains({asked}::varchar[], {question})"
        )
        until = text.parameters.length(ASKED_WITHIN)
        said = (
            f"select s.uid, arg_max(e.x, e.place) as x from {ended} s join {ease} e on e.uid = s.uid "
            f"and e.at >= s.start and e.at < s.ends + {until} where e.x is not null group by s.uid"
        )
        return f"select s.*, e.x from {ended} s left join ({said}) e using (uid)"

    def answer(self, plan: Plan, rows: Rows) -> FirstSessionAnswer:
        _, n, good, won, asked, easy, erred, acted, seconds, screens = next(row for row in rows if row[0] is None)
        return FirstSessionAnswer(
            n=n,
            good=rate(good, n, NOBODY),
            won=rate(won, n, NOBODY),
            easy=rate(easy, asked, NOBODY_ASKED),
            erred=rate(erred, n, NOBODY),
            acted=rate(acted, n, NOBODY),
            seconds=Undefined(NOBODY_ACTED) if seconds is None else seconds,
            screens=Undefined(NOBODY) if screens is None else screens,
            worst=sorted((_screen(row) for row in rows if row[0] is not None), key=_badness)[:_MOST],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            "First sessions of people who started in the period: what they did until half an hour passed without anything. "
            "Good: they called it easy (6 or 7 of 7) within a day; of whom nobody asked, who reached a first win and met "
            "no error. A first win is the first value or a quick win of the program, without these any milestone."
        )


def wins_of(document: Document) -> list[str]:
    """The milestones that are small first wins."""
    first = [key for key, each in document.milestones.items() if each.first_value or each.stage == "quick win"]
    return first or list(document.milestones)


def errors_of(document: Document) -> list[str]:
    """The events by which the page tells of an error, as the pieces that wait for one name them."""
    pages = (getattr(each, "page", None) for each in (*document.content.values(), *document.articles.values()))
    return sorted({page.error for page in pages if page is not None and page.error is not None})


def _effort_questions(document: Document) -> list[str]:
    surveys = (each for each in document.content.values() if isinstance(each, Survey))
    return [question.key for survey in surveys for question in survey.questions if question.kind == "ces"]


def _screen(row: tuple[str, int, int, int]) -> FirstScreen:
    path, people, good, ended, *_ = row
    return FirstScreen(path=path, people=people, good=rate(good, people, NOBODY), ended=rate(ended, people, NOBODY))


def _badness(screen: FirstScreen) -> tuple[float, int, str]:
    """The most that its share of good ones may be: what is surely bad is before what only few have seen."""
    return (screen.good.interval.high if screen.good.interval else 1.0, -screen.people, screen.path)

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Which screens newcomers come to, and what explains each: a map of where nobody shows them anything.

A screen is a path; parts of it that are numbers or ids are `*`, so that a thousand projects are one screen. It is covered
by the guides, hints, terms and empty states whose `page` names it; what may stand everywhere covers nothing.
"""

from datetime import timedelta
from fnmatch import fnmatchcase

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import EmptyState, Guide, Hint, Term
from milepost.core.values import Refused

NOBODY = "nobody started in this time"
_MOST = 100
_LONGEST = 366
#: A part of a path that names one of many: digits, or letters and digits that are no word.
_ONE_OF_MANY = r"^(\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z_-]*\d[A-Za-z0-9_-]{5,})$"


class Screen(Struct, frozen=True, kw_only=True):
    """`seen`: of those who started, the share that came here. `pieces`: what explains it, by key."""

    path: str
    seen: Rate
    views: int
    pieces: list[str]


class ScreensAnswer(Answer, frozen=True, kw_only=True):
    """`covered`: of all views by newcomers, the share that was of a screen with a piece. `screens`: most seen first."""

    n: int
    days: int
    covered: Rate
    screens: list[Screen]


class Screens(Period, frozen=True, kw_only=True):
    """People who started in [from, to), in the `days` of 24 hours that follow."""

    days: int = 14

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.days <= _LONGEST:
            raise Refused("days", f"`days` is a number from 1 to {_LONGEST}.", path="days")

    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text)
        path = one_of_many("v.key", text)
        ends = f"p.ts + {text.parameters.length(timedelta(days=self.days))}"
        views = text.table(
            f"select v.uid, {path} as path from ({told(text, events.NAME_OF_KIND['page'], 'path')}) v "
            f"join {people} p on p.uid = v.uid and v.ts >= p.ts and v.ts < {ends} where v.key is not null"
        )
        seen = f"select path, count(distinct uid) as people, count(*) as views from {views} group by path"
        most = f"select * from ({seen}) order by people desc, views desc, path limit {_MOST}"
        return text.plan(f"(select null, count(*), 0 from {people}) union all ({most})")

    def answer(self, plan: Plan, rows: Rows) -> ScreensAnswer:
        n = next(people for path, people, _ in rows if path is None)
        found = [row for row in rows if row[0] is not None]
        screens = [
            Screen(path=path, seen=rate(people, n, NOBODY), views=views, pieces=explaining(self.document, path))
            for path, people, views in sorted(found, key=lambda row: (-row[1], -row[2], row[0]))
        ]
        covered = sum(screen.views for screen in screens if screen.pieces)
        return ScreensAnswer(
            n=n,
            days=self.days,
            covered=rate(covered, sum(screen.views for screen in screens), "nobody saw a page"),
            screens=screens,
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            f"Pages that people saw in the first {self.days} days after they started in the period, with the guides, "
            "hints, terms and empty states that stand there by their `page`."
        )


def one_of_many(path: str, text: Text) -> str:
    """The expression of a path as a screen: parts that name one of many are `*`."""
    pattern = text.parameters.add(_ONE_OF_MANY)
    part = f"case when regexp_matches(part, {pattern}) then '*' else part end"
    return f"array_to_string(list_transform(string_split({path}, '/'), lambda part: {part}), '/')"


def explaining(document: Document, path: str) -> list[str]:
    """The pieces that explain this screen, in the document's order."""
    pieces = (
        (key, each) for key, each in document.content.items() if isinstance(each, Guide | Hint | Term | EmptyState)
    )
    return [key for key, each in pieces if any(_is_here(pattern, path) for pattern in _patterns(each.page.url))]


def _patterns(url: str | tuple[str, ...]) -> tuple[str, ...]:
    return (url,) if isinstance(url, str) else url


def _is_here(pattern: str, path: str) -> bool:
    """As the browser compares them, with the star as the one sign that stands for others; `*` and `/*` are no place."""
    escaped = pattern.split("?")[0].replace("[", "[[]")
    return pattern.strip("/") != "*" and fnmatchcase(path, escaped)

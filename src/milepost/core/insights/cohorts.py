# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Who belongs to which cohort: the week in which somebody started, or what is known of them at the moment of asking.

`source` is the trait of that name; else the campaign (`utm_source`) or else the referring host of the first page view that
has one. Beyond the largest cohorts everybody is in `OTHER`; of whom nothing is known is in no cohort, which has no name.
"""

from collections.abc import Iterable
from typing import Any

from milepost.core import events
from milepost.core.conditions.types import Series
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.values import Refused

WEEK, OTHER = "week", "other"
MOST = 20
_TRAIT = "trait:"
#: Where a question says so, cohorts may also be made by a fact's property.
PROPERTY = "property:"
_PAGE_VIEWED = events.NAME_OF_KIND["page"]

#: What may stand in `by` besides `trait:NAME`.
KNOWN = (WEEK, "plan", "source", "role", "goal")


def check_by(by: str, *, properties: bool = False) -> None:
    """Raises Refused for what makes no cohorts."""
    kinds = (_TRAIT, PROPERTY) if properties else (_TRAIT,)
    if by not in KNOWN and not any(by.startswith(kind) and len(by) > len(kind) for kind in kinds):
        raise Refused(
            "by", f"'{by}' makes no cohorts.", path="by", mend=f"Write one of {', '.join(KNOWN)}, or trait:NAME."
        )


def cohort_name(by: str) -> str:
    """What people of one cohort have in common, in words."""
    if by == WEEK:
        return "the week in which their program started"
    if by == "goal":
        return "the goal that they stated last"
    if by == "source":
        return "where they came from first (trait `source`, else the campaign or the referrer of their page views)"
    if by.startswith(PROPERTY):
        return f"the property `{by.removeprefix(PROPERTY)}` of their first step"
    return f"their trait `{by.removeprefix(_TRAIT)}`"


def cohorts(text: Text, people: str, by: str, *, most: int = MOST) -> str:
    """The table of `people` (by week: with a column `week`, its number) with one more column, `cohort`: a text or NULL; of
    weeks, the number."""
    if by == WEEK:
        return text.table(f"select *, week as cohort from {people}")
    known = text.table(f"select p.*, c.cohort from {people} p left join ({_known(text, by)}) c on c.uid = p.uid")
    return largest(text, known, most)


def largest(text: Text, known: str, most: int = MOST) -> str:
    """The same table, in which all but the largest cohorts are one."""
    limit, other = text.parameters.add(most), text.parameters.add(OTHER)
    sizes = f"select cohort, row_number() over (order by count(*) desc, cohort) as place from {known} group by cohort"
    name = f"case when n.cohort is null then null when n.place <= {limit} then n.cohort else {other} end"
    ranked = f"select * from ({sizes}) where cohort is not null"
    return text.table(f"select p.* replace ({name} as cohort) from {known} p left join ({ranked}) n using (cohort)")


def _known(text: Text, by: str) -> str:
    """A select of `(uid, cohort)`."""
    if by == "goal":
        return _named(text.last_values(Series(event=events.GOAL_STATED, property="goal")))
    told = _named(text.last_trait(by.removeprefix(_TRAIT)))
    if by != "source":
        return told
    return (
        f"select uid, coalesce(t.cohort, s.cohort) as cohort from ({told}) t "
        f"full join ({_came_from(text)}) s using (uid)"
    )


def _named(values: str) -> str:
    return f"select uid, nullif(json_extract_string(v, '$'), '') as cohort from ({values})"


def _came_from(text: Text) -> str:
    """A select of `(uid, cohort)`: the campaign, else the referring host, of the first page view that has one."""
    url, search, referrer = (
        f"coalesce({property_text_sql(name, text.parameters)}, '')" for name in ("url", "search", "referrer")
    )
    host = "nullif(regexp_extract({}, '^https?://(?:www\\.)?([^/?#]+)', 1), '')".format
    campaign = f"nullif(regexp_extract({search} || '&' || {url}, '[?&]utm_source=([^&#]+)', 1), '')"
    outside = f"case when {host(referrer)} is distinct from {host(url)} then {host(referrer)} end"
    views = (
        f"select f.uid, f.ts, f.seq, coalesce({campaign}, {outside}) as c from facts f where {text.named(_PAGE_VIEWED)}"
    )
    return f"select uid, arg_min(c, {PLACE}) as cohort from ({views}) where c is not null group by uid"


def in_order(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows `(cohort, n, …)`, the largest cohorts first."""
    return sorted(rows, key=lambda row: (-row[1], row[0] or ""))

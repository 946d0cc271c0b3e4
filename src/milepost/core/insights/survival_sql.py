# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""`statistics.survival` for many groups at once, as SQL.

What comes in is a table `waits` with the columns of the group, `seconds` and `arrived`: one row a person. What has the
answer without the curve is not given one: while nobody waited shorter than the last arrival that matters, the curve is the
plain share of who arrived.
"""

from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.statistics import Z

_NEVER = 2**62


def curves(waits: str, group: str) -> str:
    """A select of the group's columns and `(seconds, r, a, c, s, v)`: at each time how many were still waiting just before
    it, arrived and were censored, and from then on the share that waits and Greenwood's sum."""
    times = (
        f"select {group}, seconds, count(*) filter (arrived) as a, count(*) filter (not arrived) as c from {waits} "
        f"group by {group}, seconds"
    )
    risks = f"select *, sum(a + c) over (partition by {group} order by seconds desc) as r from ({times})"
    so_far = f"over (partition by {group} order by seconds)"
    return (
        f"select {group}, seconds, r::bigint as r, a, c, product((r - a)::double / r) {so_far} as s, "
        f"sum(case when r > a then a::double / (r * (r - a)) else 0 end) {so_far} as v from ({risks})"
    )


def bounded(curve: str, group: str) -> str:
    """The curve with `low` and `high`, the interval on the log(-log) scale."""
    scaled = f"{Z} * sqrt(v) / ln(s)"
    inside = "s > 0 and s < 1"
    return (
        f"select {group}, seconds, r, a, c, s, "
        f"case when {inside} then pow(s, exp(-({scaled}))) else s end as low, "
        f"case when {inside} then pow(s, exp({scaled})) else s end as high from ({curve})"
    )


def quartiles(text: Text, waits: str, group: str) -> str:
    """A select of the group's columns and `(n, arrived, median, p75)`."""
    arrival = f"case when arrived then seconds else {_NEVER} end"
    summed = text.table(
        f"select {group}, count(*) as n, count(*) filter (arrived) as arrived, "
        f"quantile_disc({arrival}, [0.5, 0.75]) as q, "
        f"max(seconds) filter (arrived) as latest, min(seconds) filter (not arrived) as shortest "
        f"from {waits} group by {group}"
    )
    plain = "shortest is null or shortest >= least(q[2], coalesce(latest, 0))"
    names = group.split(", ")
    same = " and ".join(f"w.{name} is not distinct from h.{name}" for name in names)
    hard = f"select w.* from {waits} w semi join (select * from {summed} where not ({plain})) h on {same}"
    crooked = text.table(curves(f"({hard})", group))
    until = "min(seconds) filter (s <= {} + 1e-12)".format
    found = text.table(f"select {group}, {until(0.5)} as m, {until(0.25)} as p from {crooked} group by {group}")
    columns = ", ".join(f"h.{name}" for name in names)
    joined = " and ".join(f"c.{name} is not distinct from h.{name}" for name in names)
    return (
        f"select {columns}, h.n, h.arrived, case when {plain} then nullif(q[1], {_NEVER}) else c.m end, "
        f"case when {plain} then nullif(q[2], {_NEVER}) else c.p end "
        f"from {summed} h left join {found} c on {joined}"
    )

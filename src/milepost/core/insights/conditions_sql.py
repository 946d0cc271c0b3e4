# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Conditions for everybody at once: DuckDB SQL over the view `facts`, equal for each subject to `core.conditions`.

A `uid` is a person's; where a text is written of accounts it is an account's, and nothing else is different (`subjects`).

Two shapes. *As of a moment* aggregates each leaf of the condition once a person. *First true* lays out, for each leaf,
the points at which its count or value changes (a fact; a window's end, with number -1), adds them up in order of
(time, number), and takes the first point at which the whole is true. `start` and milestones are such first points,
each a table `(uid, ts, seq)`, written before those that ask for it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from milepost.core.conditions.compare import moment, relative
from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds, leaves
from milepost.core.conditions.memory import ACCOUNT, GOALS, TRAITS_OF, milestone_since, since_of
from milepost.core.conditions.types import (
    START,
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Kernel,
    Last,
    Leaf,
    Not,
    Reached,
    Sequence_,
    Series,
    Test,
    Trait,
)
from milepost.core.insights.compare_sql import moment_sql, number_sql, passes_sql, property_sql, scalar_sql
from milepost.core.insights.plan import Parameters, Plan
from milepost.core.insights.subjects import RELATIONS, Of
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, reached_of
from milepost.core.program.folder import starts_of
from milepost.core.values import Refused, zone_exists

#: Time and number as one comparable value.
PLACE = "epoch_us(ts)::hugeint * 18446744073709551616 + seq"
_RUNNING = "partition by uid order by ts, seq range between unbounded preceding and current row"
_BEFORE = "partition by uid order by ts, seq rows between unbounded preceding and 1 preceding"
_COMPARES = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "is": "="}


def segment_sql(condition: Condition, document: Document, *, ws: int, as_of: datetime, of: Of = "persons") -> Plan:
    """Rows `(uid)`: of whom the condition is true at the end of that moment, in order of uid."""
    text = Text(document, ws=ws, as_of=as_of, of=of)
    return text.plan(f"{text.members(condition)} order by uid")


def first_true_sql(document: Document, keys: Iterable[str], *, ws: int, as_of: datetime, of: Of = "persons") -> Plan:
    """Rows `(key, uid, ts, seq)`: the instant of each of these milestones, of whom had reached it by then."""
    text = Text(document, ws=ws, as_of=as_of, of=of)
    parts = [f"select {text.parameters.add(key)} as key, uid, ts, seq from {text.reached(key)}" for key in keys]
    return text.plan(" union all ".join(parts))


def is_occurrence(condition: Condition) -> bool:
    """Whether the condition simply names facts, of one kind or of any of several, each of which counts by itself."""
    if isinstance(condition, Any_):
        return bool(condition.of) and all(is_occurrence(part) for part in condition.of)
    return isinstance(condition, Did) and condition == Did(name=condition.name, where=condition.where)


def dids_of(condition: Condition) -> list[Did]:
    """The kinds of facts that such a condition names."""
    parts = condition.of if isinstance(condition, Any_) else (condition,)
    return [did for part in parts for did in ([part] if isinstance(part, Did) else dids_of(part))]


class Text:
    """SQL being written: named tables, each after those that it reads, and the parameters of all of them."""

    def __init__(self, document: Document, *, ws: int, as_of: datetime, of: Of = "persons") -> None:
        """`of`: whose `uid` it is that stands in every table."""
        self.parameters = Parameters()
        self.document, self.of = document, of
        self._as_of = as_of
        self._ws, self.as_of = self.parameters.add(ws), self.parameters.add(as_of)
        self._tables: dict[str, str] = {}
        self._latches: dict[str, str] = {}
        self._open: list[str] = []

    def plan(self, select: str) -> Plan:
        """The whole question, which ends in this select."""
        parts = [f"{name} as not materialized ({body})" for name, body in RELATIONS[self.of].items()]
        parts += [f"{name} as materialized ({body})" for name, body in self._tables.items()]
        tables = ",\n".join(parts)
        return self.parameters.plan(f"with {tables}\n{select}" if tables else select)

    def table(self, body: str) -> str:
        """Gives a part of the question a name of its own."""
        name = f"t{len(self._tables) + 1}"
        self._tables[name] = body
        return name

    def started(self) -> str:
        """The table `(uid, ts, seq)` of when each person's program started."""
        return self._latch(START, lambda: expand(self.document.start, self.document))

    def reached(self, key: str) -> str:
        """The table `(uid, ts, seq)` of when each person reached the milestone. Raises Refused for an unknown one."""
        if key == START:
            return self.started()
        if key not in self.document.milestones and key not in starts_of(self.document):
            raise Refused("unknown_milestone", f"There is no milestone '{key}'.", mend="Name one that the program has.")
        return self._latch(key, lambda: reached_of(self.document, key))

    def _latch(self, key: str, condition: Callable[[], Kernel]) -> str:
        if key in self._open:
            what = "The start" if key == START else f"Milestone '{key}'"
            raise Refused("cycle", f"{what} asks for itself.", mend="Break the circle of `reached` and `since`.")
        if key not in self._latches:
            self._open.append(key)
            self._latches[key] = self.table(self.first_instants(condition()))
            self._open.pop()
        return self._latches[key]

    def occurrences(self, condition: Condition) -> str:
        """A select of `(uid, ts, seq)`: every fact that the condition names, or else the first instant it is true."""
        kernel = expand(condition, self.document)
        return self._named(kernel) if is_occurrence(kernel) else self.first_instants(kernel)

    def _named(self, condition: Kernel) -> str:
        return " union ".join(self._facts(did) for did in dids_of(condition))

    # --- as of a moment -------------------------------------------------------------------------------------------

    def members(self, condition: Condition) -> str:
        """A select of `(uid)`: of whom the condition is true as of the moment."""
        return self._members(expand(condition, self.document))

    def _members(self, condition: Kernel) -> str:
        names: list[str] = []

        def value(leaf: Leaf) -> str:
            names.append(self.table(self._aggregate(leaf)))
            return f"{names[-1]}.v" if isinstance(leaf, Trait | Last) else f"coalesce({names[-1]}.v, 0)"

        truth = self._truth(condition, value, self.as_of)
        if self._empty_is_true(condition):
            people = f"select distinct f.uid from facts f where {self.scope()}"
        else:
            people = " union ".join(["select 0 as uid where false", *(f"select uid from {name}" for name in names)])
        joins = "".join(f" left join {name} on {name}.uid = people.uid" for name in names)
        return f"select people.uid from ({people}) people{joins} where {truth}"

    def last_values(self, series: Series) -> str:
        """A select of `(uid, v)`: the last value (JSON) that each person gave by the moment; JSON's null is none."""
        return f"select uid, arg_max(v, {PLACE}) as v from ({self._given(series)}) group by uid"

    def last_trait(self, name: str) -> str:
        """The same of the trait of this name: the person's, or the account's where accounts are counted."""
        own = f"{ACCOUNT}{name}" if self.of == "accounts" else name
        return f"select uid, arg_max(v, {PLACE}) as v from ({self._told(own)}) group by uid"

    def _aggregate(self, leaf: Leaf) -> str:
        """One row `(uid, v)` a person: the count, the last value, or 1 for what is so."""
        if isinstance(leaf, Trait | Last):
            return f"select uid, arg_max(v, {PLACE}) as v from ({self._values(leaf)}) group by uid"
        if isinstance(leaf, Sequence_):
            return f"select uid, 1 as v from ({self._completed(leaf)})"
        if isinstance(leaf, Compared):
            return f"select uid, arg_max(d, {PLACE}) as v from ({self._comparisons(leaf)}) group by uid"
        recent = f" where ts > {self.as_of} - {self.parameters.length(leaf.within)}" if leaf.within is not None else ""
        if isinstance(leaf, Reached):
            return f"select uid, 1 as v from ({self._reached(leaf)}){recent}"
        count = "count(*)" if leaf.distinct is None else "count(distinct value)"
        return f"select uid, {count} as v from ({self._facts(leaf)}){recent} group by uid"

    # --- first true -----------------------------------------------------------------------------------------------

    def first_instants(self, condition: Kernel) -> str:
        """A select of `(uid, ts, seq)`: the first instant, not after the moment, at which the condition is true."""
        if isinstance(condition, Did) and _is_first_fact(condition):
            return _earliest(self._facts(condition))
        columns = [f"{_letter(leaf)}{place}" for place, leaf in enumerate(leaves(condition))]
        points = self._points(condition, columns)
        running = ", ".join(_running(column) for column in columns)
        state = f"select uid, ts, seq{', ' if running else ''}{running} from ({points}) window w as ({_RUNNING})"
        unused = iter(columns)
        truth = self._truth(condition, lambda _: next(unused), "ts")
        return _earliest(f"select uid, ts, seq from ({state}) where {truth} and ts <= {self.as_of}")

    def _points(self, condition: Condition, columns: list[str]) -> str:
        """A select of `(uid, ts, seq, …)`: what each leaf's column gains or becomes at each point."""
        parts = [
            f"select uid, ts, seq, {_row(columns, column)} from ({self._changes(leaf)})"
            for column, leaf in zip(columns, leaves(condition), strict=True)
        ]
        if self._empty_is_true(condition):
            nothing = "".join(f", {_nothing(column)}" for column in columns)
            parts += [f"select uid, ts, seq{nothing} from ({rows})" for rows in self._uncounted(condition)]
        return _union(parts) if parts else "select 0 as uid, null::timestamp as ts, 0 as seq where false"

    def _uncounted(self, condition: Condition) -> list[str]:
        """What counts for nothing, but is a moment at which the condition is asked: what lies before a `since`, goals that
        are counted from, and the steps of a sequence that is not complete."""
        rows: list[str] = []
        for leaf in leaves(condition):
            if isinstance(leaf, Sequence_):
                rows += [self._facts(step) for step in leaf.steps]
            elif isinstance(leaf, Did | Reached) and leaf.since is not None:
                rows.append(self._happened(leaf))
            if since_of(leaf) == "goal":
                rows.append(self._given(GOALS))
        return rows

    def _changes(self, leaf: Leaf) -> str:
        """A select of `(uid, ts, seq, d)`: the points of one leaf."""
        if isinstance(leaf, Trait | Last):
            return self._value_changes(leaf)
        if isinstance(leaf, Compared):
            return self._comparisons(leaf)
        if isinstance(leaf, Sequence_):
            return f"select uid, ts, seq, 1 as d from ({self._completed(leaf)})"
        if leaf.since == "goal":
            return self._counted_anew(leaf)
        if isinstance(leaf, Reached):
            return self._expiring(self._reached(leaf), leaf)
        if leaf.distinct is None:
            return self._expiring(self._facts(leaf), leaf)
        return self._distinct_changes(leaf)

    def _expiring(self, rows: str, leaf: Did | Reached) -> str:
        """Each row counts from its instant, and no longer once its window is over."""
        if leaf.within is None:
            return f"select uid, ts, seq, 1 as d from ({rows})"
        name, length = self.table(rows), self.parameters.length(leaf.within)
        return f"select uid, ts, seq, 1 as d from {name} union all select uid, ts + {length}, -1, -1 from {name}"

    def _distinct_changes(self, did: Did) -> str:
        """A value counts from its first fact; with a window, until it has not been repeated for that long."""
        order = "partition by uid, value order by ts, seq"
        if did.within is None:
            first = f"qualify row_number() over ({order}) = 1"
            return f"select uid, ts, seq, 1 as d from ({self._facts(did)}) {first}"
        length = self.parameters.length(did.within)
        around = f"lag(ts) over w + {length} as lapsed, ts + {length} as ends, lead(ts) over w as again"
        name = self.table(f"select uid, ts, seq, {around} from ({self._facts(did)}) window w as ({order})")
        return (
            f"select uid, ts, seq, 1 as d from {name} where lapsed is null or lapsed <= ts "
            f"union all select uid, ends, -1, -1 from {name} where again is null or again >= ends"
        )

    def _counted_anew(self, leaf: Did | Reached) -> str:
        """A value counts from its first fact after a goal, until its window is over or the next goal is stated."""
        goals = self.table(
            f"select uid, ts, seq, {PLACE} as place, row_number() over (partition by uid order by ts, seq) as n "
            f"from ({self._given(GOALS)})"
        )
        value = "value" if isinstance(leaf, Did) and leaf.distinct is not None else "seq as value"
        happened = f"select uid, ts, seq, {value}, {PLACE} as place from ({self._happened(leaf)})"
        ends = "null::timestamp" if leaf.within is None else f"f.ts + {self.parameters.length(leaf.within)}"
        rows = self.table(
            f"select f.uid, f.ts, f.seq, f.value, g.n, {ends} as ends, next.ts as next_ts, next.seq as next_seq "
            f"from ({happened}) f asof join {goals} g on g.uid = f.uid and g.place <= f.place "
            f"left join {goals} next on next.uid = g.uid and next.n = g.n + 1"
        )
        around = "lag(ts) over w as before, lag(ends) over w as lapsed, lead(ts) over w as again"
        name = self.table(f"select *, {around} from {rows} window w as (partition by uid, value, n order by ts, seq)")
        over = "ends <= next_ts or next_ts is null and ends is not null"  # the window, before another goal is stated
        stops = (
            f"select uid, case when {over} then ends else next_ts end as ts, case when {over} then -1 else next_seq end "
            f"as seq, -1 as d from {name} where again is null or again >= ends"
        )
        return (
            f"select uid, ts, seq, 1 as d from {name} where before is null or lapsed <= ts "
            f"union all select * from ({stops}) where ts is not null"
        )

    def _completed(self, node: Sequence_) -> str:
        """A select of `(uid, ts, seq)`: when its steps had first happened in their order, of whom they have.

        Of each fact that continues a way, the latest moment at which such a way began.
        """
        first, *rest = (self._facts(step) for step in node.steps)
        ways = f"select uid, ts, seq, ts as begun from ({first})"
        for step in rest:
            both = f"select *, 0 as own from ({ways}) union all select *, null::timestamp, 1 from ({step})"
            before = "partition by uid order by ts, seq, own desc rows between unbounded preceding and 1 preceding"
            latest = f"select uid, ts, seq, own, max(begun) over ({before}) as begun from ({both})"
            ways = f"select uid, ts, seq, begun from ({latest}) where own = 1 and begun is not null"
        inside = "" if node.within is None else f" where ts < begun + {self.parameters.length(node.within)}"
        return _earliest(f"select uid, ts, seq from ({ways}){inside}")

    def _value_changes(self, leaf: Trait | Last) -> str:
        """Each write; with a bound that moves with time, also when the value crosses it."""
        by = relative(leaf.test.value) if leaf.test.op in ("before", "after") else None
        if by is None:
            return f"select uid, ts, seq, v as d from ({self._values(leaf)})"
        name = self.table(self._values(leaf))
        crossing = f"select uid, {moment_sql('v')} + {self.parameters.length(-by)} as crossed, ts from {name}"
        return (
            f"select uid, ts, seq, v as d from {name} "
            f"union all select uid, crossed, -1, null::json from ({crossing}) where crossed > ts"
        )

    def _comparisons(self, node: Compared) -> str:
        """A select of `(uid, ts, seq, d)`: at each write, 1 or 0 for whether it is so from then on."""
        left, right, rows = self._compared(node)
        return f"select uid, ts, seq, coalesce({left} {_COMPARES[node.op]} {right}, false)::integer as d from ({rows})"

    def _compared(self, node: Compared) -> tuple[str, str, str]:
        """The last number, the number it is held against, and the rows in which they stand."""
        if isinstance(node.to, Series):
            last = ", ".join(f"last_value({side} ignore nulls) over w as {side}" for side in "lr")
            left, right = (self._given(series) for series in (node.of, node.to))
            both = (
                f"select uid, ts, seq, v as l, null::json as r from ({left}) "
                f"union all select uid, ts, seq, null::json, v from ({right})"
            )
            rows = f"select uid, ts, seq, {last} from ({both}) window w as ({_RUNNING})"
            return number_sql("l"), number_sql("r"), rows
        numbers = f"select uid, ts, seq, {number_sql('v')} as l from ({self._given(node.of)})"
        if (day := moment(node.to)) is not None:
            earlier = f"case when ts < {self.parameters.add(day)} then l end"
            return "l", "r", f"select *, last_value({earlier} ignore nulls) over ({_RUNNING}) as r from ({numbers})"
        how = "first_value" if node.to == "first" else "last_value"
        return "l", "r", f"select *, {how}(l ignore nulls) over ({_BEFORE}) as r from ({numbers})"

    # --- both -----------------------------------------------------------------------------------------------------

    def _truth(self, condition: Condition, value: Callable[[Leaf], str], now: str) -> str:
        """The condition over the texts that stand for its leaves' values, asked for in the order of `leaves`."""
        if isinstance(condition, All | Any_):
            word, neutral = (" and ", "true") if isinstance(condition, All) else (" or ", "false")
            parts = [self._truth(part, value, now) for part in condition.of]
            return f"({word.join(parts) or neutral})"
        if isinstance(condition, Not):
            return f"(not {self._truth(condition.of, value, now)})"
        if isinstance(condition, Trait | Last):
            return passes_sql(condition.test, value(condition), now, self.parameters)
        [leaf] = leaves(condition)
        return f"({value(leaf)} {self._bound(leaf) if isinstance(leaf, Did) else '>= 1'})"

    def _bound(self, did: Did) -> str:
        if did.at_most is not None:
            return f"<= {self.parameters.add(did.at_most)}"
        if did.exactly is not None:
            return f"= {self.parameters.add(did.exactly)}"
        return f">= {self.parameters.add(1 if did.at_least is None else did.at_least)}"

    def _facts(self, did: Did) -> str:
        """A select of `(uid, ts, seq)`, and `value` when different values count: the facts that count."""
        joined, since = self._since(did)
        where = " and ".join([self.named(did.name), *since, *self._tests(did.where)])
        select = f"from facts f{joined} where {where}"
        if did.distinct is None:
            return f"select f.uid, f.ts, f.seq {select}"
        if did.distinct == "day":
            return self._days(f"select f.uid, f.ts, f.seq {select}")
        value = scalar_sql(property_sql(did.distinct, self.parameters))
        return f"select * from (select f.uid, f.ts, f.seq, {value} as value {select}) where value is not null"

    def _days(self, rows: str) -> str:
        """The same facts, each with the day that it was where the person is now."""
        program = self.document.timezone if zone_exists(self.document.timezone) else "UTC"
        zone = f"coalesce(zones.zone, {self.parameters.add(program)})"
        placed = f"select f.*, {zone} as zone from ({rows}) f left join zones on zones.uid = f.uid"
        there = "case when zone = 'UTC' then ts else timezone(zone, timezone('UTC', ts)) end"
        return f"select uid, ts, seq, ({there})::date as value from ({placed})"

    def _reached(self, node: Reached) -> str:
        """A select of `(uid, ts, seq)`: when the milestone was reached, if that is since when it counts."""
        joined, since = self._since(node)
        where = f" where {' and '.join(since)}" if since else ""
        return f"select f.uid, f.ts, f.seq from {self.reached(node.milestone)} f{joined}{where}"

    def _happened(self, leaf: Did | Reached) -> str:
        """What it counts, whenever it was."""
        ever = replace(leaf, since=None)
        return self._facts(ever) if isinstance(ever, Did) else self._reached(ever)

    def _since(self, leaf: Did | Reached) -> tuple[str, list[str]]:
        """A join for the facts `f`, and what they have to fulfil."""
        if leaf.since is None:
            return "", []
        if (anchor := self._anchor(leaf)) is not None:
            after = "(f.ts > since.ts or (f.ts = since.ts and f.seq >= since.seq))"
            return f" join {anchor} since on since.uid = f.uid", [after]
        day = moment(leaf.since)
        return "", ["false" if day is None else f"f.ts >= {self.parameters.add(day)}"]

    def _anchor(self, leaf: Did | Reached) -> str | None:
        """The table `(uid, ts, seq)` of the instants that it counts from as of the moment; None where it is a day."""
        if leaf.since == "goal":
            last = f"max(ts) as ts, arg_max(seq, {PLACE}) as seq"
            return self.table(f"select uid, {last} from ({self._given(GOALS)}) group by uid")
        if leaf.since == "start":
            return self.started()
        key = milestone_since(leaf)
        return None if key is None else self.reached(key)

    def _values(self, leaf: Trait | Last) -> str:
        """A select of `(uid, ts, seq, v)`: every value that it ever had."""
        return self._given(leaf.of) if isinstance(leaf, Last) else self._told(leaf.name)

    def _told(self, trait: str) -> str:
        """The same of a trait."""
        owner = ACCOUNT if trait.startswith(ACCOUNT) else ""
        tellers = (event for event, before in TRAITS_OF.items() if before == owner)
        return _union(self._given(Series(event=event, property=trait.removeprefix(owner))) for event in tellers)

    def _given(self, series: Series) -> str:
        """A select of `(uid, ts, seq, v)`: every value that the series was given."""
        value = property_sql(series.property, self.parameters)
        where = " and ".join([self.named(series.event), *self._tests(series.where)])
        return f"select * from (select f.uid, f.ts, f.seq, {value} as v from facts f where {where}) where v is not null"

    def _tests(self, where: Mapping[str, Test]) -> list[str]:
        return [
            passes_sql(test, property_sql(name, self.parameters), "f.ts", self.parameters)
            for name, test in where.items()
        ]

    def named(self, event: str) -> str:
        """The facts `f` of this name that are known at the moment."""
        return f"{self.scope()} and f.event = {self.parameters.add(event)}"

    def scope(self) -> str:
        """The facts `f` of the workspace that are known at the moment."""
        return f"f.ws = {self._ws} and f.ts <= {self.as_of}"

    def _empty_is_true(self, condition: Condition) -> bool:
        """Whether the condition is true of somebody of whom nothing is known."""
        return holds(condition, View({}, {}), (self._as_of, END_OF_MOMENT))


def _is_first_fact(did: Did) -> bool:
    """Whether the condition turns true at the first fact that counts."""
    return did.at_most is None and did.exactly is None and did.at_least in (None, 1) and did.since != "goal"


def _earliest(rows: str) -> str:
    """The first instant of each person. (A minimum of pairs, or a window, takes up to three times as long.)"""
    return f"select uid, min(ts) as ts, arg_min(seq, {PLACE}) as seq from ({rows}) group by uid"


def _letter(leaf: Leaf) -> str:
    """Begins the name of the leaf's column: `v` is a value, `c` is so or not (1 or 0), `n` a count that gains."""
    return "v" if isinstance(leaf, Trait | Last) else "c" if isinstance(leaf, Compared) else "n"


def _running(column: str) -> str:
    how = f"sum({column}) over w" if column.startswith("n") else f"last_value({column} ignore nulls) over w"
    return f"coalesce({how}, 0) as {column}" if column.startswith("c") else f"{how} as {column}"


def _row(columns: list[str], own: str) -> str:
    return ", ".join(f"d as {column}" if column == own else _nothing(column) for column in columns)


def _nothing(column: str) -> str:
    return f"{_NOTHING[column[0]]} as {column}"


_NOTHING = {"v": "null::json", "c": "null::integer", "n": "0"}


def _union(selects: Iterable[str]) -> str:
    return " union all ".join(selects)

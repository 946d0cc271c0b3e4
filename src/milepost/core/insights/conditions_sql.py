# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Conditions for everybody at once: DuckDB SQL over the view `facts`, equal for each person to `core.conditions`.

Two shapes. *As of a moment* aggregates each leaf of the condition once a person. *First true* lays out, for each leaf,
the points at which its count or value changes (a fact; a window's end, with number -1), adds them up in order of
(time, number), and takes the first point at which the whole is true. `start` and milestones are such first points,
each a table `(uid, ts, seq)`, written before those that ask for it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec.structs import replace

from milepost.core.conditions.compare import moment, relative
from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds, leaves
from milepost.core.conditions.memory import IDENTIFIED, milestone_since
from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Trait
from milepost.core.insights.compare_sql import moment_sql, passes_sql, property_sql, scalar_sql
from milepost.core.insights.plan import Parameters, Plan
from milepost.core.program.document import Document
from milepost.core.values import Refused

_START = ""
#: Time and number as one comparable value.
PLACE = "epoch_us(ts)::hugeint * 18446744073709551616 + seq"
_RUNNING = "partition by uid order by ts, seq range between unbounded preceding and current row"

Leaf = Did | Trait | Reached


def segment_sql(condition: Condition, document: Document, *, ws: int, as_of: datetime) -> Plan:
    """Rows `(uid)`: the people of whom the condition is true at the end of that moment, in order of uid."""
    text = Text(document, ws=ws, as_of=as_of)
    return text.plan(f"{text.members(condition)} order by uid")


def first_true_sql(document: Document, keys: Iterable[str], *, ws: int, as_of: datetime) -> Plan:
    """Rows `(key, uid, ts, seq)`: each person's instant of each of these milestones, if it was reached by then."""
    text = Text(document, ws=ws, as_of=as_of)
    parts = [f"select {text.parameters.add(key)} as key, uid, ts, seq from {text.reached(key)}" for key in keys]
    return text.plan(" union all ".join(parts))


def is_occurrence(condition: Condition) -> bool:
    """Whether the condition simply names facts, each of which counts by itself."""
    return isinstance(condition, Did) and condition == Did(name=condition.name, where=condition.where)


class Text:
    """SQL being written: named tables, each after those that it reads, and the parameters of all of them."""

    def __init__(self, document: Document, *, ws: int, as_of: datetime) -> None:
        self.parameters = Parameters()
        self.document = document
        self._as_of = as_of
        self._ws, self.as_of = self.parameters.add(ws), self.parameters.add(as_of)
        self._tables: dict[str, str] = {}
        self._latches: dict[str, str] = {}
        self._open: list[str] = []

    def plan(self, select: str) -> Plan:
        """The whole question, which ends in this select."""
        tables = ",\n".join(f"{name} as materialized ({body})" for name, body in self._tables.items())
        return self.parameters.plan(f"with {tables}\n{select}" if tables else select)

    def table(self, body: str) -> str:
        """Gives a part of the question a name of its own."""
        name = f"t{len(self._tables) + 1}"
        self._tables[name] = body
        return name

    def started(self) -> str:
        """The table `(uid, ts, seq)` of when each person's program started."""
        return self._latch(_START, self.document.start)

    def reached(self, key: str) -> str:
        """The table `(uid, ts, seq)` of when each person reached the milestone. Raises Refused for an unknown one."""
        milestone = self.document.milestones.get(key)
        if milestone is None:
            raise Refused("unknown_milestone", f"There is no milestone '{key}'.", mend="Name one that the program has.")
        return self._latch(key, milestone.reached)

    def _latch(self, key: str, condition: Condition) -> str:
        if key in self._open:
            raise Refused(
                "cycle", f"Milestone '{key}' asks for itself.", mend="Break the circle of `reached` and `since`."
            )
        if key not in self._latches:
            self._open.append(key)
            self._latches[key] = self.table(self.first_instants(condition))
            self._open.pop()
        return self._latches[key]

    def occurrences(self, condition: Condition) -> str:
        """A select of `(uid, ts, seq)`: every fact that the condition names, or else the first instant it is true."""
        if isinstance(condition, Did) and is_occurrence(condition):
            return self._facts(condition)
        return self.first_instants(condition)

    # --- as of a moment -------------------------------------------------------------------------------------------

    def members(self, condition: Condition) -> str:
        """A select of `(uid)`: of whom the condition is true as of the moment."""
        names: list[str] = []

        def value(leaf: Leaf) -> str:
            names.append(self.table(self._aggregate(leaf)))
            return f"{names[-1]}.v" if isinstance(leaf, Trait) else f"coalesce({names[-1]}.v, 0)"

        truth = self._truth(condition, value, self.as_of)
        if self._empty_is_true(condition):
            people = f"select distinct f.uid from facts f where {self._scope()}"
        else:
            people = " union ".join(["select 0 as uid where false", *(f"select uid from {name}" for name in names)])
        joins = "".join(f" left join {name} on {name}.uid = people.uid" for name in names)
        return f"select people.uid from ({people}) people{joins} where {truth}"

    def _aggregate(self, leaf: Leaf) -> str:
        """One row `(uid, v)` a person: the count, the trait's value, or 1 for a milestone that counts."""
        if isinstance(leaf, Trait):
            return f"select uid, arg_max(v, {PLACE}) as v from ({self._writes(leaf)}) group by uid"
        recent = f" where ts > {self.as_of} - {self.parameters.length(leaf.within)}" if leaf.within is not None else ""
        if isinstance(leaf, Reached):
            return f"select uid, 1 as v from {self.reached(leaf.milestone)}{recent}"
        count = "count(*)" if leaf.distinct is None else "count(distinct value)"
        return f"select uid, {count} as v from ({self._facts(leaf)}){recent} group by uid"

    # --- first true -----------------------------------------------------------------------------------------------

    def first_instants(self, condition: Condition) -> str:
        """A select of `(uid, ts, seq)`: the first instant, not after the moment, at which the condition is true."""
        if isinstance(condition, Did) and _is_first_fact(condition):
            return _earliest(self._facts(condition))
        columns = [("v" if isinstance(leaf, Trait) else "n") + str(i) for i, leaf in enumerate(leaves(condition))]
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
        """Facts before a `since` count for nothing, but they are moments at which the condition is asked."""
        dids = [leaf for leaf in leaves(condition) if isinstance(leaf, Did) and leaf.since is not None]
        return [self._facts(replace(did, since=None)) for did in dids]

    def _changes(self, leaf: Leaf) -> str:
        """A select of `(uid, ts, seq, d)`: the points of one leaf."""
        if isinstance(leaf, Trait):
            return self._trait_changes(leaf)
        if isinstance(leaf, Reached):
            return self._expiring(f"select uid, ts, seq from {self.reached(leaf.milestone)}", leaf)
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

    def _trait_changes(self, trait: Trait) -> str:
        """Each write; with a bound that moves with time, also when the value crosses it."""
        by = relative(trait.test.value) if trait.test.op in ("before", "after") else None
        if by is None:
            return f"select uid, ts, seq, v as d from ({self._writes(trait)})"
        name = self.table(self._writes(trait))
        crossing = f"select uid, {moment_sql('v')} + {self.parameters.length(-by)} as crossed, ts from {name}"
        return (
            f"select uid, ts, seq, v as d from {name} "
            f"union all select uid, crossed, -1, null::json from ({crossing}) where crossed > ts"
        )

    # --- both -----------------------------------------------------------------------------------------------------

    def _truth(self, condition: Condition, value: Callable[[Leaf], str], now: str) -> str:
        """The condition over the texts that stand for its leaves' values, asked for in the order of `leaves`."""
        if isinstance(condition, All | Any_):
            word, neutral = (" and ", "true") if isinstance(condition, All) else (" or ", "false")
            parts = [self._truth(part, value, now) for part in condition.of]
            return f"({word.join(parts) or neutral})"
        if isinstance(condition, Not):
            return f"(not {self._truth(condition.of, value, now)})"
        if isinstance(condition, Trait):
            return passes_sql(condition.test, value(condition), now, self.parameters)
        return f"({value(condition)} {self._bound(condition) if isinstance(condition, Did) else '>= 1'})"

    def _bound(self, did: Did) -> str:
        if did.at_most is not None:
            return f"<= {self.parameters.add(did.at_most)}"
        if did.exactly is not None:
            return f"= {self.parameters.add(did.exactly)}"
        return f">= {self.parameters.add(1 if did.at_least is None else did.at_least)}"

    def _facts(self, did: Did) -> str:
        """A select of `(uid, ts, seq)`, and `value` when different values count: the facts that count."""
        joined, since = self._since(did)
        tests = [
            passes_sql(test, property_sql(name, self.parameters), "f.ts", self.parameters)
            for name, test in did.where.items()
        ]
        where = " and ".join([self._scope(), f"f.event = {self.parameters.add(did.name)}", *since, *tests])
        select = f"from facts f{joined} where {where}"
        if did.distinct is None:
            return f"select f.uid, f.ts, f.seq {select}"
        valued = f"select f.uid, f.ts, f.seq, {self._value(did.distinct)} as value {select}"
        return f"select * from ({valued}) where value is not null"

    def _value(self, distinct: str) -> str:
        return "f.ts::date" if distinct == "day" else scalar_sql(property_sql(distinct, self.parameters))

    def _since(self, did: Did) -> tuple[str, list[str]]:
        if did.since is None:
            return "", []
        key = milestone_since(did)
        if did.since == "start" or key is not None:
            latch = self.started() if key is None else self.reached(key)
            after = "(f.ts > since.ts or (f.ts = since.ts and f.seq >= since.seq))"
            return f" join {latch} since on since.uid = f.uid", [after]
        day = moment(did.since)
        return "", ["false" if day is None else f"f.ts >= {self.parameters.add(day)}"]

    def _writes(self, trait: Trait) -> str:
        """A select of `(uid, ts, seq, v)`: every value that the trait was given."""
        value = property_sql(trait.name, self.parameters)
        identified = f"{self._scope()} and f.event = {self.parameters.add(IDENTIFIED)}"
        writes = f"select f.uid, f.ts, f.seq, {value} as v from facts f where {identified}"
        return f"select * from ({writes}) where v is not null"

    def _scope(self) -> str:
        return f"f.ws = {self._ws} and f.ts <= {self.as_of}"

    def _empty_is_true(self, condition: Condition) -> bool:
        """Whether the condition is true of somebody of whom nothing is known."""
        return holds(condition, View({}, {}), (self._as_of, END_OF_MOMENT))


def _is_first_fact(did: Did) -> bool:
    """Whether the condition turns true at the first fact that counts."""
    return did.at_most is None and did.exactly is None and did.at_least in (None, 1)


def _earliest(rows: str) -> str:
    """The first instant of each person. (A minimum of pairs, or a window, takes up to three times as long.)"""
    return f"select uid, min(ts) as ts, arg_min(seq, {PLACE}) as seq from ({rows}) group by uid"


def _running(column: str) -> str:
    how = f"last_value({column} ignore nulls)" if column.startswith("v") else f"sum({column})"
    return f"{how} over w as {column}"


def _row(columns: list[str], own: str) -> str:
    return ", ".join(f"d as {column}" if column == own else _nothing(column) for column in columns)


def _nothing(column: str) -> str:
    return f"null::json as {column}" if column.startswith("v") else f"0 as {column}"


def _union(selects: Iterable[str]) -> str:
    return " union all ".join(selects)

"""Questions over a million events (ten with `--long`), beside hand-written SQL on the same DuckDB file.

Ours is the whole way: the question written as SQL, the store asked, the answer shaped. The hand-written SQL knows the
codes of its events, that nobody was merged, and nothing of definitions, ties, censoring or periods.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from msgspec import Struct

from bench.measure import ROUNDS, Row, at_most, beside, in_turn
from milepost.core.conditions.types import Did
from milepost.core.insights.activation import Activation
from milepost.core.insights.active import Active
from milepost.core.insights.funnel import Funnel
from milepost.core.insights.milestones import Milestones
from milepost.core.insights.question import Question
from milepost.core.insights.retention import Retention
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone
from milepost.insights.ask import ask
from milepost.log.duckdb_store import DuckDBEventStore

_EVENTS_A_PERSON, _DAYS = 100, 180
_FROM = datetime(2026, 1, 5, tzinfo=UTC)
_TO = _FROM + timedelta(days=_DAYS)
#: `Signed Up` begins each history; the others are drawn by Zipf's law, these among the frequent ones.
_STEPS = ("Signed Up", "Email Verified", "Workspace Created", "Project Created", "Report Shared")
#: Weeks after the first that retention is compared in.
_AFTER = (1, 4, 12)
_CODES = {name: place for place, name in enumerate(_STEPS, 1)}

#: 40 kinds of events by Zipf, people in sessions of log-normal length, in the order of arrival.
_GENERATE = """
INSERT INTO event_names SELECT i, coalesce($steps[i], 'Event ' || i) FROM range(1, 41) t(i);
CREATE TEMP TABLE people AS
    SELECT (hash(i) >> 1)::BIGINT AS uid, (random() * 0.9 * {days} * 86400)::BIGINT AS joined FROM range({people}) t(i);
CREATE TEMP TABLE sessions AS
    SELECT uid, n, CASE WHEN n = 0 THEN joined ELSE joined + (random() * ({days} * 86400 - joined))::BIGINT END AS begun,
           greatest(1, round(exp(2.0 + 0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))))::INT AS length
    FROM people, range(10) t(n);
CREATE TEMP TABLE drawn AS
    SELECT uid, TIMESTAMP '2026-01-05'
               + to_milliseconds((begun * 1000 + k * 30000 + floor(random() * 30000))::BIGINT) AS ts,
           CASE WHEN n = 0 AND k = 0 THEN 1 ELSE 2 + least(38, floor(exp(random() * ln(40)) - 1))::INT END AS code
    FROM sessions, LATERAL (SELECT unnest(range(length)) AS k);
INSERT INTO events (seq, ws, uid, account, event_code, ts, received, properties)
    SELECT row_number() OVER (ORDER BY ts), 1, uid, NULL, code, ts, ts, '{{"amount": 1, "page": "/reports/weekly"}}'
    FROM drawn WHERE ts < TIMESTAMP '2026-01-05' + to_days({days}) ORDER BY ts;
UPDATE position SET seq = (SELECT max(seq) FROM events);
"""


class _Case(Struct, frozen=True):
    """A question of ours, the SQL of somebody who knows the tables, and what both must agree on."""

    what: str
    question: Question[Any]
    sql: str
    of_answer: Callable[[Any], list[int]]
    of_rows: Callable[[list[tuple[Any, ...]]], list[int]]


def rows(*, long: bool = False) -> list[Row]:
    found = []
    for events in (1_000_000, 10_000_000) if long else (1_000_000,):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            store = _generated(Path(folder) / "events.duckdb", events)
            found += [_row(store, case, events) for case in _cases()]
            store.close()
    return found


def _row(store: DuckDBEventStore, case: _Case, events: int) -> Row:
    agreed = case.of_answer(ask(store, case.question)), case.of_rows(store.query(case.sql, {}))
    assert all(abs(mine - theirs) <= 0.001 * theirs for mine, theirs in zip(*agreed, strict=True)), (case.what, agreed)
    ours, limit = in_turn(
        ROUNDS, lambda: _millis(lambda: ask(store, case.question)), lambda: _millis(lambda: store.query(case.sql, {}))
    )
    what = f"{case.what}, {events // 1_000_000} M events"
    return beside(what, ours, "hand-written SQL on the same file", limit, "ms", at_most(1.5))


def _millis(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000


def _generated(path: Path, events: int) -> DuckDBEventStore:
    """The store's own tables, filled by SQL (one thread and a seed: the same each time)."""
    DuckDBEventStore(path).close()
    with duckdb.connect(path, config={"threads": 1, "memory_limit": "4GB"}) as db:
        db.execute("SELECT setseed(0.5)")
        for statement in _GENERATE.format(people=events // _EVENTS_A_PERSON, days=_DAYS).split(";\n"):
            db.execute(statement, {"steps": list(_STEPS)} if "$steps" in statement else None)
    return DuckDBEventStore(path)


def _cases() -> list[_Case]:
    document = Document(
        name="Product",
        start=Did(name=_STEPS[0]),
        milestones={
            f"step-{place}": Milestone(title=name, reached=Did(name=name), first_value=name == _STEPS[-1])
            for place, name in enumerate(_STEPS[1:], 1)
        },
    )
    period: dict[str, Any] = {"workspace": 1, "document": document, "from_": _FROM, "to": _TO, "as_of": _TO}
    steps = tuple(Did(name=name) for name in _STEPS)
    return [
        _Case(
            "funnel of 5 steps, any start",
            Funnel(steps=steps, window=timedelta(days=14), **period),
            _funnel_sql(),
            lambda answer: [step.n for step in answer.steps],
            lambda rows: list(rows[0]),
        ),
        _Case(
            "activation by week",
            Activation(**period),
            _weeks_sql(),
            lambda answer: [answer.rate.count, answer.rate.n],
            lambda rows: [sum(row[-1] for row in rows), sum(row[1] for row in rows)],
        ),
        _Case(
            "time to first value (survival)",
            TimeToValue(**period),
            _time_sql(),
            lambda answer: [answer.arrived, answer.censored],
            lambda rows: [sum(row[1] for row in rows), sum(row[2] for row in rows)],
        ),
        _Case(
            "milestones × weeks",
            Milestones(**period),
            _weeks_sql(),
            lambda answer: [reach.rate.count for reach in answer.milestones],
            lambda rows: [sum(row[place] for row in rows) for place in range(2, 2 + len(_STEPS) - 1)],
        ),
        _Case(
            "retention by week",
            Retention(units=26, **period),
            _retention_sql(),
            lambda answer: [answer.curve[after].count for after in _AFTER],
            lambda rows: [sum(u for week, n, u in rows if n == after and _over(week, n)) for after in _AFTER],
        ),
        _Case(
            "DAU, WAU, MAU",
            Active(**period),
            _active_sql(),
            lambda answer: [sum(getattr(day, name) for day in answer.days) for name in ("dau", "wau", "mau")],
            lambda rows: [int(sum(row[place] for row in rows)) for place in (1, 2, 3)],
        ),
    ]


def _funnel_sql() -> str:
    """Each step joined to the last arrival at the step before it that is not later (ASOF)."""
    first = "s1 AS (SELECT uid, ts, ts AS t0 FROM events WHERE ws = 1 AND event_code = 1)"
    later = (
        f"s{place} AS (SELECT e.uid, e.ts, p.t0"
        f" FROM (SELECT uid, ts FROM events WHERE ws = 1 AND event_code = {place}) e"
        f" ASOF JOIN s{place - 1} p ON e.uid = p.uid AND e.ts >= p.ts WHERE e.ts < p.t0 + INTERVAL 14 DAY)"
        for place in range(2, len(_STEPS) + 1)
    )
    counts = ", ".join(f"(SELECT count(DISTINCT uid) FROM s{place})" for place in range(1, len(_STEPS) + 1))
    return f"WITH {', '.join((first, *later))} SELECT {counts}"


def _firsts_sql() -> str:
    firsts = ", ".join(f"min(CASE WHEN event_code = {code} THEN ts END) AS t{code}" for code in _CODES.values())
    codes = ", ".join(map(str, _CODES.values()))
    return f"SELECT uid, {firsts} FROM events WHERE ws = 1 AND event_code IN ({codes}) GROUP BY uid"


def _weeks_sql() -> str:
    counts = ", ".join(f"count(t{code})" for code in list(_CODES.values())[1:])
    return (
        f"WITH g AS ({_firsts_sql()}) SELECT date_trunc('week', t1) AS week, count(*), {counts} FROM g"
        " WHERE t1 IS NOT NULL GROUP BY 1 ORDER BY 1"
    )


def _over(week: date, after: int) -> bool:
    return week + timedelta(weeks=after + 1) <= _TO.date()


def _retention_sql() -> str:
    return (
        "WITH d AS (SELECT DISTINCT uid, date_trunc('week', ts)::date AS w FROM events WHERE ws = 1),"
        " f AS (SELECT uid, min(w) AS c FROM d GROUP BY uid)"
        " SELECT c, date_diff('day', c, w) // 7 AS n, count(*) FROM d JOIN f ON d.uid = f.uid GROUP BY c, n ORDER BY c, n"
    )


def _active_sql() -> str:
    """Each day adds one; it is taken off again 1, 7 and 30 days later, or when the person comes back before."""
    day = f"((epoch_ms(ts) - {int(_FROM.timestamp() * 1000)}) // 86400000)::int"
    return (
        f"WITH d AS (SELECT uid, {day} AS d FROM events WHERE ws = 1 GROUP BY uid, {day}),"
        " x AS (SELECT d, coalesce(lead(d) OVER (PARTITION BY uid ORDER BY d), 99999999) AS nx FROM d),"
        " ev AS (SELECT d, 1 AS a, 1 AS b, 1 AS c FROM x UNION ALL SELECT least(nx, d + 1), -1, 0, 0 FROM x"
        " UNION ALL SELECT least(nx, d + 7), 0, -1, 0 FROM x UNION ALL SELECT least(nx, d + 30), 0, 0, -1 FROM x),"
        " s AS (SELECT d, sum(a) AS a, sum(b) AS b, sum(c) AS c FROM ev GROUP BY d)"
        " SELECT d, sum(a) OVER (ORDER BY d), sum(b) OVER (ORDER BY d), sum(c) OVER (ORDER BY d) FROM s"
        f" QUALIFY d < {_DAYS} ORDER BY d"
    )


def _time_sql() -> str:
    end, goal = f"TIMESTAMP '{_TO:%Y-%m-%d}'", f"t{len(_STEPS)}"
    firsts = (
        f"SELECT uid, min(CASE WHEN event_code = 1 THEN ts END) AS t1,"
        f" min(CASE WHEN event_code = {len(_STEPS)} THEN ts END) AS {goal}"
        f" FROM events WHERE ws = 1 AND event_code IN (1, {len(_STEPS)}) GROUP BY uid"
    )
    return (
        f"WITH g AS ({firsts}) SELECT (epoch_ms(coalesce({goal}, {end})) - epoch_ms(t1)) // 1000 AS seconds,"
        f" count({goal}), count(*) - count({goal}) FROM g WHERE t1 IS NOT NULL GROUP BY 1 ORDER BY 1"
    )

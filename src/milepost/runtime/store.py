"""States, reasons and milestones in the database: many rows a statement, written by hand because this is the hot path."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from milepost.core.engine import state as states
from milepost.core.engine.inputs import Decision, Reached
from milepost.core.engine.state import State, Stuck
from milepost.log.outbox import Entry
from milepost.people.actions import stamp

_CHUNK = 400
READER = "runtime"


def position() -> int:
    """The number of the last fact that was applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM runtime_position WHERE reader = %s", [READER])
        rows = cursor.fetchall()
    return int(rows[0][0]) if rows else 0


def move_to(seq: int) -> None:
    _many(
        "INSERT INTO runtime_position (reader, seq) VALUES (%s,%s) ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
        [(READER, seq)],
    )


def due(now: datetime, most: int) -> list[int]:
    """Whose moment has come, the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid FROM runtime_subjectstate WHERE wake_at <= %s ORDER BY wake_at LIMIT %s", [stamp(now), most]
        )
        return [uid for (uid,) in cursor.fetchall()]


def load(uids: Iterable[int]) -> dict[int, State]:
    """The states of these persons; those that have none yet are missing."""
    found: dict[int, State] = {}
    wanted = sorted(uids)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join(["%s"] * len(chunk))
            cursor.execute(f"SELECT uid, body FROM runtime_subjectstate WHERE uid IN ({marks})", chunk)  # noqa: S608 - marks only
            found.update((uid, states.decode(bytes(body))) for uid, body in cursor.fetchall())
    return found


def save(changed: Iterable[State]) -> None:
    rows = [
        (state.uid, state.workspace, state.release, stamp(state.wake_at()), states.encode(state)) for state in changed
    ]
    _many(
        "INSERT INTO runtime_subjectstate (uid, workspace_id, release, wake_at, body) VALUES (%s,%s,%s,%s,%s)"
        " ON CONFLICT (uid) DO UPDATE SET release = excluded.release, wake_at = excluded.wake_at, body = excluded.body",
        rows,
    )


def hand_over(other: int, into: int) -> None:
    """A merged person's state is gone; their reasons stand on the page of whom they became."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE runtime_decision SET uid = %s WHERE uid = %s", [into, other])
        cursor.execute("DELETE FROM runtime_subjectstate WHERE uid = %s", [other])
        for table in ("milestonereached", "stucknow", "segmentmember"):
            cursor.execute(f"DELETE FROM runtime_{table} WHERE uid = %s", [other])  # noqa: S608 - our own words


def keep_standing(changes: Iterable[tuple[State | None, State]], now: datetime) -> None:
    """Rewrites who is stuck and who is in which segment, where that has changed (before, after); for most it has not."""
    moved = list(changes)
    _keep_stuck([(before.stuck if before else {}, after) for before, after in moved])
    _keep_segments([(before.segments if before else (), after) for before, after in moved], stamp(now))


def _keep_segments(changes: Iterable[tuple[Sequence[str], State]], now: Any) -> None:
    different = [(set(before), set(after.segments), after) for before, after in changes if before != after.segments]
    _many(
        "DELETE FROM runtime_segmentmember WHERE uid = %s AND segment = %s",
        [(state.uid, key) for before, after, state in different for key in sorted(before - after)],
    )
    _many(
        "INSERT INTO runtime_segmentmember (workspace_id, segment, uid, since) VALUES (%s,%s,%s,%s)"
        " ON CONFLICT (uid, segment) DO NOTHING",
        [
            (state.workspace, key, state.uid, now)
            for before, after, state in different
            for key in sorted(after - before)
        ],
    )


def _keep_stuck(changes: Iterable[tuple[Mapping[str, Stuck], State]]) -> None:
    different = [(before, after) for before, after in changes if before != after.stuck]
    _many(
        "DELETE FROM runtime_stucknow WHERE uid = %s AND milestone = %s AND obstacle = %s",
        [(after.uid, *_obstacle(name)) for before, after in different for name in before if name not in after.stuck],
    )
    _many(
        "INSERT INTO runtime_stucknow (workspace_id, uid, milestone, obstacle, at, helped_at, resolved_at, help)"
        " VALUES (%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT (uid, milestone, obstacle) DO UPDATE SET at = excluded.at,"
        " helped_at = excluded.helped_at, resolved_at = excluded.resolved_at, help = excluded.help",
        [
            _stuck(after, name, stuck)
            for before, after in different
            for name, stuck in after.stuck.items()
            if before.get(name) != stuck
        ],
    )


def _stuck(state: State, name: str, stuck: Stuck) -> tuple[Any, ...]:
    at, helped_at, resolved_at = map(stamp, (stuck.at, stuck.helped_at, stuck.resolved_at))
    return state.workspace, state.uid, *_obstacle(name), at, helped_at, resolved_at, stuck.help


def _obstacle(name: str) -> tuple[str, str]:
    """`MILESTONE/OBSTACLE` as two."""
    milestone, _, obstacle = name.partition("/")
    return milestone, obstacle


def keep_reasons(decisions: Iterable[tuple[State, int, Decision]]) -> None:
    _many(
        "INSERT INTO runtime_decision (workspace_id, uid, at, kind, definition, outcome, release, seq, reason)"
        " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        [
            (s.workspace, s.uid, stamp(d.at), d.kind, d.definition, d.outcome, release, d.seq, _text(d.noted))
            for s, release, d in decisions
        ],
    )


def keep_milestones(reached: Mapping[tuple[int, int, str], tuple[int, Reached]], tests: Collection[int]) -> None:
    """Rewrites the projection: (workspace, uid, milestone) → (release, what is true now). `tests`: the numbers of facts
    that are known to be tests; of a fact that did it before, it is remembered whether it was one."""
    gone = [(uid, key) for (_, uid, key), (_, it) in reached.items() if it.at is None]
    _many("DELETE FROM runtime_milestonereached WHERE uid = %s AND milestone = %s", gone)
    _many(
        "INSERT INTO runtime_milestonereached"
        " (workspace_id, uid, milestone, at, seq, release, retroactive, evidence, test)"
        " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)"
        " ON CONFLICT (workspace_id, uid, milestone) DO UPDATE SET at = excluded.at, seq = excluded.seq,"
        " release = excluded.release, retroactive = excluded.retroactive, evidence = excluded.evidence,"
        " test = excluded.test OR (runtime_milestonereached.test AND runtime_milestonereached.seq = excluded.seq)",
        [
            (ws, uid, key, stamp(it.at[0]), it.at[1], release, it.retroactive, _text(it.evidence), it.at[1] in tests)
            for (ws, uid, key), (release, it) in reached.items()
            if it.at is not None
        ],
    )


def entry_of(effect: Any, now: Any) -> Entry:
    """The outbox entry of an effect."""
    return Entry(
        workspace=effect.workspace,
        key=effect.key,
        kind=effect.__struct_config__.tag,
        payload=msgspec.json.encode(effect),
        created_at=now,
        due_at=now,
    )


def _many(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()

"""What becomes of a file's rows."""

import gzip
import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.core.events import Fact
from milepost.core.values import Refused, Unavailable
from milepost.ingest.importing import importer
from milepost.ingest.importing.reading import Broken
from milepost.log.memory import MemoryLog
from milepost.log.sqlite import SQLiteLog

from .helpers import HEADER, NOW, counted, imported, opened, reasons, write


def test_a_row_becomes_a_fact_of_the_past_with_typed_properties(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "ada,Plan Chosen,2025-01-02T03:04:05.678+01:00,pro,12\n")
    result, [fact] = imported(path)
    assert counted(result) == (1, 1, 0, 0) and result.rejects is None
    assert (fact.user_id, fact.anonymous_id, fact.name, fact.kind) == ("ada", None, "Plan Chosen", "track")
    assert fact.at == datetime(2025, 1, 2, 2, 4, 5, 678000, tzinfo=UTC)
    assert (fact.received_at, fact.source, fact.workspace) == (NOW, "import", 1)
    assert fact.properties == {"plan": "pro", "seats": 12}


def test_columns_have_the_type_that_all_their_cells_have(tmp_path: Path) -> None:
    head = "user_id,event,ts,whole,number,truth,zip,mixed,empty\n"
    rows = ["1,1.5,true,00501,12,", "-3,2,false,10115,A7,", ",,,,,"]
    path = write(tmp_path, head + "".join(f"u{n},E,2025-01-02,{row}\n" for n, row in enumerate(rows)))
    _, facts = imported(path)
    assert [fact.properties for fact in facts] == [
        {"whole": 1, "number": 1.5, "truth": True, "zip": "00501", "mixed": "12"},
        {"whole": -3, "number": 2.0, "truth": False, "zip": "10115", "mixed": "A7"},
        {},
    ]


def test_a_cell_unlike_the_first_thousand_stays_what_it_is(tmp_path: Path) -> None:
    rows = [f"u{n},E,2025-01-02,pro,{n}\n" for n in range(1500)]
    _, facts = imported(write(tmp_path, HEADER + "".join(rows) + "late,E,2025-01-02,pro,many\n"))
    assert facts[1499].properties["seats"] == 1499 and facts[-1].properties["seats"] == "many"


def test_ids_that_look_like_numbers_stay_text(tmp_path: Path) -> None:
    _, [fact] = imported(write(tmp_path, HEADER + "007,42,2025-01-02,,\n"))
    assert (fact.user_id, fact.name) == ("007", "42")


def test_an_account_and_an_anonymous_id_and_a_message_id_have_columns_too(tmp_path: Path) -> None:
    head = "userId,anonymousId,groupId,messageId,event,timestamp\n"
    _, facts = imported(write(tmp_path, head + "ada,a-1,acme,m-1,E,2025-01-02\n,a-2,,m-2,E,2025-01-02\n"))
    assert [(f.user_id, f.anonymous_id, f.group_id, f.message_id) for f in facts] == [
        ("ada", "a-1", "acme", "m-1"),
        (None, "a-2", None, "m-2"),
    ]


def test_people_may_be_anonymous_and_the_event_constant(tmp_path: Path) -> None:
    path = write(tmp_path, "visitor,when\nv1,2025-01-02\n")
    _, [fact] = imported(path, "person=visitor", "time=when", event="Signed Up", person_kind="anonymous")
    assert (fact.user_id, fact.anonymous_id, fact.name) == (None, "v1", "Signed Up")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2025-07-01 12:00:00", datetime(2025, 7, 1, 10, tzinfo=UTC)),
        ("2025-01-01 12:00", datetime(2025, 1, 1, 11, tzinfo=UTC)),
        ("2025-07-01T12:00:00Z", datetime(2025, 7, 1, 12, tzinfo=UTC)),
        ("2025/07/01 12:00:00", datetime(2025, 7, 1, 10, tzinfo=UTC)),
        ("2025-07-01", datetime(2025, 6, 30, 22, tzinfo=UTC)),
        ("1735732800", datetime(2025, 1, 1, 12, tzinfo=UTC)),
        ("1735732800.5", datetime(2025, 1, 1, 12, 0, 0, 500000, tzinfo=UTC)),
        ("1735732800123", datetime(2025, 1, 1, 12, 0, 0, 123000, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_they_are_written(tmp_path: Path, written: str, at: datetime) -> None:
    _, [fact] = imported(write(tmp_path, HEADER + f"ada,E,{written},,\n"), zone=ZoneInfo("Europe/Berlin"))
    assert fact.at == at


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",E,2025-01-02,,", "names no person"),
        ("  ,E,2025-01-02,,", "names no person"),
        ("ada,,2025-01-02,,", "has no event"),
        ("ada,E,,,", "has no time"),
        ("ada,E,soon,,", "the time 'soon' cannot be read"),
        ("ada,E,1970-01-01,,", "the time '1970-01-01' lies before 1990"),
        ("ada,E,0,,", "the time '0' lies before 1990"),
        ("ada,E,2100-01-01,,", "the time '2100-01-01' lies in the future"),
        ("ada,E,9999-12-31T23:59:59-10:00,,", "the time '9999-12-31T23:59:59-10:00' cannot be read"),
        ("ada,E,nan,,", "the time 'nan' cannot be read"),
        ("a\x00da,E,2025-01-02,,", "holds a NUL character"),
        ("ada,E,2025-01-02,p\x00ro,", "holds a NUL character"),
        ("ada\u202egpj,E,2025-01-02,,", "the person contains an invisible character (U+202E)"),
        ("ada,E\u2066,2025-01-02,,", "the event contains an invisible character (U+2066)"),
        ("ada,E,2025-01-02,\udcff,", "is not UTF-8 text"),
        (f"{'x' * 256},E,2025-01-02,,", "the person is longer than 255 characters"),
        ("ada,E,2025-01-02", "has 3 columns, the header has 5"),
        ("ada,E,2025-01-02,a,b,c", "has 6 columns, the header has 5"),
        ('ada,"E"x,2025-01-02,,', "is not valid CSV"),
        (f"ada,E,2025-01-02,{'x' * 2_000_000},", "is not valid CSV: field larger than field limit (131072)"),
    ],
)
def test_a_broken_row_is_reported_with_its_line_and_the_others_are_imported(
    tmp_path: Path, row: str, reason: str
) -> None:
    path = write(tmp_path, f"{HEADER}bob,E,2025-01-02,,\n{row}\ncleo,E,2025-01-02,,\n")
    result, facts = imported(path)
    assert counted(result) == (3, 2, 0, 1)
    [(line, said)] = reasons(result)
    assert line == 3 and reason in said
    assert [fact.user_id for fact in facts] == ["bob", "cleo"]


def test_right_to_left_letters_are_letters(tmp_path: Path) -> None:
    _, [fact] = imported(write(tmp_path, HEADER + "דנה,הרשמה,2025-01-02,\u202eevil,\n"))
    assert (fact.user_id, fact.name, fact.properties) == ("דנה", "הרשמה", {"plan": "\u202eevil"})


def test_a_quote_that_is_never_closed_loses_its_own_row_only(tmp_path: Path) -> None:
    rows = ['bob,E,2025-01-02,"open,1', *(f"u{n},E,2025-01-02,pro,{n}" for n in range(50)), 'eve,"E,2025-01-02,,']
    result, facts = imported(write(tmp_path, HEADER + "\n".join(rows)))
    assert counted(result) == (52, 50, 0, 2)
    assert [line for line, _ in reasons(result)] == [2, 53]
    assert [fact.user_id for fact in facts] == [f"u{n}" for n in range(50)]


def test_a_quoted_field_may_span_lines_and_lines_are_still_counted_right(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + 'ada,E,2025-01-02,"two\nlines, ""quoted""",1\nbroken\n\nbob,E,2025-01-02,x,2\n')
    result, facts = imported(path)
    assert [fact.properties["plan"] for fact in facts] == ['two\nlines, "quoted"', "x"]
    assert reasons(result) == [(4, "has 1 columns, the header has 5")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_a_byte_order_mark_and_windows_line_ends_are_understood(
    tmp_path: Path, delimiter: str
) -> None:
    text = "\ufeff" + (HEADER + "ada,E,2025-01-02,pro,1\n").replace(",", delimiter).replace("\n", "\r\n")
    _, [fact] = imported(write(tmp_path, text))
    assert fact.user_id == "ada" and fact.properties == {"plan": "pro", "seats": 1}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    log = MemoryLog()
    path = write(tmp_path, HEADER + "ada,E,2025-01-02,pro,1\nbob,E,2025-01-02,pro,1\n")
    imported(path, log=log)
    result, facts = imported(path, log=log)
    assert counted(result) == (2, 0, 2, 0) and len(facts) == 2


def test_equal_rows_all_count_and_still_the_file_twice_changes_nothing(tmp_path: Path) -> None:
    log = MemoryLog()
    path = write(tmp_path, HEADER + "ada,Coffee Drunk,2025-01-02,,\n" * 3)
    assert counted(imported(path, log=log)[0]) == (3, 3, 0, 0)
    assert counted(imported(path, log=log)[0]) == (3, 0, 3, 0)


def test_a_longer_export_of_the_same_history_adds_only_what_is_new(tmp_path: Path) -> None:
    log = MemoryLog()
    rows = [f"u{n % 3},E,2025-01-02,,\n" for n in range(7)]
    imported(write(tmp_path, HEADER + "".join(rows[:5]), "first.csv"), log=log)
    result, _ = imported(write(tmp_path, HEADER + "".join(rows), "second.csv.gz"), log=log)
    assert counted(result) == (7, 2, 5, 0)


def test_another_time_column_of_the_same_rows_is_another_history(tmp_path: Path) -> None:
    log = MemoryLog()
    path = write(tmp_path, "user_id,created_at,activated\nada,2025-01-02,2025-01-03\n")
    imported(path, log=log, event="Signed Up")
    imported(path, "time=activated", log=log, event="Activated")
    assert [fact.name for fact in log.read(0, 10)] == ["Signed Up", "Activated"]


def test_a_message_id_decides_where_the_file_has_one(tmp_path: Path) -> None:
    path = write(tmp_path, "messageId,userId,event,timestamp\nm1,a,E,2025-01-02\nm1,b,E,2025-01-03\n,c,E,2025-01-02\n")
    result, facts = imported(path)
    assert counted(result) == (3, 2, 1, 0)
    assert [fact.user_id for fact in facts] == ["a", "c"] and facts[1].message_id


def test_json_lines_are_read_with_their_own_types(tmp_path: Path) -> None:
    lines = [
        {
            "userId": "ada",
            "event": "E",
            "timestamp": "2025-01-02T00:00:00Z",
            "properties": {"n": 1, "deep": {"a": [None]}},
        },
        {"userId": 42, "event": "E", "timestamp": 1735732800000, "flag": True, "nothing": None},
    ]
    path = write(tmp_path, "\n".join(map(json.dumps, lines)) + '\n\n{broken\n[1]\n"x\\u0000"\n', "history.jsonl.gz")
    result, facts = imported(path)
    assert [fact.properties for fact in facts] == [{"n": 1, "deep": {"a": [None]}}, {"flag": True}]
    assert [fact.user_id for fact in facts] == ["ada", "42"]
    assert counted(result) == (5, 2, 0, 3)
    assert [line for line, _ in reasons(result)] == [4, 5, 6]


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    duckdb.execute(
        f"""COPY (SELECT 'ada' AS user_id, 'E' AS event, TIMESTAMP '2025-01-02 03:04:05.5' AS ts, 12::TINYINT AS seats,
        1.50::DECIMAL(9, 2) AS price, DATE '2025-01-02' AS day, NULL AS nothing, [1, 2] AS list, {{'a': true}} AS deep
        UNION ALL BY NAME SELECT NULL AS user_id, 'E' AS event, TIMESTAMP '2025-01-02' AS ts) TO '{path}'"""
    )
    result, [fact] = imported(path)
    assert fact.at == datetime(2025, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)
    given = {name: fact.properties[name] for name in ("seats", "price", "day", "list", "deep")}
    assert given == {"seats": 12, "price": 1.5, "day": "2025-01-02", "list": [1, 2], "deep": {"a": True}}
    assert counted(result) == (2, 1, 0, 1) and reasons(result) == [(2, "names no person")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "cannot be read: No such file"),
        ("missing.parquet", None, "there is no such file"),
        ("history.xlsx", b"PK", "of a kind that is not known. Known: .csv"),
        ("history", b"", "of a kind that is not known"),
        ("history.csv", b"", "has no header line"),
        ("history.csv", "user_id,event".encode("utf-16"), "has no header line in UTF-8"),
        ("history.csv", b"user_id,event,event,ts\n", "two columns named 'event'"),
        ("history.csv.gz", b"not gzip at all", "is damaged after line 0"),
        ("history.jsonl", b"nothing\n", "no JSON object"),
        ("history.parquet", b"PAR1 or so", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        opened(tmp_path / name)
    assert said in str(refused.value)


def test_a_file_that_breaks_off_says_where_and_what_came_before_is_kept(tmp_path: Path) -> None:
    whole = gzip.compress((HEADER + "".join(f"u{n},E,2025-01-02,,\n" for n in range(20_000))).encode())
    path = tmp_path / "history.csv.gz"
    path.write_bytes(whole[:-2000])
    log = MemoryLog()
    with pytest.raises(Refused, match="is damaged after line"):
        imported(path, log=log)
    kept = log.last()
    path.write_bytes(whole)
    result, facts = imported(path, log=log)
    assert 0 < kept < 20_000 == len(facts) and counted(result) == (20_000, 20_000 - kept, kept, 0)


def test_a_dry_run_shows_the_first_rows_as_they_would_be(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "ada,E,2025-01-02,pro,1\n,E,2025-01-02,pro,1\nbob,E,2025-01-02,pro,1\n")
    first, second = opened(path).preview(2)
    assert isinstance(first, Fact) and first.user_id == "ada"
    assert isinstance(second, Broken) and second.line == 3
    assert not (tmp_path / "home").exists()


class Failing(MemoryLog):
    """Takes so many chunks and then stands still, as on a full disk."""

    chunks = 2

    def append(self, facts: Sequence[Fact]) -> list[int]:
        if not self.chunks:
            raise Unavailable("The disk is full.")
        self.chunks -= 1
        return super().append(facts)


@pytest.mark.parametrize("chunks", [0, 1, 2, 3])
def test_an_import_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunks: int
) -> None:
    monkeypatch.setattr(importer, "_ROWS_A_CHUNK", 10)
    path = write(tmp_path, HEADER + "ada,E,2025-01-02,,\n" * 25 + "broken\n" + "bob,E,2025-01-03,,\n" * 9)
    log = Failing()
    log.chunks = chunks
    with pytest.raises(Unavailable):
        imported(path, log=log)
    assert log.last() == chunks * 10 - (chunks == 3)
    log.chunks = 100
    result, facts = imported(path, log=log)
    assert counted(result) == (35, 34, 0, 1) and reasons(result) == [(27, "has 1 columns, the header has 5")]
    whole = imported(path)[1]
    assert [fact.message_id for fact in facts] == [fact.message_id for fact in whole]
    assert 100 - log.chunks == 4 - chunks


def _import_slowly(path: Path) -> None:
    importer._ROWS_A_CHUNK = 200
    imported(path, log=SQLiteLog(path.parent / "log.sqlite"))


def test_an_import_killed_anywhere_and_run_again_gives_the_same_log(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "".join(f"u{n % 50},E,2025-01-0{n % 9 + 1},p{n % 3},\n" for n in range(12_000)))
    log = SQLiteLog(tmp_path / "log.sqlite")
    killed = 0
    for stored in (300, 2_000, 7_000):
        process = multiprocessing.get_context("fork").Process(target=_import_slowly, args=(path,))
        process.start()
        while log.last() < stored and process.is_alive():
            time.sleep(0.001)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        killed += process.exitcode == -signal.SIGKILL
    result, facts = imported(path, log=log)
    assert killed == 3 and log.last() >= 7_000
    assert [fact.message_id for fact in facts] == [fact.message_id for fact in imported(path)[1]]
    assert result.counts.read == 12_000 == result.counts.imported + result.counts.duplicate


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.sampled_from(["ada", "bob", "", "x" * 300]), max_size=12),
    cells=st.lists(_CELLS, min_size=12, max_size=12),
)
def test_no_row_is_lost_silently_whatever_it_holds(tmp_path: Path, people: list[str], cells: list[str]) -> None:
    import csv

    path = tmp_path / "history.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "event", "ts", "note"])
        writer.writerows([[person, "E", "2025-01-02", cell] for person, cell in zip(people, cells, strict=False)])
    result, facts = imported(path)
    good = [(person, cell) for person, cell in zip(people, cells, strict=False) if 0 < len(person) < 256]
    assert counted(result) == (len(people), len(good), 0, len(people) - len(good))
    assert Counter(fact.user_id for fact in facts) == Counter(person for person, _ in good)
    assert all(_same(fact.properties.get("note", ""), cell) for fact, (_, cell) in zip(facts, good, strict=True))


def _same(value: Any, cell: str) -> bool:
    """Whether a property says what stood in the file."""
    if isinstance(value, bool):
        return str(value).lower() == cell.lower()
    return bool(value == (cell if isinstance(value, str) else float(cell)))


def test_numbers_of_parquet_that_json_cannot_hold_do_not_stop_the_import(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    duckdb.execute(
        f"""COPY (SELECT 'ada' AS user_id, 'E' AS event, TIMESTAMP '2025-01-02' AS ts, 'inf'::DOUBLE AS big,
        18446744073709551615::UBIGINT AS wide, '\\xAA'::BLOB AS raw, TIME '10:00' AS hour) TO '{path}'"""
    )
    log = SQLiteLog(tmp_path / "log.sqlite")
    _, [fact] = imported(path, log=log)
    assert (fact.properties["wide"], fact.properties["raw"], fact.properties["hour"]) == (
        "18446744073709551615",
        "aa",
        "10:00:00",
    )

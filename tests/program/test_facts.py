"""`milepost facts`: the tracking plan, written from what was seen."""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from milepost.cli import facts as command
from milepost.core.review.snippets import snippet
from milepost.core.review.tracking import Tracking, asked_for, tracking
from milepost.insights.seen import seen_events
from milepost.log.clock import SYSTEM
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import Row
from milepost.program import actions
from milepost.program.plan_of_facts import plan_text, with_facts
from milepost.workspace.models import Workspace
from tests.program.documents import SMALL, document_of

PLAN = """\
facts:                      # what the product reports
  Signed Up: {plan: text}   # once
  Meal Logged: {meal: text, calories: number, eaten: date}
  Day Completed: {}
"""
TEXT = SMALL + PLAN
SENT: list[tuple[str, dict[str, Any]]] = [
    ("Identified", {"plan": "free", "age": 33}),
    ("Meal Logged", {"meal": "lunch", "calories": 450, "eaten": "2026-05-01", "tags": ["a"]}),
    ("Meal Logged", {"meal": "lunch", "calories": 380.5}),
    ("Meal Logged", {"meal": "dinner", "calories": "about 500", "of \"friends\"": True}),
    ("Food Searched", {"query": "apple", "at": {"page": 1}}),
    ("Milestone Reached", {"milestone": "first-meal"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBEventStore]:
    store, at = DuckDBEventStore(":memory:"), datetime(2026, 5, 1, tzinfo=UTC)
    rows = [
        Row(
            seq=place,
            ws=ws,
            uid=1,
            account=None,
            event=name,
            ts=at + timedelta(minutes=place),
            received=at,
            properties=json.dumps(properties),
        )
        for place, (ws, name, properties) in enumerate(
            [*((1, *sent) for sent in SENT), (2, "Of Others", {"x": 1})], start=1
        )
    ]
    store.append(rows, len(rows))
    yield store
    store.close()


@pytest.fixture
def found(store: DuckDBEventStore) -> Tracking:
    return tracking(document_of(TEXT), seen_events(store, 1))


def test_the_plan_is_written_from_what_was_seen(found: Tracking) -> None:
    assert found.proposed == {
        "Signed Up": {"plan": "text"},
        "Meal Logged": {
            "meal": "text",
            "calories": "number",
            "eaten": "date",
            'of "friends"': "boolean",
            "tags": "list",
        },
        "Day Completed": {},
        "Food Searched": {"at": "object", "query": "text"},
        "Identified": {"age": "number", "plan": "text"},
    }


def test_what_does_not_fit_the_plan_is_shown_with_an_example(found: Tracking) -> None:
    assert [misfit.words for misfit in found.misfits] == [
        "Meal Logged.calories is sent as text (“about 500”), the plan says number: 1 times",
        'Meal Logged.of "friends" is not in the plan (boolean, “true”): 1 times',
        "Meal Logged.tags is not in the plan (list, “[\"a\"]”): 1 times",
        "Food Searched is not in the plan: 1 times",
    ]  # fmt: skip


def test_what_was_never_sent_is_listed(found: Tracking) -> None:
    assert found.unseen == ("Signed Up", "Day Completed")
    assert found.never_sent == ()
    without = tracking(document_of(TEXT.replace("calories: number", "calories: number, fat: number")), found.seen)
    assert without.never_sent == ("Meal Logged.fat",)


def test_an_event_that_only_a_condition_names_is_missed_too(store: DuckDBEventStore) -> None:
    document = document_of(TEXT.replace("{did: Meal Logged}", "{any: [{did: Meal Logged}, {did: Snack Logged}]}"))
    assert "Snack Logged" in asked_for(document)
    assert "Snack Logged" in tracking(document, seen_events(store, 1)).unseen


def test_the_code_for_an_event_sends_what_the_plan_says() -> None:
    code = snippet("Meal Logged", {"meal": "text", "it's": "number"})
    assert code.browser == 'milepost.track("Meal Logged", {"meal": "…", "it\'s": 1});'
    assert code.python.startswith('segment.track(user_id=user.id, event="Meal Logged", properties={')
    *_, body = shlex.split(code.http)
    assert json.loads(body) == {
        "userId": "USER_ID",
        "event": "Meal Logged",
        "properties": {"meal": "…", "it's": 1},
    }
    compile(code.python, "snippet", "exec")
    assert snippet("Identified", {"plan": "text"}).browser == 'milepost.identify(user.id, {"plan": "…"});'


def test_the_plan_is_printed_as_a_section_with_notes(found: Tracking) -> None:
    printed = plan_text(found)
    assert document_of("name: x\n" + printed).facts == found.proposed
    assert "# Never seen:\n#   Signed Up\n" in printed
    assert "#   Food Searched is not in the plan: 1 times\n" in printed


def test_writing_the_plan_leaves_the_rest_of_the_file_as_it_was_typed(found: Tracking) -> None:
    written = with_facts(TEXT, found.proposed)
    assert document_of(written).facts == found.proposed
    assert written.startswith(SMALL) and "# what the product reports" in written and "# once" in written
    assert with_facts(written, found.proposed) == written
    assert document_of(with_facts(SMALL, found.proposed)).facts == found.proposed


@pytest.mark.req("R141")
def test_somebody_types_milepost_facts(
    db: None, store: DuckDBEventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SYSTEM.now()
    workspace = Workspace.objects.create(id=1, slug="w", name="W", created_at=now)
    actions.apply(workspace.pk, TEXT, by="a", base=None, onto=True, reasons={}, now=now)
    monkeypatch.setattr(command, "setup", lambda _: SimpleNamespace(workspace_id=workspace.pk))
    monkeypatch.setattr(command, "event_store", _opened(store))
    file = tmp_path / "milepost.yaml"
    file.write_text(TEXT, encoding="utf-8")

    assert "Food Searched:" in run("--write", file).output
    assert "Food Searched" in document_of(file.read_text(encoding="utf-8")).facts
    assert 'milepost.track("Day Completed");' in run("--snippets").output
    as_json = json.loads(run("--json").output)
    assert as_json["unseen"] == ["Signed Up", "Day Completed"]
    assert {misfit["what"] for misfit in as_json["misfits"]} == {
        "unplanned event",
        "unplanned property",
        "another type",
    }


def run(*args: object) -> Result:
    app = typer.Typer()
    app.command()(command.facts)
    return CliRunner().invoke(app, [str(arg) for arg in args])


def _opened(store: DuckDBEventStore) -> Any:
    @contextmanager
    def opened(_: Path) -> Iterator[DuckDBEventStore]:
        yield store

    return opened

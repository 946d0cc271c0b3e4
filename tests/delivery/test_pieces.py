"""In-app pieces: drawn when decided, shown once, in step with what browsers report, and private."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.delivery.outcome import Done, Failed
from milepost.core.events import Fact
from milepost.delivery.handlers import end_pieces, merge_pieces, piece_facts, show_content
from milepost.delivery.models import Piece
from milepost.delivery.queries import PieceView, pieces_for_device, pieces_for_person
from milepost.log.clock import ManualClock
from milepost.workspace.models import Workspace
from tests.delivery.world import NOW, a_piece, make_person


def shown(workspace: Workspace, content: str = "confetti", uid: int = 1, **changes: Any) -> dict[str, Any]:
    outcome = show_content(a_piece(workspace, content, uid, **changes))
    assert outcome == Done()
    body: dict[str, Any] = json.loads(bytes(Piece.objects.latest("id").body))
    return body


def report(workspace: Workspace, name: str, key: str, *, at: datetime = NOW, **properties: Any) -> Fact:
    return Fact(
        workspace=workspace.pk,
        kind="track",
        name=name,
        at=at,
        received_at=at,
        message_id=f"{name}-{at}-{key}",
        source="milepost",
        anonymous_id="device-1",
        properties={"piece": key, **properties},
    )


def only(workspace: Workspace, uid: int = 1) -> PieceView:
    (piece,) = pieces_for_person(workspace.pk, uid)
    return piece


def test_a_celebration_is_drawn_for_its_person(workspace: Workspace) -> None:
    body = shown(workspace)
    assert body["kind"] == "celebration" and body["key"] == "1:content:confetti" and body["content"] == "confetti"
    assert body["title"] == "Maria did it: Log your first meal"
    assert body["body_html"] == "<p>520 kcal of</p>"
    assert body["confetti"] is True and body["button"] == "Go on"
    assert (body["lang"], body["dir"]) == ("en", "ltr")


def test_a_guide_holds_all_that_a_browser_needs(workspace: Workspace) -> None:
    body = shown(workspace, "add-food")
    assert body["kind"] == "guide" and body["title"] == "Add your first food" and body["serves"] == "first-meal"
    nothing_else = {"element": None, "focus": None, "first_visit": False, "error": None}
    assert body["page"] == {"url": ["/diary*"], **nothing_else} and body["modal"] is False
    first, second = body["steps"]
    assert first == {
        "key": "0",
        "title": "Search",
        "body_html": "<p>Type <strong>anything</strong>, Maria.</p>",
        "on": ["#search"],
        "advance": {"on": "next"},
    }
    assert second["on"] == ["[data-food]", ".food"] and second["advance"] == {"on": "click"}
    assert second["body_html"] == '<p><a href="/help" rel="noopener noreferrer">More</a></p>'
    assert {"next", "back", "done", "close", "later", "never", "step"} <= body["labels"].keys()


def test_every_piece_says_whom_to_ask(workspace: Workspace) -> None:
    for content in ("confetti", "add-food"):
        contact = shown(workspace, content)["contact"]
        assert contact["name"] == "Anna from support" and contact["telegram_url"] == "https://t.me/calorie_help"


def test_a_piece_speaks_the_language_of_its_person(workspace: Workspace) -> None:
    make_person(workspace, 2, locale="ru-RU")
    body = shown(workspace, uid=2)
    assert body["title"] == "Готово!" and body["lang"] == "ru" and body["labels"]["done"] == "Готово"
    assert body["contact"]["name"] == "Анна из поддержки"


@pytest.mark.parametrize("known", [True, False])
def test_a_piece_of_a_device_holds_nothing_of_a_person(workspace: Workspace, known: bool) -> None:
    make_person(workspace, 2, known=known, budget=1800)
    body = shown(workspace, uid=2, device="device-1")
    assert body["title"] == "You did it: Log your first meal"
    assert body["body_html"] == "<p>520 kcal of</p>"
    assert "Maria" not in json.dumps(body) and "1800" not in json.dumps(body)


def test_html_from_outside_never_reaches_a_page(workspace: Workspace) -> None:
    hostile = {"calories": "<img src=x onerror=alert(1)>[x](javascript:alert(1))"}
    body = shown(workspace, properties=hostile)
    assert "<img" not in body["body_html"] and "href" not in body["body_html"]


def test_a_piece_is_made_once(workspace: Workspace) -> None:
    for _ in range(3):
        show_content(a_piece(workspace))
    assert Piece.objects.count() == 1


def test_content_that_the_release_lacks_fails(workspace: Workspace) -> None:
    assert isinstance(show_content(a_piece(workspace, "no-such")), Failed)


def test_a_stream_resumes_after_the_last_piece_that_it_saw(workspace: Workspace) -> None:
    shown(workspace, "add-food")
    first = only(workspace)
    shown(workspace)
    (second,) = pieces_for_person(workspace.pk, 1, first.id)
    assert second.content == "confetti" and second.id > first.id


def test_a_device_gets_only_what_was_made_on_it(workspace: Workspace) -> None:
    make_person(workspace, 2, known=False)
    shown(workspace, uid=2, device="device-1")
    shown(workspace, uid=1)
    assert [piece.key for piece in pieces_for_device(workspace.pk, "device-1")] == ["2:content:confetti"]
    assert pieces_for_device(workspace.pk, "") == [] and pieces_for_device(workspace.pk, "device-2") == []
    assert pieces_for_device(workspace.pk + 1, "device-1") == []


def test_a_piece_follows_what_the_browser_reports(workspace: Workspace) -> None:
    shown(workspace, "add-food")
    key = only(workspace).key
    piece_facts([(report(workspace, events.CONTENT_SHOWN, key), 1)])
    assert only(workspace).status == "shown"
    piece_facts([(report(workspace, events.CONTENT_STEP_SEEN, key, at=NOW + timedelta(seconds=5), step=1), 1)])
    assert only(workspace).step == 1
    until = NOW + timedelta(days=1)
    snooze = report(workspace, events.CONTENT_SNOOZED, key, at=NOW + timedelta(seconds=9), until=until.isoformat())
    piece_facts([(snooze, 1)])
    assert (only(workspace).status, only(workspace).snoozed_until, only(workspace).step) == ("snoozed", until, 1)
    assert piece_facts([(report(workspace, events.CONTENT_COMPLETED, key, at=NOW + timedelta(days=2)), 1)]) == [1]
    assert pieces_for_person(workspace.pk, 1) == []


def test_reports_told_again_change_nothing(workspace: Workspace) -> None:
    shown(workspace, "add-food")
    key = only(workspace).key
    facts = [
        (report(workspace, events.CONTENT_SHOWN, key), 1),
        (report(workspace, events.CONTENT_STEP_SEEN, key, at=NOW + timedelta(seconds=5), step=1), 1),
    ]
    assert piece_facts(facts) == [1]
    before = Piece.objects.values().get()
    assert piece_facts(facts) == [] and piece_facts(reversed(facts)) == []
    assert Piece.objects.values().get() == before


@pytest.mark.parametrize("name", [events.CONTENT_DISMISSED, events.CONTENT_REFUSED, events.CONTENT_COMPLETED])
def test_what_was_closed_stays_closed(workspace: Workspace, name: str) -> None:
    shown(workspace)
    key = only(workspace).key
    piece_facts([(report(workspace, name, key), 1)])
    piece_facts([(report(workspace, events.CONTENT_SHOWN, key, at=NOW + timedelta(hours=1)), 1)])
    assert pieces_for_person(workspace.pk, 1) == []


def test_nobody_can_close_the_piece_of_somebody_else(workspace: Workspace) -> None:
    make_person(workspace, 2)
    shown(workspace)
    assert piece_facts([(report(workspace, events.CONTENT_DISMISSED, only(workspace).key), 2)]) == []
    assert only(workspace).status == "waiting"


@pytest.mark.parametrize("piece", [None, 5, ["x"], "no such piece", {"a": 1}])
def test_a_report_about_nothing_changes_nothing(workspace: Workspace, piece: object) -> None:
    shown(workspace)
    fact = report(workspace, events.CONTENT_DISMISSED, "x")
    fact.properties["piece"] = piece
    assert piece_facts([(fact, 1)]) == []
    assert only(workspace).status == "waiting"


def test_a_guide_ends_when_what_it_leads_to_is_reached(workspace: Workspace, clock: ManualClock) -> None:
    shown(workspace, "add-food")
    shown(workspace)
    assert end_pieces(workspace.pk, 1, ["add-food"]) == 1
    assert only(workspace).content == "confetti"
    assert end_pieces(workspace.pk, 1, ["add-food"]) == 0


def test_what_an_anonymous_visitor_closed_is_not_shown_again_after_signing_in(workspace: Workspace) -> None:
    make_person(workspace, 2, known=False)
    shown(workspace, uid=2, device="device-1")
    piece_facts([(report(workspace, events.CONTENT_DISMISSED, "2:content:confetti"), 2)])
    shown(workspace, uid=1)
    merge_pieces(workspace.pk, 2, 1)
    assert pieces_for_person(workspace.pk, 1) == []


def test_an_open_guide_goes_along_when_its_visitor_signs_in(workspace: Workspace) -> None:
    half = make_person(workspace, 2, known=False)
    shown(workspace, "add-food", uid=2, device="device-1")
    piece_facts([(report(workspace, events.CONTENT_STEP_SEEN, "2:content:add-food", step=1), 2)])
    half.merged_into_id = 1
    half.save()
    merge_pieces(workspace.pk, 2, 1)
    assert (only(workspace).key, only(workspace).step) == ("2:content:add-food", 1)
    show_content(a_piece(workspace, "add-food", uid=2))
    assert Piece.objects.count() == 1
    assert piece_facts([(report(workspace, events.CONTENT_COMPLETED, "2:content:add-food"), 1)]) == [1]


def test_of_two_open_halves_one_is_shown(workspace: Workspace) -> None:
    make_person(workspace, 2, known=False)
    shown(workspace, "add-food", uid=1)
    shown(workspace, "add-food", uid=2, device="device-1")
    merge_pieces(workspace.pk, 2, 1)
    assert only(workspace).key == "1:content:add-food"

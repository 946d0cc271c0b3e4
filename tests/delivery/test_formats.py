"""What is there in several ways of learning: each person gets the one that they asked for, or that works for them."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from milepost.core.delivery.answers import checked, facts_of
from milepost.core.delivery.formats import FORMATS, TRAIT, chosen, learned
from milepost.core.delivery.outcome import Done
from milepost.core.engine.effects import RefreshContent
from milepost.core.program.kinds.content import Announcement, Article, Formats, Guide, Question, Step, Survey
from milepost.core.values import Refused
from milepost.delivery.formats import served
from milepost.delivery.handlers import refresh_content, show_content
from milepost.delivery.models import Piece
from milepost.people.models import Person
from milepost.workspace.models import Workspace
from tests.delivery.world import DOCUMENT, a_piece, make_person, make_workspace

WAYS = Formats(
    text="import-in-words",
    video="https://example.com/import.mp4",
    live="https://example.com/office-hours",
    pdf="/files/import.pdf",
)
HOW = Question(key="how", ask="How do you learn?", kind="learning")
PROGRAM = replace(
    DOCUMENT,
    articles={
        "import-in-words": Article(title="Import, in words", body="One row, one meal."),
        "find": Article(
            title="Find food", body="Search.", formats=Formats(interactive="import", pdf="/files/find.pdf")
        ),
    },
    content={
        "import": Guide(title="Import", steps=(Step(title="Here", key="here"),), formats=WAYS, serves="first-meal"),
        "news": Announcement(title="News", body="It is **new**.", formats=Formats(live="https://example.com/live")),
        "plain": Guide(steps=(Step(title="Only one way"),)),
        "intake": Survey(title="Hi", questions=(HOW,)),
    },
)


@pytest.fixture
def workspace(db: None) -> Workspace:
    workspace = make_workspace(PROGRAM)
    make_person(workspace)
    return workspace


def says(way: str | None) -> None:
    person = Person.objects.get(pk=1)
    person.traits = {**person.traits, TRAIT: way}
    person.save()


def shown(workspace: Workspace, content: str, occurrence: str = "", **changes: Any) -> dict[str, Any]:
    effect = replace(a_piece(workspace, content, **changes), key=f"1:content:{content}{occurrence}")
    assert show_content(effect) == Done()
    body: dict[str, Any] = msgspec.json.decode(bytes(Piece.objects.latest("id").body))
    return body


def ends(content: str, status: str) -> None:
    Piece.objects.filter(content=content, status="waiting").update(status=status)


@pytest.mark.req("R100")
def test_a_thing_that_is_there_in_five_ways_is_drawn_in_the_one_that_was_asked_for(workspace: Workspace) -> None:
    drawn = {}
    for number, way in enumerate(FORMATS):
        says(way)
        drawn[way] = shown(workspace, "import", f":{number}")
        piece = Piece.objects.latest("id")
        assert (piece.content, drawn[way]["content"], drawn[way]["format"]) == ("import", "import", way)
        assert drawn[way]["serves"] == "first-meal" and served(workspace.pk, piece.pk) == way
    assert (drawn["text"]["kind"], drawn["text"]["title"]) == ("article", "Import, in words")
    assert "One row" in drawn["text"]["body_html"]
    assert (drawn["interactive"]["kind"], drawn["interactive"]["steps"][0]["title"]) == ("guide", "Here")
    [film] = drawn["video"]["steps"]
    assert (film["as"], film["title"], film["video"]["file"]) == ("video", "Import", "https://example.com/import.mp4")
    for way, text, url in (("live", "Take part", WAYS.live), ("pdf", "Open the document", WAYS.pdf)):
        [act] = drawn[way]["actions"]
        assert (drawn[way]["kind"], drawn[way]["title"]) == ("announcement", "Import")
        assert (act["text"], act["url"]) == (text, url)


@pytest.mark.req("R100")
def test_who_has_said_nothing_gets_what_has_worked_and_first_of_all_the_piece_as_it_is_written(
    workspace: Workspace,
) -> None:
    assert shown(workspace, "import")["format"] == "interactive"
    ends("import", "dismissed")
    assert shown(workspace, "import", ":2")["format"] == "text", "by a guide they do not learn"
    ends("import", "completed")
    assert shown(workspace, "find")["format"] == "text"
    ends("find", "refused")
    ends("import", "completed")
    for number in range(2):
        shown(workspace, "plain", f":{number}")
        ends("plain", "completed")
    assert shown(workspace, "find", ":2")["kind"] == "guide", "two guides were gone through to their end since"
    says("pdf")
    assert shown(workspace, "find", ":3")["format"] == "pdf", "what they say goes first"
    says("no such way")
    assert shown(workspace, "find", ":4")["format"] in FORMATS


def test_a_device_whose_person_is_not_proven_gets_it_as_it_is_written(workspace: Workspace) -> None:
    says("video")
    assert shown(workspace, "import", device="d1")["format"] == "interactive"


def test_what_there_is_one_way_of_says_nothing_of_it_and_a_missing_way_is_left_out(workspace: Workspace) -> None:
    says("pdf")
    assert "format" not in shown(workspace, "plain")
    news = shown(workspace, "news")
    assert (news["format"], news["body_html"]) == ("text", "<p>It is <strong>new</strong>.</p>")


def test_a_piece_that_is_open_keeps_its_way_when_it_is_drawn_again(workspace: Workspace) -> None:
    says("video")
    shown(workspace, "import")
    says("pdf")
    common = {"workspace": workspace.pk, "key": "1:refresh:1", "person": 1, "release": 1}
    refresh_content(RefreshContent(**common, at=a_piece(workspace).at, contents=("import",)))
    assert msgspec.json.decode(bytes(Piece.objects.get().body))["format"] == "video"


def test_a_question_may_ask_how_they_learn_and_its_answer_is_kept_as_their_trait(workspace: Workspace) -> None:
    [question] = shown(workspace, "intake")["questions"]
    assert (question["kind"], [each["value"] for each in question["options"]]) == ("choice", list(FORMATS))
    told = list(facts_of(PROGRAM, "intake", HOW, checked(PROGRAM, HOW, "video")))
    assert told[1] == ("Identified", {"learns_by": "video"})
    with pytest.raises(Refused):
        checked(PROGRAM, HOW, "telepathy")
    with pytest.raises(Refused):
        checked(PROGRAM, replace(HOW, options={"text": "Reading", "pdf": "Paper"}), "video")


def test_a_way_is_chosen_by_what_was_said_then_by_what_worked_then_as_written() -> None:
    guide = PROGRAM.content["import"]
    assert isinstance(guide, Guide)
    assert chosen(guide, "live", {"text": 9}) == ("live", WAYS.live)
    assert chosen(guide, None, {"text": 1}) == ("text", WAYS.text)
    assert chosen(guide, None, {"text": 0, "interactive": 0}) == ("interactive", "")
    assert chosen(replace(guide, formats=Formats(pdf="/x")), "video", {"video": 5}) == ("interactive", "")
    pieces = [
        ("guide", "completed", ""),
        ("guide", "completed", "video"),
        ("article", "refused", ""),
        ("deck", "x", ""),
    ]
    assert learned(pieces) == {"interactive": 1, "video": 1, "text": -1}

"""Decks and courses: what the browser pages through, and what opens without the product."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from msgspec.structs import replace

from milepost.core import events
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Content, Course, DeckPiece, Lesson, QuizQuestion
from milepost.core.program.kinds.deck import Deck
from milepost.core.program.kinds.message import Message
from milepost.delivery.channels.email.letter import Letter, write_letter
from milepost.delivery.handlers import piece_facts
from milepost.delivery.lessons import keep_passed, merge_passed
from milepost.delivery.models import LessonPassed, Piece
from milepost.delivery.rendering import Occasion
from milepost.delivery.tokens import Showing, seal
from milepost.log import stores
from milepost.people.models import Person
from milepost.people.queries import person_view
from milepost.program.queries import current
from milepost.workspace.models import Workspace
from tests.delivery.test_kinds import DOCUMENT, a_plan, shown
from tests.delivery.test_pieces import report
from tests.delivery.world import NOW, a_piece, make_person, make_workspace

QUIZ = QuizQuestion(ask="How many?", options={"a": "One", "b": "Two"}, right="b", why="Two *meals*.")
CONTENT: dict[str, Content] = {
    "my-plan": DeckPiece(title={"en": "Your plan", "ru": "Ваш план"}, deck="plan"),
    "basics": Course(
        title="The basics",
        lessons=(
            Lesson(title="Read", body="**Eat**.", quiz=(QUIZ,)),
            Lesson(title="Watch and do", video="javascript:alert(1)", start="add-food"),
        ),
        certificate="Knows the basics",
    ),
}
READER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def mounted() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.delivery.urls"):
        yield


@pytest.fixture
def workspace(db: None) -> Workspace:
    decks = {"plan": Deck(pages=("goal", "milestones", "first-steps", "progress", "expectations", "contact"))}
    document: Document = replace(DOCUMENT, content={**DOCUMENT.content, **CONTENT}, decks=decks)
    workspace = make_workspace(document)
    make_person(workspace)
    return workspace


def test_a_deck_is_made_of_the_plan_and_leaves_out_what_is_not_known(workspace: Workspace) -> None:
    body = shown(workspace, "my-plan", plan=a_plan("meal"))
    pages = {page["key"]: page["body_html"] for page in body["pages"]}
    assert [*pages] == ["goal", "milestones", "first-steps", "progress", "contact"]
    assert "I want to lose weight" in pages["goal"] and "1 of 2" in pages["progress"]
    assert pages["milestones"] == "<ul><li>✓ Log a meal</li><li>A week</li></ul>"
    assert pages["first-steps"] == "<ol><li>A week</li></ol>" and "help@example.com" in pages["contact"]
    assert [page["key"] for page in shown(workspace, "my-plan", key="1:content:my-plan:again")["pages"]] == ["contact"]


@pytest.mark.req("R169")
def test_a_course_has_lessons_of_several_kinds_and_knows_the_right_answers(workspace: Workspace) -> None:
    read, do = shown(workspace, "basics")["pages"]
    assert (read["body_html"], do["start"], do.get("video")) == ("<p><strong>Eat</strong>.</p>", "add-food", None)
    [question] = read["quiz"]
    assert [option["right"] for option in question["options"]] == [False, True]
    assert question["why_html"] == "<p>Two <em>meals</em>.</p>"


@pytest.mark.req("R169")
def test_a_course_goes_on_where_it_was_left_and_certifies_only_who_passed_it(
    workspace: Workspace, client: Client
) -> None:
    body = shown(workspace, "basics")
    way = body["link"][body["link"].index("/k/") :]
    assert client.get(way).status_code == 404
    said(workspace, events.CONTENT_STEP_SEEN, step=1)
    assert shown(workspace, "basics", key="1:content:basics:again") and Piece.objects.latest("id").step == 1
    finishes(workspace, "lesson-1", passed=True)
    finishes(workspace, "lesson-2", passed=False)
    said(workspace, events.CONTENT_COMPLETED)
    assert client.get(way).status_code == 404, "the server has seen one lesson passed"
    finishes(workspace, "lesson-2", passed=True)
    page = client.get(way)
    assert page.status_code == 200 and "the answers were checked here" in page.content.decode()
    assert "Knows the basics" in page.content.decode() and "The basics" in page.content.decode()
    assert client.get("/k/" + seal(Showing(workspace.pk, 2, "basics"))).status_code == 404


def finishes(workspace: Workspace, lesson: str, **more: Any) -> None:
    """As the edge tells it; `more` may say that it was told otherwise."""
    about = {"content": "basics", "page": lesson, "passed": more.pop("passed", True)}
    fact = replace(report(workspace, events.LESSON_FINISHED, "", **about), user_id="person-1")
    keep_passed([(replace(fact, **more), 1)])


@pytest.mark.parametrize("told", [{"user_id": None}, {"context": {"test": True}}])
def test_what_nobody_was_signed_for_and_what_was_tried_out_certifies_nothing(
    workspace: Workspace, client: Client, told: dict[str, Any]
) -> None:
    way = shown(workspace, "basics")["link"].partition("/k/")[2]
    for lesson in ("lesson-1", "lesson-2"):
        finishes(workspace, lesson, **told)
    said(workspace, events.CONTENT_COMPLETED)
    assert client.get(f"/k/{way}").status_code == 404 and not LessonPassed.objects.exists()


def test_what_two_halves_of_a_person_have_passed_is_theirs(workspace: Workspace) -> None:
    finishes(workspace, "lesson-1")
    LessonPassed.objects.create(workspace=workspace, uid=2, content="basics", lesson="lesson-1", at=NOW)
    LessonPassed.objects.create(workspace=workspace, uid=2, content="basics", lesson="lesson-2", at=NOW)
    merge_passed(workspace.pk, 2, 1)
    rows = LessonPassed.objects.order_by("lesson").values_list("uid", "lesson")
    assert list(rows) == [(1, "lesson-1"), (1, "lesson-2")]


def test_a_visitor_without_a_name_is_not_promised_a_certificate(workspace: Workspace) -> None:
    Person.objects.update(user_id=None)
    assert shown(workspace, "basics")["link"] == ""


def said(workspace: Workspace, name: str, **properties: Any) -> None:
    piece = Piece.objects.latest("id")
    fact = report(workspace, name, piece.key, **properties)
    fact.properties["piece"] = piece.id
    piece_facts([(fact, 1)])


def test_a_deck_opens_without_the_product_and_each_page_that_was_read_is_told_once(
    workspace: Workspace, client: Client
) -> None:
    body = shown(workspace, "my-plan", plan=a_plan())
    way = body["link"][body["link"].index("/k/") :]
    for path in (way, f"{way}?page=2", f"{way}?page=2"):
        assert client.get(path, headers=READER).status_code == 200
    page = client.get(f"{way}?page=2", headers={"user-agent": ""}).content.decode()
    assert "Log a meal" in page and 'rel="next"' in page and "<script" not in page
    assert [client.get(f"{way}?page={n}").status_code for n in (0, 9, "x")] == [404, 404, 200]
    assert client.get("/k/nothing").status_code == 404
    told = [
        fact.properties["page"] for fact in stores.current().log.read(0, 1000) if fact.name == events.DECK_PAGE_VIEWED
    ]
    assert told == ["goal", "milestones"]


def test_a_deck_is_shown_for_ninety_days_after_its_person_last_had_it_and_a_certificate_for_good(
    workspace: Workspace, client: Client
) -> None:
    decks = shown(workspace, "my-plan", plan=a_plan())["link"].partition("/k/")[2]
    course = shown(workspace, "basics")["link"].partition("/k/")[2]
    for lesson in ("lesson-1", "lesson-2"):
        finishes(workspace, lesson)
    said(workspace, events.CONTENT_COMPLETED)
    later = stores.current().clock.now() - timedelta(days=91)
    Piece.objects.update(changed_at=later)
    assert [client.get(f"/k/{token}").status_code for token in (decks, course)] == [404, 200]
    shown(workspace, "my-plan", key="1:content:my-plan:again", plan=a_plan())
    assert client.get(f"/k/{decks}").status_code == 200


def test_a_letter_links_to_the_deck_that_was_opened_and_to_the_certificate_that_was_earned(
    workspace: Workspace,
) -> None:
    words = "[Slides]({{ deck.my-plan.url }}){% if course.basics %} [Proof]({{ course.basics.url }}){% endif %}"
    assert "/k/" not in letter_of(workspace, words).text
    deck, course = shown(workspace, "my-plan", plan=a_plan())["link"], shown(workspace, "basics")["link"]
    text = letter_of(workspace, words).text
    assert deck in text and course not in text
    for lesson in ("lesson-1", "lesson-2"):
        finishes(workspace, lesson)
    said(workspace, events.CONTENT_COMPLETED)
    letter = letter_of(workspace, words)
    assert deck in letter.text and course in letter.text and f'href="{deck}"' in letter.html


def letter_of(workspace: Workspace, words: str) -> Letter:
    message = Message(channel="email", purpose="service", subject="Your plan", body=words)
    effect, person = a_piece(workspace, "my-plan", 1), person_view(workspace.pk, 1)
    occasion = Occasion(document=current(workspace.pk).document, effect=effect, milestone=None, person=person)
    return write_letter(message, occasion, public_url="https://m.example.com", unsubscribe_url="", mark="")

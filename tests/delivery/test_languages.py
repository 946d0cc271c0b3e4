"""In each of its languages a program speaks that language alone: pieces and letters, numbers and plurals, and what is
said where a text is missing."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from milepost.console.pages.preview import Reader, letter_for, piece_frame
from milepost.core.delivery.language import say
from milepost.core.engine.effects import ShowContent
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Celebration, Checklist
from milepost.core.program.walk import nodes
from milepost.delivery.channels.in_app.drawing import draw
from milepost.delivery.rendering import Occasion
from milepost.delivery.wording import markdown, plain
from milepost.program.review import review
from tests.world import START

EXAMPLE = Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml"
LANGUAGES = ("en", "ru", "bg", "pl")
#: What stands around every piece, and under every letter.
HELP = {
    "en": "Do you need help?",
    "ru": "Нужна помощь?",
    "bg": "Имате ли нужда от помощ?",
    "pl": "Potrzebujesz pomocy?",
}
WHY = {"en": "You get this from", "ru": "Это пришло вам от", "bg": "Получавате това от", "pl": "Tę wiadomość wysyła"}
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")


@lru_cache
def document() -> Document:
    found = review(EXAMPLE.read_bytes()).document
    assert isinstance(found, Document)
    return found


def said_in(language: str) -> set[str]:
    """Runs of words that the program says in this language."""
    texts = [node.value for node in nodes(document()) if node.is_text and isinstance(node.value, dict)]
    return {run for text in texts for run in _WORDS.findall(re.sub(r"\{.*?\}+", ".", text[language]))}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def pieces(language: str) -> Iterator[dict[str, Any]]:
    reader = Reader(1, "sample", language)
    for key, definition in {**document().content, **document().articles}.items():
        frame = piece_frame(definition, key, document(), reader, "light", START)
        assert frame.body, f"{key}: {frame.refusal}"
        yield frame.body


@pytest.mark.req("R153")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_and_letter_speaks_the_reader_s_language_and_no_other(db: None, language: str) -> None:
    bodies = list(pieces(language))
    assert {body["lang"] for body in bodies} == {language} and len(bodies) > 25
    assert {body["labels"]["help"] for body in bodies if "help" in body["labels"]} == {HELP[language]}
    reader = Reader(1, "sample", language)
    letters = [letter_for(message, document(), reader, START) for message in document().messages.values()]
    assert {letter.language for letter in letters} == {language} and len(letters) > 10
    assert all(WHY[language] in letter.text and f'lang="{language}"' in letter.html for letter in letters)
    told = " | ".join([*strings(bodies), *(f"{letter.subject} {letter.text}" for letter in letters)])
    for other in set(LANGUAGES) - {language}:
        foreign = said_in(other) - said_in(language)
        assert [run for run in foreign if len(run) > 8 and run in told] == [], other


EFFORTS = {
    "en": ("2 minutes", "10 minutes", "1 minute"),
    "ru": ("2 минуты", "10 минут", "1 минута"),
    "bg": ("2 минути", "10 минути", "1 минута"),
    "pl": ("2 minuty", "10 minut", "1 minuta"),
}


@pytest.mark.req("R153")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_beside_numbers_have_the_form_of_their_language(db: None, language: str) -> None:
    plan = document().content["start"]
    assert isinstance(plan, Checklist)
    body = piece_frame(plan, "start", document(), Reader(1, "sample", language), "light", START).body
    assert set(EFFORTS[language]) <= {item["effort"] for item in body["items"]}


PRAISE = {
    "en": ("1 active day,", "3 active days,", "5 active days,", "2.5 active days,"),
    "ru": ("1 активный день,", "3 активных дня,", "5 активных дней,", "2,5 активного дня,"),
    "bg": ("1 активен ден,", "3 активни дни,", "5 активни дни,", "2,5 активни дни,"),
    "pl": ("1 aktywny dzień,", "3 aktywne dni,", "5 aktywnych dni,", "2,5 aktywnego dnia,"),
}


@pytest.mark.req("R153")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_team_writes_has_plurals_and_decimals_of_its_own(db: None, language: str) -> None:
    told = [
        text(praised(language, {"active-days": {"unit": "", "last": days, "progress": 1}})) for days in (1, 3, 5.0, 2.5)
    ]
    assert [line.startswith(form) for line, form in zip(told, PRAISE[language], strict=True)] == [True] * 4, told


def praised(language: str, measures: dict[str, Any]) -> Any:
    piece = document().content["moves-praise"]
    assert isinstance(piece, Celebration)
    return drawn(piece, language, {"measure": measures})


def drawn(piece: Celebration, language: str, known: dict[str, Any] | None = None) -> Any:
    effect = ShowContent(
        workspace=1,
        key="k",
        person=1,
        at=START,
        release=1,
        event="",
        content="piece",
        milestone=None,
        known=known or {},
    )
    occasion = Occasion(document=document(), effect=effect, milestone=None, person=None, locale=language)
    return draw(piece, "piece", occasion)


def text(body: Any) -> str:
    return re.sub(r"<[^>]+>", "", body.body_html)


@pytest.mark.req("R153")
@pytest.mark.parametrize(
    ("locale", "heard"), [("pt-BR", "Olá"), ("PT_br", "Olá"), ("de-AT", "Servus"), ("de-CH", "Hello"), ("", "Hello")]
)
def test_a_reader_hears_their_language_else_its_base_else_the_program_s(db: None, locale: str, heard: str) -> None:
    piece = Celebration(title={"en": "Hello", "pt": "Olá", "de-AT": "Servus"}, body="")
    body = drawn(piece, locale)
    assert (body.title, body.lang) == (heard, {"Olá": "pt", "Servus": "de-AT", "Hello": "en"}[heard])
    assert say(piece.title, ("xx", "en")) == "Hello"


THAI = "ยินดีต้อนรับสู่สมุดบันทึกอาหาร"


@pytest.mark.req("R153")
def test_thai_comes_through_letter_by_letter(db: None) -> None:
    piece = Celebration(
        title={"en": "Welcome", "th": THAI}, body={"en": "", "th": f"**{THAI}** {{{{ person.email }}}}"}
    )
    body = drawn(piece, "th-TH")
    assert (body.title, body.lang, body.dir) == (THAI, "th", "ltr")
    assert f"<strong>{THAI}</strong>" in body.body_html
    assert plain("{{ n }} {{ n | pluralize: 'วัน' }}", {"n": 5}, "th").text == "5 วัน"


def test_a_number_that_is_text_is_left_as_it_was_typed() -> None:
    assert plain("{{ n }} {{ n | pluralize: 'day', 'days' }}", {"n": "1.50"}, "pl").text == "1.50 days"
    assert markdown("{{ n }}", {"n": 1e3}, "en").text == "1000"


def test_what_is_no_number_has_the_last_form() -> None:
    assert plain("{{ n | pluralize: 'day', 'days' }}", {"n": "many"}, "en").text == "days"
    assert plain("{{ n | pluralize: 'day', 'days' }}", {"n": float("nan")}, "zz-unknown").text == "days"

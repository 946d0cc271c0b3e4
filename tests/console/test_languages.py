"""Every text of the console is marked for translation, and is there in every language."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation import trans_real

from milepost.conf.extract_messages import CATALOGUES, PACKAGE, extracted, languages
from milepost.people.models import Person
from milepost.workspace.models import Member
from tests.console.world import OWNER, World

PSEUDO = "eo"
#: Elements whose text is somebody's data, a name in code, or the engine's own words for a reason.
NOT_OURS = {"code", "pre", "textarea", "script", "style", "time"}
DATA_CLASSES = {
    "why", "event__name", "path__name", "table__link", "diff__line", "facts", "avatar", "brand", "breakable",
    "problem", "timeline__day",
}  # fmt: skip
VOID = {"input", "meta", "link", "br", "img"}
READ_ALOUD = ("aria-label", "placeholder", "title", "alt")
PAGES = (
    "/", "/people/", "/program/", "/program/edit/", "/program/release/", "/program/releases/", "/program/releases/1/",
    "/messages/", "/settings/", "/settings/keys/", "/settings/identity/",
    "/settings/team/", "/settings/audit/", "/settings/password/",
    "/nowhere/", "/people/?q=zz", "/accounts/", "/insights/", "/insights/funnel/", "/insights/retention/",
    "/program/coverage/", "/program/audit/", "/program/tracking/",
)  # fmt: skip


class Texts(HTMLParser):
    """The texts of a page that people read, without what is data."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_data = tag in NOT_OURS or bool(DATA_CLASSES & set((values.get("class") or "").split())) or "lang" in values
        hidden = (is_data and tag != "html") or any(data for _, data in self._inside)
        self.found += [values[name] or "" for name in READ_ALOUD if name in values and not hidden]
        if tag not in VOID:
            self._inside.append((tag, is_data and tag != "html"))

    def handle_endtag(self, tag: str) -> None:
        if tag in [name for name, _ in self._inside]:
            while self._inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(data_ for _, data_ in self._inside):
            self.found.append(data)


def left_over(page: str, data: set[str]) -> list[str]:
    """The words outside of translated texts that are not data either."""
    reader = Texts()
    reader.feed(page)
    rest = " ".join(reader.found)
    while (without := re.sub(r"⟦[^⟦⟧]*⟧", " ", rest)) != rest:  # texts stand inside texts
        rest = without
    words = re.findall(r"[^\W\d_]{2,}", rest)
    return sorted({word for word in words if word not in data})


@pytest.fixture
def pseudo(settings: Any, tmp_path: Path, world: World) -> Iterator[None]:
    """A language in which every text that is translated stands in brackets."""
    catalogue = Catalog(locale=PSEUDO)
    for message in extracted():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = tuple(f"⟦{text}⟧" for text in ids)
            catalogue.add(message.id, texts if isinstance(message.id, tuple) else texts[0], context=message.context)
    folder = tmp_path / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LANGUAGES = [("en", "English"), (PSEUDO, "Pseudo")]
    settings.LOCALE_PATHS = [tmp_path]
    Member.objects.filter(user__username=OWNER).update(locale=PSEUDO)
    vars(trans_real)["_translations"].clear()
    yield
    vars(trans_real)["_translations"].clear()


def test_no_text_of_any_page_is_left_untranslated(owner: Client, world: World, pseudo: None) -> None:
    uid = Person.objects.get(workspace=world.workspace, user_id="maria").id
    known = f"Maria Ivanova maria example com anna Calorie counter Milepost CSV Python JavaScript yaml {world.texts}"
    data = set(re.findall(r"[^\W\d_]{2,}", f"{known} acme Grouped Identified"))
    for path in (*PAGES, f"/people/{uid}/", f"/people/{uid}/why/message/welcome/"):
        page = owner.get(path, headers={"Accept-Language": PSEUDO}).content.decode()
        assert "⟦" in page, path
        assert left_over(page, data) == [], path


def test_the_sign_in_is_translated_too(world: World, pseudo: None) -> None:
    page = Client().get("/sign-in/", headers={"Accept-Language": PSEUDO}).content.decode()
    assert "⟦" in page
    assert left_over(page, {"Milepost"}) == []


@pytest.mark.req("R153")
@pytest.mark.parametrize("folder", CATALOGUES)
@pytest.mark.parametrize("language", languages())
def test_every_text_is_there_with_all_its_plurals(language: str, folder: str) -> None:
    with (PACKAGE / folder / language / "LC_MESSAGES/django.po").open("rb") as file:
        translated = read_po(file, locale=language)
    for message in extracted(CATALOGUES[folder]):
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        assert found is not None, message.id
        said = [found.string] if isinstance(found.string, str) else list(found.string or ())
        assert said and all(said), message.id
        assert not list(found.check(translated)), message.id
        if isinstance(message.id, tuple):
            assert len(said) == translated.num_plurals, message.id


def test_a_member_may_choose_each_language_that_has_a_catalogue() -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["en", *languages()]


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("ru", 1, "1 человек"),
        ("ru", 3, "3 человека"),
        ("ru", 11, "11 человек"),
        ("ru", 21, "21 человек"),
        ("pl", 3, "3 osoby"),
        ("pl", 21, "21 osób"),
        ("bg", 1, "1 човек"),
        ("bg", 21, "21 души"),
    ],
)
def test_people_are_counted_as_the_language_does(owner: Client, world: World, language: str, n: int, said: str) -> None:
    Member.objects.filter(user__username=OWNER).update(locale=language)
    for number in range(n - 1):
        world.happens(f"p{number}", "Signed Up")
    world.goes_on()
    assert said in owner.get("/people/").content.decode()

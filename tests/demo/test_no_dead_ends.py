"""Whatever an example's program says of its product is there: its pages, what its pieces point at, what it reports."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import include, path

from milepost.core.program.document import Document
from milepost.core.program.walk import nodes
from milepost.demo.urls import HOSTS
from milepost.program.yaml_text import read
from tests.demo.test_pages import browser  # noqa: F401 - the fixture

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src/milepost/demo"
#: The folder of each host product, below `demo`, its templates and its static files.
FOLDERS = {example: urls.split(".")[-2] for example, urls in HOSTS.items()}


def text_of(example: str) -> str:
    return (ROOT / "examples" / example / "milepost.yaml").read_text(encoding="utf-8")


def document_of(example: str) -> Document:
    document = read(text_of(example)).document
    assert document is not None
    return document


def source_of(example: str) -> str:
    """Everything that this product is made of, and what all of them share."""
    folder = FOLDERS[example]
    places = (folder, f"templates/demo/{folder}", f"static/demo/{folder}")
    files = [DEMO / "static/demo/host.js", *(file for place in places for file in (DEMO / place).glob("*.*"))]
    return "".join(file.read_text() for file in files if file.suffix in (".py", ".html", ".js"))


def addresses(document: Document) -> Iterator[str]:
    """Every address that a function, an offer, a button, a link of a letter or an invitation leads to, and every picture
    and film."""
    for node in nodes(document):
        if (
            node.name in ("url", "community", "image", "video")
            and isinstance(node.value, str)
            and "*" not in node.value
        ):
            yield node.value


@pytest.mark.req("R160")
@pytest.mark.parametrize("example", HOSTS)
def test_every_address_that_the_program_names_is_a_page_of_the_product(
    example: str,
    browser: Client,  # noqa: F811
    settings: Any,
) -> None:
    settings.ROOT_URLCONF = (path("demo/", include(HOSTS[example])),)
    browser.post("/demo/sign-up/", {"name": "Maria", "email": "maria@example.com"})
    found = sorted({address.partition("#")[0] for address in addresses(document_of(example))})
    assert len(found) >= 3
    for address in found:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
            continue
        page = browser.get(address, follow=True)
        assert page.status_code == 200 and "data-key=" in page.content.decode(), address


@pytest.mark.parametrize("example", HOSTS)
def test_the_product_reports_every_fact_of_the_tracking_plan(example: str) -> None:
    source = source_of(example)
    assert [name for name in document_of(example).facts if f'"{name}"' not in source] == []


@pytest.mark.parametrize("example", HOSTS)
def test_the_pages_have_what_the_pieces_point_at(example: str) -> None:
    wanted = set(re.findall(r'"#([\w-]+)"', text_of(example)))
    marked = set(re.findall(r'"\[(data-[\w-]+)\]"', text_of(example)))
    source = source_of(example)
    assert len(wanted) >= 3 and [name for name in sorted(wanted) if f'id="{name}"' not in source] == []
    assert [name for name in sorted(marked) if name not in source] == []


@pytest.mark.parametrize("example", HOSTS)
def test_every_text_is_there_in_every_language_that_the_program_speaks(example: str) -> None:
    document = document_of(example)
    spoken = {document.locales.default, *document.locales.others}
    assert spoken >= ({"en", "ru", "bg", "pl"} if example == "calorie-counter" else {"en", "ru"})
    texts = [node.value for node in nodes(document) if node.is_text and node.value]
    assert len(texts) > 100
    assert [text for text in texts if not isinstance(text, dict) or set(text) != spoken] == []

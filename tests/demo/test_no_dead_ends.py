"""Whatever the example's program leads to in the example's product is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from milepost.core.program.document import Document
from milepost.core.program.walk import nodes
from milepost.program.yaml_text import read
from tests.demo.test_pages import browser  # noqa: F401 - the fixture

EXAMPLE = Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml"


def addresses(document: Document) -> Iterator[str]:
    """Every address that a function, an offer, a button, a link of a letter or an invitation leads to."""
    for node in nodes(document):
        if node.name in ("url", "community") and isinstance(node.value, str) and "*" not in node.value:
            yield node.value


@pytest.mark.req("R160")
def test_every_address_that_the_program_names_is_a_page_of_the_product(browser: Client) -> None:  # noqa: F811
    document = read(EXAMPLE.read_text(encoding="utf-8")).document
    assert document is not None
    browser.post("/demo/sign-up/", {"name": "Maria", "email": "maria@example.com"})
    found = sorted({address.partition("#")[0] for address in addresses(document)})
    assert len(found) >= 4
    for address in found:
        page = browser.get(address, follow=True)
        assert page.status_code == 200 and "data-key=" in page.content.decode(), address

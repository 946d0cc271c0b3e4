"""Everything that a page of the console leads to is there, and leads on."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.console.story import story_world
from tests.console.world import OWNER, World, mail_server

#: Another site, a letter, a file of the styles, or the way out.
_LEAVES = re.compile(r"^(https?:|mailto:|data:|/static/|/sdk/|/demo/|/api/)|/sign-out/")
_MOST_PAGES = 400


class Links(HTMLParser):
    """Where a page leads: what is followed, and what is loaded when it is shown."""

    def __init__(self, page: str, text: str) -> None:
        super().__init__()
        self.page, self.found = page, set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        for address in (told.get("href") if tag == "a" else None, told.get("hx-get")):
            if address and not _LEAVES.search(address):
                self.found.add(urldefrag(urljoin(self.page, address)).url)


def shape(address: str) -> str:
    """Pages that differ by a number, a period, the kind of something new or the key of something there are one kind of
    page: one is visited."""
    path, _, query = address.partition("?")
    path = re.sub(r"(?<=/definitions/)([a-z-]+)/[^/]+", r"\1/KEY", path)
    asked = sorted(part.partition("=")[0] for part in query.split("&"))
    return f"{re.sub(r'[0-9]+|(?<=/new/)[a-z-]+', 'N', path)}?{'&'.join(asked)}"


@pytest.fixture
def story(db: None) -> Iterator[World]:
    with mail_server():
        yield story_world()


@pytest.mark.req("R160")
def test_every_link_of_the_console_leads_to_a_page_that_leads_on(story: World) -> None:
    owner = Client()
    owner.force_login(User.objects.get(username=OWNER))
    waiting, seen, visited = ["/"], {"/": ""}, set[str]()
    broken: list[str] = []
    stuck: list[str] = []
    while waiting:
        page = waiting.pop()
        kind = shape(page)
        if kind in visited:
            continue
        visited.add(kind)
        answer = owner.get(page, follow=True)
        if answer.status_code != 200:
            broken.append(f"{page} ({answer.status_code}), from {seen[page]}")
        elif "text/html" in answer.headers["Content-Type"]:
            text = answer.content.decode()
            links = Links(page, text).found
            if "<html" in text and not links:
                stuck.append(page)
            fresh = links - seen.keys()
            seen |= dict.fromkeys(fresh, page)
            waiting += sorted(fresh)
    assert (broken, stuck) == ([], [])
    assert {"/map/", "/inbox/", "/messages/", "/program/", "/segments/", "/answers/", "/tasks/"} <= seen.keys()
    assert 40 < len(visited) < _MOST_PAGES

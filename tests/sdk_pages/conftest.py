from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser import launched
from tests.demo.conftest import TELL_VIOLATIONS
from tests.ingest.served import serving
from tests.sdk_pages.served import Server

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def running() -> Iterator[tuple[Server, str]]:
    server = Server()
    with serving(server) as port:
        yield server, f"http://127.0.0.1:{port}"


@pytest.fixture
def server(running: tuple[Server, str]) -> Server:
    running[0].clear()
    return running[0]


@pytest.fixture
def visit(chromium: Browser, server: Server, running: tuple[Server, str]) -> Iterator[Open]:
    """`visit(path, **context options)`: a new browser on that page. Fails when a page said anything went wrong."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = "/diary", context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = chromium.new_context(base_url=running[1], **options)
            context.add_init_script(TELL_VIOLATIONS)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if _is_wrong(message) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
    assert server.misread == []


def _is_wrong(message: ConsoleMessage) -> bool:
    """Of what the console says; that a server refused is the browser's own remark."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def small(page: Page) -> list[str]:
    """What can be pressed and is smaller than 24 pixels."""
    found = []
    roles = [*page.get_by_role("button").all(), *page.get_by_role("link").all(), *page.get_by_role("radio").all()]
    for one in roles:
        target = one.locator("xpath=ancestor::label") if one.evaluate("e => !!e.closest('label')") else one
        box = target.bounding_box()
        if box and (box["width"] < 24 or box["height"] < 24):
            found.append(one.evaluate("e => e.outerHTML"))
    return found

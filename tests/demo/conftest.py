from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from milepost.log.clock import SYSTEM
from milepost.workspace import identity, keys
from milepost.workspace.actions import bootstrap
from tests.browser import launched
from tests.demo.host import Host
from tests.ingest.served import serving

DIARY = "/demo/diary/?user=demo-maria"
TELL_VIOLATIONS = """
    addEventListener("securitypolicyviolation", (event) =>
        console.error("CSP", event.violatedDirective, event.blockedURI, event.sample));
"""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


class Front:
    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, str]]:
    front = Front()
    with serving(front) as port:
        yield front, f"http://127.0.0.1:{port}"


@pytest.fixture
def host(transactional_db: None, front: tuple[Front, str]) -> Iterator[Host]:
    keys.forget()
    identity.forget()
    bootstrap(SYSTEM.now())
    host = Host()
    front[0].app = host
    yield host
    host.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, host: Host, front: tuple[Front, str]) -> Iterator[Open]:
    """`visit(path, **context options)`: a new browser on that page. Fails when a page said anything went wrong."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = DIARY, context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = chromium.new_context(base_url=front[1], **options)
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


def _is_wrong(message: ConsoleMessage) -> bool:
    """Of what the console says; that a server refused is the browser's own remark."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")

"""The real browser that tests drive, and what axe says of a page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parents[1] / "src/milepost/console/assets/node_modules/axe-core/axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: WCAG 2.2 A and AA, and what is good anyway.
_EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: What depends on the theme and the width of the screen, and on nothing else.
_LOOKS = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium. Its driver keeps an event loop running in this thread: Django is told that nobody shares its connection
    all the same, and the end frees the thread for the tests of others."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("There is no Chromium on this machine: install the package 'chromium' of your system.")
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def violations(page: Page, *, looks_only: bool = False) -> list[str]:
    """What axe finds, inside the shadow roots too. `looks_only`: in another theme or width of a page that was inspected
    whole, only what they can change."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = _LOOKS if looks_only else _EVERYTHING
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0].get('failureSummary', '')}"
        for each in found["violations"]
    ]

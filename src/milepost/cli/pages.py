"""A product's pages in a browser of our own: opened one after another, and looked at for what the program points at."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from milepost.core.review.anchors import Anchored
from milepost.core.values import Refused

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

_COMES, _BUILDS, _LOOKS = 30_000, 5_000, 250  # milliseconds: for a page to come, to build itself, between two looks
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_FINDER = Path(__file__).parents[1] / "static/built/tools/anchors.js"


class Site(Struct, frozen=True, kw_only=True):
    """`base`: its origin; `paths`: pages to open besides those that the program names. Absent: nobody is signed in."""

    base: str
    paths: tuple[str, ...] = ()
    storage_state: Path | None = None


class Visit(Struct, frozen=True, kw_only=True):
    """One page that was opened. Shapes: `counts` says how many elements each way finds, for each that may stand there.
    Absent: `refusal` is empty, and `counts` full, where it was the page that was asked for."""

    path: str
    counts: dict[Anchored, list[int]] = {}
    refusal: str = ""


def visited(site: Site, wanted: Sequence[Anchored]) -> list[Visit]:
    """Raises Refused when no page could be opened at all."""
    with _browser(site) as context:
        page = context.new_page()
        visits = [_visit(page, path, [at for at in wanted if may_stand(at, path)]) for path in paths_of(site, wanted)]
    if all(visit.refusal for visit in visits):
        told = "; ".join(visit.refusal for visit in visits)
        raise Refused("no_page", f"No page could be opened: {told}.", mend="Look at --base and --storage-state.")
    return visits


def paths_of(site: Site, wanted: Sequence[Anchored]) -> list[str]:
    """The given pages, those that the program names, and of a pattern that none of them fits the page it begins with."""
    patterns = dict.fromkeys(url for at in wanted for url in at.urls)
    named = [pattern for pattern in patterns if "*" not in pattern]
    known = [*site.paths, *named]
    begun = [pattern.partition("*")[0] for pattern in patterns if not any(fits(pattern, path) for path in known)]
    return list(dict.fromkeys([*known, *(path for path in begun if path.endswith("/"))])) or ["/"]


def may_stand(at: Anchored, path: str) -> bool:
    """A later step may have led to another page."""
    return bool(at.step) or any(fits(pattern, path) for pattern in at.urls)


def fits(pattern: str, path: str) -> bool:
    """A pattern without a query means the page whatever its query is, as in the browser."""
    only_star = re.sub(r"[\[?]", r"[\g<0>]", pattern)
    return fnmatchcase(path, only_star) or fnmatchcase(path.partition("?")[0], only_star)


def _visit(page: "Page", path: str, wanted: Sequence[Anchored]) -> Visit:
    from playwright.sync_api import Error

    try:
        answer = page.goto(path, timeout=_COMES)
    except Error as error:
        return Visit(path=path, refusal=f"{path}: {error.message.splitlines()[0]}")
    if answer is not None and answer.status >= 400:
        return Visit(path=path, refusal=f"{path} answered {answer.status}")
    if (came := urlsplit(page.url).path) != path.partition("?")[0]:
        return Visit(path=path, refusal=f"{path} led to {came}")
    return Visit(path=path, counts=dict(zip(wanted, _counts(page, wanted), strict=True)))


def _counts(page: "Page", wanted: Sequence[Anchored]) -> list[list[int]]:
    """A page may still be building what is looked for."""
    finder = _FINDER.read_text(encoding="utf-8")
    ask, ways = f"wanted => {{ {finder}; return milepostAnchors.counted(wanted) }}", [list(at.ways) for at in wanted]
    counts: list[list[int]] = page.evaluate(ask, ways)
    for _ in range(_BUILDS // _LOOKS):
        if all(found[0] for found in counts):
            break
        page.wait_for_timeout(_LOOKS)
        counts = page.evaluate(ask, ways)
    return counts


@contextmanager
def _browser(site: Site) -> "Iterator[BrowserContext]":
    """Milepost itself is kept from these pages: nothing is shown on them, and nobody is counted as having seen them."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Refused(
            "no_browser", "This needs a browser to drive.", mend="Install it: pip install 'milepost[anchors]'."
        ) from error
    path = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=root)
        context = browser.new_context(base_url=site.base, storage_state=site.storage_state)
        context.route("**/sdk/milepost.js", lambda route: route.abort())
        yield context
        browser.close()

"""Connected, honest and harmless: which tab listens, what comes where streams are blocked, whose pieces are on the page,
and what is left of us when we go."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from milepost.client.feed import OpenPiece
from milepost.client.tokens import Session
from milepost.core import events
from milepost.workspace import identity
from milepost.workspace.models import Workspace
from tests.demo.conftest import Open
from tests.demo.host import Host, celebration, guide, step

pytestmark = pytest.mark.e2e

#: Titles of all pieces on the page, in their shadow roots.
TITLES = """() => [...document.querySelectorAll("[popover]")]
    .flatMap((host) => [...host.shadowRoot.querySelectorAll("#title")].map((title) => title.textContent))"""
#: Counts what the page still has to do for us. `work`: callbacks that ran; the rest: what is registered.
WATCHED = """(() => {
    const watched = { work: 0, timers: new Set(), observers: new Set(), listeners: [], frames: 0 };
    window.watched = watched;
    const counted = (run) => (...given) => { watched.work++; return run(...given); };
    const { setInterval: every, clearInterval: never, requestAnimationFrame: frame } = window;
    window.setInterval = (run, after) => {
        const id = every(counted(run), after);
        watched.timers.add(id);
        return id;
    };
    window.clearInterval = (id) => { watched.timers.delete(id); never(id); };
    window.requestAnimationFrame = (run) => frame(counted(run));
    const { observe, disconnect } = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (...given) { watched.observers.add(this); observe.apply(this, given); };
    MutationObserver.prototype.disconnect = function () { watched.observers.delete(this); disconnect.apply(this); };
    for (const target of [window, document]) {
        const { addEventListener: add, removeEventListener: remove } = target;
        target.addEventListener = (name, hear, options) => {
            const entry = { name, hear };
            watched.listeners.push(entry);
            options?.signal?.addEventListener("abort", () => {
                watched.listeners = watched.listeners.filter((each) => each !== entry);
            });
            add.call(target, name, hear, options);
        };
        target.removeEventListener = (name, hear, options) => {
            watched.listeners = watched.listeners.filter((each) => each.name !== name || each.hear !== hear);
            remove.call(target, name, hear, options);
        };
    }
})()"""


class Pieces:
    """Pieces of each person by themselves; a visitor's are by no user id."""

    def __init__(self, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        self._host = host
        self._of: dict[int, str | None] = {}
        monkeypatch.setattr(host.feed, "look", self._look)

    def show(self, user: str | None, title: str) -> None:
        number = len(self._host.feed.pieces) + 1
        self._of[number] = user
        self._host.show(guide(step(title), step("And then"), key=title))

    async def _look(self, session: Session) -> tuple[int | None, list[OpenPiece]]:
        uid = 1 if session.signed else None
        return uid, [each for number, each in self._host.feed.pieces.items() if self._of[number] == session.user_id]


@pytest.fixture
def pieces(host: Host, monkeypatch: pytest.MonkeyPatch) -> Pieces:
    return Pieces(host, monkeypatch)


def titles(page: Page) -> list[str]:
    return list(page.evaluate(TITLES))


def signature(user: str) -> str:
    return identity.sign(Workspace.objects.get().id, user)


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def test_whoever_identifies_sees_nothing_of_the_one_before_not_even_for_a_frame(
    visit: Open, host: Host, pieces: Pieces
) -> None:
    pieces.show("demo-maria", "For Maria")
    pieces.show("demo-eve", "For Eve")
    first = visit()
    expect(first.get_by_role("dialog", name="For Maria")).to_be_visible()
    second = visit(context=first.context)
    second.wait_for_timeout(300)
    left = first.evaluate(
        f"""([user, signature]) => {{
            milepost.identify(user, {{}}, {{ signature }});
            const seen = ({TITLES})();
            window.seen = [];
            const look = () => {{ window.seen.push(...({TITLES})()); requestAnimationFrame(look); }};
            look();
            return seen;
        }}""",
        ["demo-eve", signature("demo-eve")],
    )
    assert left == [], "it is gone before the call returns"
    until(first, lambda: "For Eve" in titles(first) + titles(second))
    first.wait_for_timeout(300)
    assert set(first.evaluate("window.seen")) <= {"For Eve"}
    assert set(titles(first) + titles(second)) == {"For Eve"}
    assert len(host.client.hub) == 1


@pytest.mark.req("R4")
def test_a_visitor_a_person_who_leaves_and_somebody_else_each_see_their_own_and_nothing_again(
    visit: Open, host: Host, pieces: Pieces
) -> None:
    pieces.show(None, "For anybody")
    pieces.show("demo-maria", "For Maria")
    page = visit("/demo/")
    page.get_by_role("dialog", name="For anybody").get_by_role("button", name="Don’t show this again").click()
    visitor = host.wait_for(events.CONTENT_REFUSED)
    page.evaluate("s => milepost.identify('demo-maria', {}, { signature: s })", signature("demo-maria"))
    page.get_by_role("dialog", name="For Maria").get_by_role("button", name="Close").click()
    known = host.wait_for(events.CONTENT_DISMISSED)
    assert (visitor.user_id, known.user_id) == (None, "demo-maria")
    assert visitor.anonymous_id == known.anonymous_id, "one person from the first page on"

    page.evaluate("milepost.reset()")
    del host.feed.pieces[1]  # as the server does with what was refused
    page.wait_for_timeout(400)
    assert titles(page) == []
    page.evaluate("s => milepost.identify('demo-eve', {}, { signature: s })", signature("demo-eve"))
    page.wait_for_timeout(400)
    assert titles(page) == []
    seen = host.wait_for("Identified", 2)
    assert (seen.user_id, seen.anonymous_id == known.anonymous_id) == ("demo-eve", False)


def test_signing_out_in_one_tab_empties_the_other(visit: Open, host: Host, pieces: Pieces) -> None:
    first = visit()
    second = visit(context=first.context)
    second.wait_for_timeout(300)
    pieces.show("demo-maria", "For Maria")
    until(first, lambda: "For Maria" in titles(first) + titles(second))
    first.evaluate("milepost.reset()")
    until(first, lambda: titles(first) + titles(second) == [])
    first.wait_for_timeout(400)
    assert titles(first) + titles(second) == []
    assert len(host.client.hub) == 1


def test_what_somebody_did_is_told_as_theirs_though_somebody_else_is_here_by_then(
    visit: Open, host: Host, pieces: Pieces
) -> None:
    pieces.show("demo-maria", "For Maria")
    page = visit()
    maria = host.wait_for("Page Viewed").anonymous_id
    expect(page.get_by_role("dialog", name="For Maria")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("dialog", name="For Maria").get_by_role("button", name="Don’t show this again").click()
    page.evaluate("s => milepost.identify('demo-eve', {}, { signature: s })", signature("demo-eve"))
    page.context.set_offline(False)
    told = host.wait_for(events.CONTENT_REFUSED)
    assert (told.anonymous_id, told.user_id) == (maria, None)


POOR = {
    "locks": "delete Navigator.prototype.locks",
    "locks that are denied": """LockManager.prototype.request = () =>
        Promise.reject(new DOMException("denied", "SecurityError"))""",
    "a channel": "delete window.BroadcastChannel",
    "storage": """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied") } })""",
}


@pytest.mark.parametrize("missing", POOR)
def test_without_what_a_browser_may_lack_both_tabs_still_work(
    visit: Open, host: Host, missing: str, chromium: Any, front: Any
) -> None:
    context: BrowserContext = chromium.new_context(base_url=front[1])
    context.add_init_script(POOR[missing])
    first, second = visit(context=context), visit(context=context)
    host.show(celebration())
    until(first, lambda: len(titles(first) + titles(second)) > 0)
    second.evaluate("milepost.track('Told')")
    host.wait_for("Told")
    context.close()


def test_a_tab_that_is_frozen_gives_the_stream_to_another_and_catches_up_when_it_thaws(visit: Open, host: Host) -> None:
    first = visit()
    second = visit(context=first.context)
    second.wait_for_timeout(400)
    first.evaluate("document.dispatchEvent(new Event('freeze'))")
    host.show(celebration())
    expect(second.get_by_role("dialog")).to_be_visible()
    second.close()
    first.evaluate("document.dispatchEvent(new Event('resume'))")
    expect(first.get_by_role("dialog")).to_be_visible()


def test_the_tab_that_is_looked_at_takes_the_lead(visit: Open, host: Host) -> None:
    first = visit()
    second = visit(context=first.context)
    second.wait_for_timeout(400)
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url) if "/client/stream" in request.url else None)
    for _ in range(2):
        second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(second, lambda: len(asked) == 1 and len(host.client.hub) == 1)
    first.close()
    second.wait_for_timeout(200)
    host.show(celebration())
    expect(second.get_by_role("dialog")).to_be_visible()
    assert (len(asked), len(host.client.hub)) == (1, 1)


BLOCKED: dict[str, Callable[[Route], None]] = {
    "torn": lambda route: route.abort(),
    "a page": lambda route: route.fulfill(body="<html>\n\nWhich room are you in?\n\n</html>", content_type="text/html"),
    "cut short": lambda route: route.fulfill(body="event: open\nda", content_type="text/event-stream"),
}


@pytest.mark.parametrize("blocked", BLOCKED)
def test_where_no_stream_comes_through_pieces_come_all_the_same(visit: Open, host: Host, blocked: str) -> None:
    blank = visit("/demo/foods/")
    blank.context.route("**/client/stream", BLOCKED[blocked])
    page = visit(context=blank.context)
    blank.close()
    page.wait_for_timeout(1500)
    host.show(celebration())
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)
    host.close_piece(1)
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "body": "<html>Which room are you in?</html>", "content_type": "text/html"},
        {"status": 500, "body": "oops"},
        {"status": 403, "body": "<h1>No</h1>", "content_type": "text/html"},
        {"status": 200, "body": "[null]", "content_type": "application/json"},
    ],
)
def test_a_server_that_talks_nonsense_is_noticed_by_nobody(visit: Open, host: Host, answer: dict[str, Any]) -> None:
    """The `visit` fixture fails the test on any error of the page."""
    blank = visit("/demo/foods/")
    blank.context.route("**/client/**", lambda route: route.fulfill(**answer))
    if answer["status"] == 200:
        blank.context.route("**/v1/batch", lambda route: route.fulfill(**answer))
    page = visit(context=blank.context)
    page.evaluate("milepost.track('Kept')")
    page.wait_for_timeout(600)
    if answer.get("content_type") == "text/html" and answer["status"] == 200:
        blank.context.unroute("**/v1/batch")
        page.reload()
        host.wait_for("Kept")


def test_one_name_is_left_on_the_page_and_nothing_moves(visit: Open, host: Host) -> None:
    blank = visit("/demo/foods/")
    blank.context.route("**/sdk/milepost.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    before = set(visit(context=blank.context).evaluate("Object.keys(window)"))
    blank.context.unroute("**/sdk/milepost.js")
    page = visit(context=blank.context)
    host.show(guide(), celebration())
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(300)
    assert set(page.evaluate("Object.keys(window)")) - before <= {"milepost"}
    moved = """() => new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries().length)).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(0), 200);
    })"""
    assert page.evaluate(moved) == 0


def test_while_nothing_is_open_nothing_runs_and_after_shutdown_nothing_is_left(visit: Open, host: Host) -> None:
    blank = visit("/demo/foods/")
    blank.context.route("**/sdk/milepost.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    blank.context.add_init_script(WATCHED)
    state = """() => ({ timers: watched.timers.size, observers: watched.observers.size,
        listeners: watched.listeners.map(({ name }) => name).sort(), nodes: document.body.childElementCount })"""
    bare = visit(context=blank.context).evaluate(state)
    blank.context.unroute("**/sdk/milepost.js")
    page = visit(context=blank.context)
    host.wait_for_stream()
    page.wait_for_timeout(2000)  # the celebration has been fetched
    quiet = page.evaluate("watched.work")
    page.wait_for_timeout(800)
    assert page.evaluate("watched.work") == quiet
    assert page.evaluate(state) | {"listeners": [], "nodes": 0} == bare | {"listeners": [], "nodes": 0}
    host.show(guide())
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)
    page.evaluate("milepost.shutdown()")
    until(page, lambda: page.evaluate(state) == bare)
    until(page, lambda: len(host.client.hub) <= 1)  # the other tab

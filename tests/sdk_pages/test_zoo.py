"""Pages that were not made for guides: on each of them a guide finds its place, is read, led on and left, or steps aside,
and the page notices nothing of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

Step = dict[str, Any]
New = Callable[..., BrowserContext]


def step(title: str, *on: Any, advance: str = "click", **changes: Any) -> Step:
    return {"title": title, "body_html": "<p>Text.</p>", "on": list(on), "advance": {"on": advance}, **changes}


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title, exact=True)


@pytest.fixture
def fresh(chromium: Browser, running: tuple[Server, str]) -> Iterator[New]:
    """A browser of its own; `script` runs in it before the page does."""
    made: list[BrowserContext] = []

    def new(script: str = "", **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=running[1], **options)
        made.append(context)
        if script:
            context.add_init_script(script)
        return context

    yield new
    for context in made:
        context.close()


def is_beside(page: Page, title: str, target: Locator) -> None:
    """The card is in view, apart from its target, and what stands in the target's middle is the target."""
    shown = card(page, title)
    expect(shown).to_be_visible()
    box, of, view = shown.bounding_box(), target.bounding_box(), page.viewport_size
    assert box and of and view
    assert box["x"] >= 0 and box["x"] + box["width"] <= view["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= view["height"]
    apart = box["y"] >= of["y"] + of["height"] or box["y"] + box["height"] <= of["y"]
    apart = apart or box["x"] >= of["x"] + of["width"] or box["x"] + box["width"] <= of["x"]
    assert apart, (box, of)


def finish(page: Page, server: Server, target: Locator) -> None:
    """A click on the target leads on, and the guide is over."""
    target.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    server.wait_for(lambda: server.actions("completed"))
    assert server.actions("target_missing") == []


# --- targets that are hard to find -----------------------------------------------------------------------------------

DEEP = "<div><template shadowrootmode=open><button id=deep>Deep</button></template></div>"
#: What the page holds, how the guide says it, and where it is.
FOUND: dict[str, tuple[str, Any, str]] = {
    "by its words": ("<button><b>Save</b> the  meal</button>", {"text": ["Save the meal"]}, "#today button"),
    "by role and name": ("<button aria-label=Save>+</button>", {"role": "button", "name": ["Save"]}, "#today button"),
    "by a label": ("<label>Kcal <input></label>", {"role": "textbox", "name": ["Kcal"]}, "#today input"),
    "by a test id": ("<i data-testid=save>Save</i>", {"test_id": "save"}, "#today i"),
    "in another language": ("<a href=#x>Speichern</a>", {"text": ["Save", "Speichern"]}, "#today a"),
    "the exact one of many": (
        "<p>Save all</p><p>Do save</p><button>Save</button>",
        {"text": ["Save"], "within": "#today"},
        "#today button",
    ),
    "in a shadow root": (DEEP, "#deep", "#deep"),
    "in a shadow root by its words": (DEEP, {"text": ["Deep"]}, "#deep"),
}


@pytest.mark.parametrize("how", FOUND)
def test_a_target_is_found(visit: Open, server: Server, how: str) -> None:
    server.inside, on, selector = FOUND[how]
    page = visit()
    server.show("guide", steps=[step("Here", on)])
    target = page.locator(selector)
    is_beside(page, "Here", target)
    finish(page, server, target)


def test_a_target_in_a_frame_of_the_same_site_is_pointed_at_where_it_is(visit: Open, server: Server) -> None:
    server.inside = "<iframe src=/page.css></iframe>"
    page = visit()
    page.evaluate("""() => {
        const { body } = document.querySelector('iframe').contentDocument;
        const button = document.createElement('button');
        button.id = button.textContent = 'inner';
        body.replaceChildren(button);
    }""")
    server.show("guide", steps=[step("Inside", {"text": ["inner"]})])
    target = page.frame_locator("iframe").locator("#inner")
    is_beside(page, "Inside", target)
    finish(page, server, target)


def test_a_row_of_a_list_that_draws_only_what_is_seen_is_waited_for(visit: Open, server: Server) -> None:
    server.inside = "<p id=tall></p>"
    page = visit()
    page.evaluate("""() => {
        const list = document.querySelector('#today');
        list.style.cssText = 'height: 80px; overflow: auto';
        tall.style.height = '3000px';
        list.onscroll = () => {
            document.querySelector('#row')?.remove();
            const row = document.createElement('button');
            row.id = row.textContent = 'row';
            if (list.scrollTop > 1000) list.append(row);
        };
    }""")
    server.show("guide", steps=[step("The row", "#row")])
    page.wait_for_timeout(400)
    assert page.get_by_role("dialog").count() == 0
    page.evaluate("document.querySelector('#today').scrollTop = 5000")
    expect(card(page, "The row")).to_be_visible()
    finish(page, server, page.locator("#row"))


# --- targets that are hard to stand beside ---------------------------------------------------------------------------

#: What the page holds, and how it is laid out.
PLACED = {
    "scrolled away inside something": (
        "<div id=box><p id=tall></p><button id=it>It</button></div>",
        "box.style.cssText = 'height: 100px; overflow: auto'; tall.style.height = '900px'",
    ),
    "in what is turned and scaled": (
        "<div id=box><button id=it>It</button></div>",
        "box.style.cssText = 'transform: scale(1.5) rotate(3deg); transform-origin: 0 0; will-change: transform'",
    ),
    "under what claims the top": (
        "<button id=it>It</button><div id=box></div>",
        "box.style.cssText = 'position: fixed; inset: 60% 0 0; z-index: 2147483647; background: #def'",
    ),
    "under a head that sticks": (
        "<div id=box>Head</div><p id=tall></p><button id=it>It</button>",
        """box.style.cssText = 'position: fixed; inset: 0 0 auto; height: 90px; background: #def; z-index: 9';
        tall.style.height = '1500px'; scrollTo(0, it.getBoundingClientRect().top - 40)""",
    ),
}


@pytest.mark.parametrize("where", PLACED)
def test_a_guide_stands_beside_a_target(visit: Open, server: Server, where: str) -> None:
    server.inside, layout = PLACED[where]
    page = visit(reduced_motion="reduce")
    page.evaluate(layout)
    server.show("guide", steps=[step("Here", "#it")])
    target = page.locator("#it")
    is_beside(page, "Here", target)
    finish(page, server, target)


def test_a_guide_is_read_at_twice_the_size_from_right_to_left(visit: Open, server: Server) -> None:
    server.dir = "rtl"
    page = visit(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    server.show("guide", steps=[step("Here", "#add")], dir="rtl", lang="he")
    is_beside(page, "Here", page.locator("#add"))
    finish(page, server, page.locator("#add"))


def test_a_dialog_that_the_page_opens_takes_the_card_in_and_gives_it_back(visit: Open, server: Server) -> None:
    server.inside = "<dialog id=theirs><p>Theirs</p><button id=ok>OK</button></dialog>"
    page = visit()
    steps = [step("Press OK", "#add", advance="next"), step("Now this", "#ok"), step("And this", "#add")]
    server.show("guide", steps=steps)
    expect(card(page, "Press OK")).to_be_visible()
    page.evaluate("document.querySelector('#theirs').showModal()")
    card(page, "Press OK").get_by_role("button", name="Next").click()
    expect(card(page, "Now this")).to_be_visible()
    page.evaluate("() => { ok.onclick = () => theirs.close(); }")
    page.locator("#ok").click()
    expect(card(page, "And this")).to_be_visible()
    finish(page, server, page.locator("#add"))


# --- pages that change under it --------------------------------------------------------------------------------------


def test_a_node_that_is_made_anew_is_the_same_target(visit: Open, server: Server) -> None:
    page = visit()
    server.show("guide", steps=[step("Press", "#add")])
    expect(card(page, "Press")).to_be_visible()
    page.evaluate("""() => { for (let n = 0; n < 3; n++) {
        const old = document.querySelector('#add');
        old.replaceWith(old.cloneNode(true));
    } }""")
    expect(card(page, "Press")).to_be_visible()
    finish(page, server, page.locator("#add"))


def test_a_body_that_is_swapped_keeps_the_guide(visit: Open, server: Server) -> None:
    page = visit()
    server.show("guide", steps=[step("Wait", advance="next") | {"as": "modal"}, step("Press", "#add")])
    expect(card(page, "Wait")).to_be_visible()
    swap = "document.documentElement.replaceChild(document.body.cloneNode(true), document.body)"
    page.evaluate(swap)
    expect(card(page, "Wait")).to_be_visible()
    card(page, "Wait").get_by_role("button", name="Next").click()
    expect(card(page, "Press")).to_be_visible()
    page.evaluate(swap)
    expect(card(page, "Press")).to_be_visible()
    finish(page, server, page.locator("#add"))


def test_a_router_leads_on_by_the_address_alone(visit: Open, server: Server) -> None:
    page = visit()
    going = step("Open the goals", "#add") | {"advance": {"on": "url", "url": ["/goals*"]}}
    server.show("guide", steps=[going, step("Here they are", "#goals", advance="next")])
    expect(card(page, "Open the goals")).to_be_visible()
    page.evaluate("history.pushState({}, '', '/goals?tab=1')")
    expect(card(page, "Here they are")).to_be_visible()
    server.wait_for(lambda: [report["stepKey"] for report in server.actions("shown", "step")] == ["0", "1"])


def test_what_appears_and_disappears_leads_on(visit: Open, server: Server) -> None:
    page = visit()
    comes = step("Wait for it", "#add") | {"advance": {"on": "appears", "element": ".saved"}}
    goes = step("Close it", "#add") | {"advance": {"on": "disappears", "element": ".saved"}}
    server.show("guide", steps=[comes, goes, step("The end", advance="next")])
    expect(card(page, "Wait for it")).to_be_visible()
    page.evaluate("document.querySelector('#today').textContent = 'Saved'; today.className = 'saved'")
    expect(card(page, "Close it")).to_be_visible()
    page.evaluate("today.className = ''")
    expect(card(page, "The end")).to_be_visible()


def test_a_milestone_that_the_server_tells_of_leads_on(visit: Open, server: Server) -> None:
    page = visit()
    waits, last = step("Log it", "#add") | {"advance": {"on": "milestone"}}, step("Well done", advance="next")
    number = server.show("guide", steps=[waits, last])
    expect(card(page, "Log it")).to_be_visible()
    server.redraw(number, steps=[waits | {"advance": {"on": "milestone", "done": True}}, last])
    expect(card(page, "Well done")).to_be_visible()


# --- pages that are hostile ------------------------------------------------------------------------------------------

POLLUTED = """
Array.prototype.extra = function () { return 1; };
Object.prototype.extra = 'polluted';
Object.prototype.inherits = function () {};
String.prototype.extra = true;
"""
NO_STORE = """
for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
    Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
Object.defineProperty(document, 'cookie', { get() { return ''; }, set() { throw new DOMException('blocked'); } });
"""


@pytest.mark.parametrize("script", [POLLUTED, NO_STORE], ids=["prototypes with more in them", "no storage"])
def test_a_guide_runs_where_the_page_has(visit: Open, server: Server, fresh: New, script: str) -> None:
    page = visit(context=fresh(script))
    server.show("guide", steps=[step("Press", {"text": ["Add"]}), step("Then type", "#search", advance="input")])
    is_beside(page, "Press", page.locator("#add"))
    page.locator("#add").click()
    expect(card(page, "Then type")).to_be_visible()
    page.locator("#search").fill("apple")
    server.wait_for(lambda: server.actions("completed"))


def test_two_snippets_on_one_page_show_one_guide(visit: Open, server: Server) -> None:
    server.inside = f"<script src=/sdk/milepost.js data-key={server.key} data-user=maria async></script>"
    page = visit()
    server.show("guide", steps=[step("Once", "#add")])
    expect(card(page, "Once")).to_have_count(1)
    finish(page, server, page.locator("#add"))
    assert len(server.actions("shown")) == 1


# --- ways that part, and looks ---------------------------------------------------------------------------------------


def test_a_button_leads_to_its_own_step_back_returns_and_a_reload_stays(visit: Open, server: Server) -> None:
    page = visit()
    ways = [{"text": "Alone", "go": "alone"}, {"text": "In a team", "go": "team"}]
    steps = [
        step("How do you work?", advance="next", key="ask", buttons=ways),
        step("Alone, then", "#add", advance="next", key="alone", then="end"),
        step("A team, then", "#add", advance="next", key="team"),
    ]
    server.show("guide", steps=steps)
    card(page, "How do you work?").get_by_role("button", name="In a team").click()
    expect(card(page, "A team, then")).to_be_visible()
    page.reload()
    expect(card(page, "A team, then")).to_be_visible()
    card(page, "A team, then").get_by_role("button", name="Back").click()
    expect(card(page, "How do you work?").get_by_role("button", name="Next")).to_have_count(0)
    page.get_by_role("button", name="Alone").click()
    card(page, "Alone, then").get_by_role("button", name="Done").click()
    server.wait_for(lambda: server.actions("completed"))


def test_a_release_in_the_middle_keeps_the_place(visit: Open, server: Server) -> None:
    page = visit()
    one, two = step("One", advance="next", key="one"), step("Two", "#add", advance="next", key="two")
    number = server.show("guide", steps=[one, two])
    card(page, "One").get_by_role("button", name="Next").click()
    expect(card(page, "Two")).to_be_visible()
    server.pieces[number]["step"] = 1  # of "One", which is all that the server has heard of yet
    server.redraw(number, steps=[step("New", advance="next", key="new"), one, two])
    expect(card(page, "Two")).to_contain_text("Step 3 of 3")


def test_a_pointer_covers_nothing_and_takes_no_focus(visit: Open, server: Server) -> None:
    page = visit()
    page.locator("#search").focus()
    server.show("guide", steps=[step("Press here", "#add") | {"as": "pointer"}])
    is_beside(page, "Press here", page.locator("#add"))
    expect(page.locator("#search")).to_be_focused()
    finish(page, server, page.locator("#add"))


def test_a_step_that_is_embedded_stands_inside_its_element(visit: Open, server: Server) -> None:
    page = visit()
    server.show("guide", steps=[step("In here", "#goals", advance="next") | {"as": "embedded"}, step("Then", "#add")])
    expect(card(page, "In here")).to_be_visible()
    assert page.evaluate("!!document.querySelector('#goals > [data-inline]')")
    card(page, "In here").get_by_role("button", name="Next").click()
    is_beside(page, "Then", page.locator("#add"))
    assert page.evaluate("document.querySelector('#goals').children.length") == 0


def test_a_film_that_the_page_does_not_let_play_becomes_a_link(server: Server, fresh: New) -> None:
    page = fresh().new_page()  # whose console may tell that it lets nothing play
    page.goto("/diary")
    film = {"url": "https://video.example/film.mp4", "file": "https://video.example/film.mp4"}
    framed = {"url": "https://video.example/1", "frame": "https://player.example/1"}
    look = {"as": "video", "advance": {"on": "next"}}
    server.show("guide", steps=[step("A file", video=film) | look, step("A player", video=framed) | look])
    expect(card(page, "A file").get_by_role("link", name="Watch it on its own page")).to_be_visible()
    expect(card(page, "A file").locator("video")).to_have_count(0)
    card(page, "A file").get_by_role("button", name="Next").click()
    shown = card(page, "A player")
    expect(shown.get_by_role("link", name="Watch it on its own page")).to_be_visible()
    assert shown.locator("iframe").count() == 0  # nothing of others before it is asked for
    shown.get_by_role("button", name="Play the video").click()
    expect(shown.get_by_role("button", name="Play the video")).to_have_count(0)
    expect(shown.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("missing", ["skip", "end"])
def test_a_target_that_does_not_come_is_passed_over_or_ends_it(visit: Open, server: Server, missing: str) -> None:
    page = visit()
    page.clock.install()
    server.show("guide", steps=[step("Gone", "#gone", missing=missing), step("The end", advance="next")])

    def in_time(*actions: str) -> None:
        """The guide comes when it comes; then its time runs faster."""
        server.wait_for(lambda: page.clock.run_for(500) or server.actions(*actions))

    in_time("target_missing")
    if missing == "end":
        in_time("dismissed")
    else:
        expect(card(page, "The end")).to_be_visible()


#: How far the card moves against its target when the page is scrolled.
SCROLLED_APART = """async () => {
    const ours = [...document.querySelectorAll('[popover]')].map((each) => each.shadowRoot.querySelector('.card'));
    const top = (each) => each.getBoundingClientRect().top;
    const gap = () => top(ours.find(Boolean)) - top(document.querySelector('#add'));
    const before = gap();
    scrollTo(0, 20);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return [scrollY, Math.round(gap() - before)];
}"""


def test_a_guide_at_rest_lets_the_page_rest_and_follows_as_soon_as_it_scrolls(visit: Open, server: Server) -> None:
    server.show("guide", steps=[step("Here", "#add")])
    page = visit()
    page.evaluate("document.querySelector('main').style.minHeight = '3000px'")
    expect(card(page, "Here")).to_be_visible()
    page.wait_for_timeout(1000)
    page.evaluate("""() => {
        const ask = requestAnimationFrame.bind(globalThis);
        globalThis.asked = 0;
        globalThis.requestAnimationFrame = (then) => { asked++; return ask(then); };
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("asked") == 0
    assert page.evaluate(SCROLLED_APART) == [20, 0]

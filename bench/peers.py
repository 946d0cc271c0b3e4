"""The SDK beside libraries for tours and in-app surveys: what they weigh, and what it costs a page to begin with them.

The peers are bundled as a product would bundle them (`peers/build.mjs`), each on the same page in the same Chromium, in
turn, every time in a new browser profile. What a page costs is taken beside the same page without any of it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from statistics import median
from typing import Any

from e2e.conftest import CHROMIUM, QUIET
from msgspec import Struct
from playwright.sync_api import Browser, sync_playwright

from bench.home import temporary_home
from bench.measure import Figure, Row, at_most, beside, figure, in_turn

_ROOT = Path(__file__).resolve().parent.parent
_PEERS = Path(__file__).parent / "peers"
_DIST = _PEERS / "dist"
_SDK = _ROOT / "src/milepost/static/built/sdk"
_ROUNDS = 7
_SETTLE_MS = 700

#: How it is seen that a page has begun with it, as a test in the page.
_BEGUN = {
    "nothing": "true",
    "Milepost, a guide": "[...document.querySelectorAll('*')].some((each) => each.shadowRoot?.querySelector('.card'))",
    "Milepost, nothing to show": "window.milepost && !Array.isArray(window.milepost)",
    "driver.js": "document.querySelector('.driver-popover')",
    "shepherd.js": "document.querySelector('.shepherd-element')",
    "intro.js": "document.querySelector('.introjs-tooltip')",
    "posthog-js": "'started' in document.documentElement.dataset",
}
_WATCH = """globalThis.longest = 0;
globalThis.shift = 0;
const watch = (type, see) =>
  new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
watch("longtask", ({ duration }) => { longest = Math.max(longest, duration); });
watch("layout-shift", ({ value }) => { shift += value; });"""


class Cost(Struct, frozen=True, kw_only=True):
    """Of one load of a page. `shift`: how far its layout moved, all shifts together. Units: milliseconds, kilobytes."""

    main: float
    longest: float
    shift: float
    heap: float
    requests: int


def rows() -> list[Row]:
    hatch = run_path(str(_ROOT / "sdk/hatch_build.py"))
    hatch["npm"](_PEERS, "install", "--no-save", "--no-audit", "--no-fund", "--silent")
    hatch["node"](_PEERS, "build.mjs", str(_SDK))
    weights = json.loads((_DIST / "weights.json").read_text())
    return [*_sizes(weights), *_starts(_costs(), weights)]


def _sizes(weights: dict[str, Any]) -> Iterator[Row]:
    """Ours is everything that a page with a guide has loaded; the peers' is their bundle with its styles."""
    gzip, brotli = _own(weights["own"], "live", "guide")
    for name, peer in weights["peers"].items():
        theirs = [size / 1000 for size in peer["weight"]]
        yield beside(
            "a page with a guide, gzip",
            [gzip],
            f"{name} {peer['version']}",
            [theirs[0]],
            "kB",
            note=f"brotli {brotli:.1f} beside {theirs[1]:.1f} kB",
        )


def _own(own: dict[str, list[int]], *names: str) -> list[float]:
    """Kilobytes of the loader and of these parts, gzip and brotli."""
    return [sum(own[f"{name}.js"][place] for name in ("milepost", *names)) / 1000 for place in (0, 1)]


def _costs() -> dict[str, list[Cost]]:
    with temporary_home():
        import django

        django.setup()
        return _taken()


def _taken() -> dict[str, list[Cost]]:
    from tests.ingest.served import serving

    from bench.peer_pages import Pages

    server = Pages(_DIST)
    found: dict[str, list[Cost]] = {name: [] for name in _BEGUN}

    def once(name: str) -> float:
        server.clear()
        if name == "Milepost, a guide":
            server.show("guide", steps=[_step("#search"), _step("#add"), _step("#goals")], labels=_LABELS)
        cost = _load(chromium, f"http://127.0.0.1:{port}/begin/{name}", _BEGUN[name])
        found[name].append(cost)
        return cost.main

    with serving(server) as port, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for name in _BEGUN:
            once(name)  # the first of each warms the machine, not the page
        for costs in found.values():
            costs.clear()
        in_turn(_ROUNDS, *((lambda name=name: once(name)) for name in _BEGUN))
        chromium.close()
    return found


def _load(chromium: Browser, address: str, begun: str) -> Cost:
    """One load in a new profile, until it has begun and has come to rest."""
    context = chromium.new_context()
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(_WATCH)
    page.goto(address)
    page.wait_for_function(f"() => !!({begun})", polling=50)
    page.wait_for_timeout(_SETTLE_MS)
    spent = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
    longest, shift = page.evaluate("[longest, shift]")
    tools.send("HeapProfiler.collectGarbage")
    heap = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}["JSHeapUsedSize"]
    context.close()
    return Cost(main=spent["TaskDuration"] * 1000, longest=longest, shift=shift, heap=heap / 1000, requests=len(asked))


def _starts(costs: dict[str, list[Cost]], weights: dict[str, Any]) -> Iterator[Row]:
    """What each adds to the page that has none of them."""
    bare = costs["nothing"]
    idle, guide = costs["Milepost, nothing to show"], costs["Milepost, a guide"]
    yield Row(
        what="SDK start, nothing to show: main thread",
        ours=_added(idle, bare),
        goal=at_most(10, of="ours"),
        note=_beside(idle, bare),
    )
    longest = figure([cost.longest for cost in (*idle, *guide)], "ms")
    yield Row(what="SDK start: longest task over 50 ms (0: none)", ours=longest, goal=at_most(50, of="ours"))
    shift = figure([cost.shift for cost in (*idle, *guide)])
    yield Row(what="SDK start: layout shift", ours=shift, goal=at_most(0, of="ours"))
    for name, peer in weights["peers"].items():
        ours, theirs = (idle if name == "posthog-js" else guide), costs[name]
        yield Row(
            what="start, nothing to show" if name == "posthog-js" else "start, the first step of a guide stands",
            ours=_added(ours, bare),
            limit_is=f"{name} {peer['version']}",
            limit=_added(theirs, bare),
            note=f"ours {_beside(ours, bare)}; theirs {_beside(theirs, bare)}",
        )


def _added(costs: list[Cost], bare: list[Cost]) -> Figure:
    return figure([cost.main - without.main for cost, without in zip(costs, bare, strict=True)], "ms")


def _beside(costs: list[Cost], bare: list[Cost]) -> str:
    heap = median(cost.heap for cost in costs) - median(cost.heap for cost in bare)
    requests = median(cost.requests for cost in costs) - median(cost.requests for cost in bare)
    return f"{heap:.0f} kB of heap, {requests:.0f} requests"


def _step(target: str) -> dict[str, Any]:
    return {"title": "Here", "body_html": "<p>Look.</p>", "on": [target], "advance": {"on": "next"}}


_LABELS = {
    "next": "Next",
    "back": "Back",
    "close": "Close",
    "done": "Done",
    "step": "Step {n} of {total}",
    "help": "Ask",
}

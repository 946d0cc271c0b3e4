"""What `spec/cases/page.json` says of the page, held by a real browser, and by what reads patterns in Python."""

import json
from pathlib import Path
from typing import Any

import pytest

from milepost.cli.pages import fits
from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import SDK, Server

CASES = json.loads((Path(__file__).parents[2] / "spec/cases/page.json").read_text(encoding="utf-8"))
#: What is known of a page is believed for a while: here a second goes by with each look at the clock.
_SEEK = """async ([part, cases]) => {
    const { seek } = await import(part);
    let seconds = 0;
    performance.now = () => 1e6 + 1000 * seconds++;
    return cases.map(({ input }) => {
        document.body.innerHTML = input.page;
        return seek(input.target).map(({ id }) => id);
    });
}"""


@pytest.mark.parametrize("case", CASES["url"], ids=lambda case: case["name"])
def test_a_pattern_means_the_same_to_the_command_line(case: dict[str, Any]) -> None:
    patterns, path, query = (case["input"][name] for name in ("patterns", "path", "query"))
    assert (not patterns or any(fits(pattern, path + query) for pattern in patterns)) is case["expected"]


def test_a_browser_finds_what_an_anchor_means(visit: Open, server: Server) -> None:
    page = visit(bypass_csp=True)
    [part] = SDK.glob("chunks/*/anchors.js")
    found = page.evaluate(_SEEK, [f"/sdk/{part.relative_to(SDK)}", CASES["anchor"]])
    assert dict(zip((case["name"] for case in CASES["anchor"]), found, strict=True)) == {
        case["name"]: case["expected"] for case in CASES["anchor"]
    }

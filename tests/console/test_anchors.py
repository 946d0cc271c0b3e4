"""Which elements of a product's pages the program points at, and what `milepost anchors check` makes of the pages."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typer.testing import CliRunner

from milepost.cli import anchors as command
from milepost.cli.pages import paths_of, visited
from milepost.core.review.anchors import BROKEN, Anchored, anchored, judged
from milepost.core.values import Refused
from milepost.program.yaml_text import read
from milepost.success.models import Task
from tests.console.world import World

PROGRAM = """\
milepost: 1
name: Shop
start: {did: Signed Up}
facts: {Signed Up: {}}
support: {name: Anna, email: help@example.com, hours: always}
milestones:
  first: {title: First, reached: {did: Signed Up}, first_value: true}
content:
  tour:
    kind: guide
    serves: first
    page: {url: /shop}
    steps:
      - {title: Well found, on: "#search"}
      - {title: Moved, on: ["[data-testid=cart]", "#cart"]}
      - {title: Gone, on: "#gone", advance: {on: click}}
      - {title: In a menu, on: "#in-menu"}
      - {title: Nowhere}
  tip: {kind: hint, title: Tip, on: ".row", page: {url: "/shop*"}}
  away: {kind: hint, title: Away, on: "#x", page: {url: "/orders/*/lines"}}
"""
SHOP = """<!doctype html><title>Shop</title><input id="search"><div hidden><i id="gone"></i></div>
<p class="row">1</p><p class="row">2</p>
<script>setTimeout(() => { const b = document.createElement("button"); b.id = "cart"; b.textContent = "Cart";
document.body.append(b) }, 300)</script>"""


class Product(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path.startswith("/shop") else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(SHOP.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def product() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Product)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def targets() -> dict[str, Anchored]:
    document = read(PROGRAM).document
    assert document is not None
    return {each.name: each for each in anchored(document)}


def test_everything_that_pieces_stand_at_is_known_with_its_pages() -> None:
    found = targets()
    assert list(found) == ["tour, step 1", "tour, step 2", "tour, step 3", "tour, step 4", "tip", "away"]
    assert found["tour, step 2"].ways == ("[data-testid=cart]", "#cart")
    assert [each.behind for each in found.values()] == [False, False, False, True, False, False]


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ({"/a": [1, 0]}, "found"),
        ({"/a": [0, 0], "/b": [1, 1]}, "found"),
        ({"/a": [3, 1]}, "several"),
        ({"/a": [0, 1]}, "fallback"),
        ({"/a": [0, 0]}, "missing"),
        ({}, "unopened"),
    ],
)
def test_the_best_of_all_pages_counts(seen: dict[str, list[int]], status: str) -> None:
    assert judged(targets()["tour, step 2"], seen).status == status


def test_of_what_comes_after_an_action_nothing_is_said() -> None:
    assert judged(targets()["tour, step 4"], {"/shop": [0]}).status == "behind"
    assert "behind" not in BROKEN


def test_the_pages_are_those_that_are_given_that_are_named_and_with_which_a_pattern_begins() -> None:
    def patterns(*urls: str) -> list[Anchored]:
        return [Anchored(content="x", step=None, ways=("#x",), urls=urls)]

    assert paths_of(command.Site(base="x", paths=("/b",)), patterns("/a", "/c/*", "/d/*/e")) == [
        "/b",
        "/a",
        "/c/",
        "/d/",
    ]
    assert paths_of(command.Site(base="x", paths=("/c/1",)), patterns("/c/*")) == ["/c/1"]
    assert paths_of(command.Site(base="x"), patterns("*")) == ["/"]


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_opened_and_what_is_broken_is_said_and_asked_of_the_team_once(
    product: str, empty_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as apart:  # another test's browser may be driven from this thread
        monkeypatch.setattr(command, "visited", lambda *asked: apart.submit(visited, *asked).result())
        _check(product, empty_world)


def _check(product: str, world: World) -> None:
    world.release(PROGRAM)
    asked = ["check", "--base", product, "--page", "/orders/1/lines", "--format", "json", "--open-tasks"]
    said = CliRunner().invoke(command.app, asked)
    assert said.exit_code == 1, said.output
    rows = {(row["content"], row["step"]): row for row in json.loads(said.stdout)}
    statuses = [
        rows["tour", 0],
        rows["tour", 1],
        rows["tour", 2],
        rows["tour", 3],
        rows["tip", None],
        rows["away", None],
    ]
    assert [row["status"] for row in statuses] == ["found", "fallback", "missing", "behind", "several", "unopened"]
    assert rows["tour", 1]["found_by"] == "#cart"
    assert rows["tip", None]["count"] == 2
    assert "/orders/1/lines answered 404" in said.stderr
    titles = ["Point again: tip", "Point again: tour, step 2", "Point again: tour, step 3"]
    assert sorted(Task.objects.values_list("title", flat=True)) == titles
    again = CliRunner().invoke(command.app, [*asked[:3], "--open-tasks"])
    assert "No new tasks." in again.stderr
    assert "3 of 6 broken." in again.stdout
    assert Task.objects.count() == 3
    with pytest.raises(Refused, match="No page could be opened"):
        CliRunner().invoke(command.app, ["check", "--base", "http://127.0.0.1:9"], catch_exceptions=False)

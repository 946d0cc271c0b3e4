"""The SDK's files, as a page on another site loads them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client.stage import Stage


@pytest.fixture
def served(tmp_path: Path, staged: Callable[..., Stage]) -> Stage:
    (tmp_path / "chunks").mkdir()
    (tmp_path / "milepost.js").write_text("loader" * 100)
    (tmp_path / "chunks" / "guide-ABC.js").write_text("guide")
    (tmp_path / "secret.txt").write_text("not to be served")
    return staged()


def test_the_loader_is_asked_for_again_soon_and_a_chunk_never(served: Stage) -> None:
    loader, chunk = served.http.get("/sdk/milepost.js"), served.http.get("/sdk/chunks/guide-ABC.js")
    assert loader.text == "loader" * 100 and chunk.text == "guide"
    assert "max-age=300" in loader.headers["cache-control"]
    assert "immutable" in chunk.headers["cache-control"]


def test_any_page_may_load_it(served: Stage) -> None:
    headers = served.http.get("/sdk/milepost.js").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"


def test_what_the_browser_has_is_not_sent_again(served: Stage) -> None:
    etag = served.http.get("/sdk/milepost.js").headers["etag"]
    again = served.http.get("/sdk/milepost.js", headers={"If-None-Match": f'W/"x", {etag}'})
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_sent_packed_to_those_who_can_unpack(served: Stage) -> None:
    with served.http.stream("GET", "/sdk/milepost.js", headers={"Accept-Encoding": "br, gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and len(packed) < 100
    assert gzip.decompress(packed) == b"loader" * 100
    plain = served.http.get("/sdk/milepost.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["secret.txt", "none.js", "../conftest.py", "..%2fconftest.py", ""])
def test_nothing_else_is_served(served: Stage, path: str) -> None:
    assert served.http.get(f"/sdk/{path}").status_code == 404

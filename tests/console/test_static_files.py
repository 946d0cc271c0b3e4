"""The console's own files, as the server under ASGI hands them out."""

import asyncio
import warnings
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.test import Client

STYLES = "/static/built/console/styles.css"


async def asked(path: str, method: str = "GET") -> tuple[dict[str, Any], bytes]:
    """The start and the whole body of an answer, over ASGI."""
    asks, parts = asyncio.Queue[Any](), list[Any]()
    asks.put_nowait({"type": "http.request"})

    async def send(part: Any) -> None:
        parts.append(part)

    scope: Any = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    await get_asgi_application()(scope, asks.get, send)
    return parts[0], b"".join(part["body"] for part in parts[1:])


def test_a_static_file_is_served_over_asgi_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        start, body = asyncio.run(asked(STYLES))
    headers = dict(start["headers"])
    assert (start["status"], headers[b"Content-Type"]) == (200, b'text/css; charset="utf-8"')
    assert int(headers[b"Content-Length"]) == len(body) > 1000


def test_a_head_says_the_length_and_has_no_body() -> None:
    start, body = asyncio.run(asked(STYLES, "HEAD"))
    assert int(dict(start["headers"])[b"Content-Length"]) > 1000
    assert body == b""


@pytest.mark.parametrize(("asks", "status"), [("If-None-Match", 304), ("Range", 206)])
def test_what_a_browser_has_already_is_not_sent_again(asks: str, status: int) -> None:
    client = Client()
    whole = client.get(STYLES)
    answer = client.get(STYLES, headers={asks: whole.headers["ETag"] if status == 304 else "bytes=10-19"})
    assert answer.status_code == status
    assert answer.content == (b"" if status == 304 else whole.content[10:20])
    assert ("Content-Type" in answer.headers) == (status == 206)

"""A page of somebody's product with the built SDK in it, and the browser's side of Milepost in place of the real one: it
brings the pieces that a test says, and keeps what it is told."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import msgspec
from django.utils import translation

from milepost.client import answering, asking
from milepost.client.assets import Assets
from milepost.core.delivery import report
from milepost.core.delivery.answers import Answer
from milepost.core.values import Refused
from milepost.delivery.channels.in_app.labels import labels

SDK = Path(__file__).parents[2] / "src/milepost/static/built/sdk"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types milepost"
)
PAGE = """<!doctype html><html lang="en" dir="{dir}" data-theme="{named}"><head><meta charset="utf-8"><title>Diary</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css">
<script src="/sdk/milepost.js" data-key="{key}" data-user="maria" {more} async></script></head>
<body class="{theme}"><main><h1>Your diary</h1>
<p><label for="search">Food</label> <input id="search"> <button id="add">Add</button></p>
<h2>Today</h2><div id="today">{inside}</div><h2>Goals</h2><div id="goals">No goal yet.</div></main></body></html>"""
#: How the real server reads what it is told.
READERS: dict[str, Any] = {
    "/client/progress": report.read_report,
    "/client/answer": lambda body: answering.read(body, Answer),
    "/client/plan": lambda body: answering.read(body, answering.Wish),
    "/client/ask": lambda body: asking.read(body, asking.Ask),
    "/client/community": lambda body: msgspec.json.decode(body, type=asking.Join),
    "/client/feedback": lambda body: asking.read(body, asking.Feedback),
}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path fill="#7cb" d="M0 0h4v3H0z"/></svg>'
CSS = """body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #f7f7f4; color: #222; }
body.dark { background: #14181b; color: #eee; } main { max-width: 900px; margin: 0 auto; padding: 24px; }
#add { min-height: 28px; } :root:has(.styled) { --milepost-accent: rgb(10, 20, 30); }"""


class Server:
    """Shapes: `told` are (path, body) of every POST, first to last; `refusals` the next answers of a path; `misread` what
    the real server would not have understood."""

    def __init__(self) -> None:
        self._assets = Assets(SDK)
        self._looks: list[asyncio.Event] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = 0
        self.clear()

    def clear(self) -> None:
        """For the next test; what pages of an earlier one still say is nothing to it."""
        self._turn += 1
        self.key = f"mpw_{self._turn}"
        self._last = 0
        self.pieces: dict[int, dict[str, Any]] = {}
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.misread: list[str] = []
        self.refusals: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self.help: dict[str, Any] = {"contact": CONTACT}
        self.articles: dict[str, dict[str, Any]] = {}
        self.found: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.theme, self.dir, self.more, self.named, self.look, self.inside = "", "ltr", "", "", "", ""

    # What a test says

    def show(self, kind: str, **changes: Any) -> int:
        """Opens a piece; its id."""
        self._last += 1
        number = self._last
        status, step = changes.pop("status", "waiting"), changes.pop("step", 0)
        body = {**BODY, "kind": kind, "standing": kind == "empty_state", "labels": english(kind), **numbered(changes)}
        piece = {"id": number, "content": kind, "status": status, "step": step, "version": 1, "body": body}
        self.pieces[number] = piece
        self._wake()
        return number

    def redraw(self, number: int, **changes: Any) -> None:
        piece = self.pieces[number]
        body = {**piece["body"], **numbered(changes)}
        self.pieces[number] = {**piece, "version": piece["version"] + 1, "body": body}
        self._wake()

    def close(self, number: int) -> None:
        del self.pieces[number]
        self._wake()

    def actions(self, *names: str) -> list[dict[str, Any]]:
        """What was reported, of these actions; what was sent again counts once, as it does on the real server."""
        reports = {body["messageId"]: body for path, body in self.told if path == "/client/progress"}
        return [report for report in reports.values() if not names or report["action"] in names]

    def to(self, path: str) -> list[dict[str, Any]]:
        return [body for to, body in self.told if to == path]

    def facts(self, name: str) -> list[dict[str, Any]]:
        facts = {fact["messageId"]: fact for body in self.to("/v1/batch") for fact in body["batch"]}
        return [fact for fact in facts.values() if fact.get("event") == name]

    def wait_for(self, what: Any) -> Any:
        """What the function gives, once it gives anything."""
        for _ in range(300):
            if found := what():
                return found
            threading.Event().wait(0.02)
        raise AssertionError(f"never happened; told: {self.told}")

    # What a browser asks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._loop = asyncio.get_running_loop()
        path = scope["path"]
        if path.startswith("/sdk/"):
            await self._assets.serve(path.removeprefix("/sdk/"), scope, send)
        elif path == "/client/stream":
            await self._stream(receive, send)
        elif scope["method"] == "POST":
            await self._hear(scope, receive, send)
        elif path == "/client/help/search":
            self.asked.append(f"{path}?{scope['query_string'].decode()}")
            await answer(send, 200, {"articles": self.found})
        elif path.startswith("/client/help"):
            self.asked.append(path)
            found = self.help if path == "/client/help" else self.articles[path.rsplit("/", 1)[-1]]
            await answer(send, 200, found)
        elif path == "/page.css":
            await answer(send, 200, CSS.encode(), b"text/css")
        elif path == "/picture.svg":
            await answer(send, 200, PICTURE, b"image/svg+xml")
        elif path == "/favicon.ico":
            await answer(send, 204, b"")
        else:
            said = {"theme": self.theme, "dir": self.dir, "more": self.more, "named": self.named, "inside": self.inside}
            page = PAGE.format(key=self.key, **said)
            await answer(send, 200, page.encode(), b"text/html", (b"content-security-policy", POLICY.encode()))

    async def _hear(self, scope: Any, receive: Any, send: Any) -> None:
        text, more = b"", True
        while more:
            message = await receive()
            text, more = text + message.get("body", b""), message.get("more_body", False)
        path, status, said = scope["path"], 200, {"token": self.key, "signed": True, "look": self.look}
        body = json.loads(text)
        if body.get("writeKey", _token(scope)) != self.key:
            return await answer(send, 401, {"code": "expired_token", "message": "Another test.", "mend": ""})
        try:
            READERS.get(path, json.loads)(text)
        except Refused as refused:
            self.misread.append(f"{path}: {refused.message}")
        if waiting := self.refusals.get(path):
            status, said = waiting.pop(0)
        elif path != "/client/open":
            self.told.append((path, body))
        return await answer(send, status, said)

    async def _stream(self, receive: Any, send: Any) -> None:
        look = asyncio.Event()
        self._looks.append(look)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await put(send, "open", list(self.pieces))
        gone = asyncio.ensure_future(self._gone(receive, look))
        held: dict[int, str] = {}
        while not gone.done():
            pieces = {number: json.dumps(piece) for number, piece in self.pieces.items()}
            for number in [number for number in held if number not in pieces]:
                await put(send, "retract", {"id": number})
            for number, text in pieces.items():
                if held.get(number) != text:
                    await put(send, "piece", json.loads(text))
            held = pieces
            await look.wait()
            look.clear()
        self._looks.remove(look)

    async def _gone(self, receive: Any, look: asyncio.Event) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        asyncio.get_running_loop().call_soon(look.set)

    def _wake(self) -> None:
        for look in list(self._looks):
            if self._loop:
                self._loop.call_soon_threadsafe(look.set)


def numbered(changes: dict[str, Any]) -> dict[str, Any]:
    """Steps without a key have their place for one, as the server draws them."""
    steps = [{"key": str(place), **step} for place, step in enumerate(changes.get("steps", ()))]
    return {**changes, "steps": steps} if steps else changes


def english(kind: Any) -> dict[str, str]:
    with translation.override("en"):
        return labels(kind)


def _token(scope: Any) -> str:
    return str(dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer "))


async def put(send: Any, name: str, data: Any) -> None:
    text = f"event: {name}\ndata: {json.dumps(data)}\n\n"
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def answer(send: Any, status: int, body: Any, kind: bytes = b"application/json", *headers: Any) -> None:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    top = [(b"content-type", kind), (b"content-length", str(len(text)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": top})
    await send({"type": "http.response.body", "body": text})


CONTACT = {
    "name": "Anna from support",
    "email": "help@example.com",
    "telegram": "",
    "telegram_url": "",
    "hours": "Monday to Friday, 9–18 CET",
}
BODY: dict[str, Any] = {
    "title": "A title",
    "body_html": "",
    "steps": [],
    "page": {"url": ["*"]},
    "confetti": False,
    "button": "",
    "contact": CONTACT,
    "lang": "en",
    "dir": "ltr",
}


def option(value: str, text: str = "") -> dict[str, str]:
    return {"value": value, "text": text or value.capitalize()}


def question(key: str, kind: str, **changes: Any) -> dict[str, Any]:
    usual = {"ask": f"{key.capitalize()}?", "options": [], "optional": True, "if": {}, "answer": None}
    return {"key": key, "kind": kind, **usual, **changes}


def item(key: str, title: str, **changes: Any) -> dict[str, Any]:
    usual = {"done": False, "skipped": False, "due": None, "due_text": "", "effort": "", "start": None, "url": None}
    return {"key": key, "title": title, **usual, "owner": "", "tasks": [], **changes}

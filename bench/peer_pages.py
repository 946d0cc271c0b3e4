"""The page that each library begins on, served as a host would: ours with the server that the SDK's tests have."""

from pathlib import Path
from typing import Any

from tests.sdk_pages.served import CSS, Server, answer

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Diary</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css">{head}</head>
<body><main><h1>Your diary</h1><p><label for="search">Food</label> <input id="search"> <button id="add">Add</button></p>
<h2>Today</h2><div id="today"></div><h2>Goals</h2><div id="goals">No goal yet.</div></main></body></html>"""


class Pages(Server):
    """Each way to begin under an address of its own, on the same page. `peers`: the folder of their bundles."""

    def __init__(self, peers: Path) -> None:
        super().__init__()
        self._peers = peers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path.startswith("/begin/"):
            page = _PAGE.format(head=self._head(path.removeprefix("/begin/")))
            await answer(send, 200, page.encode(), b"text/html")
        elif path.startswith("/peer/"):
            file = self._peers / path.removeprefix("/peer/")
            await answer(send, 200, file.read_bytes(), b"text/css" if file.suffix == ".css" else b"text/javascript")
        elif path == "/page.css":
            await answer(send, 200, CSS.encode(), b"text/css")
        elif path == "/client/stream" or scope["method"] == "POST" or path.startswith(("/sdk/", "/client/")):
            await super().__call__(scope, receive, send)
        else:
            await answer(send, 200, {})  # what posthog-js asks of its server

    def _head(self, name: str) -> str:
        if name == "nothing":
            return ""
        if name.startswith("Milepost"):
            return f'<script src="/sdk/milepost.js" data-key="{self.key}" data-help="off" async></script>'
        style = f'<link rel="stylesheet" href="/peer/{name}/peer.css">' if name != "posthog-js" else ""
        return f'{style}<script src="/peer/{name}/peer.js" defer></script>'

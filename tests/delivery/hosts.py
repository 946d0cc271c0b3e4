"""Servers of host products, as one meets them: each answers what it is told to, and keeps what it was asked."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Asked:
    headers: dict[str, str]
    body: bytes


@dataclass
class HostServer:
    """`answers` are given one after the other, the last one again and again: (status, headers, body)."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b'{"ids": ["a", 2]}')])
    drip: float = 0  # seconds between the bytes of the body
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.over = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/samples"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                host.asked.append(Asked({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers, answer = host.answers[min(len(host.asked), len(host.answers)) - 1]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for byte in (answer[n : n + 1] for n in range(len(answer))) if host.drip else (answer,):
                    try:
                        self.wfile.write(byte)
                    except OSError:
                        return
                    if host.drip and host.over.wait(host.drip):
                        return

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

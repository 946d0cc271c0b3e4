"""A browser's edge without a browser: sessions, server-sent events and posts over raw sockets, so that what is measured
is the server."""

import hashlib
import hmac
import json
import socket
from base64 import b64encode
from time import perf_counter
from typing import Any
from uuid import uuid4

from e2e.installation import Installation


class Connection:
    """One keep-alive connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        """The body of the answer, which must be a success."""
        content = b"" if body is None else json.dumps(body).encode()
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\n{named}Content-Length: {len(content)}\r\n\r\n"
        self._socket.sendall(head.encode() + content)
        return self._answer()

    def close(self) -> None:
        self._socket.close()

    def _answer(self) -> bytes:
        read = self._socket.recv(65_536)
        while b"\r\n\r\n" not in read:
            read += self._socket.recv(65_536)
        head, _, body = read.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 2"), read[:500]
        while len(body) < _length(head):
            body += self._socket.recv(65_536)
        return body


class Stream:
    """The open stream of one browser, of a signed person or of an unknown device."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        head = f"GET /client/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.socket.sendall(head.encode())
        self._read = b""

    def wait_for(self, event: str) -> float:
        """The instant at which it came (`perf_counter`)."""
        mark = f"event: {event}\n".encode()
        while mark not in self._read:
            part = self.socket.recv(65_536)
            assert part, "the stream was closed"
            self._read += part
        arrived = perf_counter()
        self._read = self._read.partition(mark)[2]
        return arrived

    def close(self) -> None:
        self.socket.close()


def open_session(connection: Connection, installation: Installation, user: str | None = None) -> str:
    """A token; signed as the host product's server would when there is a user."""
    asked = {"writeKey": installation.write_key, "anonymousId": str(uuid4())}
    if user is not None:
        secret = installation.identity_secret.encode()
        asked |= {"userId": user, "signature": hmac.new(secret, user.encode(), hashlib.sha256).hexdigest()}
    return str(json.loads(connection.ask("POST", "/client/open", asked))["token"])


def track(connection: Connection, installation: Installation, user: str, event: str) -> None:
    _call(connection, installation, "track", {"userId": user, "event": event, "properties": {"calories": 320}})


def identify(connection: Connection, installation: Installation, user: str, **traits: Any) -> None:
    _call(connection, installation, "identify", {"userId": user, "traits": traits})


def _call(connection: Connection, installation: Installation, kind: str, body: dict[str, Any]) -> None:
    token = b64encode(f"{installation.write_key}:".encode()).decode()
    connection.ask("POST", f"/v1/{kind}", body, Authorization=f"Basic {token}")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0

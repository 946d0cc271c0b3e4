"""Mail servers as one meets them: one that works, and one for each way of not working. All of them listen on a port."""

import re
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from time import sleep
from types import TracebackType
from typing import Any, ClassVar, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    sender: str
    recipients: list[str]
    raw: bytes
    options: list[str]

    @property
    def mail(self) -> EmailMessage:
        return BytesParser(policy=default).parsebytes(self.raw)

    def part(self, kind: str) -> str:
        body = self.mail.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Inbox:
    """A correct server on a free port; counts its connections."""

    options: dict[str, Any] = field(default_factory=dict)
    letters: list[Received] = field(default_factory=list)
    connections: int = 0
    gone: int = 0

    def __enter__(self) -> Self:
        self.port = free_port()
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()
        self.url = f"smtp://127.0.0.1:{self.port}?timeout=1"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()

    def wait_until_idle_is_over(self) -> None:
        """Until the server has hung up on whoever said nothing."""
        before = self.gone
        for _ in range(100):
            if self.gone > before:
                return
            sleep(0.02)
        raise AssertionError("the server did not hang up")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class _Controller(Controller):
    def __init__(self, inbox: Inbox, **options: Any) -> None:
        super().__init__(_Handler(inbox), **options)
        self.inbox = inbox

    def factory(self) -> SMTP:
        return _Counting(self.inbox, self.handler, **self.SMTP_kwargs)


class _Counting(SMTP):
    def __init__(self, inbox: Inbox, handler: Any, **options: Any) -> None:
        super().__init__(handler, **options)
        self.inbox = inbox

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.inbox.gone += 1


class _Handler:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.inbox.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.inbox.letters.append(
            Received(envelope.mail_from or "", list(envelope.rcpt_tos), content, list(envelope.mail_options))
        )
        return "250 2.0.0 taken"


Script = Mapping[str, "str | Callable[[Hostile, socket.socket], None]"]


class Hostile:
    """A server that follows a script: what it answers to each command, or what it does to the connection instead.

    The script maps the first word of a command ("connect" for the greeting, "end" for the end of the message) to an
    answer or to an act of this class. What is not in the script is answered well.
    """

    WELL: ClassVar = {"connect": "220 hostile", "EHLO": "250 hostile", "DATA": "354 go on", "end": "250 taken"}

    def __init__(self, script: Script) -> None:
        self.script = script
        self.commands: list[str] = []
        self.connections = self.accepted = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}?timeout=0.25"
        self._over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._socket.close()

    def hang(self, line: socket.socket) -> None:
        self._over.wait(20)
        self.drop(line)

    def drip(self, line: socket.socket) -> None:
        """A byte now and then, so that no time-out of a single read is ever reached."""
        while not self._over.wait(0.1):
            line.sendall(b"2")

    def late(self, line: socket.socket) -> None:
        self._over.wait(0.1)
        line.sendall(b"220 good morning\r\n")

    def take_and_drop(self, line: socket.socket) -> None:
        line.sendall(b"250 taken\r\n")
        self.drop(line)

    def drop(self, line: socket.socket) -> None:
        line.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(line,), daemon=True).start()

    def _converse(self, line: socket.socket) -> None:
        with suppress(OSError), line, line.makefile("rb") as commands:
            self._answer(line, "connect")
            for command in commands:
                self.commands.append(command.decode().strip())
                word = re.split(r"[ :]", self.commands[-1])[0].upper()
                if self._answer(line, word).startswith("354"):
                    while commands.readline() not in (b".\r\n", b""):
                        pass
                    # Before it is said: whoever hears it may ask at once.
                    self.accepted += str(self.script.get("end", self.WELL["end"])).startswith("250")
                    self._answer(line, "end")

    def _answer(self, line: socket.socket, word: str) -> str:
        answer = self.script.get(word, self.WELL.get(word, "250 fine"))
        if callable(answer):
            answer(self, line)
            return ""
        line.sendall(f"{answer}\r\n".encode())
        return answer

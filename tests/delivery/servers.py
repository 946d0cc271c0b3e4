"""Mail servers as one meets them: one that works, and one for each way of not working. All of them listen on a port."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Any, Self

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
        return BytesParser(policy=default).parsebytes(self.raw)  # type: ignore[return-value]  # default policy: EmailMessage

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

    def __enter__(self) -> Self:
        self.port = free_port()
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()
        self.url = f"smtp://127.0.0.1:{self.port}?timeout=1"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class _Handler:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_EHLO(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.inbox.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.inbox.letters.append(
            Received(envelope.mail_from or "", list(envelope.rcpt_tos), content, list(envelope.mail_options))
        )
        return "250 2.0.0 taken"


class Hostile:
    """A server that follows a script: what it answers to each command; the script may hang, drop or drip instead.

    `says` maps the first word of a command ("connect" for the greeting, "." for the end of the message) to an answer, or
    to what to do with the connection. What is not in the script is answered well.
    """

    WELL = {"connect": "220 hostile", "EHLO": "250 hostile", "DATA": "354 go on", "QUIT": "221 bye"}

    def __init__(self, **says: str | Callable[[socket.socket], None]) -> None:
        self.says = {name.replace("end", "."): answer for name, answer in says.items()}
        self.commands: list[str] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}?timeout=0.4"
        self._over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._socket.close()

    def hang(self, line: socket.socket) -> None:
        self._over.wait(20)

    def drip(self, line: socket.socket) -> None:
        """A byte now and then, so that no time-out of a single read is ever reached."""
        while not self._over.wait(0.2):
            line.sendall(b"2")

    @staticmethod
    def drop(line: socket.socket) -> None:
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
        try:
            with line, line.makefile("rb") as commands:
                self._answer(line, "connect")
                for command in commands:
                    self._answer(line, self._heard(command, commands))
        except OSError:
            return

    def _heard(self, command: bytes, commands: Any) -> str:
        word = command.decode("latin-1").strip()
        self.commands.append(word)
        if word != "DATA" or not str(self.says.get("DATA", "354")).startswith("354"):
            return word.split(" ")[0].split(":")[0]
        self._pending = commands
        return "DATA"

    def _answer(self, line: socket.socket, word: str) -> None:
        answer = self.says.get(word, self.WELL.get(word, "250 fine"))
        if callable(answer):
            answer(line)
            raise OSError("the script ends here")
        line.sendall(answer.encode() + b"\r\n")
        if word == "DATA" and answer.startswith("354"):
            for text in self._pending:
                if text == b".\r\n":
                    break
            self._answer(line, ".")

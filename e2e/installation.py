"""A whole Milepost, as somebody would start it: processes, a home folder, a mail server, a browser."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

import httpx
from aiosmtpd.controller import Controller

T = TypeVar("T")
SECONDS = 60.0  # how long anything may take on a busy machine; what is fast is asserted by `make bench`


class Mailbox:
    """A real SMTP server that keeps what it accepts."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]


class Installation:
    """`milepost serve` on a folder of its own, and what a client or a member can do with it."""

    def __init__(self, home: Path, *, mail: str = "", environment: dict[str, str] | None = None) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "MILEPOST_HOME": str(home),
            "MILEPOST_EMAIL_URL": mail,
            "MILEPOST_PUBLIC_URL": self.url,
            **(environment or {}),
        }
        self.output = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> "Installation":
        command = [sys.executable, "-m", "milepost.cli", "serve", "--port", str(self.port), *arguments]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        until(self.is_ready, f"Milepost to answer; it said:\n{self.output.read_text()}")
        printed = self.output.read_text()
        self.write_key = found(r"mpw_[\w-]+", printed)
        self.secret_key = found(r"mps_[\w-]+", printed)
        self.identity_secret = found(r"identity\s+([\w-]+)", printed)
        self.email, self.password = re.findall(r"^\s+(\S+@\S+)\s+(\S+)$", printed, re.MULTILINE)[-1]
        return self

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=SECONDS)

    def kill(self, role: str) -> None:
        """`kill -9` of the web or the engine process; the watchdog starts it again."""
        for pid in self.pids(role):
            os.kill(pid, signal.SIGKILL)

    def pids(self, role: str) -> list[int]:
        assert self.process is not None
        listing = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line.split()[0]) for line in listing.stdout.splitlines() if line.rstrip().endswith(role)]

    def send(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/{path}", json=body, auth=(self.write_key, ""), timeout=SECONDS)

    def track(self, user: str, event: str, **properties: Any) -> httpx.Response:
        return self.send("track", {"userId": user, "event": event, "properties": properties})

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return httpx.get(
            f"{self.url}/api/v1/{path}",
            params=parameters,
            headers={"Authorization": f"Bearer {self.secret_key}"},
            timeout=SECONDS,
        )

    def person(self, user: str) -> dict[str, Any] | None:
        answer = self.get(f"people/{user}")
        return answer.json() if answer.status_code == 200 else None

    def reached(self, user: str, milestone: str) -> dict[str, Any] | None:
        person = self.person(user) or {"milestones": []}
        found_ = [each for each in person["milestones"] if each["key"] == milestone and each["reached_at"]]
        return found_[0] if found_ else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(wanted: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """Waits for something to be true, and says what it waited for when it never was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = wanted()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds} s for {what}")


def found(pattern: str, text: str) -> str:
    match = re.findall(pattern, text)
    assert match, f"nothing like {pattern} in:\n{text}"
    return str(match[-1])


@contextmanager
def running(home: Path, *arguments: str, **options: Any) -> Iterator[Installation]:
    installation = Installation(home, **options)
    try:
        yield installation.start(*arguments)
    finally:
        installation.stop()

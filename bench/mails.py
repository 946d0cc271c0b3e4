"""Mails a second, from the outbox to a local mail server: claim, write, hand over, note, tell the log; one connection.

The limit is smtplib with a letter that is ready, one of ours, on one connection to the same server.
"""

import os
import smtplib
import sys
import tempfile
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

from e2e.installation import free_port

from bench.home import engine, temporary_home
from bench.measure import ROUNDS, Row, at_least, beside, in_turn
from bench.processes import process
from milepost.core.engine.effects import SendMessage
from milepost.core.events import Fact
from milepost.core.people.identity import uid_of

if TYPE_CHECKING:
    from milepost.log.outbox import Entry
    from milepost.log.stores import Stores

_MAILS = 150


def rows() -> list[Row]:
    port = free_port()
    os.environ["MILEPOST_EMAIL_URL"] = f"smtp://127.0.0.1:{port}?starttls=never"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, temporary_home() as home:
        first = Path(folder) / "letter"
        from milepost.conf.examples import example_text

        with (
            process([sys.executable, "-m", "bench.sink", str(port), str(first)], port=port),
            engine(home, example_text("calorie-counter")) as stores,
        ):
            post = _Post(stores)
            post.send()  # so that templates are compiled, and a letter is there
            letter = first.read_bytes()
            ours, limit = in_turn(ROUNDS, post.send, lambda: _ready(port, letter))
    what = "mails to a local SMTP server, one connection"
    note = f"letters of {len(letter):,} bytes"
    return [beside(what, ours, "smtplib with a ready body", limit, "mails/s", at_least(0.6), note)]


def _ready(port: int, letter: bytes) -> float:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as smtp:
        smtp.ehlo()
        begun = perf_counter()
        for number in range(_MAILS):
            smtp.sendmail("help@example.com", f"user-{number}@example.com", letter)
        return _MAILS / (perf_counter() - begun)


class _Post:
    """Welcome mails to people who are known, put into the outbox and carried out by the relay."""

    def __init__(self, stores: "Stores") -> None:
        from django.db import connection, transaction

        from milepost.conf.wiring import WIRING
        from milepost.log.sql_outbox import SqlOutbox
        from milepost.people.actions import place
        from milepost.runtime.relay import Relay

        self._now, self._outbox, self._sent = stores.clock.now(), SqlOutbox(connection), 0
        self._relay = Relay(stores, self._outbox, WIRING, Event(), Event())
        with transaction.atomic():
            place([self._identified(number) for number in range(_MAILS * (ROUNDS + 1))])

    def send(self) -> float:
        from django.db import transaction

        from milepost.delivery.models import Delivery

        with transaction.atomic():
            self._outbox.put([self._entry(number) for number in range(self._sent, self._sent + _MAILS)])
        self._sent += _MAILS
        begun = perf_counter()
        while self._relay.turn():
            pass
        took = perf_counter() - begun
        assert Delivery.objects.filter(status="sent").count() == self._sent
        return _MAILS / took

    def _identified(self, number: int) -> Fact:
        return Fact(
            workspace=1,
            kind="identify",
            name="Identified",
            at=self._now,
            received_at=self._now,
            message_id=f"known-{number}",
            user_id=f"user-{number}",
            properties={"email": f"user-{number}@example.com", "firstName": "Vera", "name": "Vera Ivanova"},
        )

    def _entry(self, number: int) -> "Entry":
        from milepost.runtime.store import entry_of

        uid = uid_of(1, "user", f"user-{number}")
        effect = SendMessage(
            workspace=1, key=f"{uid}:message:welcome", person=uid, at=self._now, release=1, message="welcome"
        )
        return entry_of(effect, self._now)

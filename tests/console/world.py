"""A team's whole Milepost on one desk: the real loop over stores in memory, a clock set by hand, people who live."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.db import connection
from django.test import override_settings

from milepost.conf.engine import runtime_of
from milepost.conf.wiring import WIRING
from milepost.core.events import NAME_OF_KIND, Fact, FactKind
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.log.sql_outbox import SqlOutbox
from milepost.program import actions as program
from milepost.program import queries as programs
from milepost.runtime.relay import Relay
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import Workspace
from tests.console.lives import lives

EXAMPLE = Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml"
#: What the tests speak of: it stays as it is when the example changes.
PROGRAM = Path(__file__).with_name("program.yaml")
OWNER = "anna@example.com"
PASSWORD = "a-quiet-path-42"


class World:
    def __init__(self, at: datetime) -> None:
        self.clock = ManualClock(at)
        self.stores = stores.in_memory(self.clock)
        stores.use(self.stores)
        self.workspace = self._workspace(at)
        self._runtime = runtime_of(self.stores)
        happened = threading.Event()
        self._relay = Relay(self.stores, SqlOutbox(connection), WIRING, happened, happened)
        self._count = 0

    def _workspace(self, at: datetime) -> Workspace:
        workspace = Workspace.objects.get(pk=bootstrap(at).workspace_id)
        user = workspace.members.get().user
        user.username = user.email = OWNER
        user.set_password(PASSWORD)
        user.save()
        workspace.name = "Calorie counter"
        workspace.save()
        return workspace

    @property
    def texts(self) -> str:
        """Everything that the team wrote."""
        return programs.current(self.workspace.pk).text

    def release(self, text: str) -> int:
        base = None if programs.current(self.workspace.pk).number == 0 else "whatever"
        released = program.apply(
            self.workspace.pk,
            text,
            by=OWNER,
            base=base,
            onto=True,
            reasons={"support": "A test needs none."},
            now=self.clock.now(),
        )
        return released.number

    def happens(self, who: str, name: str, *, device: str | None = None, **properties: Any) -> None:
        """The person does something now."""
        self._append("track", who, name, properties, device)

    def tells(self, who: str, *, device: str | None = None, **traits: Any) -> None:
        self._append("identify", who, NAME_OF_KIND["identify"], traits, device)

    def joins(self, who: str, account: str, **traits: Any) -> None:
        self._append("group", who, NAME_OF_KIND["group"], traits, None, group_id=account)

    def _append(
        self, kind: FactKind, who: str, name: str, values: dict[str, Any], device: str | None, **rest: Any
    ) -> None:
        self._count += 1
        now = self.clock.now()
        fact = Fact(
            workspace=self.workspace.pk,
            kind=kind,
            name=name,
            at=now,
            received_at=now,
            message_id=f"m{self._count}",
            user_id=who or None,
            anonymous_id=device,
            properties=values,
            **rest,
        )
        self.stores.log.append([fact])

    def goes_on(self) -> None:
        """The loop does everything that is to be done by now; mail goes out."""
        self._runtime.catch_up()
        while self._relay.turn():
            self._runtime.catch_up()

    def waits(self, length: timedelta) -> None:
        self.goes_on()
        self.clock.advance(length)
        self.goes_on()


@contextmanager
def mail_server() -> Iterator[None]:
    """A mail server that takes everything, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(EMAIL_URL=f"smtp://127.0.0.1:{port}"):
            yield
    finally:
        controller.stop()


def small_world(at: datetime) -> World:
    """One person on the way: signed up, searched, logged a meal."""
    world = World(at - timedelta(hours=2))
    world.release(PROGRAM.read_text(encoding="utf-8"))
    world.tells("maria", device="phone-1", name="Maria Ivanova", email="maria@example.com", plan="free", zone="UTC")
    world.happens("maria", "Signed Up", plan="free")
    world.joins("maria", "acme", name="Acme GmbH")
    world.waits(timedelta(minutes=40))
    world.happens("maria", "Food Searched", query="apple")
    world.happens("maria", "Meal Logged", meal="apple", calories=52)
    world.waits(timedelta(minutes=80))
    return world


def lively_world(at: datetime, *, days: int = 34, people: int = 70, seed: int = 7) -> World:
    """Weeks of a small product: most people find their first value within a day, some later, some not yet."""
    world = World(at - timedelta(days=days + 1))
    text = EXAMPLE.read_text(encoding="utf-8")
    world.release(text)
    second, released = at - timedelta(days=9), False
    for moment, who, name, properties in lives(at, days=days, people=people, seed=seed):
        if not released and moment >= second:
            world.release(text.replace("Nobody likes an empty page", "Nobody likes an empty diary"))
            released = True
        world.clock.set(max(moment, world.clock.now()))
        if name == "Identified":
            world.tells(who, **properties)
        else:
            world.happens(who, name, **properties)
        world.goes_on()
    world.clock.set(at)
    world.goes_on()
    return world

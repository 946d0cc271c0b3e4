"""The loop over memory stores and a real database, with time in the test's hands: the fixture `world`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from milepost.conf.wiring import WIRING
from milepost.core.events import Fact
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.log.sql_outbox import SqlOutbox
from milepost.program import actions
from milepost.runtime.loop import Runtime
from milepost.runtime.programs import current_program
from milepost.workspace.actions import bootstrap

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

PROGRAM = """
milepost: 1
name: World
support: {name: Anna, email: anna@example.com}
milestones:
  first-meal:
    title: First meal
    first_value: true
    target: 1d
    reached: {did: Meal Logged}
    celebrate: {content: hooray}
  three-meals:
    title: Three meals
    target: 7d
    reached: {did: Meal Logged, at_least: 3, within: 1d}
content:
  hooray: {kind: celebration, title: Hooray}
  add-food:
    kind: guide
    when: {did: Signed Up}
    serves: first-meal
    steps: [{title: Here, on: "#x"}]
messages:
  welcome: {channel: email, purpose: service, when: {did: Signed Up}, serves: first-meal, subject: Hello, body: Thank you.}
"""


class World:
    """A workspace, its loop, and everything that happens to it."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.stores = stores.in_memory(self.clock)
        stores.use(self.stores)
        self.outbox = SqlOutbox(connection)
        self.loop = Runtime(self.stores, self.outbox, WIRING, current_program)
        self.workspace = bootstrap(START).workspace_id
        self._ids = iter(range(1, 10**9))

    def release(self, text: str = PROGRAM) -> None:
        actions.apply(self.workspace, text, by="test", base=None, onto=True, reasons={}, now=self.clock.now())

    def fact(self, name: str, user: str | None = "ann", **more: Any) -> Fact:
        at = more.pop("at", self.clock.now())
        return Fact(
            workspace=self.workspace,
            kind=more.pop("kind", "track"),
            name=name,
            at=at,
            received_at=self.clock.now(),
            message_id=more.pop("message_id", f"m{next(self._ids)}"),
            user_id=user,
            **more,
        )

    def happens(self, *facts: Fact) -> None:
        self.stores.log.append(facts)
        self.loop.catch_up()

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.loop.catch_up()

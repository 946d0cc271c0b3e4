"""The engine process: applies facts, lets time pass, carries out effects, and owns the event store."""

import signal
import threading

import structlog
from django.db import connection

from milepost.conf.wiring import WIRING
from milepost.log import stores
from milepost.log.link import LinkServer
from milepost.log.sql_outbox import SqlOutbox
from milepost.log.stores import Stores
from milepost.runtime.loop import Runtime
from milepost.runtime.models import OutboxEntry
from milepost.runtime.programs import current_program
from milepost.runtime.relay import Relay

log = structlog.get_logger()


def runtime_of(connected: Stores) -> Runtime:
    """The loop over these stores, with this installation's wiring."""
    return Runtime(connected, SqlOutbox(connection), WIRING, current_program)


def run(connected: Stores) -> None:
    """Runs until the process is asked to end."""
    stopping = threading.Event()
    runtime = runtime_of(connected)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(stopping, runtime))
    stores.use(connected)
    if isinstance(connected.link, LinkServer):
        connected.link.on_wake = runtime.woken.set
    _release_claims(connected)
    relay = Relay(connected, SqlOutbox(connection), WIRING, runtime.effects_waiting, runtime.woken)
    worker = threading.Thread(target=relay.run, args=(stopping,), name="relay", daemon=True)
    worker.start()
    runtime.run(stopping)
    worker.join(timeout=20)
    connected.close()


def _stop(stopping: threading.Event, runtime: Runtime) -> None:
    stopping.set()
    runtime.woken.set()
    runtime.effects_waiting.set()


def _release_claims(connected: Stores) -> None:
    """Only one engine runs on a home (it holds the lock): whoever held a claim is dead, and their work is taken up."""
    now = connected.clock.now()
    OutboxEntry.objects.filter(state="claimed", lease_until__gt=now).update(lease_until=now)

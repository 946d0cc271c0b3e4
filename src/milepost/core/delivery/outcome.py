"""How an attempt to carry out an effect ended."""

from datetime import datetime

from msgspec import Struct

from milepost.core.events import Fact


class Done(Struct, frozen=True, kw_only=True):
    """It took effect (or never will need to: `note` says why). What happened goes to the log as facts."""

    facts: tuple[Fact, ...] = ()
    note: str = ""


class Later(Struct, frozen=True, kw_only=True):
    """It may work later (theirs, may pass)."""

    at: datetime
    error: str


class Failed(Struct, frozen=True, kw_only=True):
    """It never will (theirs, final), or the schedule of retries is used up."""

    error: str
    facts: tuple[Fact, ...] = ()


Outcome = Done | Later | Failed

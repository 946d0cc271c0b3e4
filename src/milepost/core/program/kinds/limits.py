"""How much help is too much, whom to ask, and what needs consent."""

from datetime import time, timedelta

from msgspec import Struct

from milepost.core.program.kinds.common import Definition, Text


class Quiet(Struct, frozen=True):
    """Hours of the person's own zone in which nothing but `service` is sent; may pass midnight."""

    start: time
    end: time


class Limit(Definition, frozen=True, kw_only=True):
    """At most so many in a sliding window (or a session: 30 idle minutes end it), and a gap between two."""

    at_most: int | None = None
    per: str | None = None  # a duration, or `session`
    gap: timedelta | None = None
    quiet: Quiet | None = None


class Limits(Definition, frozen=True, kw_only=True):
    """How often somebody may be written to, and shown something. Without a limit there is none."""

    email: Limit = Limit()
    in_app: Limit = Limit()
    telegram: Limit = Limit()
    total: Limit = Limit()  # everything together, over all channels


class Support(Definition, frozen=True, kw_only=True):
    """The contact card: it stands in the same place in every message and piece."""

    name: Text
    email: str
    telegram: str | None = None
    hours: Text | None = None
    how: Text | None = None  # how support works, in a sentence or two
    community: str | None = None  # where people help one another


class Locales(Definition, frozen=True, kw_only=True):
    """The languages of the texts. Every text is there in `default`; what is missing in another falls back to it."""

    default: str = "en"
    others: tuple[str, ...] = ()

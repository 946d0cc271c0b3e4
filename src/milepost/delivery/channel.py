"""What a channel offers: it writes one message to one person in its own form, and carries it there or says why not.

A channel knows nothing of schedules, consent or other attempts. It never sends twice by itself: whoever calls it
decides about another attempt.
"""

from typing import Protocol

from msgspec import Struct

from milepost.core.program.kinds.message import Message
from milepost.delivery.rendering import Occasion
from milepost.people.queries import PersonView


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message as it leaves. `key` is the same in every attempt. Shapes: `text` and `html` say the same thing.
    `missing`: variables of its templates that had no value."""

    key: str
    address: str
    recipient: str  # the person's name, or empty
    sender: str  # a person's name
    reply_to: str  # where an answer reaches that person
    subject: str
    text: str
    html: str
    language: str
    unsubscribe_url: str
    unsubscribe_token: str
    missing: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True):
    """The other side has taken the responsibility. `reference` is its name for the message, `reply` what it said."""

    reference: str
    reply: str = ""


class Later(Exception):
    """It was not taken, but may be in another attempt."""


class Rejected(Exception):
    """It will never be taken. `dead`: the address itself is no good, for this and every other message."""

    def __init__(self, message: str, *, dead: bool = False) -> None:
        super().__init__(message)
        self.dead = dead


class Channel(Protocol):
    def address_of(self, person: PersonView) -> str:
        """Where this channel reaches the person; empty where it does not (yet)."""
        ...

    def write(self, message: Message, occasion: Occasion, person: PersonView, key: str) -> Outgoing:
        """Raises Refused when it cannot be written: a template is wrong, nobody is named as its sender."""
        ...

    def send(self, outgoing: Outgoing) -> Receipt:
        """Raises Later or Rejected; anything else is a mistake of ours."""
        ...

"""What the loop needs from its siblings, given to it from above: it does not know who they are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from milepost.core.delivery.outcome import Outcome
from milepost.core.events import Fact

#: Carries out one effect (decoded from the outbox); the second argument is the attempt, from 1.
Handler = Callable[[Any, int], Outcome]


class Wiring(Struct, frozen=True, kw_only=True):
    """`local` effects change nothing outside this database: they are carried out in the loop, in one transaction with
    being marked done, and so exactly once. All others go through the relay.

    `on_facts` and `on_merge` join the loop's transaction: (fact, uid) of a round, answering whose pieces have changed by it
    as (workspace, uid); (workspace, merged uid, into).
    """

    effects: Mapping[str, type[Any]]  # kind → type of the effect
    handlers: Mapping[str, Handler]
    local: frozenset[str]
    on_facts: Callable[[Sequence[tuple[Fact, int]]], set[tuple[int, int]]]
    on_merge: Callable[[int, int, int], None]

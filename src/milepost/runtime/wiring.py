"""What the loop needs from its siblings, given to it from above: it does not know who they are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from milepost.core.delivery.outcome import Outcome
from milepost.core.events import Fact

#: Carries out one effect (decoded from the outbox); the second argument is the attempt, from 1.
Handler = Callable[[Any, int], Outcome]
#: Carries out many effects of one kind, as if one after the other, and says for each how it ended.
Handlers = Callable[[Sequence[Any]], Sequence[Outcome]]


class Followed(Struct, frozen=True, kw_only=True):
    """What other areas made of a round's facts. `touched` are those whose pieces have changed by it, as (workspace, uid);
    `facts` follow from it, and go to the log."""

    touched: set[tuple[int, int]]
    facts: Sequence[Fact] = ()


class Wiring(Struct, frozen=True, kw_only=True):
    """`local` effects change nothing outside this database: they are carried out in the transaction that writes the state,
    and so exactly once. All others go through the relay. `seen` are those of them that change what
    somebody has before their eyes. `together` are the local ones that come often: they are carried out many at a time.

    `on_facts`, `on_merge` and `on_erase` join the loop's transaction: (fact, uid) of a round; (workspace, merged uid,
    into); (workspace, uids of which nothing is to be left, the addresses that they had).
    """

    effects: Mapping[str, type[Any]]  # kind → type of the effect
    handlers: Mapping[str, Handler]
    local: frozenset[str]
    seen: frozenset[str]
    together: Mapping[str, Handlers]
    on_facts: Callable[[Sequence[tuple[Fact, int]]], Followed]
    on_merge: Callable[[int, int, int], None]
    on_erase: Callable[[int, Sequence[int], Sequence[str]], None]

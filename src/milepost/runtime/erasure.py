"""What the loop does to forget a person (`people.erasure` says who): the log and the columns first, then every row.

1. It may end anywhere and is done again from the start: no row is gone before the log is empty of them.
2. What is in the log and was not applied yet is not missed: it happened before, and goes when its turn comes (`too_late`).
3. Their accounts are as if they had never been there: states are made anew from the facts that are left, and an account of
   which none are left, and to which nobody else belonged, goes too.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction
from django.db.models import Q
from msgspec.structs import replace

from milepost.log.failpoints import failpoint
from milepost.log.stores import Stores
from milepost.people import erasure
from milepost.people.erasure import MENTIONS, Trace
from milepost.people.models import Erasure
from milepost.people.queries import batched
from milepost.runtime import conclusions
from milepost.runtime.models import (
    Decision,
    MilestoneReached,
    OutboxEntry,
    SegmentMember,
    SetAside,
    StuckNow,
    SubjectState,
)
from milepost.runtime.projector import Projector
from milepost.workspace import audit
from milepost.workspace.editing import end_about

_LATELY = timedelta(days=1)
_MENTIONING = """
SELECT seq FROM all_facts WHERE ws = $ws AND event IN (SELECT unnest($events::VARCHAR[])) AND (
    properties->>'friend' IN (SELECT unnest($names::VARCHAR[])) OR properties->>'by' IN (SELECT unnest($names::VARCHAR[])))
"""


class Eraser:
    """`on_erase`: what siblings do (`Wiring`); `retell` makes the states of accounts anew."""

    def __init__(
        self,
        stores: Stores,
        projector: Projector,
        on_erase: Callable[[int, Sequence[int], Sequence[str]], None],
        retell: Callable[[Sequence[int]], None],
    ) -> None:
        self._stores, self._projector, self._on_erase, self._retell = stores, projector, on_erase, retell
        self._left_bytes = True  # of whom an engine before this one has erased, perhaps

    def erase_next(self) -> Trace | None:
        """Forgets whoever is waiting longest for it; None where nobody is, or something is being done for them just now."""
        wish = erasure.first_asked()
        if wish is None or wish.uid is None:
            self._overwrite()
            return None
        whom = erasure.trace(wish.workspace_id, wish.uid)
        if _under_way(whom, self._stores.clock.now()):
            return None
        self._projector.flush()
        _empty_log(self._stores, wish, whom)
        failpoint("runtime.unlogged")
        deserted = self._settle_accounts(whom)
        with _overwriting(), transaction.atomic():
            self._remove(wish, whom, deserted)
        self._left_bytes = True
        return whom

    def _overwrite(self) -> None:
        """Once for all who were erased one after another: it is what takes time."""
        if self._left_bytes:
            lately = erasure.is_done_since(self._stores.clock.now() - _LATELY)
            self._left_bytes = lately and not self._stores.events.overwrite()

    def _settle_accounts(self, whom: Trace) -> list[int]:
        """Makes the states of their accounts anew; the accounts that nobody else has made known."""
        left = self._projector.history_of_accounts(whom.workspace, whom.accounts)
        deserted = [account for account in erasure.never_shared(whom) if not left[account]]
        kept = SubjectState.objects.filter(uid__in=set(whom.accounts) - set(deserted))
        if uids := sorted(kept.values_list("uid", flat=True)):
            self._retell(uids)
        return deserted

    def _remove(self, wish: Erasure, whom: Trace, deserted: Sequence[int]) -> None:
        now, uids = self._stores.clock.now(), [*whom.uids, *deserted]
        conclusions.forget()
        self._on_erase(whom.workspace, uids, whom.addresses)
        _remove_rows(whom.workspace, uids)
        audit.take_out(whom.workspace, whom.names)
        end_about(whom.workspace, uids)
        erasure.remove(whom, deserted)
        erasure.note_done(wish, whom, now)


def _under_way(whom: Trace, now: datetime) -> bool:
    """Whether something is being done for them at this moment."""
    claimed = OutboxEntry.objects.filter(workspace_id=whom.workspace, state="claimed", lease_until__gt=now)
    return claimed.filter(_of(whom.uids)).exists()


def _empty_log(stores: Stores, wish: Erasure, whom: Trace) -> None:
    """Takes their facts out of the log and the columns, and their names out of the facts of others. How many is noted
    first, so that it is known however often this is begun."""
    numbers = [seq for _, seq in stores.events.history(whom.workspace, whom.uids)]
    if numbers:
        wish.facts = len(numbers)
        wish.save(update_fields=["facts"])
    for chunk in batched(numbers):
        SetAside.objects.filter(workspace_id=whom.workspace, seq__in=chunk).delete()
    _take_names_out(stores, whom)
    stores.log.erase(numbers)
    for uid in whom.uids:
        stores.events.erase(whom.workspace, uid)


def _take_names_out(stores: Stores, whom: Trace) -> None:
    asked = {"ws": whom.workspace, "events": list(MENTIONS), "names": list(whom.names)}
    facts = stores.log.fetch([seq for (seq,) in stores.events.query(_MENTIONING, asked)])
    changed = [
        replace(fact, properties={key: value for key, value in fact.properties.items() if key != MENTIONS[fact.name]})
        for fact in facts
    ]
    if changed:
        stores.log.rewrite(changed)
        stores.events.rewrite({fact.seq: msgspec.json.encode(fact.properties).decode() for fact in changed})


def _remove_rows(workspace: int, uids: Sequence[int]) -> None:
    """What the loop keeps of these subjects, and every intention for them, or about them."""
    for rows in (SubjectState, MilestoneReached, Decision, StuckNow, SegmentMember, SetAside):
        rows.objects.filter(workspace_id=workspace, uid__in=uids).delete()
    OutboxEntry.objects.filter(_of(uids), workspace_id=workspace).delete()


def _of(uids: Sequence[int]) -> Q:
    """An effect's key begins with its subject; what others are told of somebody ends with them."""
    found = Q(pk__in=[])
    for uid in uids:
        found |= Q(key__startswith=f"{uid}:") | Q(key__endswith=f":of:{uid}")
    return found


@contextmanager
def _overwriting() -> Iterator[None]:
    """Rows that are removed meanwhile leave no bytes behind, neither in the database's file nor in what waits beside it."""
    if connection.vendor != "sqlite":
        yield
        return
    _say("PRAGMA secure_delete = ON")
    try:
        yield
        transaction.on_commit(lambda: _say("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        _say("PRAGMA secure_delete = OFF")


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()

"""Forgetting a person: what is known of them goes, and what happened before does not come back.

Whoever may, asks (`ask`); the loop carries it out (`runtime.erasure`), because it alone knows that nothing of theirs is
under way. What is left says that somebody was forgotten and when, and of their ids a hash with this installation's key.
"""

import hmac
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from msgspec import Struct

from milepost.core.events import INVITE_ACCEPTED, INVITED, Fact
from milepost.core.people.identity import Id
from milepost.log.secrets import derived
from milepost.people.models import Account, Erasure, Forgotten, Identity, Membership, Person
from milepost.people.queries import batched, person_of
from milepost.workspace import audit

#: Facts of others that name a person, and where.
MENTIONS = {INVITE_ACCEPTED: "friend", INVITED: "by"}


class Trace(Struct, frozen=True, kw_only=True):
    """Everything that leads to a person. `uids`: theirs first, then of those who became them; `names`: how they were called
    outside, ids and addresses; `accounts`: those that they ever belonged to."""

    workspace: int
    uids: tuple[int, ...]
    ids: tuple[Id, ...]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    accounts: tuple[int, ...]


@transaction.atomic
def ask(workspace: int, uid: int, now: datetime, *, actor: str) -> Erasure:
    """Has this person forgotten; asked again meanwhile, it is the same."""
    wish, new = Erasure.objects.get_or_create(workspace_id=workspace, uid=uid, defaults={"asked_at": now})
    if new:
        audit.record(wish.workspace, now, actor=actor, action="person.forget", subject=_named(wish))
    return wish


def first_asked() -> Erasure | None:
    """What was asked first and is still to be done."""
    return Erasure.objects.filter(done_at=None).order_by("asked_at", "id").first()


def trace(workspace: int, uid: int) -> Trace:
    """Of whom this person is by now. Absent: everything is empty for somebody who is gone."""
    now = person_of(workspace, uid)
    people = [now, *Person.objects.filter(merged_into=now)] if now else []
    uids = [person.id for person in people]
    found = Identity.objects.filter(workspace_id=workspace, person__in=uids).order_by("id")
    ids: list[Id] = [
        ("user" if kind == "user" else "anonymous", value) for kind, value in found.values_list("kind", "value")
    ]
    names = {person.key for person in people} | {value for _, value in ids}
    held = Membership.objects.filter(person__in=uids).values_list("account_id", flat=True)
    return Trace(
        workspace=workspace,
        uids=tuple(uids),
        ids=tuple(ids),
        names=tuple(sorted(names)),
        addresses=tuple(sorted({person.email for person in people if person.email})),
        accounts=tuple(sorted(set(held))),
    )


def remove(trace: Trace, accounts: Collection[int]) -> None:
    """The person, whom they were before, their ids, what they were in accounts, and these accounts."""
    Account.objects.filter(id__in=accounts).delete()
    Person.objects.filter(id__in=trace.uids).delete()


def never_shared(trace: Trace) -> list[int]:
    """Those of their accounts to which nobody else ever belonged."""
    others = Membership.objects.filter(account__in=trace.accounts).exclude(person__in=trace.uids)
    kept = set(others.values_list("account_id", flat=True))
    return [account for account in trace.accounts if account not in kept]


def is_asked(workspace: int, uid: int) -> bool:
    return Erasure.objects.filter(workspace_id=workspace, uid=uid).exists()


def is_done_since(at: datetime) -> bool:
    """Whether anybody was forgotten since then."""
    return Erasure.objects.filter(done_at__gte=at).exists()


def note_done(erasure: Erasure, trace: Trace, now: datetime) -> None:
    for kind, value in trace.ids:
        Forgotten.objects.update_or_create(
            workspace_id=trace.workspace, hash=_hash(trace.workspace, kind, value), defaults={"at": now}
        )
    erasure.uid, erasure.done_at = None, now
    erasure.save(update_fields=["uid", "done_at"])
    said: dict[str, object] = {"facts": erasure.facts}
    audit.record(
        erasure.workspace, now, actor="milepost", action="person.forgotten", subject=_named(erasure), detail=said
    )


def _named(erasure: Erasure) -> str:
    """What the record of it is called: it says nothing of whom."""
    return f"#{erasure.pk}"


def too_late(facts: Sequence[Fact]) -> list[int]:
    """The log's numbers of those of these facts that happened before whoever they are of was forgotten."""
    if not Forgotten.objects.exists():
        return []
    hashes = {fact.seq: [_hash(fact.workspace, *each) for each in _ids_of(fact)] for fact in facts}
    since: dict[bytes, datetime] = {}
    for chunk in batched(sorted({each for some in hashes.values() for each in some})):
        found = Forgotten.objects.filter(hash__in=chunk).values_list("hash", "at")
        since |= {bytes(hashed): at for hashed, at in found}
    before = {
        fact.seq: max((since[each] for each in hashes[fact.seq] if each in since), default=None) for fact in facts
    }
    return [fact.seq for fact in facts if (until := before[fact.seq]) is not None and fact.at <= until]


def _ids_of(fact: Fact) -> Iterator[Id]:
    if fact.user_id:
        yield "user", fact.user_id
    elif fact.anonymous_id:
        yield "anonymous", fact.anonymous_id


def _hash(workspace: int, kind: str, value: str) -> bytes:
    """The workspace stands in it, so that one look-up serves facts of several."""
    return hmac.digest(_key(), f"{workspace}:{kind}:{value}".encode("utf-8", "surrogatepass"), "sha256")


@cache
def _key() -> bytes:
    return derived(settings.SECRET_KEY, "forgotten")

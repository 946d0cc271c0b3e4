"""Who answers for whose fact it is.

1. A request with the secret key comes from the host product's server: it may say anything of anybody.
2. A signature or a token beside a call, or beside a whole batch, vouches for the one user whom it was made for; the
   calls of a batch that name somebody else (who was here before) are as unsigned as without it. A token vouches for the
   account that it names, a signature for none.
3. A token that is refused refuses the request: whoever sent it makes a new one and sends the same again.
4. Of whoever has ever been signed for, the name and the addresses that messages go to are changed by nobody who has not.
5. Where a workspace requires signed identities, an unsigned call that names a user is refused, and so is what an
   unsigned call says of somebody who is known. Nobody joins or leaves an account there, nor says what it is like, and
   no act counts for one, unless the account is vouched for.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Protocol

from django.db import DatabaseError, connection
from msgspec import Struct
from msgspec.structs import replace

from milepost.core.events import NOTES, Fact, vouched
from milepost.core.people.identity import Id
from milepost.core.values import Refused, Unavailable, digest
from milepost.ingest.decode import Call, Envelope
from milepost.people.accounts import REMOVED
from milepost.people.queries import Standing, standings
from milepost.workspace import identity, keys
from milepost.workspace.models import Key
from milepost.workspace.tokens import Claims, is_token

#: Where messages go, and what a certificate says: whoever changes them reads what was meant for somebody else, or has it
#: made out to them.
ADDRESSES = ("email", "phone")
NAMES = ("name", "firstName", "first_name", "lastName", "last_name")
_GUARDED = (*ADDRESSES, *NAMES)

_UNSIGNED = Refused(
    "unsigned",
    "This workspace takes what is said of a user only when it is signed; nothing was stored.",
    mend="Sign the user id, or send it from your server with the secret key.",
)
_NOT_THEIRS = Refused(
    "unsigned_account",
    "This workspace takes what is said of an account only when it is signed; the account was left out.",
    mend="Name the account in the token, or send it from your server with the secret key.",
)
_KEPT = Refused(
    "unsigned_address",
    "The name and the addresses of somebody whose id has been signed were left as they are.",
    mend="Sign the user id, or send it from your server with the secret key.",
)


class Identities(Protocol):
    """What a workspace knows of signatures and of people."""

    def server(self, key: str) -> int | None:
        """The workspace whose secret key this is."""
        ...

    def signed_only(self, workspace: int) -> bool: ...

    def signed(self, workspace: int, user_id: str, signature: str) -> bool: ...

    def claims(self, workspace: int, token: str, now: datetime) -> Claims:
        """Raises Refused (401)."""
        ...

    async def standings(self, workspace: int, ids: Sequence[Id]) -> Mapping[Id, Standing]: ...


class StoredIdentities:
    """Out of the database."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="standings")

    def server(self, key: str) -> int | None:
        return keys.find(key, Key.SECRET)

    def signed_only(self, workspace: int) -> bool:
        return identity.signed_only(workspace)

    def signed(self, workspace: int, user_id: str, signature: str) -> bool:
        return identity.verify(workspace, user_id, signature) is not None

    def claims(self, workspace: int, token: str, now: datetime) -> Claims:
        return identity.read(workspace, token, now)[1]

    async def standings(self, workspace: int, ids: Sequence[Id]) -> Mapping[Id, Standing]:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _standings, workspace, ids)


def _standings(workspace: int, ids: Sequence[Id]) -> Mapping[Id, Standing]:
    try:
        return standings(workspace, ids)
    except DatabaseError as error:
        connection.close()
        raise Unavailable("The database does not answer.", retry_after=1) from error


class Voucher:
    """What one request brings to prove whose its calls are. Raises Refused (401) for a bad token of the envelope."""

    def __init__(
        self, identities: Identities, workspace: int, now: datetime, envelope: Envelope, *, trusted: bool
    ) -> None:
        self._identities, self._workspace, self._now, self._trusted = identities, workspace, now, trusted
        self._of_all = self._read(envelope.signature)

    def vouch(self, fact: Fact, call: Call) -> list[Fact]:
        """The fact, with a note if it is answered for, and what a token says besides. Raises Refused (401)."""
        if self._trusted:
            return [_noted(fact, account=True)]
        if fact.user_id is None:
            return [fact]
        proof = self._of_all if call.signature is None else self._read(call.signature)
        if isinstance(proof, Claims):
            if proof.sub != fact.user_id:
                return [fact]
            theirs = proof.account is not None and _accounts_of(fact) <= {proof.account.id}
            return [*_told(_noted(fact, account=theirs), proof)]
        signed = proof and self._identities.signed(self._workspace, fact.user_id, proof)
        return [_noted(fact) if signed else fact]

    def _read(self, signature: Any) -> Claims | str:
        if not isinstance(signature, str) or not is_token(signature):
            return signature if isinstance(signature, str) else ""
        return self._identities.claims(self._workspace, signature, self._now)


def _noted(fact: Fact, *, account: bool = False) -> Fact:
    """`account`: any account that it names is vouched for too."""
    notes = {**fact.context.get(NOTES, {}), "signed": True, **({"account": True} if account else {})}
    return replace(fact, context={**fact.context, NOTES: notes})


def _told(fact: Fact, claims: Claims) -> Sequence[Fact]:
    """What the token says of the person counts more than what the page says; and it names their account."""
    if fact.kind != "identify":
        return (fact,)
    fact = replace(fact, properties={**fact.properties, **claims.traits})
    if claims.account is None:
        return (fact,)
    account = replace(
        _noted(fact, account=True),
        kind="group",
        name="Grouped",
        group_id=claims.account.id,
        properties=claims.account.traits,
        message_id=f"account-{digest([fact.message_id])}",
    )
    return fact, account


class Sorted(Struct):
    """What becomes of the facts of a request, by their places in it."""

    kept: list[Fact]
    errors: list[tuple[int, Refused]]
    warnings: list[tuple[int, Refused]]


async def sort(identities: Identities, workspace: int, facts: Sequence[tuple[int, Fact]]) -> Sorted:
    """Takes out what nobody answers for and somebody must."""
    required = identities.signed_only(workspace)
    doubtful = _of_somebody if required else _touches_guarded
    ids = {_id_of(fact) for _, fact in facts if not vouched(fact) and doubtful(fact)}
    known = await identities.standings(workspace, sorted(ids)) if ids else {}
    done = Sorted([], [], [])
    for place, fact in facts:
        standing = known.get(_id_of(fact)) if not vouched(fact) and doubtful(fact) else None
        if required and not vouched(fact) and (fact.user_id or (standing and standing.known)):
            done.errors.append((place, _UNSIGNED))
        elif required and _accounts_of(fact) and not fact.context.get(NOTES, {}).get("account"):
            _leave_out_account(fact, place, done)
        elif not required and standing and standing.proven:
            done.kept.append(_without_guarded(fact))
            done.warnings.append((place, _KEPT))
        else:
            done.kept.append(fact)
    return done


def _accounts_of(fact: Fact) -> set[str]:
    """The accounts that it names, wherever it may."""
    left = (fact.properties.get("group_id"), fact.properties.get("groupId")) if fact.name == REMOVED else ()
    named = (fact.group_id, fact.context.get("groupId"), *left)
    return {str(key) for key in named if key}


def _leave_out_account(fact: Fact, place: int, done: Sorted) -> None:
    """What says nothing else is refused; an act is the person's all the same."""
    if fact.kind == "group" or fact.name == REMOVED:
        done.errors.append((place, _NOT_THEIRS))
        return
    context = {name: value for name, value in fact.context.items() if name != "groupId"}
    done.kept.append(replace(fact, group_id=None, context=context))
    done.warnings.append((place, _NOT_THEIRS))


def _of_somebody(fact: Fact) -> bool:
    """Whether somebody who is known may be meant by it, who is not named."""
    return fact.kind == "identify" and fact.user_id is None


def _touches_guarded(fact: Fact) -> bool:
    return fact.kind == "identify" and any(name in fact.properties for name in _GUARDED)


def _without_guarded(fact: Fact) -> Fact:
    left = {name: value for name, value in fact.properties.items() if name not in _GUARDED}
    return replace(fact, properties=left)


def _id_of(fact: Fact) -> Id:
    return ("user", fact.user_id) if fact.user_id else ("anonymous", fact.anonymous_id or "")

"""What this edge reads: who may enter, and the open pieces of whoever entered. Reads leave the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol, TypeVar

from django.db import DatabaseError, connection
from msgspec import Struct

from milepost.client.help import ArticleLine, ArticlePage, Help, article_for, help_for, search_for
from milepost.client.tokens import Session
from milepost.client.way import Way, way_for
from milepost.core.program.document import Document
from milepost.core.values import Refused, Unavailable
from milepost.delivery import actions as delivery_actions
from milepost.delivery import queries as delivery
from milepost.delivery.formats import served
from milepost.delivery.queries import OpenPiece as OpenPiece  # it is what this edge tells
from milepost.delivery.queries import PieceView
from milepost.delivery.tokens import DeepLink
from milepost.log.clock import SYSTEM, Clock
from milepost.people.actions import prove
from milepost.people.queries import devices_of, person_view, uid_of_device, uid_of_user
from milepost.people.referrals import code_of
from milepost.program.queries import current
from milepost.workspace import identity, keys
from milepost.workspace.looks import sheet_of
from milepost.workspace.tokens import Claims, is_token

_T = TypeVar("_T")


class Recipient(Struct, frozen=True):
    """By which id the outside knows somebody: a user id, else an anonymous id."""

    user_id: str | None
    anonymous_id: str | None


class Sent(Struct, frozen=True, kw_only=True):
    """A message that went out. Absent: `recipient` is None when that person is no longer kept, `devices` are the
    anonymous ids that lead to them; `resource` is what it teaches, where its definition says so."""

    recipient: Recipient | None
    message: str
    resource: str | None = None
    devices: frozenset[str] = frozenset()

    def is_own(self, session: Session) -> bool:
        """Whether this browser is the recipient's."""
        if session.user_id is not None:
            return self.recipient is not None and self.recipient.user_id == session.user_id
        return session.device in self.devices


class Admission(Struct, frozen=True):
    """Absent: `user_id` and `key` (which signed it) are None unless the host product vouches for it, `until` where it
    does so for good; `look` (a stylesheet) empty where the workspace has none of its own."""

    workspace: int
    user_id: str | None = None
    until: datetime | None = None
    look: str = ""
    key: int | None = None


class Feed(Protocol):
    async def admit(self, write_key: str, user_id: str | None, signature: str) -> Admission:
        """Where the key leads. Raises Refused (401) for a key, a signature or a token that is not right."""
        ...

    def check(self, session: Session) -> None:
        """Raises Refused (401) when the key that the session was signed with has been revoked. Cheap."""
        ...

    async def look(self, session: Session) -> tuple[int | None, list[OpenPiece]]:
        """The uid of a signed session's person (None: not known yet, or not signed), and the pieces it may see."""
        ...

    async def document(self, workspace: int) -> Document:
        """The program in force."""
        ...

    async def sent(self, link: DeepLink) -> Sent | None:
        """The message that this link stands in; None when it is not kept, or the link was spent."""
        ...

    async def spend(self, link: DeepLink) -> None:
        """Notes for good that the link was followed."""
        ...

    async def served(self, session: Session, piece: int | None) -> str | None:
        """The way of learning in which this piece was drawn; None where there is one only."""
        ...

    async def code(self, session: Session) -> str | None:
        """The code by which this session's person brings friends; None while there is nobody yet."""
        ...

    async def help(self, session: Session, accepted: str) -> Help:
        """`accepted`: the languages that the browser asks for."""
        ...

    async def article(self, session: Session, key: str, accepted: str) -> ArticlePage:
        """Raises Refused (404)."""
        ...

    async def search(self, session: Session, asked: str, accepted: str) -> list[ArticleLine]:
        """The articles that answer it, best first."""
        ...

    async def way(self, session: Session, accepted: str) -> Way:
        """The plan, and what comes next."""
        ...


class StoredFeed:
    """The feed out of the database, read in a few threads of its own."""

    def __init__(self, clock: Clock = SYSTEM) -> None:
        self._clock = clock
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pieces")

    async def admit(self, write_key: str, user_id: str | None, signature: str) -> Admission:
        return await self._off_loop(lambda: _admit(write_key, user_id, signature, self._clock.now()))

    def check(self, session: Session) -> None:
        if session.signed and not identity.is_live(session.workspace, session.key):
            raise Refused(
                "revoked_key",
                "The key that this session was signed with was revoked.",
                mend="Open a new session, signed with another key.",
                status=401,
            )

    async def look(self, session: Session) -> tuple[int | None, list[OpenPiece]]:
        return await self._off_loop(lambda: _look(session, self._clock.now()))

    async def document(self, workspace: int) -> Document:
        return await self._off_loop(lambda: current(workspace).document)

    async def sent(self, link: DeepLink) -> Sent | None:
        return await self._off_loop(lambda: _sent(link))

    async def spend(self, link: DeepLink) -> None:
        await self._off_loop(lambda: delivery_actions.click(link.workspace, link.delivery, self._clock.now()))

    async def served(self, session: Session, piece: int | None) -> str | None:
        return await self._off_loop(lambda: served(session.workspace, piece))

    async def code(self, session: Session) -> str | None:
        return await self._off_loop(lambda: _code(session))

    async def help(self, session: Session, accepted: str) -> Help:
        return await self._off_loop(lambda: help_for(session, accepted))

    async def article(self, session: Session, key: str, accepted: str) -> ArticlePage:
        return await self._off_loop(lambda: article_for(session, key, accepted))

    async def way(self, session: Session, accepted: str) -> Way:
        return await self._off_loop(lambda: way_for(session, accepted))

    async def search(self, session: Session, asked: str, accepted: str) -> list[ArticleLine]:
        return await self._off_loop(lambda: search_for(session, asked, accepted))

    async def _off_loop(self, read: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _reading, read)


def _reading(read: Callable[[], _T]) -> _T:
    """Raises Unavailable when the database does not answer; the next read opens a new connection."""
    try:
        return read()
    except DatabaseError as error:
        connection.close()
        raise Unavailable("The database does not answer.", retry_after=1) from error


def _admit(write_key: str, user_id: str | None, signature: str, now: datetime) -> Admission:
    workspace = keys.find(write_key, "write")
    if workspace is None:
        raise Refused("invalid_key", "This write key opens nothing.", mend="Copy the key from Settings.", status=401)
    look = sheet_of(workspace)
    if not signature:
        return Admission(workspace, look=look)
    until = None
    if is_token(signature):
        key, claims = _claims(workspace, user_id, signature, now)
        until = claims.believed_until
    else:
        key = _key_of(workspace, user_id, signature)
    assert user_id
    prove(workspace, user_id)
    return Admission(workspace, user_id, until, look, key)


def _key_of(workspace: int, user_id: str | None, signature: str) -> int:
    key = identity.verify(workspace, user_id, signature) if user_id else None
    if key is None:
        raise Refused(
            "bad_signature",
            "The signature does not belong to this user id.",
            mend="Sign the user id on your server with the workspace's identity secret (HMAC-SHA256, hex).",
            status=401,
        )
    return key


def _claims(workspace: int, user_id: str | None, token: str, now: datetime) -> tuple[int, Claims]:
    key, claims = identity.read(workspace, token, now)
    if claims.sub != user_id:
        raise Refused(
            "token_subject",
            "The token was made for another user id.",
            mend="Its 'sub' is the id that `identify` is given.",
            status=401,
        )
    return key, claims


def _look(session: Session, now: datetime) -> tuple[int | None, list[OpenPiece]]:
    uid = uid_of_user(session.workspace, session.user_id) if session.user_id else None
    return uid, delivery.told(_pieces(session, uid), now)


def _pieces(session: Session, uid: int | None) -> Sequence[PieceView]:
    """A signed session sees what is its person's; any other one what was made on its device, and nothing else."""
    if not session.signed:
        return delivery.pieces_for_device(session.workspace, session.device)
    return [] if uid is None else delivery.pieces_for_person(session.workspace, uid)


def _sent(link: DeepLink) -> Sent | None:
    found = delivery.delivery_of(link.workspace, link.delivery)
    if found is None or found.clicked_at is not None:
        return None
    definition = current(link.workspace).document.messages.get(found.message)
    return Sent(
        recipient=_recipient(link.workspace, link.uid),
        message=found.message,
        resource=definition.resource if definition else None,
        devices=devices_of(link.workspace, link.uid),
    )


def _code(session: Session) -> str | None:
    find = uid_of_user if session.user_id else uid_of_device
    uid = find(session.workspace, session.user_id or session.device)
    return None if uid is None else code_of(session.workspace, uid)


def _recipient(workspace: int, uid: int) -> Recipient | None:
    person = person_view(workspace, uid)
    if person is None:
        return None
    return Recipient(person.user_id, None if person.user_id else person.key)

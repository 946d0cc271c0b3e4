"""Who is here, kept in the visitor's session and nowhere else. Whose session is which is known while the product runs."""

import re

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from msgspec import Struct

from milepost.core.values import Refused
from milepost.log.clock import new_id

#: Only such ids are taken from the address bar: they are nobody real, so signing them gives nothing away.
_DEMO_USER = re.compile(r"demo-[a-z0-9-]{1,40}")


class Visitor(Struct, frozen=True):
    user_id: str
    name: str
    email: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""


def sign_up(session: SessionBase, name: str, email: str) -> Visitor:
    """A new visitor; whoever was here before is gone, the language stays."""
    leave(session)
    return _enter(session, Visitor(user_id=f"demo-{new_id()[:8]}", name=name.strip()[:80], email=email.strip()[:200]))


def come_as(session: SessionBase, user_id: str) -> None:
    """Enters as a demo user that somebody chose. Raises Refused for an id that might be somebody's."""
    if not _DEMO_USER.fullmatch(user_id):
        raise Refused("demo_user", "This page signs in ids of the form demo-… only.", mend="Try ?user=demo-maria.")
    known = visitor(session)
    if known is None or known.user_id != user_id:
        session.flush()
        _enter(session, Visitor(user_id=user_id, name=user_id.removeprefix("demo-").title(), email=""))


def visitor(session: SessionBase) -> Visitor | None:
    """Who is signed in; None before sign-up and after log-out."""
    kept = session.get("visitor")
    return Visitor(**kept) if kept else None


def remember(session: SessionBase, who: Visitor) -> None:
    """From now on their session is found by their user id."""
    if session.session_key is None:
        session.save()
    cache.set(f"demo:{who.user_id}", session.session_key, None)


def session_of(user_id: str) -> SessionBase:
    """Raises Refused for somebody who has not been here."""
    session = SessionStore(cache.get(f"demo:{user_id}"))
    here = visitor(session)
    if here is None or here.user_id != user_id:
        raise Refused("no_such_visitor", "Nobody with this user id has been here.", status=404)
    return session


def leave(session: SessionBase) -> None:
    """Forgets everything but the language."""
    language = session.get("language")
    session.flush()
    if language:
        session["language"] = language


def _enter(session: SessionBase, who: Visitor) -> Visitor:
    session["visitor"] = {"user_id": who.user_id, "name": who.name, "email": who.email}
    return who

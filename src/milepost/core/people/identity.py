"""Whose fact is it? The rules by which ids lead to persons.

1. A fact belongs to its user id when it has one, else to its anonymous id.
2. An anonymous id is joined to the first known id that it is seen with, and to no other: a second user on the same
   device leaves the first one's history alone.
3. Two known ids become one person only by `alias`. Doing any of this twice changes nothing.
4. The write key is public, so anybody can send an `alias`. Who has proven who they are (the host product has signed their
   user id) is joined to no other known id by it, and nobody can lay hands on a user id that has not been seen yet.
5. A device, and what was done on it, is joined to somebody who has proven who they are only by a fact that is vouched for
   too: else anybody could make a device of their own theirs, and go on as them.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from milepost.core.events import Fact, vouched
from milepost.core.values import number_of

IdKind = Literal["user", "anonymous"]
Id = tuple[IdKind, str]


class Known(Struct, frozen=True):
    """The person that an id leads to; `user_id` is None while they are anonymous."""

    uid: int
    user_id: str | None
    proven: bool = False


class Attribution(Struct, frozen=True, kw_only=True):
    """What a fact says about persons. `uid` is whose fact it is, after everything here was carried out.

    Absent: `new` None: the person is known already; `becomes` None: no (other) user id; `merge` None: nobody merges.
    """

    uid: int
    new: str | None = None  # the key of a person to be made
    becomes: str | None = None  # the user id that the person is known by from now on
    bind: tuple[Id, ...] = ()
    merge: int | None = None  # the uid that is merged into `uid`


def uid_of(workspace: int, kind: IdKind, value: str) -> int:
    """The number of a person first seen by this id; the same in every replay."""
    return number_of(workspace, kind, value)


def attribute(fact: Fact, find: Callable[[IdKind, str], Known | None]) -> Attribution:
    """Raises ValueError for a fact without any id: ingest refuses those."""
    if fact.kind == "alias" and fact.user_id and fact.previous_id:
        return _alias(fact, fact.user_id, fact.previous_id, find)
    if fact.user_id:
        return _known(fact, fact.user_id, find)
    if fact.anonymous_id:
        return _anonymous(fact.workspace, fact.anonymous_id, find)
    raise ValueError(f"fact {fact.message_id} has no identity")


def _anonymous(workspace: int, anonymous: str, find: Callable[[IdKind, str], Known | None]) -> Attribution:
    person = find("anonymous", anonymous)
    if person:
        return Attribution(uid=person.uid)
    return Attribution(uid=uid_of(workspace, "anonymous", anonymous), new=anonymous, bind=(("anonymous", anonymous),))


def _known(fact: Fact, user: str, find: Callable[[IdKind, str], Known | None]) -> Attribution:
    workspace, anonymous, person = fact.workspace, fact.anonymous_id, find("user", user)
    if person and person.proven and not vouched(fact):
        return Attribution(uid=person.uid)
    device = find("anonymous", anonymous) if anonymous else None
    bind_device: tuple[Id, ...] = (("anonymous", anonymous),) if anonymous and not device else ()
    if person:
        stray = device if device and device.uid != person.uid and device.user_id is None else None
        return Attribution(uid=person.uid, bind=bind_device, merge=stray.uid if stray else None)
    if device and device.user_id is None:
        return Attribution(uid=device.uid, becomes=user, bind=(("user", user),))
    return Attribution(uid=uid_of(workspace, "user", user), new=user, becomes=user, bind=(("user", user), *bind_device))


def _alias(fact: Fact, user: str, previous: str, find: Callable[[IdKind, str], Known | None]) -> Attribution:
    workspace, into = fact.workspace, find("user", user)
    if into and into.proven and not vouched(fact):
        return Attribution(uid=into.uid)
    old = find("user", previous) or find("anonymous", previous)
    guarded = old is not None and old.user_id is not None and (old.proven or (into is not None and into.proven))
    if into and old:
        return Attribution(uid=into.uid, merge=old.uid if old.uid != into.uid and not guarded else None)
    if into:
        return Attribution(uid=into.uid, bind=(("anonymous", previous),))
    if old and not guarded:
        return Attribution(uid=old.uid, becomes=user, bind=(("user", user),))
    bind: tuple[Id, ...] = (("user", user),) if old else (("user", user), ("anonymous", previous))
    return Attribution(uid=uid_of(workspace, "user", user), new=user, becomes=user, bind=bind)

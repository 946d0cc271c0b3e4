"""Reads of people. A person that was merged away is followed to whom they became."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from django.db import connection
from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from milepost.core.events import OF_ACCOUNTS, Fact
from milepost.core.people.identity import Id, IdKind, uid_of
from milepost.core.people.profile import first_name_of
from milepost.core.values import number_of
from milepost.people.models import Account, Identity, Membership, Person

_A_STATEMENT = 400  # parameters
# By id alone: with the workspace beside it SQLite goes through everybody of the workspace instead.
_VIEW = (
    "SELECT workspace_id, id, key, user_id, name, email, traits, locale, zone, merged_into_id"
    " FROM people_person WHERE id IN"
)
_HELD = "SELECT person_id, workspace_id, account_id, since_seq, ended_seq FROM people_membership"

V = TypeVar("V")


class PersonView(Struct, frozen=True, kw_only=True):
    """What templates, channels and pages may know of a person. Absent: empty text for what was never said."""

    uid: int
    key: str
    user_id: str | None
    name: str
    first_name: str
    email: str
    traits: dict[str, Any]
    locale: str
    zone: str


def person_view(workspace_id: int, uid: int) -> PersonView | None:
    """The person, followed through merges; None when there is none (or no longer)."""
    person = person_of(workspace_id, uid)
    return None if person is None else _view(person)


def _view(person: Person) -> PersonView:
    return PersonView(
        uid=person.id,
        key=person.key,
        user_id=person.user_id,
        name=person.name,
        first_name=first_name_of(person.traits),
        email=person.email,
        traits=person.traits,
        locale=person.locale,
        zone=person.zone,
    )


def person_views(whose: Iterable[tuple[int, int]]) -> dict[tuple[int, int], PersonView]:
    """By (workspace, uid), with a few statements for all of them: each person, followed through merges. Absent: whoever is
    not there (or no longer) has no key."""
    found: dict[tuple[int, int], PersonView] = {}
    by_workspace: dict[int, dict[int, int]] = defaultdict(dict)  # workspace → who is looked for, and whom they became
    for workspace, uid in whose:
        by_workspace[workspace][uid] = uid
    for workspace, became in by_workspace.items():
        views: dict[int, PersonView] = {}
        while wanted := sorted({now for now in became.values() if now not in views}):
            merged: dict[int, int] = {}
            for view, into in _views(workspace, wanted):
                if into is None:
                    views[view.uid] = view
                else:
                    merged[view.uid] = into
            became = {uid: merged.get(now, now) for uid, now in became.items() if now in merged or now in views}
        found |= {(workspace, uid): views[now] for uid, now in became.items()}
    return found


def _views(workspace_id: int, uids: Sequence[int]) -> Iterator[tuple[PersonView, int | None]]:
    """Each of these persons, and whom they have become. By hand, because it is the hot path."""
    for start in range(0, len(uids), _A_STATEMENT):
        chunk = uids[start : start + _A_STATEMENT]
        with connection.cursor() as cursor:
            cursor.execute(f"{_VIEW} ({','.join(['%s'] * len(chunk))})", chunk)
            for workspace, uid, key, user_id, name, email, text, locale, zone, into in cursor.fetchall():
                if workspace != workspace_id:
                    continue
                traits = msgspec.json.decode(text) if isinstance(text, str) else text
                view = PersonView(
                    uid=uid,
                    key=key,
                    user_id=user_id,
                    name=name,
                    first_name=first_name_of(traits),
                    email=email,
                    traits=traits,
                    locale=locale,
                    zone=zone,
                )
                yield view, into


def person_of(workspace_id: int, uid: int) -> Person | None:
    """The row itself, followed through merges."""
    person = Person.objects.filter(workspace_id=workspace_id, id=uid).first()
    while person and person.merged_into_id:
        person = Person.objects.filter(workspace_id=workspace_id, id=person.merged_into_id).first()
    return person


class Standing(Struct, frozen=True):
    """`known`: by a user id; `proven`: the host product has signed for one of their ids."""

    known: bool
    proven: bool


def standings(workspace_id: int, ids: Sequence[Id]) -> dict[Id, Standing]:
    """Of those whom these ids lead to. Absent: an id that leads to nobody is no key."""
    wanted, known = set(ids), dict[tuple[str, str], Standing]()
    for chunk in batched(ids):
        rows = Identity.objects.filter(workspace_id=workspace_id, value__in=[value for _, value in chunk])
        found = list(rows.values_list("kind", "value", "person_id", "person__user_id"))
        proven = _proven({uid for _, _, uid, _ in found})
        known |= {(kind, value): Standing(user is not None, uid in proven) for kind, value, uid, user in found}
    return {each: known[each] for each in wanted if each in known}


def _proven(uids: Collection[int]) -> set[int]:
    return set(Identity.objects.filter(person_id__in=uids, proven=True).values_list("person_id", flat=True))


def uid_of_user(workspace_id: int, user_id: str) -> int | None:
    """The uid that a user id leads to now."""
    return _uid(workspace_id, "user", user_id)


def uid_of_device(workspace_id: int, device: str) -> int | None:
    """The uid of whoever uses this device without having said who they are; None once they have."""
    uid = _uid(workspace_id, "anonymous", device)
    if uid is None or not Person.objects.filter(id=uid, user_id=None).exists():
        return None
    return uid


def devices_of(workspace_id: int, uid: int) -> frozenset[str]:
    """The anonymous ids that lead to this person now."""
    person = person_of(workspace_id, uid)
    if person is None:
        return frozenset()
    return frozenset(person.identities.filter(kind="anonymous").values_list("value", flat=True))


def uid_of_any(workspace_id: int, key: str) -> int | None:
    """The uid that an outside id leads to now: a user id first, then an anonymous id."""
    return _uid(workspace_id, "user", key) or _uid(workspace_id, "anonymous", key)


def _uid(workspace_id: int, kind: str, value: str) -> int | None:
    found = Identity.objects.filter(workspace_id=workspace_id, kind=kind, value=value).values_list("person_id")
    row = found.first()
    return row[0] if row else None


def search(workspace_id: int, text: str) -> QuerySet[Person]:
    """People whose name, e-mail or id begins with the text (name: contains), latest seen first."""
    people = Person.objects.filter(workspace_id=workspace_id, merged_into=None)
    if text:
        people = people.filter(
            Q(name__icontains=text) | Q(email__istartswith=text) | Q(key__istartswith=text) | Q(user_id=text)
        )
    return people.order_by("-last_seen_at", "id")


def names(workspace_id: int, uids: Iterable[int]) -> dict[int, str]:
    """What to call each person or account on a page: name, else e-mail, else id."""
    wanted = list(uids)
    rows = Person.objects.filter(id__in=wanted)
    found = {row.id: row.name or row.email or row.key for row in rows if row.workspace_id == workspace_id}
    others = [uid for uid in wanted if uid not in found]
    accounts = Account.objects.filter(workspace_id=workspace_id, id__in=others) if others else ()
    return found | {row.id: row.name or row.key for row in accounts}


def accounts(workspace_id: int, text: str = "") -> QuerySet[Account]:
    """Accounts whose key begins with the text, or whose name contains it, latest seen first."""
    found = Account.objects.filter(workspace_id=workspace_id)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(key__istartswith=text))
    return found.order_by("-last_seen_at", "id")


def member_counts(accounts: Iterable[int]) -> dict[int, int]:
    """How many persons belong to each of these accounts now; one with nobody is missing."""
    held = Membership.objects.filter(account_id__in=list(accounts), ended_at=None)
    return dict(held.values_list("account_id").annotate(Count("person_id", distinct=True)))


def account_key(workspace_id: int, uid: int) -> str | None:
    """By which id the outside knows the account; None for a number that is no account's."""
    return Account.objects.filter(workspace_id=workspace_id, id=uid).values_list("key", flat=True).first()


def account_keys(workspace_id: int, uids: Iterable[int]) -> dict[int, str]:
    """The same of several. Absent: an account that facts name, and that nobody has joined."""
    rows = Account.objects.filter(workspace_id=workspace_id, id__in=list(uids))
    return dict(rows.values_list("id", "key"))


def account_uid(workspace_id: int, uid: int) -> int | None:
    """The number itself, if it is an account's."""
    return uid if account_key(workspace_id, uid) is not None else None


def keys(workspace_id: int, uids: Iterable[int]) -> dict[int, str]:
    """By which id the outside knows each person."""
    found: dict[int, str] = {}
    wanted = list(uids)
    for start in range(0, len(wanted), _A_STATEMENT):
        chunk = wanted[start : start + _A_STATEMENT]
        rows = Person.objects.filter(id__in=chunk).values_list("id", "key", "workspace_id")
        found |= {uid: key for uid, key, workspace in rows if workspace == workspace_id}
    return found


def buyers_of(workspace_id: int, uid: int) -> list[int]:
    """The uids of those who pay for the accounts that the person belongs to, without the person."""
    held = Membership.objects.filter(workspace_id=workspace_id, ended_at=None)
    accounts = held.filter(person_id=uid).values_list("account_id")
    buyers = held.filter(account_id__in=accounts, role="buyer").exclude(person_id=uid)
    return sorted(set(buyers.values_list("person_id", flat=True)))


def merged_people() -> list[tuple[int, int, int]]:
    """(workspace, uid, into) of everybody who was merged away, into whom they are now."""
    rows = Person.objects.filter(merged_into__isnull=False)
    return list(rows.values_list("workspace_id", "id", "merged_into_id"))


def uids_of_facts(facts: Sequence[Fact]) -> list[tuple[int, int | None]]:
    """(uid, account) of facts that were placed before, as things stand now; for rebuilding a projection."""
    wanted: dict[tuple[int, IdKind], set[str]] = defaultdict(set)
    for fact in facts:
        kind, value = _id_of(fact)
        wanted[fact.workspace, kind].add(value)
    found: dict[tuple[int, IdKind, str], int] = {}
    for (workspace, kind), values in wanted.items():
        for chunk in batched(sorted(values)):
            rows = Identity.objects.filter(workspace_id=workspace, kind=kind, value__in=chunk)
            found |= {(workspace, kind, value): uid for value, uid in rows.values_list("value", "person_id")}
    uids = [_placed(fact, found) for fact in facts]
    return list(zip(uids, accounts_of(list(zip(facts, uids, strict=True))), strict=True))


def _placed(fact: Fact, found: Mapping[tuple[int, IdKind, str], int]) -> int:
    key = (fact.workspace, *_id_of(fact))
    return found[key] if key in found else uid_of(*key)


def _id_of(fact: Fact) -> tuple[IdKind, str]:
    return ("user", fact.user_id) if fact.user_id else ("anonymous", fact.anonymous_id or "")


def batched(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """As many at a time as one statement may name."""
    return (values[start : start + _A_STATEMENT] for start in range(0, len(values), _A_STATEMENT))


def accounts_of(facts: Sequence[tuple[Fact, int]]) -> list[int | None]:
    """Whose account's each fact (with its person's uid) is: the one that it names, else the only one to which the person
    belonged when the log had come to it."""
    unnamed = {uid for fact, uid in facts if account_of(fact) is None and fact.name not in OF_ACCOUNTS}
    held = _held_by(unnamed)
    return [
        None if fact.name in OF_ACCOUNTS else account_of(fact) or _only(held.get(uid, ()), fact) for fact, uid in facts
    ]


#: Workspace, account, and the numbers of the facts that began and ended it (None: it goes on).
_Held = tuple[int, int, int, int | None]


def _held_by(uids: Collection[int]) -> dict[int, list[_Held]]:
    """The memberships of these persons, those that have ended included. By hand, because it is the hot path."""
    held: dict[int, list[_Held]] = defaultdict(list)
    with connection.cursor() as cursor:
        for chunk in batched(sorted(uids)):
            cursor.execute(f"{_HELD} WHERE person_id IN ({','.join(['%s'] * len(chunk))})", chunk)
            for uid, *row in cursor.fetchall():
                held[uid].append(tuple(row))
    return held


def _only(held: Iterable[_Held], fact: Fact) -> int | None:
    """The one account of these that is theirs at this place of the log; None for none, and for several."""
    then = {
        account
        for workspace, account, since, ended in held
        if workspace == fact.workspace and since <= fact.seq and (ended is None or fact.seq < ended)
    }
    return then.pop() if len(then) == 1 else None


def account_of(fact: Fact) -> int | None:
    """The account that a fact names, if any."""
    key = fact.group_id or fact.context.get("groupId")
    return number_of(fact.workspace, "account", key) if isinstance(key, str) and key else None

"""Reads of people. A person that was merged away is followed to whom they became."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Struct

from milepost.core.events import Fact
from milepost.core.people.identity import IdKind, uid_of
from milepost.core.people.profile import first_name_of
from milepost.core.values import number_of
from milepost.people.models import Identity, Membership, Person

_A_STATEMENT = 400  # parameters


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
    if person is None:
        return None
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


def person_of(workspace_id: int, uid: int) -> Person | None:
    """The row itself, followed through merges."""
    person = Person.objects.filter(workspace_id=workspace_id, id=uid).first()
    while person and person.merged_into_id:
        person = Person.objects.filter(workspace_id=workspace_id, id=person.merged_into_id).first()
    return person


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
    """What to call each person on a page: name, else e-mail, else id."""
    rows = Person.objects.filter(workspace_id=workspace_id, id__in=list(uids))
    return {row.id: row.name or row.email or row.key for row in rows}


def keys(workspace_id: int, uids: Iterable[int]) -> dict[int, str]:
    """By which id the outside knows each person."""
    found: dict[int, str] = {}
    wanted = list(uids)
    for start in range(0, len(wanted), _A_STATEMENT):
        chunk = wanted[start : start + _A_STATEMENT]
        found |= dict(Person.objects.filter(workspace_id=workspace_id, id__in=chunk).values_list("id", "key"))
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
    return [(_placed(fact, found), account_of(fact)) for fact in facts]


def _placed(fact: Fact, found: Mapping[tuple[int, IdKind, str], int]) -> int:
    key = (fact.workspace, *_id_of(fact))
    return found[key] if key in found else uid_of(*key)


def _id_of(fact: Fact) -> tuple[IdKind, str]:
    return ("user", fact.user_id) if fact.user_id else ("anonymous", fact.anonymous_id or "")


def batched(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at a time as one statement may name."""
    return (values[start : start + _A_STATEMENT] for start in range(0, len(values), _A_STATEMENT))


def account_of(fact: Fact) -> int | None:
    """The account that a fact names, if any."""
    key = fact.group_id or fact.context.get("groupId")
    return number_of(fact.workspace, "account", key) if isinstance(key, str) and key else None

"""Accounts and who belongs to them, as `group` calls and the B2B events say.

A fact is an account's when it names it, else when it is of somebody who belonged to that account alone when the log had
come to it. What one member says of the account is told to all others: each gets *Account Traits Changed*, whose id follows
from the fact that said it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from msgspec import Struct
from msgspec.structs import replace

from milepost.core.delivery.facts import own_fact
from milepost.core.events import ACCOUNT_TRAITS_CHANGED, Fact
from milepost.core.people import profile
from milepost.core.values import number_of
from milepost.people.models import Account, Membership, Person
from milepost.people.queries import accounts_of

REMOVED = "Account Removed User"


class Belonging(Struct, frozen=True, kw_only=True):
    """Shapes: `accounts` are the facts' accounts, in their order, None where one has none; `told` is what members are to
    be told of their accounts, for the log."""

    accounts: list[int | None]
    told: list[Fact]


def place(facts: Sequence[tuple[Fact, int]]) -> Belonging:
    """Keeps accounts and memberships in step with these facts (each with its person's uid), and says whose they are."""
    told: list[Fact] = []
    for fact, uid in facts:
        if fact.kind == "group" and fact.group_id:
            told += _join(fact, uid)
        elif fact.name == REMOVED:
            _leave(fact, uid)
    return Belonging(accounts=accounts_of(facts), told=told)


def account_id(workspace: int, key: str) -> int:
    """The number of an account; the same in every replay."""
    return number_of(workspace, "account", key)


def _join(fact: Fact, uid: int) -> Iterator[Fact]:
    assert fact.group_id is not None
    account, _ = Account.objects.get_or_create(
        id=account_id(fact.workspace, fact.group_id),
        defaults={
            "workspace_id": fact.workspace,
            "key": fact.group_id,
            "first_seen_at": fact.at,
            "last_seen_at": fact.at,
        },
    )
    before = account.traits
    traits = {name: value for name, value in fact.properties.items() if name != "role"}
    account.traits, account.traits_at = profile.written(account.traits, account.traits_at, traits, (fact.at, fact.seq))
    account.name = profile.name_of(account.traits)
    account.last_seen_at = max(account.last_seen_at, fact.at)
    account.save()
    changed = {name: account.traits.get(name) for name in traits if account.traits.get(name) != before.get(name)}
    if changed:
        yield from _tell(account, fact, changed, members_of(account.id).exclude(id=uid))
    if _enrol(fact, uid, account) and (known := {name: before[name] for name in before.keys() - traits.keys()}):
        yield from _tell(account, fact, known, Person.objects.filter(id=uid))


def members_of(account: int, seq: int | None = None) -> QuerySet[Person]:
    """The persons who belong to an account, in whatever role, now or when the log had come to this number."""
    return Person.objects.filter(id__in=_held(account, seq).values("person_id")).order_by("id")


def who_decides(account: int, seq: int | None = None) -> list[Person]:
    """Those who pay for the account; where nobody is known to, those who administer it."""
    held = _held(account, seq)
    for role in ("buyer", "admin"):
        if found := list(Person.objects.filter(id__in=held.filter(role=role).values("person_id")).order_by("id")):
            return found
    return []


def _held(account: int, seq: int | None) -> QuerySet[Membership]:
    rows = Membership.objects.filter(account_id=account)
    if seq is None:
        return rows.filter(ended_at=None)
    return rows.filter(Q(ended_seq=None) | Q(ended_seq__gt=seq), since_seq__lte=seq)


def fact_of_member(name: str, person: Person, account: Account, **said: Any) -> Fact:
    """A fact that tells a member of their account; `said` is what `own_fact` asks for besides."""
    fact = own_fact(name, workspace=account.workspace_id, user_id=person.user_id, anonymous_id=person.key, **said)
    return replace(fact, group_id=account.key)


def fact_about(workspace: int, uid: int, name: str, **said: Any) -> Fact | None:
    """A fact about a person, or about an account: then it is told of one of its people, and names it. None where there is
    nobody to tell it of. `said` is what `own_fact` asks for besides."""
    if (person := Person.objects.filter(workspace_id=workspace, id=uid).first()) is not None:
        return own_fact(name, workspace=workspace, user_id=person.user_id, anonymous_id=person.key, **said)
    account = Account.objects.filter(workspace_id=workspace, id=uid).first()
    member = members_of(uid).first() if account is not None else None
    return fact_of_member(name, member, account, **said) if account is not None and member is not None else None


def _tell(account: Account, fact: Fact, traits: dict[str, Any], whom: Iterable[Person]) -> Iterator[Fact]:
    for person in whom:
        once = f"{account.id}:{fact.message_id}:{person.id}"
        yield fact_of_member(ACCOUNT_TRAITS_CHANGED, person, account, at=fact.at, once=once, properties=traits)


def _enrol(fact: Fact, uid: int, account: Account) -> bool:
    """Notes the membership; whether they did not belong to the account in any role before."""
    belonged = Membership.objects.filter(person_id=uid, account=account, ended_at=None).exists()
    row, made = Membership.objects.get_or_create(
        person_id=uid,
        account=account,
        role=_role(fact),
        defaults={"workspace_id": fact.workspace, "since_at": fact.at, "since_seq": fact.seq},
    )
    if not made and (row.ended_at is None or row.ended_at < fact.at):
        row.since_at = min(row.since_at, fact.at)
        row.ended_at = row.ended_seq = None
        row.save(update_fields=["since_at", "ended_at", "ended_seq"])
    return not belonged


def _leave(fact: Fact, uid: int) -> None:
    """Ends one role (`role`), or all of them; the person and what they did stay as they are."""
    key = fact.properties.get("group_id") or fact.properties.get("groupId") or fact.context.get("groupId")
    if not isinstance(key, str):
        return
    held = Membership.objects.filter(
        person_id=uid, account_id=account_id(fact.workspace, key), ended_at=None, since_at__lte=fact.at
    )
    role = fact.properties.get("role")
    (held.filter(role=role) if role in Membership.ROLES else held).update(ended_at=fact.at, ended_seq=fact.seq)


def _role(fact: Fact) -> str:
    role = fact.properties.get("role")
    return role if role in Membership.ROLES else "user"

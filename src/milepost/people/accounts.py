"""Accounts and who belongs to them, as `group` calls and the B2B events say."""

from collections.abc import Iterable

from milepost.core.events import Fact
from milepost.core.people import profile
from milepost.core.values import number_of
from milepost.people.models import Account, Membership

REMOVED = "Account Removed User"


def place(facts: Iterable[tuple[Fact, int]]) -> None:
    """Keeps accounts and memberships in step with these facts (each with its person's uid)."""
    for fact, uid in facts:
        if fact.kind == "group" and fact.group_id:
            _join(fact, uid)
        elif fact.name == REMOVED:
            _leave(fact, uid)


def account_id(workspace: int, key: str) -> int:
    """The number of an account; the same in every replay."""
    return number_of(workspace, "account", key)


def _join(fact: Fact, uid: int) -> None:
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
    traits = {name: value for name, value in fact.properties.items() if name != "role"}
    account.traits, account.traits_at = profile.written(account.traits, account.traits_at, traits, (fact.at, fact.seq))
    account.name = profile.name_of(account.traits)
    account.last_seen_at = max(account.last_seen_at, fact.at)
    account.save()
    row, made = Membership.objects.get_or_create(
        person_id=uid,
        account=account,
        role=_role(fact),
        defaults={"workspace_id": fact.workspace, "since_at": fact.at},
    )
    if not made and (row.ended_at is None or row.ended_at < fact.at):
        row.since_at = min(row.since_at, fact.at)
        row.ended_at = None
        row.save(update_fields=["since_at", "ended_at"])


def _leave(fact: Fact, uid: int) -> None:
    """Ends one role (`role`), or all of them; the person and what they did stay as they are."""
    key = fact.properties.get("group_id") or fact.properties.get("groupId") or fact.context.get("groupId")
    if not isinstance(key, str):
        return
    held = Membership.objects.filter(
        person_id=uid, account_id=account_id(fact.workspace, key), ended_at=None, since_at__lte=fact.at
    )
    role = fact.properties.get("role")
    (held.filter(role=role) if role in Membership.ROLES else held).update(ended_at=fact.at)


def _role(fact: Fact) -> str:
    role = fact.properties.get("role")
    return role if role in Membership.ROLES else "user"

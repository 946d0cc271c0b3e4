"""Who brought whom: codes in links, and the credit for a friend who came by one.

1. A code is a function of its person's number, so that the same one stands in every invitation, and leads to them for good.
2. A friend is credited once, to one person, and nobody is credited for themselves or for whom the product knew before.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction

from milepost.core.delivery.facts import own_fact
from milepost.core.events import INVITE_ACCEPTED, INVITED, Fact
from milepost.core.values import digest
from milepost.people.models import Friend, Person, Referral
from milepost.people.queries import person_of

#: Who was first seen longer ago than this was not brought by the link that they follow now.
_NEW = timedelta(days=30)
_LENGTH = 12


def code_of(workspace: int, uid: int) -> str:
    """The person's code, made when it is first asked for."""
    known = Referral.objects.filter(workspace_id=workspace, person_id=uid).order_by("id").first()
    if known is not None:
        return known.code
    code = digest(["referral", workspace, uid])[:_LENGTH]
    return Referral.objects.get_or_create(workspace_id=workspace, code=code, defaults={"person_id": uid})[0].code


def credit(facts: Iterable[tuple[Fact, int]]) -> list[Fact]:
    """Credits those whose friends these facts (each with its person's uid) are of: *Invite Accepted* of each, to be
    written to the log. Told again, it answers the same facts; join it to the transaction that applies them."""
    return [told for fact, uid in facts if fact.name == INVITED for told in _credit(fact, uid)]


def _credit(fact: Fact, uid: int) -> Iterator[Fact]:
    friend, code = person_of(fact.workspace, uid), fact.properties.get("code")
    referral = Referral.objects.filter(workspace_id=fact.workspace, code=code if isinstance(code, str) else "").first()
    inviter = person_of(fact.workspace, referral.person_id) if referral else None
    if referral is None or inviter is None or friend is None or not _counts(fact, friend, inviter):
        return
    with transaction.atomic():
        made = {"workspace_id": fact.workspace, "referral": referral, "at": fact.at}
        first = Friend.objects.get_or_create(person=friend, defaults=made)[0]
    if first.referral_id == referral.pk:
        yield _accepted(fact.workspace, inviter, friend, referral.code, first.at)


def _counts(fact: Fact, friend: Person, inviter: Person) -> bool:
    is_new = friend.user_id is not None and fact.at - friend.first_seen_at < _NEW
    return is_new and friend.id != inviter.id and fact.source != "import"


def _accepted(workspace: int, inviter: Person, friend: Person, code: str, at: datetime) -> Fact:
    return own_fact(
        INVITE_ACCEPTED,
        workspace=workspace,
        user_id=inviter.user_id,
        anonymous_id=inviter.key,
        at=at,
        once=f"{code}:{friend.id}",
        properties={"code": code, "friend": friend.user_id},
    )

"""How an account reaches its people: by facts that are written to the log for each of them.

An account sees no page and reads no mail. What its program asks somebody to see or read becomes *Account Help Due* for each
of those who decide for it, and goes through that person's own step, so that their budget of attention is one over all
programs. What it has reached becomes *Account Milestone Reached* for each member. The ids of these facts follow from the
keys of what they tell of: told twice, they stand in the log once.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from milepost.core import events
from milepost.core.engine.effects import (
    AnyEffect,
    Effect,
    EndContent,
    EndTasks,
    OpenTask,
    RecordFact,
    SendMessage,
    ShowContent,
    TellBuyers,
)
from milepost.core.engine.inputs import Reached
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.people import accounts
from milepost.people.models import Account, Person
from milepost.workspace.queries import member_by_address

#: The trait of an account that says who of the team looks after it.
MANAGER = "account_manager"


def told_of_milestones(state: State, reached: Iterable[Reached], seq: int | None) -> list[Fact]:
    """What each member is told of the milestones that their account has newly reached. `seq`: the fact that led to it, and
    with it who is a member; None for what time or a release brings."""
    news = [each for each in reached if each.at is not None]
    account = Account.objects.filter(id=state.uid).first() if news else None
    if account is None:
        return []
    return [_told(account, person, each) for person in accounts.members_of(account.id, seq) for each in news]


def told_of_help(effects: Iterable[AnyEffect], seq: int | None) -> list[Fact]:
    """What those who decide for the account are to see or read."""
    return [fact for effect in effects if (about := _about(effect)) for fact in _due(effect, about, seq)]


def own_effects(effects: Iterable[AnyEffect], seq: int | None) -> Iterator[AnyEffect]:
    """What is done for the account itself, or closed before the eyes of its people."""
    for effect in effects:
        if isinstance(effect, OpenTask | EndTasks) or _is_of_hand_offs(effect):
            yield effect
        elif isinstance(effect, EndContent):
            for person in accounts.who_decides(effect.person, seq):
                yield replace(effect, person=person.id, key=f"{person.id}:of:{effect.key}")


def _is_of_hand_offs(effect: AnyEffect) -> bool:
    return isinstance(effect, RecordFact) and effect.name in events.OF_HAND_OFFS


def _told(account: Account, person: Person, reached: Reached) -> Fact:
    assert reached.at is not None
    said = {"milestone": reached.milestone, "account": account.key, "retroactive": reached.retroactive}
    once = f"{account.id}:{reached.milestone}:{person.id}"
    return accounts.fact_of_member(
        events.ACCOUNT_MILESTONE_REACHED, person, account, at=reached.at[0], once=once, properties=said
    )


def _sender(account: Account) -> dict[str, Any]:
    """Who writes to the account's people: its manager, where `account_manager` is the address of somebody of the team.
    Anybody else is not taken at their word: the write key, by which traits are set, is public."""
    trait = account.traits.get(MANAGER)
    named = trait if isinstance(trait, dict) else {"email": trait}
    address = named.get("email")
    member = member_by_address(account.workspace_id, address) if isinstance(address, str) else None
    if member is None:
        return {}
    name = member.user.get_full_name() or str(named.get("name") or "") or account.workspace.name
    return {"sender": {"name": name, "email": member.user.get_username()}}


def _about(effect: AnyEffect) -> dict[str, Any] | None:
    """What is to be seen or read; None for an effect that is neither."""
    if isinstance(effect, SendMessage | TellBuyers):
        return {"kind": "message", "key": effect.message, "milestone": effect.milestone, **_host(effect)}
    if isinstance(effect, ShowContent):
        said = {"kind": "content", "key": effect.content, "milestone": effect.milestone, "offer": effect.offer}
        return {**said, **_host(effect)}
    return None


def _host(effect: Effect) -> dict[str, Any]:
    """Who looks after the account now."""
    return {"host": effect.known["host"]} if "host" in effect.known else {}


def _due(effect: AnyEffect, about: dict[str, Any], seq: int | None) -> Iterator[Fact]:
    account = Account.objects.filter(id=effect.person).first()
    if account is None:
        return
    said = {**about, "once": effect.key, "account": account.key, "account_name": account.name or account.key}
    said |= _sender(account)
    for person in accounts.who_decides(account.id, seq):
        yield accounts.fact_of_member(
            events.ACCOUNT_HELP_DUE,
            person,
            account,
            at=effect.at,
            once=f"{effect.key}:{person.id}",
            properties=said,
        )

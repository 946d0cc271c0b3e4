"""The one list: which effect is carried out by whom, and who joins the loop's transaction."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from msgspec.structs import asdict, replace

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import (
    AskHost,
    DeliverReply,
    Effect,
    EndContent,
    EndTasks,
    OpenTask,
    RefreshContent,
    SendMessage,
    ShowContent,
    ShowReply,
    TellBuyers,
)
from milepost.core.events import OF_ACCOUNTS, Fact
from milepost.delivery import handlers as delivery
from milepost.delivery import samples
from milepost.delivery.erasure import erase as erase_deliveries
from milepost.delivery.lessons import keep_passed, merge_passed
from milepost.delivery.replies import Reply, deliver_reply, show_reply
from milepost.help import handlers as help
from milepost.help import queries as conversations
from milepost.log import stores
from milepost.log.sql_outbox import SqlOutbox
from milepost.people.queries import buyers_of, person_view
from milepost.people.referrals import credit
from milepost.runtime import store
from milepost.runtime.snapshot import checklist_plan, known_of
from milepost.runtime.wiring import Followed, Wiring
from milepost.success import handlers as success


def _on_facts(facts: Sequence[tuple[Fact, int]]) -> Followed:
    """Pieces follow what browsers report, conversations what is asked and answered, a task the wish to be forgotten, and
    whoever brought a friend is credited."""
    told = [(fact, uid) for fact, uid in facts if fact.source == "milepost"]
    reports = [(fact, uid) for fact, uid in told if "piece" in fact.properties and fact.name not in OF_ACCOUNTS]
    if reports:
        delivery.piece_facts(reports)
        delivery.keep_answers(reports)
    keep_passed(told)
    help.on_facts(facts)
    success.on_facts(told)
    samples.removed(facts)
    return Followed(touched={(fact.workspace, uid) for fact, uid in reports}, facts=credit(facts))


def _on_merge(workspace: int, uid: int, into: int) -> None:
    followed = (delivery.merge_pieces, samples.merge_samples, merge_passed, help.merge, success.merge)
    for follow in followed:
        follow(workspace, uid, into)


def _on_erase(workspace: int, uids: Sequence[int], addresses: Sequence[str]) -> None:
    erase_deliveries(workspace, uids, addresses)
    help.erase(workspace, uids)
    success.erase(workspace, uids)


def _end_content(effects: Sequence[EndContent]) -> Sequence[Outcome]:
    seen = [effect for effect in effects if not effect.unseen]
    delivery.end_each([(effect.workspace, effect.person, key) for effect in seen for key in effect.contents])
    for effect in effects:
        if effect.unseen:
            delivery.end_pieces(effect.workspace, effect.person, effect.contents, unseen=True)
    return [Done()] * len(effects)


def _refresh(effect: RefreshContent) -> Outcome:
    """Many reasons to draw again may wait for one another; each draws what is known now."""
    known = known_of(effect.workspace, effect.person)
    return delivery.refresh_content(replace(effect, known=known), checklist_plan)


def _tell_buyers(effect: TellBuyers, attempt: int) -> Outcome:
    """A message of its own to each: one that cannot be sent holds up no other."""
    person = person_view(effect.workspace, effect.person)
    about = {"name": person.name, "first_name": person.first_name} if person else {}
    common = asdict(effect) | {"known": {**effect.known, "about": about}}
    common = {name: common[name] for name in Effect.__struct_fields__}
    occasion = effect.key.partition(":")[2]
    messages = [
        SendMessage(
            **common | {"person": buyer, "key": f"{buyer}:{occasion}:of:{effect.person}"},
            message=effect.message,
            milestone=effect.milestone,
        )
        for buyer in buyers_of(effect.workspace, effect.person)
    ]
    now = stores.current().clock.now()
    if messages:
        with transaction.atomic():
            SqlOutbox(connection).put([store.entry_of(message, now) for message in messages])
    return Done(note=f"Told {len(messages)}.")


def _reply(effect: ShowReply | DeliverReply) -> Reply | None:
    """The member's words and what they answer; None for words that no member has said to this person."""
    person = person_view(effect.workspace, effect.person)
    asked = conversations.question(effect.workspace, effect.conversation)
    key = conversations.reply_key(effect.workspace, effect.conversation, effect.text)
    if asked is None or key is None or person is None or asked.uid != person.uid:
        return None
    return Reply(
        key=key, question=asked.text, text=effect.text, by=effect.by, device=asked.device, asked_at=asked.asked_at
    )


def _local(handler: Callable[[Any], Outcome]) -> Callable[[Any, int], Outcome]:
    """What is carried out once has no attempts."""
    return lambda effect, attempt: handler(effect)


WIRING = Wiring(
    effects={
        "show_content": ShowContent,
        "refresh_content": RefreshContent,
        "end_content": EndContent,
        "show_reply": ShowReply,
        "open_task": OpenTask,
        "end_tasks": EndTasks,
        "send_message": SendMessage,
        "ask_host": AskHost,
        "deliver_reply": DeliverReply,
        "tell_buyers": TellBuyers,
    },
    handlers={
        "show_content": _local(lambda effect: delivery.show_content(effect, checklist_plan)),
        "refresh_content": _local(_refresh),
        "end_content": _local(lambda effect: _end_content([effect])[0]),
        "show_reply": _local(lambda effect: show_reply(effect, _reply(effect))),
        "open_task": _local(success.open_task),
        "end_tasks": _local(success.end_tasks),
        "send_message": delivery.send_message,
        "ask_host": samples.ask_host,
        "deliver_reply": lambda effect, attempt: deliver_reply(effect, _reply(effect), attempt),
        "tell_buyers": _tell_buyers,
    },
    local=frozenset({"show_content", "refresh_content", "end_content", "show_reply", "open_task", "end_tasks"}),
    seen=frozenset({"show_content", "refresh_content", "end_content", "show_reply"}),
    together={
        "show_content": lambda effects: delivery.show_contents(effects, checklist_plan),
        "end_content": _end_content,
    },
    on_facts=_on_facts,
    on_merge=_on_merge,
    on_erase=_on_erase,
)

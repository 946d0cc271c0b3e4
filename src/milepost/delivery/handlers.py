"""Carries out the effects that reach people. Idempotent by key: what was settled is answered again in the same words,
and nothing is done again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.outcome import Done, Failed, Later, Outcome
from milepost.core.delivery.schedule import PAUSES, PAUSES_FOR_ADDRESS, next_attempt
from milepost.core.engine.effects import SendMessage, ShowContent
from milepost.core.engine.patience import MESSAGE
from milepost.core.events import EMAIL_BOUNCED, MESSAGE_FAILED, MESSAGE_SENT, Fact
from milepost.core.program.kinds.message import Message
from milepost.core.values import Refused, format_duration
from milepost.delivery import channel
from milepost.delivery.actions import (
    UNSETTLED,
    begin_delivery,
    bounced,
    end_pieces,
    make_piece,
    merge_pieces,
    piece_facts,
    settle,
)
from milepost.delivery.channels import CHANNELS
from milepost.delivery.channels.in_app.drawing import draw
from milepost.delivery.models import Delivery
from milepost.delivery.queries import is_dead, may_send
from milepost.delivery.rendering import Occasion
from milepost.log import stores
from milepost.log.clock import jitter
from milepost.people.queries import PersonView, person_view
from milepost.program.queries import release

__all__ = ["end_pieces", "merge_pieces", "piece_facts", "send_message", "show_content"]

_JITTER = 0.1
_TOO_LATE = f"after {format_duration(MESSAGE)} a message is no longer sent."


def send_message(effect: SendMessage, attempt: int) -> Outcome:
    """Sends the message unless that has been settled before. `attempt` counts from 1."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    document = release(effect.workspace, effect.release).document
    message = document.messages.get(effect.message)
    if message is None:
        return Failed(error=f"Release {effect.release} has no message '{effect.message}'.")
    address, now = CHANNELS[message.channel].address_of(person), stores.current().clock.now()
    delivery = begin_delivery(effect, person, message, address, attempt=attempt, now=now)
    if delivery.status in UNSETTLED:
        occasion = Occasion(document=document, effect=effect, milestone=effect.milestone, person=person)
        return _attempt(delivery, message, occasion, person, now)
    return _told(delivery, person)


def show_content(effect: ShowContent) -> Outcome:
    """Makes the piece. A piece that was decided for an anonymous device holds nothing that is known of a person."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    document = release(effect.workspace, effect.release).document
    content = document.content.get(effect.content)
    if content is None:
        return Failed(error=f"Release {effect.release} has no content '{effect.content}'.")
    occasion = Occasion(
        document=document,
        effect=effect,
        milestone=effect.milestone,
        person=person if effect.device is None else None,
        locale="" if person.user_id else person.locale,
    )
    try:
        body = draw(content, effect.content, occasion)
    except Refused as error:
        return Failed(error=str(error))
    make_piece(effect, person.uid, body, stores.current().clock.now())
    return Done()


def _attempt(delivery: Delivery, message: Message, occasion: Occasion, person: PersonView, now: datetime) -> Outcome:
    since = occasion.effect.at
    if now > since + MESSAGE:
        return _failed(delivery, person, f"It would come too late: {_TOO_LATE}")
    if not delivery.address:
        return _postponed(delivery, person, "No e-mail address is known.", since, now, PAUSES_FOR_ADDRESS)
    if not may_send(delivery.workspace_id, delivery.channel, delivery.address, delivery.purpose):
        settle(delivery, "skipped", error="They do not want it, or the address is dead.")
        return _told(delivery, person)
    try:
        outgoing = CHANNELS[delivery.channel].write(message, occasion, person, delivery.key)
        delivery.subject = outgoing.subject
        receipt = CHANNELS[delivery.channel].send(outgoing)
    except channel.Later as error:
        return _postponed(delivery, person, str(error), since, now, PAUSES)
    except (channel.Rejected, Refused) as error:
        return _failed(delivery, person, str(error), dead=isinstance(error, channel.Rejected) and error.dead)
    delivery.message_id = receipt.reference
    settle(delivery, "sent", error=_remark(outgoing), sent_at=stores.current().clock.now())
    return _told(delivery, person)


def _postponed(
    delivery: Delivery, person: PersonView, error: str, since: datetime, now: datetime, pauses: Sequence[timedelta]
) -> Outcome:
    at = next_attempt(delivery.attempts, since=since, now=now, patience=MESSAGE, jitter=jitter(_JITTER), pauses=pauses)
    if at is None:
        return _failed(delivery, person, f"{error} It was tried {delivery.attempts} times; {_TOO_LATE}")
    settle(delivery, "retrying", error=error)
    return Later(at=at, error=error)


def _failed(delivery: Delivery, person: PersonView, error: str, *, dead: bool = False) -> Outcome:
    if dead:
        bounced(delivery, error=error, now=stores.current().clock.now())
    else:
        settle(delivery, "failed", error=error)
    return _told(delivery, person)


def _told(delivery: Delivery, person: PersonView) -> Outcome:
    """How it ended, and its facts: the same ones however often it is asked, since their ids come from the key."""
    match delivery.status:
        case "sent":
            return Done(facts=(_fact(MESSAGE_SENT, delivery, person),), note=delivery.error)
        case "failed":
            names = (MESSAGE_FAILED, EMAIL_BOUNCED) if is_dead(delivery) else (MESSAGE_FAILED,)
            return Failed(error=delivery.error, facts=tuple(_fact(name, delivery, person) for name in names))
    return Done(note=delivery.error)


def _fact(name: str, delivery: Delivery, person: PersonView) -> Fact:
    return own_fact(
        name,
        workspace=delivery.workspace_id,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=delivery.sent_at or stores.current().clock.now(),
        once=delivery.key,
        properties={
            "message": delivery.message,
            "channel": delivery.channel,
            "purpose": delivery.purpose,
            "delivery": delivery.key,
            "email_id": delivery.message_id,
            "email_subject": delivery.subject,
            **({"error": delivery.error} if name != MESSAGE_SENT else {}),
        },
    )


def _remark(outgoing: channel.Outgoing) -> str:
    """What the team should know of a message that was sent all the same."""
    return f"Without a value: {', '.join(outgoing.missing)}." if outgoing.missing else ""

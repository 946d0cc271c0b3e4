"""Carries out the effects that reach people. Idempotent by key: what was settled is answered again in the same words,
and nothing is done again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.outcome import Done, Failed, Later, Outcome
from milepost.core.delivery.piece import PieceBody
from milepost.core.delivery.schedule import PAUSES, PAUSES_FOR_ADDRESS, next_attempt
from milepost.core.engine.effects import RefreshContent, SendMessage, ShowContent
from milepost.core.engine.patience import MESSAGE
from milepost.core.events import EMAIL_BOUNCED, MESSAGE_FAILED, MESSAGE_SENT, Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Checklist, DeckPiece, Invite, Survey
from milepost.core.program.kinds.message import Message
from milepost.core.program.variants import document_for
from milepost.core.success.personal import PersonalPlan
from milepost.core.values import Refused, format_duration
from milepost.delivery import channel
from milepost.delivery.actions import (
    UNSETTLED,
    begin_delivery,
    bounced,
    end_each,
    end_pieces,
    keep_answers,
    make_pieces,
    merge_pieces,
    piece_facts,
    redraw,
    settle,
)
from milepost.delivery.channels import CHANNELS
from milepost.delivery.channels.in_app.drawing import Drawn, draw
from milepost.delivery.formats import same_way, way_for
from milepost.delivery.invites import invite_url
from milepost.delivery.models import Delivery
from milepost.delivery.queries import is_dead, may_send, open_pieces, resource_of
from milepost.delivery.rendering import Occasion
from milepost.log import stores
from milepost.log.clock import jitter
from milepost.people.queries import PersonView, person_view, person_views
from milepost.program.queries import release

__all__ = [
    "attempt_message",
    "end_each",
    "end_pieces",
    "keep_answers",
    "merge_pieces",
    "piece_facts",
    "refresh_content",
    "send_message",
    "show_content",
    "show_contents",
    "told",
]

#: (workspace, uid, checklist) → the plan that it shows; None while there is none.
PlanOf = Callable[[int, int, Checklist | DeckPiece], PersonalPlan | None]

_JITTER = 0.1
_TOO_LATE = f"after {format_duration(MESSAGE)} a message is no longer sent."


def no_plan(workspace: int, uid: int, piece: Checklist | DeckPiece) -> PersonalPlan | None:
    """For whoever shows nothing that ticks."""
    return None


def send_message(effect: SendMessage, attempt: int) -> Outcome:
    """Sends the message unless that has been settled before. `attempt` counts from 1."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    document = document_for(release(effect.workspace, effect.release).folder.of(effect.message), effect.variants)
    message = document.messages.get(effect.message)
    if message is None:
        return Failed(error=f"Release {effect.release} has no message '{effect.message}'.")
    address, now = CHANNELS[message.channel].address_of(person), stores.current().clock.now()
    delivery = begin_delivery(effect, person, message, address, attempt=attempt, now=now)
    if delivery.status in UNSETTLED:
        occasion = Occasion(document=document, effect=effect, milestone=effect.milestone, person=person)
        return attempt_message(delivery, message, occasion, person, now)
    return told(delivery, person)


def show_content(effect: ShowContent, plan_of: PlanOf = no_plan) -> Outcome:
    return show_contents([effect], plan_of)[0]


def show_contents(effects: Sequence[ShowContent], plan_of: PlanOf = no_plan) -> list[Outcome]:
    """Makes these pieces."""
    people = person_views({(effect.workspace, effect.person) for effect in effects})
    releases = {name: release(*name) for name in {(effect.workspace, effect.release) for effect in effects}}
    outcomes: list[Outcome] = []
    drawn: list[tuple[ShowContent, int, PieceBody]] = []
    for effect in effects:
        person = people.get((effect.workspace, effect.person))
        if person is None:
            outcomes.append(Done(note="The person is gone."))
            continue
        body = _drawn(effect, releases[effect.workspace, effect.release].folder.of(effect.content), person, plan_of)
        if isinstance(body, Failed):
            outcomes.append(body)
        else:
            drawn.append((effect, person.uid, body))
            outcomes.append(Done())
    make_pieces(drawn, stores.current().clock.now())
    return outcomes


def _drawn(effect: ShowContent, released: Document, person: PersonView, plan_of: PlanOf) -> PieceBody | Failed:
    """A piece that was decided for an anonymous device holds nothing that is known of a person."""
    document = document_for(released, effect.variants)
    content = _content(document, effect)
    if content is None:
        return Failed(error=f"Release {effect.release} has no content '{effect.content}'.")
    try:
        occasion = _occasion(effect, document, content, person, plan_of)
        return draw(content, effect.content, occasion, way_for(content, document, effect.workspace, occasion.person))
    except Refused as error:
        return Failed(error=str(error))


def _content(document: Document, effect: ShowContent) -> Drawn | None:
    """What is to be shown; an offer that stands in nothing is shown by itself."""
    offer = document.offers.get(effect.content) if effect.offer == effect.content else None
    return document.content.get(effect.content) or document.articles.get(effect.content) or offer


def refresh_content(effect: RefreshContent, plan_of: PlanOf = no_plan) -> Outcome:
    """Draws the person's open pieces of these contents again. A survey that is under way stays as it was asked."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    document, now = release(effect.workspace, effect.release).document, stores.current().clock.now()
    document = document_for(document, effect.variants)
    for piece in open_pieces(effect.workspace, person.uid, effect.contents):
        content = document.content.get(piece.content)
        if content is None or isinstance(content, Survey):
            continue
        again = msgspec.structs.replace(effect, key=piece.key)
        try:
            way = same_way(content, document, bytes(piece.body))
            body = draw(content, piece.content, _occasion(again, document, content, person, plan_of), way)
        except Refused as error:
            return Failed(error=str(error))
        redraw(piece, body, device=effect.device or "", now=now)
    return Done()


def _occasion(
    effect: ShowContent | RefreshContent,
    document: Document,
    content: Drawn,
    person: PersonView,
    plan_of: PlanOf,
) -> Occasion:
    return Occasion(
        document=document,
        effect=effect,
        milestone=getattr(effect, "milestone", None),
        person=person if effect.device is None else None,
        locale="" if person.user_id else person.locale,
        plan=plan_of(effect.workspace, person.uid, content) if isinstance(content, Checklist | DeckPiece) else None,
        offer=getattr(effect, "offer", None),
        invite_url=invite_url(content, effect.workspace, person.uid) if isinstance(content, Invite) else "",
    )


def attempt_message(
    delivery: Delivery, message: Message, occasion: Occasion, person: PersonView, now: datetime
) -> Outcome:
    """Sends a message whose delivery is not settled, and settles it, or says when to try again."""
    since = occasion.effect.at
    if now > since + MESSAGE:
        return _failed(delivery, person, f"It would come too late: {_TOO_LATE}")
    if not delivery.address:
        return _postponed(delivery, person, "No e-mail address is known.", since, now, PAUSES_FOR_ADDRESS)
    if not may_send(delivery.workspace_id, delivery.channel, delivery.address, delivery.purpose):
        settle(delivery, "skipped", error="They do not want it, or the address is dead.")
        return told(delivery, person)
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
    return told(delivery, person)


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
    return told(delivery, person)


def told(delivery: Delivery, person: PersonView) -> Outcome:
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
            **resource_of(delivery.workspace_id, delivery.message),
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

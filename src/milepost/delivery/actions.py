"""Writes of deliveries, suppressions and pieces. Each is one transaction, or joins the caller's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F, Q

from milepost.core.delivery.consent import ALL, given_up, suppressed_by
from milepost.core.delivery.facts import own_fact, safe_digest
from milepost.core.delivery.opens import by_machine
from milepost.core.delivery.piece import OPEN, STATUS_OF, PieceBody, Progress, moved, same_place, stronger
from milepost.core.engine.effects import Effect, SendMessage, ShowContent, ShowReply
from milepost.core.events import (
    DECK_PAGE_VIEWED,
    EMAIL_FETCHED,
    EMAIL_OPENED,
    QUESTION_ANSWERED,
    RESUBSCRIBED,
    UNSUBSCRIBED,
    Fact,
)
from milepost.core.program.kinds.message import Message
from milepost.delivery.models import Delivery, Piece, Suppression
from milepost.delivery.queries import last_piece, normal, spellings, suppressed
from milepost.delivery.tokens import Showing, Subscription
from milepost.log import stores
from milepost.people.actions import stamp
from milepost.people.queries import PersonView, person_view

#: A delivery that may still be sent.
UNSETTLED = ("sending", "retrying")
#: Under which content and message the answers of members stand; no definition can have such a key.
REPLY = "@reply"

_A_STATEMENT = 400  # parameters
_END = (
    "UPDATE delivery_piece SET status = 'ended', changed_at = %s"  # noqa: S608 - marks only
    f" WHERE workspace_id = %s AND uid = %s AND content = %s AND status IN ({', '.join(['%s'] * len(OPEN))})"
)
_KNOWN = "SELECT workspace_id, uid, content, key, status FROM delivery_piece WHERE workspace_id IN ({}) AND uid IN ({})"
_INSERT = (
    "INSERT INTO delivery_piece (workspace_id, key, uid, device, content, kind, body, status, step, version, created_at,"
    " changed_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT (workspace_id, key) DO NOTHING"
)

# Deliveries


def begin_delivery(
    effect: SendMessage, person: PersonView, message: Message, address: str, *, attempt: int, now: datetime
) -> Delivery:
    """The one delivery of this intention, found again in every attempt."""
    delivery = _existing(effect, person) or Delivery(
        workspace_id=effect.workspace,
        key=_key_now(effect, person.uid),
        channel=message.channel,
        message=effect.message,
        purpose=message.purpose,
        status="sending",
        created_at=now,
    )
    if delivery.status in UNSETTLED:
        delivery.uid, delivery.address = person.uid, address[:320]
        delivery.attempts = max(delivery.attempts, attempt)
        delivery.save()
    return delivery


def _existing(effect: SendMessage, person: PersonView) -> Delivery | None:
    """Made by this effect, or by the same intention for another half of who the person is now: two halves of somebody
    get one message. One that is settled comes first."""
    uids = {effect.person, person.uid}
    rows = Delivery.objects.filter(workspace_id=effect.workspace, uid__in=uids, message=effect.message).order_by("id")
    same = [row for row in rows if _occurrence(row.key) == _occurrence(effect.key)]
    return min(same, key=lambda row: row.status in UNSETTLED, default=None)


def _key_now(effect: SendMessage, uid: int) -> str:
    """The effect's key with the subject that its person has now."""
    subject, colon, rest = effect.key.partition(":")
    return f"{uid}:{rest}" if colon and subject == str(effect.person) else effect.key


def settle(delivery: Delivery, status: str, *, error: str = "", sent_at: datetime | None = None) -> None:
    """Writes how it stands; `error` is what the team reads. Leaves `uid` to a merge that may have come between."""
    delivery.status, delivery.error, delivery.sent_at = status, error, sent_at
    delivery.save(update_fields=["status", "error", "sent_at", "subject", "message_id"])


def click(workspace: int, key: str, now: datetime) -> None:
    """Notes, for good, that the link of this delivery was followed."""
    Delivery.objects.filter(workspace_id=workspace, key=key, clicked_at=None).update(clicked_at=now)


def open_letter(workspace: int, key: str, user_agent: str) -> None:
    """Tells the log, once, that this letter was opened; and of a machine, which is no reader, once that it was fetched."""
    now = stores.current().clock.now()
    delivery = Delivery.objects.filter(workspace_id=workspace, key=key, opened_at=None).first()
    person = person_view(workspace, delivery.uid) if delivery else None
    if delivery is None or person is None:
        return
    machine = by_machine(user_agent, now - (delivery.sent_at or now))
    fact = own_fact(
        EMAIL_FETCHED if machine else EMAIL_OPENED,
        workspace=workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=key,
        properties={
            "message": delivery.message,
            "channel": delivery.channel,
            "delivery": key,
            "email_id": delivery.message_id,
            "email_subject": delivery.subject,
        },
    )
    stores.current().log.append([fact])
    if not machine:
        Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=now)


def bounced(delivery: Delivery, *, error: str, now: datetime) -> None:
    """The address is dead: nothing more is sent to it, for any purpose."""
    with transaction.atomic():
        settle(delivery, "failed", error=error)
        _suppress(delivery.workspace_id, delivery.channel, delivery.address, (ALL,), "bounced", now)


# Suppressions


def unsubscribe(who: Subscription) -> None:
    """What one click asks for. Asking twice changes nothing, and is told to the log once."""
    kept = set(suppressed(who.workspace, who.channel, who.address))
    _change(who, kept | set(given_up(who.purpose)))


def choose(who: Subscription, purposes: Iterable[str]) -> None:
    """Exactly these purposes are wanted from now on."""
    _change(who, set(suppressed_by(purposes)))


def _change(who: Subscription, target: set[str]) -> None:
    """Rows and facts together: the facts are durable before the rows are committed, so that a failure in between leaves
    a wish that is told twice rather than one that is lost."""
    now = stores.current().clock.now()
    with transaction.atomic():
        rows = Suppression.objects.filter(
            workspace_id=who.workspace, channel=who.channel, address__in=spellings(who.address), reason="unsubscribed"
        )
        old = set(rows.values_list("purpose", flat=True))
        rows.exclude(purpose__in=target).delete()
        added = _suppress(who.workspace, who.channel, who.address, sorted(target - old), "unsubscribed", now)
        facts = [
            *(_wish(who, UNSUBSCRIBED, purpose, now) for purpose in added),
            *(_wish(who, RESUBSCRIBED, purpose, now) for purpose in sorted(old - target)),
        ]
        stores.current().log.append([fact for fact in facts if fact])


def _suppress(
    workspace: int, channel: str, address: str, purposes: Sequence[str], reason: str, now: datetime
) -> list[str]:
    """The purposes that were not suppressed before."""
    made = [
        Suppression.objects.get_or_create(
            workspace_id=workspace,
            channel=channel,
            address=normal(address),
            purpose=purpose,
            defaults={"reason": reason, "created_at": now},
        )[1]
        for purpose in purposes
    ]
    return [purpose for purpose, new in zip(purposes, made, strict=True) if new]


def _wish(who: Subscription, name: str, purpose: str, now: datetime) -> Fact | None:
    """None when the person is gone: the address stays suppressed, and there is nobody to tell it of."""
    person = person_view(who.workspace, who.uid)
    if person is None:
        return None
    return own_fact(
        name,
        workspace=who.workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=f"{who.channel}:{normal(who.address)}:{purpose}:{now.isoformat()}",
        properties={"channel": who.channel, "purpose": purpose, "address": safe_digest(normal(who.address))},
    )


# Pieces


def make_pieces(drawn: Sequence[tuple[ShowContent, int, PieceBody]], now: datetime) -> None:
    """The one piece of each of these intentions (each with the uid that it is for now); made again, it stays as it is.

    It takes the place of an open one of the same content: what is asked for again, or comes round again, is there once.
    Only celebrations stand beside one another, each is of another win.
    """
    known = _known_pieces(drawn)
    ended: list[tuple[int, int, str]] = []
    made: dict[tuple[int, int, str, str], Piece] = {}
    for effect, uid, body in drawn:
        occurrence, others = _occurrence(effect.key), known[effect.workspace, uid, effect.content]
        others |= known[effect.workspace, effect.person, effect.content]
        if occurrence in others:
            continue
        if body.kind != "celebration" and any(status in OPEN for status in others.values()):
            ended.append((effect.workspace, uid, effect.content))
            for earlier in (made.get((*ended[-1], key)) for key in others):
                if earlier is not None:
                    earlier.status = "ended"
        others[occurrence] = "waiting"
        made[effect.workspace, uid, effect.content, occurrence] = _piece(
            effect, uid, body, now, content=effect.content, device=effect.device or ""
        )
    end_each(ended)
    _put(list(made.values()))


def _known_pieces(
    drawn: Sequence[tuple[ShowContent, int, PieceBody]],
) -> dict[tuple[int, int, str], dict[str, str]]:
    """(workspace, uid, content) → how each piece of theirs stands, by occurrence. By hand, because it is the hot path."""
    known: dict[tuple[int, int, str], dict[str, str]] = defaultdict(dict)
    uids = sorted({uid for effect, now, _ in drawn for uid in (effect.person, now)})
    workspaces = sorted({effect.workspace for effect, _, _ in drawn})
    with connection.cursor() as cursor:
        for start in range(0, len(uids), _A_STATEMENT):
            chunk = uids[start : start + _A_STATEMENT]
            cursor.execute(_KNOWN.format(_marks(workspaces), _marks(chunk)), [*workspaces, *chunk])
            for workspace, uid, content, key, status in cursor.fetchall():
                known[workspace, uid, content][_occurrence(key)] = status
    return known


def _marks(values: Sequence[int]) -> str:
    return ",".join(["%s"] * len(values))


def make_reply(effect: ShowReply, uid: int, body: PieceBody, device: str, now: datetime) -> None:
    """The piece that brings an answer; made again, it stays as it is. Several may be open, each is an answer."""
    _put([_piece(effect, uid, body, now, content=REPLY, device=device)])


def redraw(piece: Piece, body: PieceBody, *, device: str, now: datetime) -> bool:
    """Gives an open piece its new looks; whether they differ. What was drawn with what is known of a person is no
    longer of the device alone that it was made on (`device` is then empty)."""
    drawn = msgspec.json.encode(body)
    if bytes(piece.body) == drawn:
        return False
    piece.step = same_place(piece.step, _keys_of(bytes(piece.body)), _keys_of(drawn))
    piece.body, piece.version, piece.device = drawn, piece.version + 1, device and piece.device
    piece.save(update_fields=["body", "version", "device", "step"])
    return True


def _keys_of(body: bytes) -> list[str]:
    return [step["key"] for step in msgspec.json.decode(body).get("steps", ())]


def _left_at(workspace: int, uid: int, content: str) -> int:
    """Where a course was left; one that was finished begins anew."""
    earlier = last_piece(workspace, uid, content)
    return earlier.step if earlier is not None and earlier.status != "completed" else 0


def open_page(who: Showing, page: str, user_agent: str) -> None:
    """Tells the log that a page of a deck was read outside of the product; each once an hour, and nothing of machines."""
    now = stores.current().clock.now()
    person = person_view(who.workspace, who.uid)
    if person is None or by_machine(user_agent, timedelta.max):
        return
    fact = own_fact(
        DECK_PAGE_VIEWED,
        workspace=who.workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=f"{who.uid}:{who.content}:{page}:{now:%Y-%m-%d %H}",
        properties={"content": who.content, "page": page, "via": "link"},
    )
    stores.current().log.append([fact])


def _piece(effect: Effect, uid: int, body: PieceBody, now: datetime, *, content: str, device: str) -> Piece:
    return Piece(
        workspace_id=effect.workspace,
        key=effect.key,
        uid=uid,
        device=device,
        content=content,
        kind=body.kind,
        body=msgspec.json.encode(body),
        step=_left_at(effect.workspace, uid, content) if body.kind == "course" else 0,
        created_at=now,
        changed_at=now,
    )


def _put(pieces: Sequence[Piece]) -> None:
    """By hand, because it is the hot path."""
    if pieces:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, [_row(piece) for piece in pieces])


def _row(piece: Piece) -> tuple[Any, ...]:
    made = stamp(piece.created_at)
    return (
        piece.workspace_id, piece.key, piece.uid, piece.device, piece.content, piece.kind, piece.body, piece.status,
        piece.step, piece.version, made, made,
    )  # fmt: skip


def piece_facts(facts: Iterable[tuple[Fact, int]]) -> list[int]:
    """Keeps pieces in step with what browsers report, in the caller's transaction; returns the people whose pieces
    changed. Each fact comes with the uid that it is of. A report about somebody else's piece changes nothing."""
    reports = [(fact, uid) for fact, uid in facts if fact.name in STATUS_OF and _names_a_piece(fact)]
    if not reports:
        return []
    pieces = _pieces_of(reports)
    changed: dict[int, Piece] = {}
    for fact, uid in reports:
        piece = pieces.get((fact.workspace, fact.properties["piece"]))
        if piece and _is_theirs(piece, fact, uid) and _move(piece, fact):
            changed[piece.id] = piece
    Piece.objects.bulk_update(changed.values(), ["status", "step", "snoozed_until", "changed_at"])
    return sorted({piece.uid for piece in changed.values()})


def keep_answers(facts: Iterable[tuple[Fact, int]]) -> None:
    """Writes answers into the surveys that they were given to, so that a survey that is opened again shows them. The
    browser that has it open knows them already: it is not sent again."""
    answers = [(fact, uid) for fact, uid in facts if fact.name == QUESTION_ANSWERED and _names_a_piece(fact)]
    pieces = _pieces_of(answers) if answers else {}
    for fact, uid in answers:
        piece = pieces.get((fact.workspace, fact.properties["piece"]))
        if piece and _is_theirs(piece, fact, uid) and piece.status in OPEN:
            piece.body = _answered(bytes(piece.body), fact.properties)
            piece.save(update_fields=["body"])


def _answered(body: bytes, told: dict[str, Any]) -> bytes:
    drawn = msgspec.json.decode(body)
    for question in drawn.get("questions", ()):
        if question["key"] == told.get("question"):
            question["answer"] = told.get("answer")
    return msgspec.json.encode(drawn)


def end_pieces(workspace: int, uid: int, contents: Iterable[str], *, unseen: bool = False) -> int:
    """Closes the open pieces of these contents (`unseen`: those that nobody has seen yet): what they led to has been
    reached. The number of pieces closed."""
    now, open_ = stores.current().clock.now(), ("waiting",) if unseen else OPEN
    rows = Piece.objects.filter(workspace_id=workspace, uid=uid, content__in=list(contents), status__in=open_)
    return rows.update(status="ended", changed_at=now)


def end_each(whose: Sequence[tuple[int, int, str]]) -> None:
    """Closes the open pieces of each (workspace, uid, content)."""
    if whose:
        now = stamp(stores.current().clock.now())
        with connection.cursor() as cursor:
            cursor.executemany(_END, [(now, *of, *OPEN) for of in whose])


def merge_pieces(workspace: int, uid: int, into: int) -> None:
    """What was sent and shown to `uid` was sent and shown to `into`. Of the same thing meant for both, the one that
    went further stays, so that nobody gets or sees it again because they signed in."""
    with transaction.atomic():
        _merge_shown(workspace, uid, into)
        _merge_sent(workspace, uid, into)


def _merge_shown(workspace: int, uid: int, into: int) -> None:
    rows = Piece.objects.filter(workspace_id=workspace, uid__in=(uid, into)).defer("body").order_by("id")
    known = {_occurrence(piece.key): piece for piece in rows if piece.uid == into}
    for piece in rows:
        twin = known.get(_occurrence(piece.key))
        if piece.uid == uid and twin is not None:
            weaker = twin if stronger(piece.status, twin.status) != twin.status else piece
            if weaker.status in OPEN:
                Piece.objects.filter(id=weaker.id).update(status="ended")
    own = Piece.objects.filter(workspace_id=workspace, uid=uid)
    own.update(uid=into, version=F("version") + 1)  # a browser of theirs that saw later ones has not seen these


def _merge_sent(workspace: int, uid: int, into: int) -> None:
    rows = Delivery.objects.filter(workspace_id=workspace, uid__in=(uid, into)).order_by("id")
    known = {_occurrence(delivery.key): delivery for delivery in rows if delivery.uid == into}
    for delivery in rows:
        twin = known.get(_occurrence(delivery.key))
        if delivery.uid == uid and twin is not None:
            open_one = twin if delivery.status not in UNSETTLED else delivery
            if open_one.status in UNSETTLED:
                settle(open_one, "skipped", error="The same message goes to whom this person became.")
    Delivery.objects.filter(workspace_id=workspace, uid=uid).update(uid=into)


def _names_a_piece(fact: Fact) -> bool:
    """By its number, as browsers do, or by its key."""
    piece = fact.properties.get("piece")
    return isinstance(piece, str) or (isinstance(piece, int) and not isinstance(piece, bool) and 0 < piece < 2**63)


def _pieces_of(reports: Sequence[tuple[Fact, int]]) -> dict[tuple[int, str | int], Piece]:
    """The pieces that these reports name, by (workspace, number) and by (workspace, key)."""
    named = {fact.properties["piece"] for fact, _ in reports}
    keys, numbers = [each for each in named if isinstance(each, str)], [each for each in named if isinstance(each, int)]
    rows = Piece.objects.filter(Q(id__in=numbers) | Q(key__in=keys)).defer("body")
    return {(piece.workspace_id, name): piece for piece in rows for name in (piece.id, piece.key)}


def _is_theirs(piece: Piece, fact: Fact, uid: int) -> bool:
    return piece.uid == uid or bool(piece.device and piece.device == fact.anonymous_id)


def _move(piece: Piece, fact: Fact) -> bool:
    """Whether the report changed the piece."""
    before = Progress(status=piece.status, step=piece.step, until=piece.snoozed_until, at=piece.changed_at)
    after = moved(before, fact.name, fact.at, _placed(piece, fact.properties))
    piece.status, piece.step, piece.snoozed_until, piece.changed_at = after.status, after.step, after.until, after.at
    return after != before


def _placed(piece: Piece, told: dict[str, Any]) -> dict[str, Any]:
    """Of a guide that was drawn again, the step that a browser has told of by its key, where it is now."""
    key = told.get("step_key")
    keys = _keys_of(bytes(piece.body)) if key and piece.version > 1 else []
    return {**told, "step": keys.index(key)} if key in keys else told


def _occurrence(key: str) -> str:
    """The key without its subject: the same for the same intention of two halves of a person."""
    return key.partition(":")[2] or key

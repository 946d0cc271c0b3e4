"""Reads of what was sent and shown; they never write."""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec import Raw, Struct

from milepost.core.delivery.consent import held_back
from milepost.core.values import Refused
from milepost.delivery.models import Delivery, Piece, Suppression
from milepost.log.secrets import derived
from milepost.program.queries import current


class DeliveryView(Struct, frozen=True, kw_only=True):
    """One message to one person. `status`: sending, sent, retrying, failed, skipped; `error` says why."""

    key: str
    uid: int
    channel: str
    message: str
    purpose: str
    address: str
    subject: str
    message_id: str
    status: str
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None


class DeliveryPage(Struct, frozen=True, kw_only=True):
    """`next`: the cursor of the following page; empty on the last one."""

    items: tuple[DeliveryView, ...]
    next: str


class PieceView(Struct, frozen=True, kw_only=True):
    """An open piece as the stream sends it. `body` is JSON, drawn when it was decided. Absent: `snoozed_until` without
    a time is until the next visit."""

    id: int
    key: str
    content: str
    body: bytes
    status: str
    step: int
    version: int
    snoozed_until: datetime | None


class OpenPiece(Struct, frozen=True, kw_only=True):
    """A piece as whoever draws it is told. Shapes: `body` is the JSON of what is drawn; `version` rises when it was drawn
    again; `step` is where the person stopped, counted from 0."""

    id: int
    content: str
    status: str
    step: int
    body: Raw
    version: int = 1


def deliveries(
    workspace: int, *, cursor: str = "", limit: int = 50, status: str = "", message: str = ""
) -> DeliveryPage:
    """Newest first. Raises Refused for a cursor that this never gave."""
    rows = Delivery.objects.filter(workspace_id=workspace)
    if status:
        rows = rows.filter(status=status)
    if message:
        rows = rows.filter(message=message)
    if cursor:
        at, last = _read_cursor(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__gt=last))
    found = list(rows.order_by("-created_at", "id")[: limit + 1])
    more = _write_cursor(found[limit - 1]) if len(found) > limit else ""
    return DeliveryPage(items=tuple(map(_delivery, found[:limit])), next=more)


def deliveries_of_person(workspace: int, uid: int, limit: int = 50) -> list[DeliveryView]:
    """Newest first."""
    rows = Delivery.objects.filter(workspace_id=workspace, uid=uid).order_by("-created_at", "id")
    return [_delivery(row) for row in rows[:limit]]


def deliveries_by_key(workspace: int, keys: Iterable[str]) -> dict[str, DeliveryView]:
    """The deliveries of these effects; an effect that nobody has begun to carry out is missing."""
    rows = Delivery.objects.filter(workspace_id=workspace, key__in=list(keys))
    return {row.key: _delivery(row) for row in rows}


def pieces_for_person(workspace: int, uid: int, after: int = 0) -> list[PieceView]:
    """The open pieces of a person whose identity is proven, oldest first, with an id above `after`."""
    return _open_pieces(Piece.objects.filter(workspace_id=workspace, uid=uid), after)


def pieces_for_device(workspace: int, device: str, after: int = 0) -> list[PieceView]:
    """The open pieces that were made on this device while its person was anonymous; nothing else is of this device."""
    return _open_pieces(Piece.objects.filter(workspace_id=workspace, device=device), after) if device else []


def told(pieces: Iterable[PieceView], now: datetime) -> list[OpenPiece]:
    """Those that may be shown now: one that was put off is left out until its time."""
    return [_told(piece) for piece in pieces if not _asleep(piece, now)]


def _told(piece: PieceView) -> OpenPiece:
    return OpenPiece(
        id=piece.id,
        content=piece.content,
        status=piece.status,
        step=piece.step,
        version=piece.version,
        body=Raw(piece.body),
    )


def _asleep(piece: PieceView, now: datetime) -> bool:
    return piece.status == "snoozed" and piece.snoozed_until is not None and piece.snoozed_until > now


def last_piece(workspace: int, uid: int, content: str, *statuses: str) -> Piece | None:
    """The latest piece of this content, of these statuses where some are given."""
    rows = Piece.objects.filter(workspace_id=workspace, uid=uid, content=content)
    return (rows.filter(status__in=statuses) if statuses else rows).order_by("-id").first()


def open_pieces(workspace: int, uid: int, contents: Iterable[str]) -> list[Piece]:
    """The rows of the person's open pieces of these contents, oldest first."""
    rows = Piece.objects.filter(workspace_id=workspace, uid=uid, content__in=list(contents), status__in=Piece.OPEN)
    return list(rows.order_by("id"))


def delivery_of(workspace: int, key: str) -> Delivery | None:
    """The row of the delivery of this intention."""
    return Delivery.objects.filter(workspace_id=workspace, key=key).first()


def resource_of(workspace: int, message: str) -> dict[str, str]:
    """What a message teaches, as a property of the facts about it; nothing where its definition names none."""
    definition = current(workspace).document.messages.get(message)
    return {"resource": definition.resource} if definition and definition.resource else {}


def suppressed(workspace: int, channel: str, address: str) -> tuple[str, ...]:
    """The purposes for which nothing may be sent to this address (`all`: for none)."""
    rows = Suppression.objects.filter(workspace_id=workspace, channel=channel, address__in=spellings(address))
    return tuple(rows.order_by("purpose").values_list("purpose", flat=True))


def may_send(workspace: int, channel: str, address: str, purpose: str) -> bool:
    return not held_back(purpose, suppressed(workspace, channel, address))


def is_dead(delivery: Delivery) -> bool:
    """Whether its address was found to be dead."""
    rows = Suppression.objects.filter(workspace_id=delivery.workspace_id, channel=delivery.channel, reason="bounced")
    return rows.filter(address__in=spellings(delivery.address)).exists()


def normal(address: str) -> str:
    """The address as it is kept: two spellings of one mailbox are one."""
    return address.strip().lower()


def sealed(address: str) -> str:
    """How the address of somebody who was forgotten is kept, so that it stays unwritten to: by a keyed hash."""
    key = derived(settings.SECRET_KEY, "suppressed")
    return f"#{hmac.new(key, normal(address).encode('utf-8', 'surrogatepass'), 'sha256').hexdigest()}"


def spellings(address: str) -> tuple[str, str]:
    """Under which an address may be suppressed."""
    return normal(address), sealed(address)


def _open_pieces(rows: QuerySet[Piece], after: int) -> list[PieceView]:
    return [_piece(row) for row in rows.filter(id__gt=after, status__in=Piece.OPEN).order_by("id")]


def _piece(row: Piece) -> PieceView:
    return PieceView(
        id=row.id,
        key=row.key,
        content=row.content,
        body=bytes(row.body),
        status=row.status,
        step=row.step,
        version=row.version,
        snoozed_until=row.snoozed_until,
    )


def _delivery(row: Delivery) -> DeliveryView:
    return DeliveryView(**{name: getattr(row, name) for name in DeliveryView.__struct_fields__})


def _write_cursor(row: Delivery) -> str:
    return base64.urlsafe_b64encode(f"{row.created_at.isoformat()}|{row.id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, last = base64.urlsafe_b64decode(cursor).decode().partition("|")
        return datetime.fromisoformat(at), int(last)
    except ValueError as error:
        raise Refused("cursor", "This cursor was not given by Milepost.", mend="Begin without one.") from error

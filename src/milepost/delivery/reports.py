"""What was sent and shown, counted: by definition, over everybody."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from msgspec import Struct

from milepost.delivery.models import Delivery, Piece


class Tally(Struct, frozen=True, kw_only=True):
    """How one message did. Absent: `last_sent_at` None for one that was never sent."""

    sent: int
    failed: int
    waiting: int
    skipped: int
    last_sent_at: datetime | None


def tallies(workspace: int) -> dict[str, Tally]:
    """By the key of the message. Absent: one that nobody was ever meant to get is no key."""
    counted = (
        Delivery.objects.filter(workspace_id=workspace)
        .values_list("message")
        .annotate(
            sent=Count("id", filter=Q(status="sent")),
            failed=Count("id", filter=Q(status="failed")),
            waiting=Count("id", filter=Q(status__in=("sending", "retrying"))),
            skipped=Count("id", filter=Q(status="skipped")),
            last=Max("sent_at"),
        )
        .order_by("message")
    )
    return {
        message: Tally(sent=sent, failed=failed, waiting=waiting, skipped=skipped, last_sent_at=last)
        for message, sent, failed, waiting, skipped, last in counted
    }


def sent_counts(workspace: int) -> dict[str, int]:
    return _counts(Delivery.objects.filter(workspace_id=workspace, status="sent"), "message")


def shown_counts(workspace: int) -> dict[str, int]:
    """People to whom a piece was shown at least once."""
    return _counts(Piece.objects.filter(workspace_id=workspace).exclude(status="waiting"), "content")


def _counts(rows: QuerySet[Any], name: str) -> dict[str, int]:
    return dict(rows.values_list(name).annotate(n=Count("uid", distinct=name == "content")).order_by(name))


def first_sent(workspace: int, messages: Iterable[str], since: datetime) -> dict[str, dict[int, datetime]]:
    """Message → uid → when they first got it, for those that went out since then."""
    found: dict[str, dict[int, datetime]] = {key: {} for key in messages}
    rows = Delivery.objects.filter(workspace_id=workspace, message__in=list(found), sent_at__gte=since)
    firsts = rows.values_list("message", "uid").annotate(at=Min("sent_at")).order_by("message", "uid")
    for message, uid, at in firsts:
        found[message][uid] = at
    return found

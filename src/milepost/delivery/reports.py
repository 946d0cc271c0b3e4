"""What was sent and shown, counted: by definition, over everybody."""

from datetime import datetime

from django.db.models import Count, Max, Q
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


def shown_counts(workspace: int) -> dict[str, int]:
    """People to whom a piece was shown at least once."""
    rows = Piece.objects.filter(workspace_id=workspace).exclude(status="waiting")
    return dict(rows.values_list("content").annotate(n=Count("uid", distinct=True)).order_by("content"))

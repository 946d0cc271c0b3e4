"""What was sent and shown to somebody who is forgotten goes; that their address must not be written to stays, as a hash."""

from collections.abc import Sequence

from django.db.models import Q

from milepost.delivery.models import Delivery, LessonPassed, Piece, SampleRequest, Suppression
from milepost.delivery.queries import normal, sealed


def erase(workspace: int, uids: Sequence[int], addresses: Sequence[str]) -> None:
    """Joins the caller's transaction. `addresses`: those that they had, besides what was written to."""
    sent = Delivery.objects.filter(workspace_id=workspace, uid__in=uids)
    written_to = set(sent.values_list("address", flat=True))
    _seal(workspace, sorted({normal(address) for address in written_to | set(addresses)}))
    sent.delete()
    for rows in (Piece, SampleRequest, LessonPassed):
        rows._default_manager.filter(workspace_id=workspace, uid__in=uids).delete()
    _take_out_of_letters_about(workspace, uids)


def _seal(workspace: int, addresses: Sequence[str]) -> None:
    known = Suppression.objects.filter(workspace_id=workspace)
    for row in known.filter(address__in=addresses):
        hidden = sealed(row.address)
        if known.filter(channel=row.channel, purpose=row.purpose, address=hidden).exists():
            row.delete()
        else:
            row.address = hidden
            row.save(update_fields=["address"])


def _take_out_of_letters_about(workspace: int, uids: Sequence[int]) -> None:
    """Others were told of them; their name may stand in the subject."""
    about = Q(pk__in=[])
    for uid in uids:
        about |= Q(key__endswith=f":of:{uid}")
    Delivery.objects.filter(about, workspace_id=workspace).update(subject="")

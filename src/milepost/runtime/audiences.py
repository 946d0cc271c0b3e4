"""Who exactly, as sub-selects of uids: for lists of people that a page filters and leafs through."""

from typing import Any

from django.db.models import QuerySet

from milepost.runtime.models import MilestoneReached, SegmentMember, StuckNow

Uids = QuerySet[Any, Any]


def reached(workspace_id: int, milestone: str) -> Uids:
    """Who has reached the milestone, otherwise than by a test."""
    return MilestoneReached.objects.filter(workspace_id=workspace_id, milestone=milestone, test=False).values("uid")


def stuck(workspace_id: int, milestone: str, obstacle: str) -> Uids:
    """Who is stuck on the obstacle now."""
    rows = StuckNow.objects.filter(workspace_id=workspace_id, milestone=milestone, obstacle=obstacle, resolved_at=None)
    return rows.values("uid")


def members(workspace_id: int, segment: str) -> Uids:
    """Who is in the segment now."""
    return SegmentMember.objects.filter(workspace_id=workspace_id, segment=segment).values("uid")

"""Who did what: every change that a member or a key makes leaves an entry."""

from collections.abc import Sequence
from datetime import datetime

from milepost.workspace.models import AuditEntry, Workspace

#: What is recorded by a person's id.
ABOUT_PEOPLE = ("milestone.attest", "milestone.skip", "goal.state")


def record(
    workspace: Workspace,
    now: datetime,
    *,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, object] | None = None,
) -> None:
    """Notes who did what. `actor` is a member's e-mail, `key mpw_…abcd`, or `milepost`."""
    AuditEntry.objects.create(
        workspace=workspace, at=now, actor=actor[:200], action=action, subject=subject[:300], detail=detail or {}
    )


def take_out(workspace_id: int, names: Sequence[str], actions: Sequence[str] = ABOUT_PEOPLE) -> None:
    """Leaves of what was done about these subjects that it was done, when and by whom."""
    rows = AuditEntry.objects.filter(workspace_id=workspace_id, subject__in=names, action__in=actions)
    rows.update(subject="", detail={})

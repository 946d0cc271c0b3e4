"""Who did what: every change that a member or a key makes leaves an entry."""

from datetime import datetime

from milepost.workspace.models import AuditEntry, Workspace


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

"""Reads. Everything is asked of one workspace."""

from milepost.workspace.models import AuditEntry, IdentityKey, Key, Member, Workspace


def workspaces_of(user_id: int) -> list[Workspace]:
    """The workspaces that a user is a member of, by name."""
    return list(Workspace.objects.filter(members__user=user_id).order_by("name", "slug"))


def live_keys(workspace_id: int, kind: str | None = None) -> list[Key]:
    """Keys that are not revoked, oldest first."""
    keys = Key.objects.filter(workspace=workspace_id, revoked_at=None).order_by("id")
    return list(keys if kind is None else keys.filter(kind=kind))


def identity_keys(workspace_id: int, *, live: bool = False) -> list[IdentityKey]:
    """What user ids are signed with, newest first; `live`: without those that were revoked."""
    keys = IdentityKey.objects.filter(workspace=workspace_id).order_by("-id")
    return list(keys.filter(revoked_at=None) if live else keys)


def members(workspace_id: int) -> list[Member]:
    """Members with their users, owners first."""
    found = Member.objects.filter(workspace=workspace_id).select_related("user")
    return sorted(found, key=lambda member: (Member.ROLES.index(member.role), member.user.get_username()))


def member_by_address(workspace_id: int, address: str) -> Member | None:
    """The member who signs in with this address; None where nobody of the team does."""
    found = Member.objects.filter(workspace=workspace_id, user__username__iexact=address.strip())
    return found.select_related("user").first() if "@" in address else None


def audit(workspace_id: int, limit: int = 100) -> list[AuditEntry]:
    """Who did what, newest first."""
    return list(AuditEntry.objects.filter(workspace=workspace_id).order_by("-at", "-id")[:limit])


def workspace_ids() -> list[int]:
    """All workspaces of this installation."""
    return list(Workspace.objects.order_by("id").values_list("id", flat=True))

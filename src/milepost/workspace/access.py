"""How a member reaches a workspace. What does not exist and what is not yours look the same."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from milepost.core.values import Refused
from milepost.workspace.models import Member, Workspace

User = AbstractBaseUser | AnonymousUser


def access_workspace(user: User, slug: str, *, role: str = "viewer") -> Workspace:
    """The workspace, for somebody who is at least `role` in it. Raises Refused (404, or 403 for too small a role)."""
    member = access_member(user, slug)
    require_role(member, role)
    return member.workspace


def access_member(user: User, slug: str) -> Member:
    """What this user is in the workspace. Raises Refused (404)."""
    member = None
    if user.is_authenticated and user.is_active:
        member = Member.objects.select_related("workspace").filter(user=user.pk, workspace__slug=slug).first()
    if member is None:
        raise Refused("not_found", f"There is no workspace '{slug}' that you can see.", status=404)
    return member


def require_role(member: Member, role: str) -> None:
    """Raises Refused (403) when the member's role is smaller than `role`."""
    if Member.ROLES.index(member.role) > Member.ROLES.index(role):
        raise Refused(
            "role",
            f"This needs the role '{role}'; yours is '{member.role}'.",
            mend="Ask an owner of the workspace.",
            status=403,
        )

"""Actions on the people of a team: invite, accept, change a role, let go."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from milepost.core.values import Refused
from milepost.workspace.audit import record
from milepost.workspace.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Invitation:
    """Absent: `token` is None when the person has a password already, here or in another workspace of this server."""

    member_id: int
    user_id: int
    token: str | None


@transaction.atomic
def invite_member(workspace: Workspace, email: str, role: str, now: datetime, *, actor: str) -> Invitation:
    """Makes somebody a member; the token lets a new person choose a password, once. Inviting again renews the token.

    Raises Refused for a bad address or role, and for somebody who is a member with a password already.
    """
    address = _checked_address(email)
    _check_role(role)
    nobody_yet = {"email": address, "password": make_password(None)}
    user, _ = User.objects.get_or_create(username=address, defaults=nobody_yet)
    member, added = Member.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
    if not added and user.has_usable_password():
        raise Refused("already_member", f"{address} is a member already.", status=409)
    record(workspace, now, actor=actor, action="member.invite", subject=address, detail={"role": member.role})
    return Invitation(member.pk, user.pk, _token_for(user, workspace))


def _token_for(user: User, workspace: Workspace) -> str | None:
    """Who may choose the password rules everything that the user can see; so an inviter gets a token only for somebody
    who has no password and is nowhere else."""
    if user.has_usable_password() or user.memberships.exclude(workspace=workspace).exists():
        return None
    return default_token_generator.make_token(user)


@transaction.atomic
def accept_invitation(user_id: int, token: str, password: str) -> User:
    """Sets the first password. Raises Refused for a token that is used, old or wrong, and for a weak password."""
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None or user.has_usable_password() or not default_token_generator.check_token(user, token):
        raise Refused("invitation", "This invitation was used, or is too old.", mend="Ask for a new one.", status=410)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("password", " ".join(error.messages), path="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def change_password(member: Member, password: str, now: datetime) -> None:
    """Sets another password, which was checked before; whatever was printed at the start opens nothing any more."""
    user = member.user
    user.set_password(password)
    user.save(update_fields=["password"])
    user.memberships.update(first_password=None)
    record(member.workspace, now, actor=user.get_username(), action="member.password", subject=user.get_username())


@transaction.atomic
def change_role(workspace: Workspace, member_id: int, role: str, now: datetime, *, actor: str) -> None:
    """Raises Refused when no owner would be left."""
    _check_role(role)
    member = _member(workspace, member_id)
    if role != "owner":
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    record(workspace, now, actor=actor, action="member.role", subject=member.user.username, detail={"role": role})


@transaction.atomic
def remove_member(workspace: Workspace, member_id: int, now: datetime, *, actor: str) -> None:
    """Takes somebody out of the workspace; what they did stays. Raises Refused when no owner would be left."""
    member = _member(workspace, member_id)
    _keep_an_owner(member)
    record(workspace, now, actor=actor, action="member.remove", subject=member.user.username)
    member.delete()


def choose_locale(member: Member, locale: str) -> None:
    """The language in which a member reads the console. Raises Refused for one that it does not speak."""
    if locale not in dict(settings.LANGUAGES):
        raise Refused("locale", f"There is no language '{locale}' here.", path="language")
    member.locale = locale
    member.save(update_fields=["locale"])


def _member(workspace: Workspace, member_id: int) -> Member:
    found = Member.objects.select_for_update().filter(workspace=workspace, pk=member_id).first()
    if found is None:
        raise Refused("not_found", f"This workspace has no member {member_id}.", status=404)
    return found


def _keep_an_owner(member: Member) -> None:
    others = Member.objects.filter(workspace=member.workspace, role="owner").exclude(pk=member.pk)
    if member.role == "owner" and not others.exists():
        raise Refused(
            "last_owner", "A workspace keeps an owner.", mend="Make somebody else an owner first.", status=409
        )


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused("email", f"'{email}' is not an e-mail address.", path="email") from error
    return address


def _check_role(role: str) -> None:
    if role not in Member.ROLES:
        raise Refused("role", f"There is no role '{role}'.", mend=f"Roles are {', '.join(Member.ROLES)}.", path="role")

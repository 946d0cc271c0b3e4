import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser, User

from milepost.core.values import Refused
from milepost.workspace import queries
from milepost.workspace.access import access_workspace
from milepost.workspace.members import accept_invitation, change_role, choose_locale, invite_member, remove_member
from milepost.workspace.models import Member, Workspace

from .conftest import NOW

pytestmark = pytest.mark.django_db
PASSWORD = "seven green bicycles"
OWNER = "owner@milepost.local"


def joined(workspace: Workspace, email: str, role: str) -> User:
    invitation = invite_member(workspace, email, role, NOW, actor=OWNER)
    assert invitation.token is not None
    return accept_invitation(invitation.user_id, invitation.token, PASSWORD)


def refusal(user: User | AnonymousUser, slug: str, role: str = "viewer") -> tuple[int, str, str]:
    with pytest.raises(Refused) as refused:
        access_workspace(user, slug, role=role)
    return refused.value.status, refused.value.code, refused.value.message.replace(slug, "X")


def test_an_invited_person_chooses_a_password_and_gets_in(workspace: Workspace) -> None:
    user = joined(workspace, " Ann@Example.com ", "editor")
    assert authenticate(username="ann@example.com", password=PASSWORD) == user
    assert access_workspace(user, "default", role="editor") == workspace


def test_an_invitation_works_once(workspace: Workspace) -> None:
    invitation = invite_member(workspace, "ann@example.com", "viewer", NOW, actor=OWNER)
    assert invitation.token is not None
    accept_invitation(invitation.user_id, invitation.token, PASSWORD)
    with pytest.raises(Refused, match="used"):
        accept_invitation(invitation.user_id, invitation.token, "another password here")


def test_a_weak_password_is_refused_and_the_invitation_stays_open(workspace: Workspace) -> None:
    invitation = invite_member(workspace, "ann@example.com", "viewer", NOW, actor=OWNER)
    assert invitation.token is not None
    with pytest.raises(Refused, match="too short"):
        accept_invitation(invitation.user_id, invitation.token, "short")
    accept_invitation(invitation.user_id, invitation.token, PASSWORD)


def test_an_inviter_cannot_choose_the_password_of_somebody_of_another_workspace(
    workspace: Workspace, other: Workspace
) -> None:
    joined(workspace, "ann@example.com", "owner")
    invite_member(workspace, "waiting@example.com", "owner", NOW, actor=OWNER)
    assert invite_member(other, "ann@example.com", "viewer", NOW, actor="x@other.example").token is None
    assert invite_member(other, "waiting@example.com", "viewer", NOW, actor="x@other.example").token is None


def test_inviting_again_renews_the_invitation_but_not_for_a_member_who_has_joined(workspace: Workspace) -> None:
    first = invite_member(workspace, "ann@example.com", "viewer", NOW, actor=OWNER)
    again = invite_member(workspace, "ann@example.com", "viewer", NOW, actor=OWNER)
    assert again.token is not None and again.member_id == first.member_id
    accept_invitation(again.user_id, again.token, PASSWORD)
    with pytest.raises(Refused, match="member already"):
        invite_member(workspace, "ann@example.com", "viewer", NOW, actor=OWNER)


@pytest.mark.parametrize(("email", "role"), [("not an address", "viewer"), ("", "viewer"), ("a@b.example", "king")])
def test_a_bad_address_or_role_makes_no_member(workspace: Workspace, email: str, role: str) -> None:
    with pytest.raises(Refused):
        invite_member(workspace, email, role, NOW, actor=OWNER)
    assert Member.objects.count() == 1 and User.objects.count() == 1


def test_a_workspace_that_is_not_yours_looks_like_one_that_does_not_exist(
    workspace: Workspace, other: Workspace
) -> None:
    user = joined(workspace, "ann@example.com", "owner")
    assert refusal(user, "other") == refusal(user, "nowhere")
    assert refusal(user, "other")[0] == 404
    assert refusal(AnonymousUser(), "default") == refusal(AnonymousUser(), "nowhere")


def test_somebody_who_may_no_longer_sign_in_reaches_nothing(workspace: Workspace) -> None:
    user = joined(workspace, "ann@example.com", "owner")
    user.is_active = False
    assert refusal(user, "default")[0] == 404


@pytest.mark.parametrize(
    ("role", "enough_for"),
    [("viewer", {"viewer"}), ("editor", {"viewer", "editor"}), ("owner", {"viewer", "editor", "owner"})],
)
def test_a_role_holds_what_the_smaller_roles_may(workspace: Workspace, role: str, enough_for: set[str]) -> None:
    user = joined(workspace, "ann@example.com", role)
    for needed in Member.ROLES:
        if needed in enough_for:
            assert access_workspace(user, "default", role=needed) == workspace
        else:
            assert refusal(user, "default", needed)[:2] == (403, "role")


def test_a_workspace_always_keeps_an_owner(workspace: Workspace) -> None:
    [owner] = queries.members(workspace.pk)
    with pytest.raises(Refused, match="keeps an owner"):
        change_role(workspace, owner.pk, "viewer", NOW, actor=OWNER)
    with pytest.raises(Refused, match="keeps an owner"):
        remove_member(workspace, owner.pk, NOW, actor=OWNER)
    ann = Member.objects.get(user=joined(workspace, "ann@example.com", "viewer"))
    change_role(workspace, ann.pk, "owner", NOW, actor=OWNER)
    remove_member(workspace, owner.pk, NOW, actor="ann@example.com")
    assert [member.user.username for member in queries.members(workspace.pk)] == ["ann@example.com"]
    actions = [entry.action for entry in queries.audit(workspace.pk)]
    assert actions == ["member.remove", "member.role", "member.invite", "workspace.create"]


def test_a_member_reads_in_a_language_that_there_is(workspace: Workspace) -> None:
    [owner] = queries.members(workspace.pk)
    choose_locale(owner, "ru")
    assert Member.objects.get(pk=owner.pk).locale == "ru"
    with pytest.raises(Refused, match="no language"):
        choose_locale(owner, "xx")


def test_members_of_another_workspace_are_out_of_reach(workspace: Workspace, other: Workspace) -> None:
    [owner] = queries.members(workspace.pk)
    with pytest.raises(Refused) as refused:
        remove_member(other, owner.pk, NOW, actor="x@other.example")
    assert refused.value.status == 404
    assert queries.workspaces_of(owner.user.pk) == [workspace]

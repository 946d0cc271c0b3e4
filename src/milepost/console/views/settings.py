"""Settings: install, keys, team, audit."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import settings as pages
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.workspace import actions, members
from milepost.workspace import sites as actions_of_sites


@require_GET
@member_page()
def settings(request: MemberRequest) -> HttpResponse:
    return page(request, "settings.html", pages.gather_install_page(request.member), active="settings")


@require_GET
@member_page("editor")
def keys(request: MemberRequest) -> HttpResponse:
    return page(request, "settings_keys.html", pages.gather_keys(request.member.workspace_id), active="settings")


@require_POST
@member_page("owner")
def create_key(request: MemberRequest) -> HttpResponse:
    """Makes a key and shows it, this once."""
    name, kind = request.user.get_username(), request.POST.get("kind", "")
    fresh = actions.create_key(request.member.workspace, kind, now(), actor=name)
    content = pages.gather_keys(request.member.workspace_id, fresh=fresh)
    return page(request, "settings_keys.html", content, active="settings", status=HTTPStatus.CREATED)


@require_POST
@member_page("owner")
def revoke_key(request: MemberRequest, key_id: int) -> HttpResponse:
    try:
        actions.revoke_key(request.member.workspace, key_id, now(), actor=request.user.get_username())
    except Refused as refusal:
        content = pages.gather_keys(request.member.workspace_id, error=str(refusal))
        return page(request, "settings_keys.html", content, active="settings", status=refusal.status)
    messages.success(request, _("The key was revoked. It opens nothing any more."))
    return redirect("settings-keys")


@require_GET
@member_page()
def team(request: MemberRequest) -> HttpResponse:
    return page(request, "settings_team.html", pages.gather_team(request.member.workspace_id), active="settings")


@require_POST
@member_page("owner")
def invite(request: MemberRequest) -> HttpResponse:
    """Makes somebody a member and shows the link with which they choose a password."""
    email, workspace = request.POST.get("email", ""), request.member.workspace
    try:
        made = members.invite_member(
            workspace, email, request.POST.get("role", ""), now(), actor=request.user.get_username()
        )
    except Refused as refusal:
        return _team(request, refusal)
    link = pages.public_url(reverse("invitation", args=[made.user_id, made.token])) if made.token else ""
    content = pages.gather_team(workspace.pk, invitation=link, invited=email)
    return page(request, "settings_team.html", content, active="settings", status=HTTPStatus.CREATED)


@require_POST
@member_page("owner")
def change_member(request: MemberRequest, member_id: int) -> HttpResponse:
    """Another role, or none any more."""
    workspace, name = request.member.workspace, request.user.get_username()
    try:
        if "remove" in request.POST:
            members.remove_member(workspace, member_id, now(), actor=name)
            messages.success(request, _("They are no longer a member."))
        else:
            members.change_role(workspace, member_id, request.POST.get("role", ""), now(), actor=name)
            messages.success(request, _("The role was changed."))
    except Refused as refusal:
        return _team(request, refusal)
    return redirect("settings-team")


def _team(request: MemberRequest, refusal: Refused) -> HttpResponse:
    content = pages.gather_team(request.member.workspace_id, error=str(refusal))
    return page(request, "settings_team.html", content, active="settings", status=refusal.status)


@require_GET
@member_page("editor")
def audit(request: MemberRequest) -> HttpResponse:
    return page(request, "settings_audit.html", pages.gather_audit(request.member.workspace_id), active="settings")


@require_GET
@member_page()
def sites(request: MemberRequest) -> HttpResponse:
    return page(request, "settings_sites.html", pages.gather_sites(request.member.workspace_id), active="settings")


@require_POST
@member_page("owner")
def add_site(request: MemberRequest) -> HttpResponse:
    try:
        actions_of_sites.add_site(request.member, request.POST.get("address", ""), now())
    except Refused as refusal:
        content = pages.gather_sites(request.member.workspace_id, error=f"{refusal} {refusal.mend}".strip())
        return page(request, "settings_sites.html", content, active="settings", status=refusal.status)
    messages.success(request, _("Pieces may be edited there now."))
    return redirect("settings-sites")


@require_POST
@member_page("owner")
def remove_site(request: MemberRequest) -> HttpResponse:
    actions_of_sites.remove_site(request.member, request.POST.get("origin", ""), now())
    messages.success(request, _("Nobody edits there any more."))
    return redirect("settings-sites")

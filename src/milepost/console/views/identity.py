"""Settings: what the host product signs the ids of its users with."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.identity import gather_identity
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.workspace import identity_actions as actions


@require_GET
@member_page("editor")
def identity(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_POST
@member_page("owner")
def create_secret(request: MemberRequest) -> HttpResponse:
    """Makes a secret and shows it, this once."""
    name, who = request.POST.get("name", ""), request.user.get_username()
    try:
        fresh = actions.create_secret(request.member.workspace, name, now(), actor=who)
    except Refused as refusal:
        return _refused(request, refusal)
    return _page(request, HTTPStatus.CREATED, fresh=fresh)


@require_POST
@member_page("owner")
def register_key(request: MemberRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("name", "pem", "kid")}
    who = request.user.get_username()
    try:
        kid = actions.register_public_key(request.member.workspace, **given, now=now(), actor=who)
    except Refused as refusal:
        return _refused(request, refusal, given=given)
    messages.success(request, _("The key was registered. Tokens name it by the kid %(kid)s.") % {"kid": kid})
    return redirect("settings-identity")


@require_POST
@member_page("owner")
def revoke_key(request: MemberRequest, key_id: int) -> HttpResponse:
    try:
        actions.revoke_identity_key(request.member.workspace, key_id, now(), actor=request.user.get_username())
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The key was revoked. What it signs is not believed any more."))
    return redirect("settings-identity")


@require_POST
@member_page("owner")
def require_signed(request: MemberRequest) -> HttpResponse:
    required, who = request.POST.get("required") == "yes", request.user.get_username()
    try:
        actions.require_signed(request.member.workspace, required=required, now=now(), actor=who)
    except Refused as refusal:
        return _refused(request, refusal)
    told = _("Signed identities are required now.") if required else _("Unsigned identities are taken again.")
    messages.success(request, told)
    return redirect("settings-identity")


def _refused(request: MemberRequest, refusal: Refused, **said: object) -> HttpResponse:
    said |= {"error": refusal.message, "mend": refusal.mend, "wrong": refusal.path}
    return _page(request, refusal.status, **said)


def _page(request: MemberRequest, status: int = HTTPStatus.OK, **said: object) -> HttpResponse:
    content = gather_identity(request.member, now(), **said)
    return page(request, "settings_identity.html", content, active="settings", status=status)

"""Settings: where the host product's server is asked for sample data."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.host import gather_host
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.delivery import host as actions


@require_GET
@member_page("editor")
def host(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_POST
@member_page("owner")
def name_host(request: MemberRequest) -> HttpResponse:
    """Keeps the address; the first one gets a secret, which is shown this once."""
    url = request.POST.get("url", "")
    try:
        fresh = actions.name_host(request.member, url, now())
    except Refused as refusal:
        return _page(request, refusal.status, wrong=url, error=f"{refusal.message} {refusal.mend}".strip())
    if fresh:
        return _page(request, HTTPStatus.CREATED, fresh=fresh)
    messages.success(request, _("Your server is asked there from now on."))
    return redirect("settings-host")


@require_POST
@member_page("owner")
def turn_secret(request: MemberRequest) -> HttpResponse:
    return _page(request, HTTPStatus.CREATED, fresh=actions.turn_secret(request.member, now()))


@require_POST
@member_page("owner")
def forget_host(request: MemberRequest) -> HttpResponse:
    actions.forget_host(request.member, now())
    messages.success(request, _("Your server is not asked any more."))
    return redirect("settings-host")


def _page(request: MemberRequest, status: int = HTTPStatus.OK, **more: str) -> HttpResponse:
    content = gather_host(request.member.workspace_id, **more)
    return page(request, "settings_host.html", content, active="settings", status=status)

"""Settings: how pieces look in the product."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.look import gather_look, look_frame
from milepost.console.shell import page
from milepost.console.views.preview import PIECE_POLICY
from milepost.core.delivery.look import read_look
from milepost.core.values import Refused
from milepost.workspace.looks import save_look


@require_GET
@member_page()
def look(request: MemberRequest) -> HttpResponse:
    return page(request, "settings_look.html", gather_look(request.member.workspace_id), active="settings")


@require_POST
@member_page("editor")
def save(request: MemberRequest) -> HttpResponse:
    typed = request.POST.dict()
    try:
        save_look(request.member, read_look(typed), now())
    except Refused as refusal:
        content = gather_look(request.member.workspace_id, typed, refusal)
        return page(request, "settings_look.html", content, active="settings", status=refusal.status)
    messages.success(request, _("Saved. Pages show it as soon as they are opened anew."))
    return redirect("settings-look")


@require_GET
@xframe_options_sameorigin
@member_page()
def preview(request: MemberRequest) -> HttpResponse:
    """The page inside one of the frames, drawn with what is typed at the moment."""
    content = look_frame(request.member.workspace_id, request.GET.dict(), now())
    response = render(request, "console/preview_piece.html", {"page": content})
    response["Content-Security-Policy"] = PIECE_POLICY
    return response

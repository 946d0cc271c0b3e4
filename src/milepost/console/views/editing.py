"""Editing on the customer's own page: the link that opens it, and what the editor there asks for."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from milepost.console.clock import now
from milepost.console.editing_edge import Nothing, from_anywhere, in_session
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import editing as pages
from milepost.console.pages.editing import Typed
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.program import actions
from milepost.workspace.editing import begin, end, open_editing
from milepost.workspace.models import Editing
from milepost.workspace.sites import add_site


class Link(Struct, frozen=True, rename="camel"):
    token: str
    write_key: str


@require_http_methods(["GET", "POST"])
@member_page("editor")
def on_the_page(request: MemberRequest) -> HttpResponse:
    """Asks for the address of the customer's page, and leads there with a token that only its script sees: what stands
    behind `#` is sent to no server."""
    chosen = request.POST if request.method == "POST" else request.GET
    kind, key = chosen.get("kind", ""), chosen.get("key", "")
    if request.method == "GET":
        return page(request, "on_the_page.html", pages.gather_door(request.member, kind, key), active="program")
    address = request.POST.get("address", "").strip()
    try:
        if "add" in request.POST:
            add_site(request.member, address, now())
        token = open_editing(request.member, address, now(), kind=kind, key=key)
    except Refused as refusal:
        content = pages.gather_door(request.member, kind, key, address=address, refusal=refusal)
        return page(request, "on_the_page.html", content, active="program", status=refusal.status)
    content = pages.gather_door(request.member, kind, key, address=address, way=pages.way_to(address, token))
    return page(request, "on_the_page.html", content, active="program")


@from_anywhere(Link)
def open_(asked: Link, origin: str) -> Any:
    token, _editing = begin(asked.token, origin, asked.write_key, now())
    return {"token": token}


@in_session(Nothing)
def bench(asked: Nothing, editing: Editing) -> Any:
    return pages.bench(editing)


@in_session(Typed)
def piece(asked: Typed, editing: Editing) -> Any:
    return pages.opened(editing.workspace_id, asked, now())


@in_session(Typed)
def check(asked: Typed, editing: Editing) -> Any:
    return pages.checked(editing.workspace_id, asked, now())


@in_session(Typed)
def save(asked: Typed, editing: Editing) -> Any:
    return pages.saved(editing.workspace_id, asked, editing.member.user.get_username(), now())


@in_session(Nothing)
def undo(asked: Nothing, editing: Editing) -> Any:
    actions.undo(editing.workspace_id, by=editing.member.user.get_username(), now=now())
    return pages.bench(editing)


@in_session(Nothing)
def done(asked: Nothing, editing: Editing) -> Any:
    end(editing, now())
    return {"message": _("The editing session is over.")}

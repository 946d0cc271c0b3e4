"""Looking into the customer's own page: the link that opens the panel there, and what the panel asks for."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from milepost.console.clock import now
from milepost.console.editing_edge import in_session
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import debugging, editing
from milepost.console.pages.debugging import DEBUG, Asked
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.people.access import access_person
from milepost.workspace.editing import open_editing
from milepost.workspace.models import Editing
from milepost.workspace.sites import add_site


@require_http_methods(["GET", "POST"])
@member_page("editor")
def on_the_site(request: MemberRequest) -> HttpResponse:
    """Asks for the address of a page, and leads there with a token that only its script sees."""
    chosen = request.POST if request.method == "POST" else request.GET
    key = chosen.get("person", "")
    if key.isdecimal():
        access_person(request.member.workspace_id, int(key))
    address, way, refusal = request.POST.get("address", "").strip(), "", None
    if request.method == "POST":
        try:
            if "add" in request.POST:
                add_site(request.member, address, now())
            token = open_editing(request.member, address, now(), kind=DEBUG, key=key if key.isdecimal() else "")
            way = editing.way_to(address, token, tool="debug")
        except Refused as refused:
            refusal = refused
    content = editing.gather_door(request.member, DEBUG, key, address=address, way=way, refusal=refusal)
    status = 200 if refusal is None else refusal.status
    return page(request, "debug_on_my_site.html", content, active="settings", status=status)


@in_session(Asked, to_look=True)
def explain(asked: Asked, session: Editing) -> Any:
    return debugging.explained(asked, session, now())

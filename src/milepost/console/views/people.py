"""People: the list, a person, and why something has not happened to them yet."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.audience import among_whom
from milepost.console.pages.people import gather_people
from milepost.console.pages.person import gather_person, gather_why_not
from milepost.console.pages.timeline import gather_timeline
from milepost.console.shell import fragment, page
from milepost.core.values import Refused
from milepost.people.queries import account_key


@require_GET
@member_page()
def people(request: MemberRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()
    among = among_whom(request.member.workspace_id, request.GET)
    if among is not None and among.of == "accounts":
        return redirect(f"{reverse('accounts')}?{urlencode(among.parameters)}")
    content = gather_people(request.member.workspace_id, text, request.GET.get("after", ""), among)
    if "HX-Request" in request.headers:
        return fragment(request, "people_list.html", content)
    return page(request, "people.html", content, active="people")


@require_GET
@member_page()
def person(request: MemberRequest, uid: int) -> HttpResponse:
    """A task or a milestone may be an account's: its number leads to the account's own page."""
    try:
        content = gather_person(request.member.workspace_id, uid, request.member.role, now())
    except Refused:
        if (key := account_key(request.member.workspace_id, uid)) is None:
            raise
        return redirect("account", key)
    return page(request, "person.html", content, active="people")


@require_GET
@member_page()
def timeline(request: MemberRequest, uid: int) -> HttpResponse:
    """The next part of a person's timeline."""
    return fragment(
        request, "timeline.html", gather_timeline(request.member.workspace_id, uid, request.GET.get("before", ""))
    )


@require_GET
@member_page()
def why_not(request: MemberRequest, uid: int, kind: str, key: str) -> HttpResponse:
    return fragment(request, "why_not.html", gather_why_not(request.member.workspace_id, uid, kind, key))

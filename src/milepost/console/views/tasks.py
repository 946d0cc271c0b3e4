"""Tasks: the list, who does one, and that it is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.tasks import gather_tasks
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.success import actions
from milepost.success.access import access_task
from milepost.workspace.models import Member
from milepost.workspace.queries import members


@require_GET
@member_page()
def tasks(request: MemberRequest) -> HttpResponse:
    begin = request.GET.get("from", "0")
    place = int(begin) if begin.isdecimal() and len(begin) < 9 else 0
    content = gather_tasks(request.member, request.GET.get("whose", ""), place, now())
    return page(request, "tasks.html", content, active="tasks")


@require_POST
@member_page("editor")
def complete(request: MemberRequest, task_id: int) -> HttpResponseBase:
    actions.complete(request.member, access_task(request.member, task_id), request.POST.get("outcome", ""))
    messages.success(request, _("Done."))
    return back(request, "tasks")


@require_POST
@member_page("editor")
def reopen(request: MemberRequest, task_id: int) -> HttpResponseBase:
    actions.reopen(request.member, access_task(request.member, task_id))
    messages.success(request, _("It is to do again."))
    return back(request, "tasks")


@require_POST
@member_page("editor")
def assign(request: MemberRequest, task_id: int) -> HttpResponseBase:
    """To the member named, or to nobody."""
    actions.assign(request.member, access_task(request.member, task_id), _member(request))
    return back(request, "tasks")


def _member(request: MemberRequest) -> Member | None:
    wanted = request.POST.get("assignee", "")
    if wanted in ("", "0"):
        return None
    found = next((each for each in members(request.member.workspace_id) if str(each.pk) == wanted), None)
    if found is None:
        raise Refused("no_such_member", "There is no such member.", status=404)
    return found


def back(request: HttpRequest, otherwise: str) -> HttpResponseBase:
    """To the page that the form stood on, if it is one of ours."""
    page_before = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(page_before, allowed_hosts={request.get_host()})
    return redirect(page_before if own else otherwise)

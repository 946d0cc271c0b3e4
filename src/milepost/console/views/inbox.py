"""The inbox: read a thread, answer it, take it, close it."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.inbox import gather_inbox, gather_thread
from milepost.console.shell import page
from milepost.core.values import Refused
from milepost.help import actions
from milepost.help.access import access_conversation
from milepost.help.models import Conversation
from milepost.workspace.models import Member


@require_GET
@member_page()
def inbox(request: MemberRequest) -> HttpResponse:
    content = gather_inbox(request.member, request.GET.get("status", ""), request.GET.get("after", ""))
    return page(request, "inbox.html", content, active="inbox")


@require_GET
@member_page()
def thread(request: MemberRequest, number: int) -> HttpResponse:
    content = gather_thread(request.member, number, request.GET.get("status", ""))
    return page(request, "inbox.html", content, active="inbox")


@require_POST
@member_page("editor")
def reply(request: MemberRequest, number: int) -> HttpResponseBase:
    """Answers; an answer that cannot be sent stands in the form again."""
    text = request.POST.get("text", "")
    found = access_conversation(request.member, number)
    try:
        actions.reply(request.member, found, text)
    except Refused as refusal:
        content = gather_thread(request.member, number, "", error=str(refusal), typed=text)
        return page(request, "inbox.html", content, active="inbox", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Answered. It comes to them in the product and by mail."))
    return redirect("thread", number)


@require_POST
@member_page("editor")
def take(request: MemberRequest, number: int) -> HttpResponseBase:
    return _done(request, number, _take, _("It is yours."))


@require_POST
@member_page("editor")
def close(request: MemberRequest, number: int) -> HttpResponseBase:
    return _done(request, number, actions.close, _("Closed. What was paused for this person goes on."))


def _take(member: Member, found: Conversation) -> None:
    actions.assign(member, found, member)


def _done(
    request: MemberRequest, number: int, act: Callable[[Member, Conversation], None], word: str
) -> HttpResponseBase:
    act(request.member, access_conversation(request.member, number))
    messages.success(request, word)
    return redirect("thread", number)

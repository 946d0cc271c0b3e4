"""The pages of the team chat."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.demo.chat import talk
from milepost.demo.fragments import fragment
from milepost.demo.install import curl, snippet
from milepost.demo.pages import go, show, signed_in, strict
from milepost.demo.visitors import Visitor

_FROM_A_SERVER = {"channel": talk.GENERAL}


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def channel(request: HttpRequest, visitor: Visitor, key: str = talk.GENERAL) -> HttpResponse:
    if request.method == "POST":
        who = visitor.first_name or gettext("Visitor")
        return _messages(request, key, talk.send(request.session, key, who, request.POST.get("text", "")))
    installed = snippet(visitor)
    line = curl(installed.write_key, visitor.user_id, "Message Posted", _FROM_A_SERVER) if installed else ""
    return show(request, "demo/chat/channel.html", visitor, **_channel(request, key), curl=line)


@strict
@require_POST
@signed_in
def new_channel(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    key, told = talk.open_channel(request.session, request.POST.get("name", ""))
    return go(request, "channel", *told, key)


@strict
@require_POST
@signed_in
def decide(request: HttpRequest, visitor: Visitor, key: str, message: str) -> HttpResponse:
    return _messages(request, key, talk.decide(request.session, key, message))


def _messages(request: HttpRequest, key: str, told: talk.Told) -> HttpResponse:
    return fragment(request, "demo/chat/messages.html", _channel(request, key), told)


def _channel(request: HttpRequest, key: str) -> dict[str, Any]:
    found = talk.messages(request.session, key)
    return {"channel": key, "channels": talk.channels(request.session), "messages": found}


@strict
@require_GET
@signed_in
def decisions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show(request, "demo/chat/decisions.html", visitor, decisions=talk.decisions(request.session))


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def meetings(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "GET":
        return show(request, "demo/chat/meetings.html", visitor, **_meetings(request))
    told = talk.replace_meeting(request.session, request.POST.get("meeting", ""))
    return fragment(request, "demo/chat/standing.html", _meetings(request), told)


def _meetings(request: HttpRequest) -> dict[str, Any]:
    found = talk.meetings(request.session)
    return {"meetings": found, "minutes": sum(each["minutes"] for each in found)}


@strict
@require_GET
@signed_in
def settings_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show(request, "demo/chat/settings.html", visitor)

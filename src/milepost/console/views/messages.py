"""Messages and how they do; what was sent, to whom, and how it ended."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.messages import gather_deliveries, gather_message, gather_messages
from milepost.console.shell import page


@require_GET
@member_page()
def messages(request: MemberRequest) -> HttpResponse:
    content = gather_messages(request.member.workspace, now())
    return page(request, "messages.html", content, active="messages")


@require_GET
@member_page()
def message(request: MemberRequest, key: str) -> HttpResponse:
    content = gather_message(request.member.workspace, key, now())
    return page(request, "messages_one.html", content, active="messages")


@require_GET
@member_page()
def deliveries(request: MemberRequest) -> HttpResponse:
    status, key, cursor = (request.GET.get(name, "") for name in ("status", "message", "after"))
    content = gather_deliveries(request.member.workspace_id, status, key, cursor)
    return page(request, "messages_deliveries.html", content, active="messages")

"""What was sent, to whom, and how it ended."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.messages import gather_messages
from milepost.console.shell import page


@require_GET
@member_page()
def messages(request: MemberRequest) -> HttpResponse:
    status, cursor = request.GET.get("status", ""), request.GET.get("after", "")
    return page(
        request, "messages.html", gather_messages(request.member.workspace_id, status, cursor), active="messages"
    )

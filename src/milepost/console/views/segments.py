"""Segments: the list, and who is in one."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.segments import gather_segment, gather_segments
from milepost.console.shell import fragment, page


@require_GET
@member_page()
def segments(request: MemberRequest) -> HttpResponse:
    return page(request, "segments.html", gather_segments(request.member.workspace_id), active="segments")


@require_GET
@member_page()
def segment(request: MemberRequest, key: str) -> HttpResponse:
    text, cursor = request.GET.get("q", "").replace("\x00", "").strip(), request.GET.get("after", "")
    content = gather_segment(request.member.workspace_id, key, text, cursor, now())
    if "HX-Request" in request.headers:
        return fragment(request, "people_list.html", content.people)
    return page(request, "segment.html", content, active="segments")

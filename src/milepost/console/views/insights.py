"""Questions about everybody, and their answers to take away."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.flow import taken_over
from milepost.console.pages.questions import gather_insights, insights_csv
from milepost.console.shell import page
from milepost.console.tables import csv_file


@require_GET
@member_page()
def insights(request: MemberRequest, name: str = "milestones") -> HttpResponse:
    content = gather_insights(request.member.workspace, name, dict(request.GET.lists()), now())
    return page(request, "insights.html", content, active="insights")


@require_GET
@member_page()
def insights_table(request: MemberRequest, name: str) -> HttpResponse:
    """Units: shares of 0..1; lengths of time in seconds."""
    head, rows = insights_csv(request.member.workspace, name, dict(request.GET.lists()), now())
    return csv_file(name, head, rows)


@require_POST
@member_page("editor")
def take_flow(request: MemberRequest) -> HttpResponse:
    """Writes how people really go into the draft, as a chart to go on with."""
    asked = dict(QueryDict(request.POST.get("query", "")).lists())
    key = taken_over(request.member.workspace, asked, by=request.user.get_username(), now=now())
    return redirect("definition", "chart", key)

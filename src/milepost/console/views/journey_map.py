"""The journey map, what stands behind each thing on it, and its numbers as a table."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.cohorts import cohorts_table, gather_cohorts
from milepost.console.pages.journey_map import gather_map
from milepost.console.shell import fragment, page
from milepost.console.tables import csv_file
from milepost.core.insights.cohorts import WEEK


@require_GET
@member_page()
def journey_map(request: MemberRequest) -> HttpResponse:
    goal, show = request.GET.get("goal", ""), request.GET.get("show", "")
    if "HX-Request" in request.headers:
        return fragment(request, "map_detail.html", gather_map(request.member.workspace, goal, show, now()))
    return page(
        request, "journey_map.html", gather_map(request.member.workspace, goal, show, now()), active="journey-map"
    )


@require_GET
@member_page()
def cohorts(request: MemberRequest) -> HttpResponse:
    by, of = request.GET.get("by", WEEK), request.GET.get("of", "")
    content = gather_cohorts(request.member.workspace, by, of, now())
    return page(request, "cohorts.html", content, active="journey-map")


@require_GET
@member_page()
def cohorts_csv(request: MemberRequest) -> HttpResponse:
    """Units: shares of 0..1; seconds since the start."""
    by, of = request.GET.get("by", WEEK), request.GET.get("of", "")
    head = ("cohort", "milestone", "n", "reached", "share", "low", "high", "median_seconds", "p75_seconds")
    return csv_file("cohorts", head, cohorts_table(request.member.workspace, by, of, now()))

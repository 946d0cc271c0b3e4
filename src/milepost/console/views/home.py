"""Home, the live check of the first event, and the numbers behind the curve."""

import csv

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.home import EmptyHome, gather_home
from milepost.console.pages.insights import Unknown, time_to_value
from milepost.console.pages.install import gather_install
from milepost.console.shell import fragment, page


@require_GET
@member_page()
def home(request: MemberRequest) -> HttpResponse:
    content = gather_home(request.member, now())
    template = "install.html" if isinstance(content, EmptyHome) else "home.html"
    return page(request, template, content, active="home")


@require_GET
@member_page()
def first_event(request: MemberRequest) -> HttpResponse:
    """The line that turns green when the first event is here; asked again and again until it is."""
    return fragment(request, "first_event.html", gather_install(request.member.workspace))


@require_GET
@member_page()
def time_to_value_csv(request: MemberRequest) -> HttpResponse:
    """The curve as numbers. Units: seconds since the start; shares of 0..1."""
    curve = time_to_value(request.member.workspace, now())
    if isinstance(curve, Unknown):
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="time-to-value.csv"'
    writer = csv.writer(response)
    writer.writerow(["seconds", "reached", "low", "high", "at_risk"])
    writer.writerows((p.at, p.reached, p.low, p.high, p.at_risk) for p in curve.points)
    return response

"""What the program covers, how it does in all checks, and whether what is sent fits its plan."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.coverage import gather_audit, gather_coverage, gather_tracking
from milepost.console.shell import fragment, page


@require_GET
@member_page()
def coverage(request: MemberRequest) -> HttpResponse:
    return page(request, "program_coverage.html", gather_coverage(request.member.workspace_id), active="program")


@require_GET
@member_page()
def audit(request: MemberRequest) -> HttpResponse:
    """The whole audit; asked for by another page, its score."""
    found = gather_audit(request.member.workspace_id)
    if "HX-Request" in request.headers:
        return fragment(request, "audit_score.html", found)
    return page(request, "program_audit.html", found, active="program")


@require_GET
@member_page()
def tracking(request: MemberRequest) -> HttpResponse:
    return page(request, "program_tracking.html", gather_tracking(request.member.workspace_id), active="program")

"""Survey answers: the surveys, one of them, people's own words, and the numbers to take away."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.answers import gather_survey, gather_surveys, gather_verbatims, rows_of_csv
from milepost.console.shell import page
from milepost.console.tables import csv_file


@require_GET
@member_page()
def answers(request: MemberRequest) -> HttpResponse:
    return page(request, "answers.html", gather_surveys(request.member.workspace, now()), active="answers")


@require_GET
@member_page()
def survey(request: MemberRequest, key: str) -> HttpResponse:
    return page(request, "survey.html", gather_survey(request.member.workspace, key, now()), active="answers")


@require_GET
@member_page()
def verbatims(request: MemberRequest, key: str, question: str) -> HttpResponse:
    begin = request.GET.get("from", "0")
    content = gather_verbatims(
        request.member.workspace, key, question, int(begin) if begin.isdecimal() and len(begin) < 9 else 0, now()
    )
    return page(request, "verbatims.html", content, active="answers")


@require_GET
@member_page()
def answers_csv(request: MemberRequest, key: str) -> HttpResponse:
    """Everybody's last answer to each question of the survey."""
    rows = rows_of_csv(request.member.workspace, key, now())
    return csv_file(key, ["person", "question", "answer", "at"], rows)

"""Charts of how people go: all of them, one of them drawn, and as a file."""

from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from milepost.console.member import MemberRequest, member_page
from milepost.console.pages.charts import gather_chart, gather_charts, words
from milepost.console.pages.coverage import working_text
from milepost.console.shell import page
from milepost.program.charts import chart_figure, format_named


@require_GET
@member_page()
def charts(request: MemberRequest) -> HttpResponse:
    return page(request, "charts.html", gather_charts(request.member.workspace_id), active="program")


@require_GET
@member_page()
def chart(request: MemberRequest, key: str) -> HttpResponse:
    return page(request, "chart.html", gather_chart(request.member.workspace_id, key), active="program")


@require_GET
@member_page()
def chart_file(request: MemberRequest, key: str, ending: str) -> HttpResponse:
    made, document = format_named(ending), working_text(request.member.workspace_id).document
    figure = chart_figure(document, key, translation.get_language() or "", words())
    response = HttpResponse(made.write(figure), content_type=made.media)
    response["Content-Disposition"] = f'attachment; filename="{key}.{ending}"'
    return response

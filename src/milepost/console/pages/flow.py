"""How people really go, drawn as a chart, and taken over into the draft as one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from msgspec.structs import replace

from milepost.console.pages.charts import drawn, words
from milepost.console.pages.insights import PERIOD
from milepost.console.pages.program import STARTER
from milepost.console.templatetags.console import duration, number, percent
from milepost.core.insights.flow import FlowAnswer, as_chart
from milepost.core.insights.statistics import Rate
from milepost.core.program.codec import encode_value
from milepost.core.program.document import Document
from milepost.core.program.drawing.figure import Box, Line
from milepost.core.values import Refused, Undefined
from milepost.insights.given import Given
from milepost.insights.questions import answered
from milepost.log import stores
from milepost.program import edits, queries
from milepost.program.charts import chart_figure
from milepost.program.drafts import working
from milepost.program.writing import dump_part
from milepost.workspace.models import Workspace

_KEY = "how-people-go"


def flow_drawing(answer: FlowAnswer, document: Document) -> SafeString:
    """The steps with how many did them and the functions they use; on each arrow how many went it, and how long it took."""
    charted = replace(document, charts={_KEY: as_chart(answer)})
    figure = chart_figure(charted, _KEY, translation.get_language() or "", words())
    keys = dict(zip([step.step for step in answer.steps], [box.key for box in figure.boxes], strict=True))
    are = _("%(share)s · %(count)s people")
    if answer.counted == "accounts":
        are = _("%(share)s · %(count)s accounts")
    boxes = tuple(_with(box, are % _numbers(step.rate)) for box, step in zip(figure.boxes, answer.steps, strict=True))
    labels = {
        (keys[way.start], keys[way.end]): f"{_share(way.rate)} · {duration(timedelta(seconds=way.median_seconds))}"
        for way in answer.ways
    }
    arrows = tuple(replace(arrow, label=labels[arrow.start, arrow.end]) for arrow in figure.arrows)
    return drawn(replace(figure, title=_("How people really go"), boxes=boxes, arrows=arrows))


def _with(box: Box, people: str) -> Box:
    return replace(box, lines=(Line(text=people), *box.lines))


def _numbers(rate: Rate) -> dict[str, str]:
    return {"share": _share(rate), "count": number(rate.count)}


def _share(rate: Rate) -> str:
    return "–" if isinstance(rate.value, Undefined) else percent(rate.value)


def taken_over(workspace: Workspace, parameters: Mapping[str, Sequence[str]], *, by: str, now: datetime) -> str:
    """The key of the new chart. Raises Refused while there is nothing to take over, Unavailable."""
    given = Given(parameters, queries.current(workspace.pk).folder, now=now, tz=workspace.timezone, back=PERIOD)
    answer: FlowAnswer = answered(stores.current().events, "flow", given, workspace.pk)
    if not answer.steps:
        raise Refused("nothing_to_take", _("Nobody began in this time."), status=409)
    otherwise = STARTER.read_text(encoding="utf-8")
    key = edits.new_key(working(workspace.pk, otherwise), _KEY)
    own = dump_part(encode_value(replace(as_chart(answer), title=_("How people really go"))))
    edits.save(workspace.pk, ("charts", key), own, was="", over=False, by=by, now=now, otherwise=otherwise)
    return key

"""The one table of endpoints: the addresses and the OpenAPI document are both made from it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from milepost.api import insights, people, program, work
from milepost.core.delivery.answers import Answer
from milepost.core.delivery.report import Report
from milepost.core.insights.formats import FormatsAnswer
from milepost.core.insights.habit import HabitAnswer
from milepost.core.insights.journey_map import MapAnswer
from milepost.core.insights.messages import MessagesAnswer
from milepost.core.insights.offers import OffersAnswer
from milepost.core.insights.samples import SamplesAnswer
from milepost.core.insights.surveys import SurveyAnswer
from milepost.core.review.audit import Audit
from milepost.core.review.tracking import Tracking
from milepost.delivery.queries import DeliveryPage
from milepost.help.queries import InboxPage
from milepost.insights.questions import OF, QUESTIONS
from milepost.program.charts import FORMATS
from milepost.success.queries import TaskView

_PERIOD = {
    "from": "Beginning of the period, ISO 8601; default 30 days before `to`.",
    "to": "End of the period, not included; default now.",
    "as_of": "What was known at this moment; nothing later counts. Default now.",
    "tz": "Time zone of days and weeks; default UTC.",
}
_PAGE = {"limit": "At most so many items, 1 to 200; default 50.", "cursor": "`next` of the page before."}


class Endpoint(Struct, frozen=True, kw_only=True):
    """`parameters`: name → description of what may stand behind the `?`; `repeated` ones may stand there often. `media`: of
    the answer. With a `body` it is a POST, else a GET. Of two paths that fit an address the first one counts."""

    path: str
    view: Callable[..., Any]
    answer: type[Any]
    parameters: dict[str, str] = {}
    repeated: frozenset[str] = frozenset()
    media: tuple[str, ...] = ("application/json",)
    body: type[Any] | None = None


def _questions() -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(
            path=f"insights/{name}",
            view=insights.question(name),
            answer=asked.answer,
            parameters={**asked.parameters, **_PERIOD},
            repeated=asked.repeated,
        )
        for name, asked in QUESTIONS.items()
    )


ENDPOINTS = (
    Endpoint(
        path="people",
        view=people.list_people,
        answer=people.PeoplePage,
        parameters={
            "search": "The beginning of a name, e-mail or id.",
            "segment": "Only who is in this segment now; `silent-leavers` where the program looks for them.",
            **_PAGE,
        },
    ),
    Endpoint(path="people/{id}/next", view=work.next_step, answer=work.NextStep),
    Endpoint(path="people/{id}/milestones/{key}/attest", view=work.attest, answer=work.Told, body=work.Attestation),
    Endpoint(path="people/{id}/pieces", view=work.pieces, answer=work.Pieces),
    Endpoint(path="people/{id}/progress", view=work.progress, answer=work.Told, body=Report),
    Endpoint(path="people/{id}/answers", view=work.answer, answer=work.Told, body=Answer),
    Endpoint(path="people/{id}", view=people.one_person, answer=people.PersonDetail),
    Endpoint(path="accounts/{id}", view=people.one_account, answer=people.AccountDetail),
    Endpoint(
        path="conversations",
        view=work.list_conversations,
        answer=InboxPage,
        parameters={"status": "open, answered or closed.", **_PAGE},
    ),
    Endpoint(path="conversations/{number}/reply", view=work.reply, answer=work.Told, body=work.Reply),
    Endpoint(path="conversations/{number}", view=work.one_conversation, answer=work.ConversationDetail),
    Endpoint(
        path="tasks",
        view=work.list_tasks,
        answer=work.TaskList,
        parameters={"status": "open (default) or done.", "limit": _PAGE["limit"]},
    ),
    Endpoint(path="tasks/{number}/complete", view=work.complete_task, answer=TaskView, body=work.Completion),
    Endpoint(path="program/milestones", view=program.milestones, answer=program.MilestoneMap),
    Endpoint(path="program/obstacles", view=program.obstacles, answer=program.ObstacleLedger),
    Endpoint(path="program/coverage", view=program.program_coverage, answer=program.CoverageDetail),
    Endpoint(path="program/charts", view=program.charts, answer=program.ChartList),
    Endpoint(
        path="program/charts/{key}.{format}",
        view=program.chart_file,
        answer=bytes,
        parameters={"language": "Of its texts; default the program's own."},
        media=tuple(each.media for each in FORMATS.values()),
    ),
    Endpoint(path="program/audit", view=program.program_audit, answer=Audit),
    Endpoint(path="program/tracking", view=program.program_tracking, answer=Tracking),
    Endpoint(path="program", view=program.program, answer=program.ProgramDetail),
    Endpoint(
        path="deliveries",
        view=program.deliveries,
        answer=DeliveryPage,
        parameters={"status": "sending, sent, retrying, failed or skipped.", **_PAGE},
    ),
    *_questions(),
    Endpoint(
        path="insights/funnel/dropped",
        view=insights.dropped,
        answer=insights.DroppedPage,
        parameters={
            **QUESTIONS["funnel"].parameters,
            **_PERIOD,
            "after": "The step that they came to; default 1.",
            **_PAGE,
        },
        repeated=frozenset({"step"}),
    ),
    Endpoint(path="insights/map", view=insights.journey_map, answer=MapAnswer, parameters={**OF, **_PERIOD}),
    Endpoint(
        path="insights/answers",
        view=insights.answers,
        answer=SurveyAnswer,
        parameters={"survey": "The key of a survey.", **_PERIOD},
    ),
    Endpoint(path="insights/messages", view=insights.messages, answer=MessagesAnswer, parameters=_PERIOD),
    Endpoint(path="insights/offers", view=insights.offers, answer=OffersAnswer, parameters=_PERIOD),
    Endpoint(path="insights/formats", view=insights.formats, answer=FormatsAnswer, parameters=_PERIOD),
    Endpoint(path="insights/samples", view=insights.samples, answer=SamplesAnswer, parameters=_PERIOD),
    Endpoint(
        path="insights/habit",
        view=insights.habits,
        answer=HabitAnswer,
        parameters={
            "of": "So many days up to `as_of`, 1 to 90; default 7.",
            "at_least": "On so many of them somebody was active; default 3.",
            **_PERIOD,
        },
    ),
)

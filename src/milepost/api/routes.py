"""The one table of endpoints: the addresses and the OpenAPI document are both made from it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from milepost.api import insights, people, program, work
from milepost.core.insights.activation import ActivationAnswer
from milepost.core.insights.funnel import FunnelAnswer
from milepost.core.insights.habit import HabitAnswer
from milepost.core.insights.journey_map import MapAnswer
from milepost.core.insights.messages import MessagesAnswer
from milepost.core.insights.milestones import MilestonesAnswer
from milepost.core.insights.offers import OffersAnswer
from milepost.core.insights.samples import SamplesAnswer
from milepost.core.insights.surveys import SurveyAnswer
from milepost.core.insights.time_to_value import TimeToValueAnswer
from milepost.delivery.queries import DeliveryPage
from milepost.help.queries import InboxPage
from milepost.success.queries import TaskView

_PERIOD = {
    "from": "Beginning of the period, ISO 8601; default 30 days before `to`.",
    "to": "End of the period, not included; default now.",
    "as_of": "What was known at this moment; nothing later counts. Default now.",
    "tz": "Time zone of days and weeks; default UTC.",
}
_PAGE = {"limit": "At most so many items, 1 to 200; default 50.", "cursor": "`next` of the page before."}


class Endpoint(Struct, frozen=True, kw_only=True):
    """`parameters`: name → description of what may stand behind the `?`; `repeated` ones may stand there often. With a
    `body` it is a POST, else a GET. Of two paths that fit an address the first one counts."""

    path: str
    view: Callable[..., Any]
    answer: type[Any]
    parameters: dict[str, str] = {}
    repeated: frozenset[str] = frozenset()
    body: type[Any] | None = None


ENDPOINTS = (
    Endpoint(
        path="people",
        view=people.list_people,
        answer=people.PeoplePage,
        parameters={"search": "The beginning of a name, e-mail or id.", **_PAGE},
    ),
    Endpoint(path="people/{id}/next", view=work.next_step, answer=work.NextStep),
    Endpoint(path="people/{id}/milestones/{key}/attest", view=work.attest, answer=work.Told, body=work.Attestation),
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
    Endpoint(path="program", view=program.program, answer=program.ProgramDetail),
    Endpoint(
        path="deliveries",
        view=program.deliveries,
        answer=DeliveryPage,
        parameters={"status": "sending, sent, retrying, failed or skipped.", **_PAGE},
    ),
    Endpoint(path="insights/activation", view=insights.activation, answer=ActivationAnswer, parameters=_PERIOD),
    Endpoint(
        path="insights/time-to-value",
        view=insights.time_to_value,
        answer=TimeToValueAnswer,
        parameters=_PERIOD,
    ),
    Endpoint(
        path="insights/milestones",
        view=insights.milestones,
        answer=MilestonesAnswer,
        parameters={"by": "What makes a cohort: week (default), plan, source, role, goal, or trait:NAME.", **_PERIOD},
    ),
    Endpoint(path="insights/map", view=insights.journey_map, answer=MapAnswer, parameters=_PERIOD),
    Endpoint(
        path="insights/answers",
        view=insights.answers,
        answer=SurveyAnswer,
        parameters={"survey": "The key of a survey.", **_PERIOD},
    ),
    Endpoint(path="insights/messages", view=insights.messages, answer=MessagesAnswer, parameters=_PERIOD),
    Endpoint(path="insights/offers", view=insights.offers, answer=OffersAnswer, parameters=_PERIOD),
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
    Endpoint(
        path="insights/funnel",
        view=insights.funnel,
        answer=FunnelAnswer,
        parameters={
            "step": "The name of a fact, or `milestone:KEY`; 2 to 20 of them, in order.",
            "window": "From the first step to the last, like 14d; default 14d.",
            "anchor": "`any` (default): any first step may begin the way; `first`: each person's first one.",
            **_PERIOD,
        },
        repeated=frozenset({"step"}),
    ),
)

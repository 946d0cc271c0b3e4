"""The one table of endpoints: the addresses and the OpenAPI document are both made from it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from milepost.api import insights, people, program
from milepost.core.insights.activation import ActivationAnswer
from milepost.core.insights.funnel import FunnelAnswer
from milepost.core.insights.milestones import MilestonesAnswer
from milepost.core.insights.time_to_value import TimeToValueAnswer
from milepost.delivery.queries import DeliveryPage

_PERIOD = {
    "from": "Beginning of the period, ISO 8601; default 30 days before `to`.",
    "to": "End of the period, not included; default now.",
    "as_of": "What was known at this moment; nothing later counts. Default now.",
    "tz": "Time zone of days and weeks; default UTC.",
}
_PAGE = {"limit": "At most so many items, 1 to 200; default 50.", "cursor": "`next` of the page before."}


class Endpoint(Struct, frozen=True, kw_only=True):
    """`parameters`: name → description of what may stand behind the `?`; `repeated` ones may stand there often."""

    path: str
    view: Callable[..., Any]
    answer: type[Any]
    parameters: dict[str, str] = {}
    repeated: frozenset[str] = frozenset()


ENDPOINTS = (
    Endpoint(
        path="people",
        view=people.list_people,
        answer=people.PeoplePage,
        parameters={"search": "The beginning of a name, e-mail or id.", **_PAGE},
    ),
    Endpoint(path="people/{id}", view=people.one_person, answer=people.PersonDetail),
    Endpoint(path="accounts/{id}", view=people.one_account, answer=people.AccountDetail),
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
    Endpoint(path="insights/milestones", view=insights.milestones, answer=MilestonesAnswer, parameters=_PERIOD),
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

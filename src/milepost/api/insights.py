"""Questions about everybody. Each answer carries its n, its interval, its definition in words and its SQL."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from msgspec import Struct

from milepost.api.parameters import cursor_of, days_of, given_of, limit_of, period_of
from milepost.core.insights.formats import FormatsAnswer, FormatsServed
from milepost.core.insights.funnel import Dropped
from milepost.core.insights.habit import HabitAnswer, Habits
from milepost.core.insights.journey_map import JourneyMap, MapAnswer
from milepost.core.insights.messages import Messages, MessagesAnswer
from milepost.core.insights.offers import Offers, OffersAnswer
from milepost.core.insights.samples import Samples, SamplesAnswer
from milepost.core.insights.surveys import SurveyAnswer, SurveyAnswers
from milepost.insights.ask import ask
from milepost.insights.questions import QUESTIONS, answered, funnel
from milepost.log import stores
from milepost.people import queries as people


def journey_map(workspace: int, parameters: QueryDict) -> MapAnswer:
    """Each goal's path of milestones, with its obstacles and what helped."""
    return ask(stores.current().events, JourneyMap(**given_of(workspace, parameters).period(workspace)))


def answers(workspace: int, parameters: QueryDict) -> SurveyAnswer:
    """What people answered to one survey."""
    question = SurveyAnswers(survey=parameters.get("survey", ""), **period_of(workspace, parameters))
    return ask(stores.current().events, question)


def messages(workspace: int, parameters: QueryDict) -> MessagesAnswer:
    """What became of each message, and of whom it was sent to."""
    return ask(stores.current().events, Messages(**period_of(workspace, parameters)))


def offers(workspace: int, parameters: QueryDict) -> OffersAnswer:
    """What became of each offer, and the revenue that goes back to it."""
    return ask(stores.current().events, Offers(**period_of(workspace, parameters)))


def formats(workspace: int, parameters: QueryDict) -> FormatsAnswer:
    """In which way people were taught, and whether they went through it."""
    return ask(stores.current().events, FormatsServed(**period_of(workspace, parameters)))


def samples(workspace: int, parameters: QueryDict) -> SamplesAnswer:
    """How sample data and empty states are taken up."""
    return ask(stores.current().events, Samples(**period_of(workspace, parameters)))


def habits(workspace: int, parameters: QueryDict) -> HabitAnswer:
    """On how many of the last days people were active."""
    days, at_least = days_of(parameters, "of", 7), days_of(parameters, "at_least", 3)
    rest = parameters.copy()
    rest.pop("of", None)
    period = given_of(workspace, rest).period(workspace)
    return ask(stores.current().events, Habits(of=days, at_least=at_least, **period))


def question(name: str) -> Callable[[int, QueryDict], Any]:
    """The view of one question of the table."""

    def view(workspace: int, parameters: QueryDict) -> Any:
        return answered(stores.current().events, name, given_of(workspace, parameters), workspace)

    view.__name__, view.__doc__ = name.replace("-", "_"), QUESTIONS[name].about
    return view


class FunnelPerson(Struct, frozen=True, kw_only=True):
    """A person, or an account where accounts are counted. `id` is the one by which the outside knows it."""

    id: str
    name: str


class DroppedPage(Struct, frozen=True, kw_only=True):
    """`next`: the cursor of the following page; empty on the last one."""

    items: list[FunnelPerson]
    next: str


def dropped(workspace: int, parameters: QueryDict) -> DroppedPage:
    """Who came to step `after` of the funnel and not to the next."""
    given, limit = given_of(workspace, parameters), limit_of(parameters)
    question_ = Dropped(
        funnel=funnel(given, given.period(workspace)),
        after=given.number("after", 1),
        limit=limit + 1,
        beyond=cursor_of(parameters),
    )
    uids = ask(stores.current().events, question_)
    names = people.names(workspace, uids[:limit])
    keys = (people.keys if question_.funnel.subject == "persons" else people.account_keys)(workspace, uids[:limit])
    return DroppedPage(
        items=[FunnelPerson(id=keys.get(uid, str(uid)), name=names.get(uid, "")) for uid in uids[:limit]],
        next=str(uids[limit - 1]) if len(uids) > limit else "",
    )

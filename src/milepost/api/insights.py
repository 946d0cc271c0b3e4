"""Questions about everybody. Each answer carries its n, its interval, its definition in words and its SQL."""

from django.http import QueryDict

from milepost.api.parameters import days_of, period_of, steps_of, window_of
from milepost.core.insights.activation import Activation, ActivationAnswer
from milepost.core.insights.funnel import Funnel, FunnelAnswer
from milepost.core.insights.habit import HabitAnswer, Habits
from milepost.core.insights.journey_map import JourneyMap, MapAnswer
from milepost.core.insights.messages import Messages, MessagesAnswer
from milepost.core.insights.milestones import Milestones, MilestonesAnswer
from milepost.core.insights.offers import Offers, OffersAnswer
from milepost.core.insights.samples import Samples, SamplesAnswer
from milepost.core.insights.surveys import SurveyAnswer, SurveyAnswers
from milepost.core.insights.time_to_value import TimeToValue, TimeToValueAnswer
from milepost.core.values import Refused
from milepost.insights.ask import ask
from milepost.log import stores


def activation(workspace: int, parameters: QueryDict) -> ActivationAnswer:
    """The share of those who began that reached their first value."""
    return ask(stores.current().events, Activation(**period_of(workspace, parameters)))


def time_to_value(workspace: int, parameters: QueryDict) -> TimeToValueAnswer:
    """How long it took to the first value; who has not come to it yet is counted (Kaplan and Meier)."""
    return ask(stores.current().events, TimeToValue(**period_of(workspace, parameters)))


def milestones(workspace: int, parameters: QueryDict) -> MilestonesAnswer:
    """Which milestones were reached, cohort by cohort."""
    question = Milestones(by=parameters.get("by", "week"), **period_of(workspace, parameters))
    return ask(stores.current().events, question)


def journey_map(workspace: int, parameters: QueryDict) -> MapAnswer:
    """Each goal's path of milestones, with its obstacles and what helped."""
    return ask(stores.current().events, JourneyMap(**period_of(workspace, parameters)))


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


def samples(workspace: int, parameters: QueryDict) -> SamplesAnswer:
    """How sample data and empty states are taken up."""
    return ask(stores.current().events, Samples(**period_of(workspace, parameters)))


def habits(workspace: int, parameters: QueryDict) -> HabitAnswer:
    """On how many of the last days people were active."""
    question = Habits(
        of=days_of(parameters, "of", 7), at_least=days_of(parameters, "at_least", 3), **period_of(workspace, parameters)
    )
    return ask(stores.current().events, question)


def funnel(workspace: int, parameters: QueryDict) -> FunnelAnswer:
    """An ordered funnel: `step` repeated 2 to 20 times, within `window`."""
    anchor = parameters.get("anchor", "any")
    if anchor not in ("any", "first"):
        raise Refused("anchor", "`anchor` is `any` or `first`.", path="anchor")
    question = Funnel(
        **period_of(workspace, parameters),
        steps=steps_of(parameters),
        window=window_of(parameters),
        anchor="any" if anchor == "any" else "first",
    )
    return ask(stores.current().events, question)

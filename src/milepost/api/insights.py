"""Questions about everybody. Each answer carries its n, its interval, its definition in words and its SQL."""

from django.http import QueryDict

from milepost.api.parameters import period_of, steps_of, window_of
from milepost.core.insights.activation import Activation, ActivationAnswer
from milepost.core.insights.funnel import Funnel, FunnelAnswer
from milepost.core.insights.milestones import Milestones, MilestonesAnswer
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
    """Which milestones were reached, by weekly cohort."""
    return ask(stores.current().events, Milestones(**period_of(workspace, parameters)))


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

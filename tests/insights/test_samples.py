"""Sample data and empty states, counted person by person."""

from statistics import median
from typing import Any

from hypothesis import given, settings

from milepost.core import events
from milepost.core.insights.samples import NOT_PRESSED, NOT_SHOWN, NOT_USED, SOON, Samples
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined
from milepost.insights.ask import ask
from tests.insights.story import People, Person, lives, people_of, periods
from tests.insights.tables import Facts


@settings(max_examples=30, deadline=None)
@given(periods(), lives("samples", 12))
def test_beginnings_are_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = Samples(**period)
    everybody = people_of(asked, people)
    answer = ask(Facts(people), asked)
    assert [one.template for one in answer.templates] == ["day", "week"]
    for sample in answer.templates:
        told = {"template": sample.template}
        used, removed = _followed(everybody, events.TEMPLATE_USED, events.TEMPLATE_REMOVED, told, NOT_USED)
        assert (sample.used, sample.times, sample.removed) == (*used, removed)
        waited = [wait for one in everybody for wait in _waits(one, sample.template)]
        assert sample.soon == rate(sum(wait <= SOON for wait in waited), len(waited), NOT_PRESSED)
        assert sample.seconds == (median(waited) if waited else Undefined(NOT_PRESSED))
        assert sample.failed == sum(len(one.did_inside(events.TEMPLATE_FAILED, **told)) for one in everybody)
    [empty] = answer.empty_states
    shown, acted = _followed(everybody, events.CONTENT_SHOWN, events.CONTENT_ACTED, {"content": "empty"}, NOT_SHOWN)
    assert (empty.content, empty.shown, empty.acted) == ("empty", shown[0], acted)


def _waits(one: Person, template: str) -> list[float]:
    """Seconds from the last press to each time that the sample data was there."""
    pressed = [each.at for each in one.did(events.CONTENT_ACTED, action=template)]
    made = [each.at for each in one.did_inside(events.TEMPLATE_USED, template=template)]
    return [(at - max(before)).total_seconds() for at in made if (before := [each for each in pressed if each <= at])]


def _followed(
    everybody: list[Person], first: str, then: str, told: dict[str, Any], why: str
) -> tuple[tuple[int, int], Rate]:
    """People, and times, of the first in the period; and how many of them went on to the second."""
    found = {one: facts for one in everybody if (facts := one.did_inside(first, **told))}
    went = sum(any(each.at >= facts[0].at for each in one.did(then, **told)) for one, facts in found.items())
    return (len(found), sum(len(facts) for facts in found.values())), rate(went, len(found), why)

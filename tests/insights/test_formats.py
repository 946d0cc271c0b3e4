"""In which way people were taught, counted person by person."""

from typing import Any

from hypothesis import given, settings

from milepost.core import events
from milepost.core.insights.formats import NOT_SERVED, FormatsServed
from milepost.core.insights.statistics import rate
from milepost.insights.ask import ask
from tests.insights.story import People, lives, people_of, periods
from tests.insights.tables import Facts


@settings(max_examples=30, deadline=None)
@given(periods(), lives("formats"))
def test_ways_of_learning_are_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = FormatsServed(**period)
    everybody = people_of(asked, people)
    answer = ask(Facts(people), asked)
    assert [each.format for each in answer.formats] == ["text", "video", "interactive", "live", "pdf"]
    for each in answer.formats:
        shown = {one: got for one in everybody if (got := one.did_inside(events.CONTENT_SHOWN, format=each.format))}
        done = sum(
            any(late.at >= got[0].at for late in one.did(events.CONTENT_COMPLETED, format=each.format))
            for one, got in shown.items()
        )
        assert (each.people, each.times) == (len(shown), sum(map(len, shown.values())))
        assert each.completed == rate(done, len(shown), NOT_SERVED)
    assert answer.n == sum(each.times for each in answer.formats)

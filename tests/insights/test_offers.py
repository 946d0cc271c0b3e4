"""What offers bring, counted person by person."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings

from milepost.core import events
from milepost.core.conditions.compare import number
from milepost.core.events import Fact
from milepost.core.insights.offers import NOT_KNOWN, NOT_SHOWN, Offers
from milepost.core.insights.statistics import rate
from milepost.core.values import Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, Person, lives, people_of, periods
from tests.insights.tables import Facts

DAY = timedelta(days=1)


@settings(max_examples=30, deadline=None)
@given(periods(), lives("offers", 12))
def test_offers_are_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = Offers(**period)
    everybody = people_of(asked, people)
    taken = [(one, *each) for one in everybody for each in _taken(one)]
    for did in ask(Facts(people), asked).offers:
        shown = {one: found for one in everybody if (found := one.did_inside(events.OFFER_SHOWN, offer=did.offer))}
        assert (did.shown, did.times) == (len(shown), sum(len(found) for found in shown.values()))
        for share, event in ((did.accepted, events.OFFER_ACCEPTED), (did.declined, events.OFFER_DECLINED)):
            n = sum(
                any(each.at >= found[0].at for each in one.did(event, offer=did.offer)) for one, found in shown.items()
            )
            assert share == rate(n, len(shown), NOT_SHOWN)
        if did.offer == "talk":
            assert (did.taken.value, did.revenue) == (Undefined(NOT_KNOWN), Undefined(NOT_KNOWN))
            continue
        own = [(one, paid) for one, offer, paid in taken if offer == did.offer]
        assert did.taken == rate(len({one for one, _ in own}), len(shown), NOT_SHOWN)
        assert did.revenue == sum(number(paid.properties.get("revenue")) or 0 for _, paid in own)


def _taken(person: Person) -> list[tuple[str, Fact]]:
    """(offer, the payment that goes to it): `premium` is taken by each payment, `yearly` by the second one."""
    found = []
    payments = person.did("Paid")
    for place, paid in enumerate(payments):
        candidates = [
            (shown.at, shown.seq, shown.properties["offer"])
            for shown in person.did_inside(events.OFFER_SHOWN)
            if shown.properties.get("offer") in (("premium", "yearly") if place == 1 else ("premium",))
            and (shown.at, shown.seq) < (paid.at, paid.seq)
        ]
        if candidates:
            found.append((max(candidates)[2], paid))
    return found


def _revenue(*days: int) -> float | Undefined:
    """Of somebody who saw the offer on these days and paid 10 on day 40."""
    facts = [fact(events.OFFER_SHOWN, BASE + day * DAY, day + 1, {"offer": "premium"}) for day in days]
    facts.append(fact("Paid", BASE + 40 * DAY, 99, {"revenue": 10}))
    period: dict[str, Any] = {"from_": BASE, "to": BASE + 50 * DAY, "as_of": BASE + 50 * DAY}
    return ask(Facts({1: facts}), Offers(workspace=1, document=DOCUMENT, **period)).offers[0].revenue


def test_a_payment_goes_back_thirty_days_and_not_to_an_offer_after_it() -> None:
    assert [_revenue(11), _revenue(10), _revenue(41), _revenue(12, 20)] == [10.0, 0.0, 0.0, 10.0]

"""Revenue that is kept and grows, cohort by cohort: what adding it up payer by payer gives."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.events import Fact
from milepost.core.insights.revenue import REFUNDS, Revenue
from milepost.core.values import Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, people_of
from tests.insights.tables import Facts

DAY = timedelta(days=1)
MOMENTS = st.integers(0, 24).map(
    lambda n: datetime(2026, 1, 20, 12, tzinfo=BASE.tzinfo) + n * timedelta(days=5, hours=11)
)
TOLD = st.tuples(
    st.sampled_from(("Order Completed", "Payment Succeeded", "Order Refunded", "Searched")),
    st.sampled_from((10, 5, 2.5, "10", None)),
    MOMENTS,
    st.sampled_from((None, "1", "2")),
)
LIVES = st.lists(st.lists(TOLD, max_size=8), min_size=1, max_size=4).map(
    lambda people: {
        uid: [
            replace(fact(name, at, seq, {"revenue": revenue}), group_id=account)
            for seq, (name, revenue, at, account) in enumerate(parts, 1)
        ]
        for uid, parts in enumerate(people, 1)
    }
)


def _month(at: datetime, tz: str) -> int:
    local = at.astimezone(ZoneInfo(tz))
    return local.year * 12 + local.month


def _amounts(asked: Revenue, people: People) -> dict[Any, list[tuple[datetime, float]]]:
    found: dict[Any, list[tuple[datetime, float]]] = defaultdict(list)
    for one in people_of(asked, people):
        for each in one.facts:
            revenue, who = each.properties.get("revenue"), one.uid if asked.of == "persons" else each.group_id
            if each.name in (*asked.payments, *REFUNDS) and isinstance(revenue, int | float) and who is not None:
                found[who].append((each.at, -revenue if each.name in REFUNDS else revenue))
    return found


@settings(max_examples=50, deadline=None)
@given(LIVES, MOMENTS, MOMENTS, st.sampled_from(("UTC", "Europe/Sofia")), st.sampled_from(("persons", "accounts")))
def test_each_month_is_what_its_payers_paid(people: People, begins: datetime, ends: datetime, tz: str, of: Any) -> None:
    begins, ends = sorted((begins, ends))
    asked = Revenue(
        workspace=1, document=DOCUMENT, from_=begins, to=ends + DAY, as_of=ends + 70 * DAY, tz=tz, of=of, months=3
    )
    sums: dict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for mine in _amounts(asked, people).values():
        first = min((at for at, amount in mine if amount > 0), default=None)
        if first is None or not asked.from_ <= first < asked.to:
            continue
        cohort = _month(first, tz)
        months = [sum(amount for at, amount in mine if _month(at, tz) == cohort + n) for n in range(4)]
        for n, revenue in enumerate(months):
            if cohort + n < _month(asked.as_of, tz):
                sums[cohort, n].append((revenue, months[max(0, n - 1)], months[0]))
    answer = ask(Facts(people), asked)
    cells = {
        (_month(datetime.fromisoformat(f"{row.begins}T12:00"), "UTC"), m.after): m
        for row in answer.cohorts
        for m in row.months
    }
    assert cells.keys() == sums.keys()
    for key, month in cells.items():
        mine_ = sums[key]
        assert month.n == len(mine_)
        assert month.revenue == pytest.approx(sum(now for now, _, _ in mine_))
        assert month.expansion == pytest.approx(sum(max(0, now - before) for now, before, _ in mine_))
        assert month.contraction == pytest.approx(sum(max(0, before - now) for now, before, _ in mine_))
        assert month.expanded == sum(now > before for now, before, _ in mine_)
        start = sum(first for _, _, first in mine_)
        assert (
            month.retention == pytest.approx(month.revenue / start)
            if start > 0
            else isinstance(month.retention, Undefined)
        )


@pytest.mark.req("R168")
def test_expansion_and_net_retention_by_cohort_with_what_stood_before_them() -> None:
    """Two pay 10 in January. After a milestone and an offer one pays 30 in February; the other nothing more."""
    january, february = datetime(2026, 1, 10, tzinfo=BASE.tzinfo), datetime(2026, 2, 10, tzinfo=BASE.tzinfo)
    people: dict[int, list[Fact]] = {
        1: [
            fact("Payment Succeeded", january, 1, {"revenue": 10}),
            fact("Meal Logged", january + DAY, 2),
            fact(events.OFFER_ACCEPTED, january + 2 * DAY, 3, {"offer": "premium"}),
            fact("Payment Succeeded", february, 4, {"revenue": 30}),
        ],
        2: [fact("Payment Succeeded", january, 1, {"revenue": 10})],
    }
    period: dict[str, Any] = {"from_": january - DAY, "to": january + DAY, "as_of": february + 40 * DAY}
    answer = ask(Facts(people), Revenue(workspace=1, document=DOCUMENT, months=1, **period))
    [cohort] = answer.cohorts
    assert (cohort.begins, cohort.n, answer.n) == ("2026-01-01", 2, 2)
    first, second = cohort.months
    assert (first.retention, second.retention) == (1.0, 1.5)
    assert (second.revenue, second.expansion, second.contraction, second.expanded) == (30, 20, 10, 1)
    assert second.interval is not None and second.interval.low < 1.5 < second.interval.high
    assert {(each.kind, each.key, each.expansions, each.more) for each in answer.before} == {
        ("milestone", "meal", 1, 20),
        ("offer", "premium", 1, 20),
    }

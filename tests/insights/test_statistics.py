"""The estimators agree with those of the field's library, and say when they know nothing."""

from random import Random

import lifelines
import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import median_survival_times, qth_survival_time

from milepost.core.insights.statistics import log_rank, rate, survival, thinned, time_until
from milepost.core.values import Undefined

OBSERVED = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def _grouped(observed: list[tuple[int, bool]]) -> list[tuple[float, int, int]]:
    return [(float(seconds), int(arrived), int(not arrived)) for seconds, arrived in observed]


def _fitted(observed: list[tuple[int, bool]]) -> lifelines.KaplanMeierFitter:
    durations, arrived = zip(*observed, strict=True)
    return lifelines.KaplanMeierFitter().fit(durations, arrived)


@settings(max_examples=60, deadline=None)
@given(OBSERVED)
def test_the_curve_and_its_interval_are_those_of_lifelines(observed: list[tuple[int, bool]]) -> None:
    fitted = _fitted(observed)
    for point in survival(_grouped(observed)):
        assert point.waiting == pytest.approx(fitted.survival_function_.loc[point.seconds].iloc[0])
        if 0 < point.waiting < 1:
            low, high = fitted.confidence_interval_survival_function_.loc[point.seconds]
            assert (point.interval.low, point.interval.high) == pytest.approx((low, high))


@settings(max_examples=60, deadline=None)
@given(OBSERVED)
def test_the_times_are_those_of_lifelines(observed: list[tuple[int, bool]]) -> None:
    later = [(seconds + 1, arrived) for seconds, arrived in observed]  # lifelines takes no curve of one row, at 0
    fitted, curve = _fitted(later), survival(_grouped(later))
    for share in (0.5, 0.75, 0.9):
        expected = qth_survival_time(1 - share + 1e-12, fitted.survival_function_)
        found = time_until(curve, share).seconds
        assert isinstance(found, Undefined) if expected == float("inf") else found == expected


def test_the_interval_of_the_median_is_that_of_lifelines() -> None:
    observed = [(day, day % 3 > 0) for day in range(1, 60)]
    interval: pd.DataFrame = median_survival_times(_fitted(observed).confidence_interval_)
    median = time_until(survival(_grouped(observed)), 0.5)
    assert [median.low, median.high] == list(interval.iloc[0])


def test_a_median_that_half_has_not_reached_is_not_a_number() -> None:
    median = time_until(survival([(5.0, 1, 0), (9.0, 0, 3)]), 0.5)
    assert msgspec.to_builtins(median.seconds) == {"undefined": "not reached yet by 50%"}


def test_ten_of_ten_thirds_reach_the_median_exactly() -> None:
    """Ten factors of rounding do not hide that half of ten people have arrived."""
    assert time_until(survival([(float(day), 1, 0) for day in range(1, 11)]), 0.5).seconds == 5.0


def test_a_share_of_nobody_is_not_a_number() -> None:
    assert rate(0, 0, "nobody came").value == Undefined("nobody came")
    assert rate(0, 0, "nobody came").interval is None


def test_wilson_knows_more_of_ten_than_the_share() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20."""
    known = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611)}
    for (count, n), (low, high) in known.items():
        found = rate(count, n, "").interval
        assert found is not None
        assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_a_thinned_curve_keeps_its_ends() -> None:
    curve = survival([(float(second), 1, 0) for second in range(1000)])
    drawn = thinned(curve, 100)
    assert len(drawn) == 100
    assert (drawn[0], drawn[-1]) == (curve[0], curve[-1])
    assert drawn == sorted(drawn, key=lambda point: point.seconds)


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_the_log_rank_test_is_that_of_an_independent_library(groups: int) -> None:
    draw = Random(groups)
    observed = [
        [(float(draw.randrange(1, 30 + 8 * place)), draw.random() < 0.7) for _ in range(60)] for place in range(groups)
    ]
    frame = pd.DataFrame(
        [(seconds, arrived, place) for place, group in enumerate(observed) for seconds, arrived in group],
        columns=["seconds", "arrived", "group"],
    )
    expected = multivariate_logrank_test(frame["seconds"], frame["group"], frame["arrived"])
    found = log_rank([[(seconds, int(arrived), int(not arrived)) for seconds, arrived in group] for group in observed])
    assert found.degrees == groups - 1
    assert found.statistic == pytest.approx(expected.test_statistic)
    assert found.p == pytest.approx(expected.p_value)


def test_one_group_or_nobody_who_arrived_is_no_comparison() -> None:
    assert isinstance(log_rank([[(1.0, 1, 0)]]).p, Undefined)
    assert isinstance(log_rank([[(1.0, 0, 1)], [(2.0, 0, 1)]]).p, Undefined)

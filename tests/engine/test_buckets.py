"""Chance that can be replayed: equal on every machine, fair, and without memory of another seed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.experiments.bucket import BUCKETS, bucket, choose

CASES = json.loads((Path(__file__).parents[2] / "spec/cases/buckets.json").read_bytes())
#: Chi-squared of 9 degrees of freedom is below this in 999 cases of 1,000.
_UNLIKELY = 27.9


@pytest.mark.parametrize("case", CASES["bucket"], ids=str)
def test_a_bucket_is_the_same_on_every_machine(case: dict[str, Any]) -> None:
    assert bucket(case["seed"], case["unit"]) == case["expected"]


@pytest.mark.parametrize("case", CASES["choose"], ids=str)
def test_names_share_the_line_by_their_weights(case: dict[str, Any]) -> None:
    assert choose(case["weights"], case["bucket"]) == case["expected"]


def test_buckets_are_even_and_two_seeds_tell_nothing_of_one_another() -> None:
    one, pairs = Counter[int](), Counter[tuple[int, int]]()
    for unit in range(10_000):
        first, second = (bucket(seed, str(unit)) * 10 // BUCKETS for seed in ("first", "second"))
        one[first] += 1
        pairs[first // 5, second // 5] += 1

    assert sum((count - 1_000) ** 2 / 1_000 for count in one.values()) < _UNLIKELY
    assert sum((count - 2_500) ** 2 / 2_500 for count in pairs.values()) < _UNLIKELY


weights = st.dictionaries(st.text(max_size=3), st.integers(0, 100), min_size=1, max_size=5).filter(
    lambda w: any(w.values())
)


@given(weights)
def test_every_bucket_has_one_name_and_each_name_as_many_as_its_share(shares: dict[str, int]) -> None:
    had, total = Counter(choose(shares, at) for at in range(0, BUCKETS, 7)), sum(shares.values())
    among = len(range(0, BUCKETS, 7))

    assert all(abs(had[name] - among * weight / total) < 2 for name, weight in shares.items())

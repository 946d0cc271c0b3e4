"""Conditions as people type them: read, written out, and read again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from milepost.core.conditions.types import (
    ONLY_QUESTION,
    Answered,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    InLifecycle,
    InSegment,
    InTier,
    Last,
    Measured,
    MessageWas,
    Reached,
    Sequence_,
    Series,
    Trait,
)
from milepost.core.conditions.types import Test as Asked
from milepost.core.program.codec import decode
from milepost.core.program.condition_codec import OPERATORS
from milepost.core.program.condition_writing import encode_condition
from milepost.program.reference import reference
from tests.conditions.named import CONDITIONS


def read(typed: Any) -> Condition:
    parsed = decode({"name": "x", "segments": {"asked": typed}}, {})
    assert parsed.document is not None and parsed.problems == ()
    return parsed.document.segments["asked"]


def mistakes(typed: Any) -> list[tuple[str, str]]:
    return [
        (problem.rule, problem.path) for problem in decode({"name": "x", "segments": {"asked": typed}}, {}).problems
    ]


@settings(max_examples=200, deadline=None)
@given(CONDITIONS)
def test_what_is_written_out_reads_back_as_the_same_condition(condition: Condition) -> None:
    assert read(encode_condition(condition)) == condition


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ({"answered": "role"}, Answered(survey="role")),
        (
            {"answered": {"survey": "role", "is": "admin"}},
            Answered(survey="role", answers={ONLY_QUESTION: Asked("is", "admin")}),
        ),
        (
            {"answered": {"survey": "weekly", "kilos": {"lt": 80}, "jeans": True}},
            Answered(survey="weekly", answers={"kilos": Asked("lt", 80), "jeans": Asked(op="is", value=True)}),
        ),
        ({"measure": "weight", "changed": "better"}, Measured(measure="weight", changed="better")),
        ({"measure": "weight", "reached": "target"}, Measured(measure="weight", reached="target")),
        ({"measure": "weight", "gte": 80}, Measured(measure="weight", test=Asked("gte", 80))),
        ({"message": "hello"}, MessageWas(message="hello")),
        ({"content": "guide", "was": "step:2"}, ContentWas(content="guide", was="step:2")),
        ({"days_since": "milestone:meal", "lt": 3}, DaysSince(since="milestone:meal", lt=3)),
        ({"segment": "busy"}, InSegment(segment="busy")),
        (
            {"sequence": ["A", {"did": "B", "where": {"n": 3}}], "within": "1h"},
            Sequence_(steps=(Did(name="A"), Did(name="B", where={"n": Asked("is", 3)})), within=timedelta(hours=1)),
        ),
        ({"account": "plan", "is": "pro"}, Trait(name="account.plan", test=Asked("is", "pro"))),
        ({"reached": "meal", "since": "goal"}, Reached(milestone="meal", since="goal")),
        (
            {"measure": "weight", "changed": "worse", "since": "2026-05-01"},
            Measured(measure="weight", changed="worse", since="2026-05-01"),
        ),
        ({"days_since": "trait:hired_on", "gte": 3}, DaysSince(since="trait:hired_on", gte=3)),
        ({"lifecycle": "advanced"}, InLifecycle(stage="advanced")),
        ({"tier": "casual"}, InTier(tier="casual")),
    ],
)
def test_a_named_operator_is_typed_like_this(typed: Any, meant: Condition) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ({"answered": {"is": "admin"}}, "answered"),
        ({"answered": {"survey": "role", "is": "admin", "in": ["user"]}}, "answered"),
        ({"measure": "weight"}, ""),
        ({"measure": "weight", "changed": "better", "gt": 3}, ""),
        ({"measure": "weight", "reached": "meal"}, "reached"),
        ({"measure": "weight", "changed": "bigger"}, "changed"),
        ({"message": "hello", "was": "eaten"}, "was"),
        ({"content": "guide", "was": "step:0"}, "was"),
        ({"days_since": "start"}, ""),
        ({"days_since": "start", "gte": 1, "lt": 3}, ""),
        ({"days_since": "yesterday", "gte": 1}, "days_since"),
        ({"sequence": ["A"]}, "sequence"),
        ({"sequence": "A, B"}, "sequence"),
        ({"sequence": ["A", 3]}, "sequence[1]"),
        ({"sequence": ["A", "B"], "within": "0d"}, "within"),
        ({"account": "plan"}, ""),
        ({"reached": "meal", "since": "yesterday"}, "since"),
        ({"measure": "weight", "changed": "worse", "since": "first"}, "since"),
        ({"lifecycle": "power"}, "lifecycle"),
        ({"tier": "advanced"}, "tier"),
    ],
)
def test_what_a_named_operator_cannot_be(typed: Any, path: str) -> None:
    assert mistakes(typed) == [("wrong-type", f"segments.asked{path and '.'}{path}")]


@pytest.mark.parametrize("kernel", [Last, Compared])
def test_nobody_types_what_is_kernel_only(kernel: type) -> None:
    rest = {"test": Asked("is", 1)} if kernel is Last else {"op": "lt"}
    with pytest.raises(TypeError, match="kernel only"):
        encode_condition(kernel(of=Series(event="A", property="n"), **rest))


def test_the_reference_tells_of_every_operator() -> None:
    page = reference()
    assert [operator for operator in OPERATORS if f"\n| `{operator}: " not in page] == []

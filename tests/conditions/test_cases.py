"""Every case of `spec/cases/conditions.json` and `named_conditions.json`, in all three executions."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from milepost.core.conditions import types
from milepost.core.conditions.compare import passes
from milepost.core.conditions.evaluate import END_OF_MOMENT, explain, first_true, holds
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did
from milepost.core.events import Fact
from milepost.core.insights.conditions_sql import first_true_sql, segment_sql
from milepost.core.insights.plan import instant
from milepost.core.program.codec import decode
from milepost.core.program.expand import expand, reached_of
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Instant
from tests.conditions.worlds import document, fact, view_of
from tests.insights.tables import Facts

SPEC = Path(__file__).parents[2] / "spec/cases"
CASES = json.loads((SPEC / "conditions.json").read_text(encoding="utf-8"))
NAMED = json.loads((SPEC / "named_conditions.json").read_text(encoding="utf-8"))
FAR = datetime.fromisoformat("2027-01-01T00:00:00Z")


def _named(group: str) -> pytest.MarkDecorator:
    cases = CASES[group]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@_named("compare")
def test_a_value_compares_as_the_case_says(case: Any) -> None:
    given = case["input"]
    test = msgspec.convert(given["test"], types.Test)
    assert passes(test, given["value"], datetime.fromisoformat(given["now"])) is case["expected"]


class World:
    """A case, read."""

    def __init__(self, given: Any) -> None:
        self.condition = _condition(given["condition"])
        self.at = datetime.fromisoformat(given["at"])
        self.facts: list[Fact] = [
            fact(one["event"], datetime.fromisoformat(one["at"]), number, one.get("properties"))
            for number, one in enumerate(given["facts"], 1)
        ]
        self.zone: str = given.get("zone", "UTC")
        self.start = _condition(given["start"]) if "start" in given else Did(name="Signed Up")
        self.milestones = {key: _condition(raw) for key, raw in given.get("milestones", {}).items()}


def _condition(raw: Any) -> Condition:
    condition: Condition = msgspec.convert(raw, type=Condition)
    return condition


def _expected(case: Any) -> tuple[bool, Instant | None]:
    first = case["expected"]["first_true"]
    return case["expected"]["holds"], (datetime.fromisoformat(first[0]), first[1]) if first else None


@_named("conditions")
def test_in_memory(case: Any) -> None:
    world = World(case["input"])
    view = view_of(world.facts, {**world.milestones, "asked": world.condition}, world.start, world.zone)
    at = (world.at, END_OF_MOMENT)
    found = holds(world.condition, view, at), first_true(world.condition, view, None)
    assert found == _expected(case)
    assert explain(world.condition, view, at)["holds"] is found[0]


@_named("conditions")
def test_by_the_naive_twin(case: Any) -> None:
    world = World(case["input"])
    twin = Subject(world.facts, world.milestones, world.start, world.zone)
    assert (twin.holds(world.condition, (world.at, END_OF_MOMENT)), twin.first_true(world.condition)) == _expected(case)


@_named("conditions")
def test_in_sql(case: Any) -> None:
    world = World(case["input"])
    program = document({**world.milestones, "asked": world.condition}, world.start)
    store = Facts({7: world.facts}, {7: world.zone})
    member = store.run(segment_sql(world.condition, program, ws=1, as_of=world.at)) == [(7,)]
    rows = store.run(first_true_sql(program, ["asked"], ws=1, as_of=FAR))
    first = (instant(rows[0][2]), rows[0][3]) if rows else None
    known = any(one.at <= world.at for one in world.facts)
    holds_now, first_expected = _expected(case)
    assert (member, first) == (holds_now and known, first_expected)


class NamedWorld(World):
    """A case whose condition is typed, with the document that says what its names mean."""

    def __init__(self, given: Any) -> None:
        parsed = decode(
            {**NAMED["document"], "segments": {**NAMED["document"]["segments"], "asked": given["typed"]}}, {}
        )
        assert parsed.document is not None and parsed.problems == ()
        self.document = parsed.document
        self.typed = self.document.segments["asked"]
        milestones = {key: reached_of(self.document, key) for key in self.document.milestones}
        kernel = {"condition": msgspec.to_builtins(expand(self.typed, self.document))}
        super().__init__({**given, **kernel, "milestones": msgspec.to_builtins(milestones)})


_typed = pytest.mark.parametrize("case", NAMED["conditions"], ids=[case["name"] for case in NAMED["conditions"]])


@_typed
def test_a_named_operator_in_memory_and_by_the_naive_twin(case: Any) -> None:
    world = NamedWorld(case["input"])
    view = view_of(world.facts, {**world.milestones, "asked": world.condition}, world.start, world.zone)
    at = (world.at, END_OF_MOMENT)
    twin = Subject(world.facts, world.milestones, world.start, world.zone)
    assert (holds(world.condition, view, at), first_true(world.condition, view, None)) == _expected(case)
    assert (twin.holds(world.condition, at), twin.first_true(world.condition)) == _expected(case)


@_typed
def test_a_named_operator_in_sql(case: Any) -> None:
    world = NamedWorld(case["input"])
    asked = Milestone(title="Asked", reached=world.typed)
    program = replace(world.document, milestones={**world.document.milestones, "asked": asked})
    store = Facts({7: world.facts}, {7: world.zone})
    member = store.run(segment_sql(world.typed, program, ws=1, as_of=world.at)) == [(7,)]
    rows = store.run(first_true_sql(program, ["asked"], ws=1, as_of=FAR))
    assert (member, (instant(rows[0][2]), rows[0][3]) if rows else None) == _expected(case)

"""What a condition says of itself, what must be remembered for it, and when to look again."""

from datetime import timedelta

import msgspec
import pytest

from milepost.core.conditions.evaluate import (
    END_OF_MOMENT,
    View,
    atoms_of,
    explain,
    milestones_of,
    next_change,
    observe,
    remember,
    uses_start,
)
from milepost.core.conditions.explain import describe
from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Operator, Reached, Trait
from milepost.core.conditions.types import Test as Asked
from tests.conditions.worlds import BASE, fact, view_of

HOUR = timedelta(hours=1)
BOTH: tuple[Operator, Operator] = ("before", "after")
MEAL = Did(name="Meal Logged")
START = Did(name="Signed Up")


def test_counts_and_windows_share_what_is_remembered() -> None:
    asked = All(of=(MEAL, Did(name="Meal Logged", at_least=3, within=HOUR), Did(name="Meal Logged", since="start")))
    assert [atom.event for atom in atoms_of(asked)] == ["Meal Logged"]
    other = All(of=(MEAL, Did(name="Meal Logged", distinct="day"), Trait(name="plan", test=Asked("is", "pro"))))
    assert len({atom.id for atom in atoms_of(other)}) == 3


def test_what_is_remembered_has_the_same_name_on_every_machine() -> None:
    [atom] = atoms_of(Did(name="Meal Logged", where={"b": Asked("is", 1), "a": Asked("gt", 2)}))
    [same] = atoms_of(Did(name="Meal Logged", where={"a": Asked("gt", 2), "b": Asked("is", 1)}, exactly=4))
    assert atom.id == same.id
    assert atoms_of(Trait(name="plan", test=Asked("is", "pro")))[0].id == "trait:plan"


def test_a_condition_names_what_it_builds_on() -> None:
    asked = Any_(of=(Not(of=Reached(milestone="a")), Did(name="X", since="milestone:b"), Did(name="X", since="start")))
    assert milestones_of(asked) == {"a", "b"}
    assert uses_start(asked)
    assert not uses_start(MEAL)


def test_a_removed_trait_is_remembered_as_removed_and_another_fact_is_not_remembered() -> None:
    [atom] = atoms_of(Trait(name="plan", test=Asked("is", "pro")))
    assert observe(atom, fact("Identified", BASE, 1, {"plan": None})) is None
    assert observe(atom, fact("Identified", BASE, 1, {"name": "Ann"})) is msgspec.UNSET
    assert observe(atom, fact("Meal Logged", BASE, 1, {"plan": "pro"})) is msgspec.UNSET


def test_a_fact_that_is_remembered_already_changes_nothing() -> None:
    entries = remember(remember([], (BASE, 1, {"no": "order"})), (BASE, 2, ["none"]))
    assert remember(entries, (BASE, 1, "again")) is entries
    assert remember(entries, (BASE - HOUR, 3, True))[0] == (BASE - HOUR, 3, True)


def test_memory_survives_being_written_down() -> None:
    [atom] = atoms_of(Did(name="A", distinct="meal"))
    values = [observe(atom, fact("A", BASE, 1, {"meal": value})) for value in ("1", 1, 1.5, True, "true")]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(values)) == values
    assert len(set(values)) == 5


def test_who_waits_for_a_condition_to_turn_true_is_not_woken_when_it_can_only_turn_false() -> None:
    view = view_of([fact("Meal Logged", BASE, 1)], {"m": Did(name="Meal Logged", within=HOUR)}, START)
    busy = Did(name="Meal Logged", at_least=7, within=HOUR)
    assert next_change(busy, view, BASE) == BASE + HOUR
    assert next_change(busy, view, BASE, towards=True) is None
    assert next_change(Not(of=busy), view, BASE, towards=True) == BASE + HOUR
    assert next_change(busy, view, BASE + HOUR) is None


def test_time_alone_can_make_it_true_that_something_happened_exactly_once_or_lies_back() -> None:
    once = Did(name="Meal Logged", exactly=1, within=HOUR)
    meals = [fact("Meal Logged", BASE, 1), fact("Meal Logged", BASE + HOUR / 2, 2)]
    assert next_change(once, view_of(meals, {"m": once}, START), BASE + HOUR / 2, towards=True) == BASE + HOUR
    joined = [fact("Identified", BASE, 1, {"on": "2026-05-01"})]
    old, new = (Trait(name="on", test=Asked(op, "1d ago")) for op in BOTH)
    view = view_of(joined, {"old": old}, START)
    assert next_change(old, view, BASE, towards=True) == BASE + 24 * HOUR
    assert next_change(old, view, BASE, towards=False) is None
    assert next_change(new, view, BASE, towards=False) == BASE + 24 * HOUR
    assert next_change(new, view, BASE, towards=True) is None


SPOKEN: list[tuple[Condition, str]] = [
    (MEAL, "Meal Logged"),
    (
        Did(name="Meal Logged", at_least=3, distinct="day", within=timedelta(days=7), since="start"),
        "Meal Logged on different days at least 3 times since the start within 7d",
    ),
    (
        Did(name="Meal Logged", at_most=1, distinct="meal", since="milestone:first", where={"kcal": Asked("gt", 300)}),
        "Meal Logged by different meal at most 1 times where kcal is more than 300 since milestone:first",
    ),
    (
        All(of=(Any_(of=(MEAL, START)), Not(of=Reached(milestone="first", within=HOUR)))),
        "(Meal Logged or Signed Up) and not (milestone first reached within 1h)",
    ),
    (Trait(name="plan", test=Asked("in", ["trial", "free"])), 'plan is one of ["trial","free"]'),
    (Trait(name="plan", test=Asked(op="exists", value=False)), "plan is not there"),
]


@pytest.mark.parametrize(("condition", "words"), SPOKEN)
def test_a_condition_can_be_said_in_words(condition: Condition, words: str) -> None:
    assert describe(condition) == words


def test_the_reason_is_a_sentence_for_every_leaf() -> None:
    asked = All(
        of=(
            Did(name="Meal Logged", at_least=3),
            Not(of=Trait(name="plan", test=Asked("is", "pro"))),
            Reached(milestone="first"),
        )
    )
    facts = [fact("Meal Logged", BASE + n * HOUR, n) for n in (1, 2)]
    told = explain(asked, view_of(facts, {"first": MEAL, "asked": asked}, START), (BASE + 9 * HOUR, END_OF_MOMENT))
    assert (told["operator"], told["holds"], told["have"], told["need"]) == ("all", False, 2, 3)
    meals, plan, first = told["children"]
    assert meals["text"] == "Meal Logged: 2 of 3, last at 2026-05-01 02:00 UTC"
    assert (meals["have"], meals["need"], meals["holds"]) == (2, 3, False)
    assert plan["children"][0]["text"] == 'plan is "pro": it is not known'
    assert first["text"] == "Milestone first: reached at 2026-05-01 01:00 UTC"
    assert msgspec.json.decode(msgspec.json.encode(told)) == told


def test_nothing_is_known_of_an_empty_memory() -> None:
    assert next_change(Did(name="A", within=HOUR), View({}, {}), BASE) is None
    assert explain(Did(name="A", exactly=0), View({}, {}), (BASE, 1))["text"] == "A: 0 of exactly 0"

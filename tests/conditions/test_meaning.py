"""What a condition says of itself, what must be remembered for it, and when to look again."""

from datetime import timedelta

import msgspec
import pytest

from milepost.core.conditions.compare import passes
from milepost.core.conditions.evaluate import (
    END_OF_MOMENT,
    Atom,
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
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    InLifecycle,
    InSegment,
    InTier,
    Last,
    Measured,
    MessageWas,
    Not,
    Operator,
    Reached,
    Sequence_,
    Series,
    Trait,
)
from milepost.core.conditions.types import START as THE_START
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
    assert uses_start(Reached(milestone=THE_START)) and not milestones_of(Reached(milestone=THE_START))


def test_a_removed_trait_is_remembered_as_removed_and_another_fact_is_not_remembered() -> None:
    [atom] = atoms_of(Trait(name="plan", test=Asked("is", "pro")))
    assert observe(atom, fact("Identified", BASE, 1, {"plan": None})) is None
    assert observe(atom, fact("Identified", BASE, 1, {"name": "Ann"})) is msgspec.UNSET
    assert observe(atom, fact("Meal Logged", BASE, 1, {"plan": "pro"})) is msgspec.UNSET


def test_a_fact_that_is_remembered_already_changes_nothing() -> None:
    entries = remember(remember([], (BASE, 1, {"no": "order"})), (BASE, 2, ["none"]))
    assert remember(entries, (BASE, 1, "again")) is entries
    assert remember(entries, (BASE - HOUR, 3, True))[0] == (BASE - HOUR, 3, True)


@pytest.mark.parametrize("value", [2**70, -(2**63) - 1, 10**400, [2**64], {"n": 2**70}])
def test_a_number_of_any_size_can_be_written_down(value: object) -> None:
    of = Series(event="A", property="n")
    for atom, name in ((atoms_of(Trait(name="n", test=Asked("gt", 1)))[0], "Identified"), (_atom(of), "A")):
        seen = observe(atom, fact(name, BASE, 1, {"n": value}))
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(seen)) == seen
        assert seen is not None
    assert passes(Asked("gt", 2**69), observe(_atom(of), fact("A", BASE, 1, {"n": 2**70})), BASE)


def _atom(of: Series) -> Atom:
    [atom] = atoms_of(Last(of=of, test=Asked(op="exists", value=True)))
    return atom


def test_memory_survives_being_written_down() -> None:
    [atom] = atoms_of(Did(name="A", distinct="meal"))
    values = [observe(atom, fact("A", BASE, 1, {"meal": value})) for value in ("1", 1, 1.5, True, "true")]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(values)) == values
    assert len(set(values)) == 5


def test_who_waits_for_a_condition_to_turn_true_is_not_woken_when_it_can_only_turn_false() -> None:
    view = view_of([fact("Meal Logged", BASE, 1)], {"m": Did(name="Meal Logged", within=HOUR)}, START)
    busy = Did(name="Meal Logged", at_least=1, within=HOUR)
    assert next_change(busy, view, BASE) == BASE + HOUR
    assert next_change(busy, view, BASE, towards=True) is None
    assert next_change(Not(of=busy), view, BASE, towards=True) == BASE + HOUR
    assert next_change(busy, view, BASE + HOUR) is None


def test_nobody_is_woken_for_each_fact_that_leaves_a_window_but_for_the_one_that_changes_the_answer() -> None:
    meals = [fact("Meal Logged", BASE + n * HOUR / 8, n + 1) for n in range(4)]
    view, now = view_of(meals, {"m": Did(name="Meal Logged", within=HOUR)}, START), BASE + HOUR / 2
    seven, two = (Did(name="Meal Logged", at_least=count, within=HOUR) for count in (7, 2))
    assert next_change(seven, view, now) is None
    assert next_change(two, view, now) == BASE + 2 * HOUR / 8 + HOUR
    assert next_change(Did(name="Meal Logged", at_most=2, within=HOUR), view, now) == BASE + HOUR / 8 + HOUR


def test_of_what_counts_once_nobody_is_woken_before_the_last_of_it_leaves_the_window() -> None:
    kinds = [fact("Meal Logged", BASE + n * HOUR / 8, n + 1, {"kind": kind}) for n, kind in enumerate("abab")]
    one, two = (Did(name="Meal Logged", distinct="kind", at_least=count, within=HOUR) for count in (1, 2))
    view, now = view_of(kinds, {"m": one}, START), BASE + HOUR / 2
    assert next_change(two, view, now) == BASE + 2 * HOUR / 8 + HOUR
    assert next_change(one, view, now) == BASE + 3 * HOUR / 8 + HOUR


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


FIT = Asked("is", "get-fit")
GOALS = Series(event="Goal Stated", property="goal")
ANSWERS = Series(event="Question Answered", property="answer", where={"question": Asked("is", "trouble")})
LAST_STARS = "last stars of Score Given is at least 4"


def _recorded(role: str) -> Series:
    tests = {"measure": Asked("is", "weight"), "as": Asked("is", role)}
    return Series(event="Measure Recorded", property="value", where=tests)


WEIGHTS, TARGETS = _recorded("value"), _recorded("target")
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
    (
        Sequence_(steps=(Did(name="Searched"), Did(name="Meal Logged", where={"meal": Asked("is", "x")})), within=HOUR),
        'Searched, then Meal Logged where meal is "x" within 1h',
    ),
    (Reached(milestone="first", since="goal"), "milestone first reached since the goal was stated"),
    (Trait(name="account.plan", test=Asked("is", "pro")), 'plan of their account is "pro"'),
    (InLifecycle(stage="regular"), "lifecycle is regular"),
    (InTier(tier="power"), "tier is power"),
    (Measured(measure="weight", changed="better", since="2026-05-01"), "weight is better than before 2026-05-01"),
    (Compared(of=WEIGHTS, op="lt", to="2026-05-01"), "weight is less than before 2026-05-01"),
    (DaysSince(since="trait:hired_on", gte=3), "at least 3 days since hired_on"),
    (Trait(name="plan", test=Asked("in", ["trial", "free"])), 'plan is one of ["trial","free"]'),
    (Trait(name="plan", test=Asked(op="exists", value=False)), "plan is not there"),
    (Reached(milestone=THE_START, within=timedelta(days=3)), "started within 3d"),
    (Goal(goal="lose-weight"), "goal is lose-weight"),
    (Last(of=GOALS, test=Asked("is", "lose-weight")), "goal is lose-weight"),
    (Last(of=GOALS, test=Asked("in", ["a", "b"])), 'goal is one of ["a","b"]'),
    (Answered(survey="role"), "role was answered"),
    (Answered(survey="role", answers={ONLY_QUESTION: Asked("is", "admin")}), 'answer to role is "admin"'),
    (
        Answered(survey="weekly", answers={"jeans": Asked(op="is", value=True), "kilos": Asked("gt", 3)}),
        "answer to jeans of weekly is true and answer to kilos of weekly is more than 3",
    ),
    (Last(of=ANSWERS, test=Asked("contains", "cake")), 'answer to trouble contains "cake"'),
    (MessageWas(message="welcome", was="opened", within=timedelta(days=7)), "welcome was opened within 7d"),
    (ContentWas(content="add-food", was="dismissed"), "add-food was dismissed"),
    (ContentWas(content="add-food", was="step:3"), "add-food came to step 3"),
    (Measured(measure="weight", changed="better"), "weight is better than last time"),
    (Measured(measure="weight", changed="unchanged", since="baseline"), "weight is the same as at the beginning"),
    (Measured(measure="weight", reached="target"), "weight has reached its target"),
    (Measured(measure="weight", test=Asked("lt", 70)), "weight is less than 70"),
    (Compared(of=WEIGHTS, op="lt"), "weight is less than the time before"),
    (Compared(of=WEIGHTS, op="is", to="first"), "weight is the same as the first time"),
    (Compared(of=WEIGHTS, op="lte", to=TARGETS), "weight is at most target of weight"),
    (Last(of=Series(event="Score Given", property="stars"), test=Asked("gte", 4)), LAST_STARS),
    (DaysSince(since="start", gte=3), "at least 3 days since the start"),
    (DaysSince(since="milestone:first-meal", lt=2), "less than 2 days since milestone first-meal"),
    (All(of=(InSegment(segment="power-users"), Not(of=Any_(of=())))), "in segment power-users and not (never)"),
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


def test_the_reason_names_the_two_numbers_that_were_compared() -> None:
    asked = All(
        of=(Compared(of=WEIGHTS, op="lt"), Compared(of=WEIGHTS, op="lte", to=TARGETS), Last(of=GOALS, test=FIT))
    )
    weighed = [
        fact("Measure Recorded", BASE + n * HOUR, n, {"measure": "weight", "as": "value", "value": value})
        for n, value in enumerate((80, 79.5), 1)
    ]
    view = view_of(weighed, {"asked": asked}, Did(name="Measure Recorded"))
    less, target, goal = explain(asked, view, (BASE + 9 * HOUR, END_OF_MOMENT))["children"]
    assert less["text"] == "weight is less than the time before: it is 79.5, the time before it was 80"
    assert (less["holds"], less["have"], less["need"]) == (True, 79.5, 80.0)
    assert target["text"] == "weight is at most target of weight: it is 79.5, target of weight is not known"
    assert goal["text"] == "goal is get-fit: it is not known"
    started = explain(Reached(milestone=THE_START), view, (BASE + 9 * HOUR, END_OF_MOMENT))
    assert started["text"] == "Start: started at 2026-05-01 01:00 UTC"


def test_the_reason_of_a_sequence_says_how_far_they_came() -> None:
    steps = tuple(Did(name=name) for name in ("Searched", "Opened", "Bought"))
    asked = Sequence_(steps=steps, within=HOUR)
    facts = [fact("Searched", BASE, 1), fact("Opened", BASE + HOUR / 2, 2), fact("Bought", BASE + 2 * HOUR, 3)]
    view = view_of(facts, {"asked": asked}, START)
    before = explain(asked, view, (BASE, 1))
    assert (before["text"], before["holds"]) == (
        "Searched, then Opened, then Bought within 1h: 1 of 3, last at 2026-05-01 00:00 UTC",
        False,
    )
    assert explain(asked, view, (BASE + 3 * HOUR, 9))["have"] == 2
    again = view_of(
        [*facts, fact("Searched", BASE + 1.25 * HOUR, 4), fact("Opened", BASE + 1.5 * HOUR, 5)], {"a": asked}, START
    )
    whole = explain(asked, again, (BASE + 3 * HOUR, 9))
    assert (whole["have"], whole["need"], whole["holds"]) == (3, 3, True)


def test_what_was_not_expanded_is_not_answered() -> None:
    with pytest.raises(TypeError, match="Goal was not expanded"):
        atoms_of(All(of=(MEAL, Goal(goal="fit"))))
    with pytest.raises(TypeError, match="Goal was not expanded"):
        next_change(Not(of=Goal(goal="fit")), View({}, {}), BASE)


def test_nothing_is_known_of_an_empty_memory() -> None:
    assert next_change(Did(name="A", within=HOUR), View({}, {}), BASE) is None
    assert explain(Did(name="A", exactly=0), View({}, {}), (BASE, 1))["text"] == "A: 0 of exactly 0"

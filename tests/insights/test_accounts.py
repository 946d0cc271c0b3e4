"""Accounts are counted by the facts that reach them: SQL says what the naive twin says of all their people together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions import types
from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did, Reached, Trait
from milepost.core.events import ACCOUNT_TRAITS_CHANGED, Fact
from milepost.core.insights.activation import Activation
from milepost.core.insights.adoption import Adoption
from milepost.core.insights.conditions_sql import first_true_sql, segment_sql
from milepost.core.insights.funnel import Funnel
from milepost.core.insights.milestones import Milestones
from milepost.core.insights.plan import instant
from milepost.core.insights.retention import Retention
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.program.document import Document
from milepost.core.program.kinds.goal import Function
from milepost.core.program.kinds.milestone import Milestone
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, INSTANTS, ZONES, conditions, document, fact, histories, programs
from tests.insights.naive import levels
from tests.insights.tables import Facts

Program = tuple[dict[str, Condition], Condition]
People = dict[int, list[Fact]]
DAY = timedelta(days=1)


@st.composite
def teams(draw: st.DrawFn) -> People:
    """Three people, and of each of their facts whose account's it is: one of two, or none. Many happen at one time."""
    everybody = [draw(histories(most=7)) for _ in range(3)]
    numbers = iter(draw(st.permutations(range(1, sum(map(len, everybody)) + 1))))
    return {
        uid: [_placed(draw, replace(one, seq=next(numbers))) for one in facts] for uid, facts in enumerate(everybody, 1)
    }


def _placed(draw: st.DrawFn, one: Fact) -> Fact:
    """What Milepost tells members of their account is no account's."""
    account = None if one.name == ACCOUNT_TRAITS_CHANGED else draw(st.sampled_from((None, "7", "7", "8")))
    zone = {"timezone": draw(ZONES | st.just("Nowhere"))} if one.name == "Grouped" else {}
    return replace(one, group_id=account, properties=one.properties | zone)


def _accounts(people: People) -> dict[int, list[Fact]]:
    facts = [one for mine in people.values() for one in mine]
    return {int(key): [one for one in facts if one.group_id == key] for key in {one.group_id for one in facts} - {None}}


def _zone(facts: list[Fact]) -> str:
    """The last that `group` named, if there is such a zone."""
    told = sorted((one.seq, one.properties["timezone"]) for one in facts if one.name == "Grouped")
    return next((zone for _, zone in reversed(told) if zone != "Nowhere"), "UTC")


def _for_customers(program: Program) -> Document:
    return replace(document(*program), audience="customer")


@settings(max_examples=30, deadline=None)
@given(programs(), teams(), INSTANTS)
def test_an_account_reaches_a_milestone_when_all_that_its_people_did_in_it_says_so(
    program: Program, people: People, at: datetime
) -> None:
    rows = Facts(people).run(first_true_sql(_for_customers(program), program[0], ws=1, as_of=at, of="accounts"))
    found = {(key, uid): (instant(ts), seq) for key, uid, ts, seq in rows}
    twins = {uid: Subject(facts, *program, _zone(facts)) for uid, facts in _accounts(people).items()}
    reached = {(key, uid): twin.reached(key) for uid, twin in twins.items() for key in program[0]}
    assert found == {one: when for one, when in reached.items() if when is not None and when[0] <= at}


@settings(max_examples=20, deadline=None)
@given(programs(), st.data(), teams(), INSTANTS)
def test_an_account_is_in_a_segment_by_all_that_its_people_did_in_it(
    program: Program, data: st.DataObject, people: People, at: datetime
) -> None:
    asked = data.draw(conditions(tuple(program[0])))
    found = Facts(people).run(segment_sql(asked, _for_customers(program), ws=1, as_of=at, of="accounts"))
    accounts = _accounts(people)
    known = {uid: [one for one in facts if one.at <= at] for uid, facts in accounts.items()}
    twins = {uid: Subject(facts, *program, _zone(accounts[uid])) for uid, facts in known.items() if facts}
    assert [uid for (uid,) in found] == sorted(
        uid for uid, twin in twins.items() if twin.holds(asked, (at, END_OF_MOMENT))
    )


@settings(max_examples=12, deadline=None)
@given(st.data(), teams(), st.sampled_from(("any", "first")), st.sampled_from(("strict", "any")))
def test_a_funnel_of_accounts_is_gone_through_by_their_people_together(
    data: st.DataObject, people: People, anchor: Any, order: Any
) -> None:
    names = data.draw(st.permutations(("A", "B", "C")))
    whole: Any = {"from_": BASE, "to": BASE + 9 * DAY, "as_of": BASE + 9 * DAY}
    funnel = Funnel(
        workspace=1, document=Document(name="F", audience="customer"), subject="accounts", **whole,
        steps=tuple(Did(name=name) for name in names), window=2 * DAY, anchor=anchor, order=order,
    )  # fmt: skip
    found = [levels(Subject(facts, {}, funnel.steps[0]), funnel) for facts in _accounts(people).values()]
    counts = [sum(one[place] is not None for one in found) for place in range(3)]
    assert [step.n for step in ask(Facts(people), funnel).steps] == counts


CRM = Document(
    name="CRM",
    audience="customer",
    start=Did(name="Contract Signed"),
    milestones={
        "team": Milestone(title="Three in it", reached=Did(name="User Invited", at_least=3), first_value=True),
        "plus": Milestone(title="On Plus", reached=Trait(name="account.plan", test=types.Test("is", "plus"))),
    },
    functions={"invite": Function(milestones=("team",))},
)


def _told(account: str | None, name: str, days: float, **properties: Any) -> Fact:
    return replace(fact(name, BASE + days * DAY, int(days * 100) + 1, properties), group_id=account)


def _two_customers() -> People:
    """Ann and Bo invite two each, one of Bo's for himself alone; Cy is of the other account."""
    return {
        1: [
            _told("7", "Grouped", 0, plan="starter"),
            _told("7", "Contract Signed", 1),
            _told("7", "User Invited", 2),
            _told("7", "User Invited", 3),
        ],
        2: [
            _told(None, "User Invited", 2.5),
            _told("7", "User Invited", 4),
            _told("7", "Grouped", 6, plan="plus"),
        ],
        3: [_told("8", "Grouped", 0.5, plan="starter"), _told("8", "Contract Signed", 1.5)],
    }


def _of_accounts(**more: Any) -> dict[str, Any]:
    whole = {"from_": BASE, "to": BASE + 9 * DAY, "as_of": BASE + 9 * DAY}
    return {"workspace": 1, "document": CRM, "subject": "accounts", **whole, **more}


@pytest.mark.req("R32")
def test_the_questions_of_a_program_for_customers_count_accounts() -> None:
    store = Facts(_two_customers())
    reached = ask(store, Milestones(**_of_accounts(by="plan")))
    assert {each.milestone: (each.rate.count, each.rate.n) for each in reached.milestones} == {
        "team": (1, 2),
        "plus": (1, 2),
    }
    assert {(each.cohort, each.rate.n) for each in reached.milestones[0].cohorts} == {("plus", 1), ("starter", 1)}
    assert reached.counted == "accounts" and reached.definition.startswith("Accounts whose program started")

    waited = ask(store, TimeToValue(**_of_accounts()))
    assert (waited.n, waited.arrived, waited.median.seconds) == (2, 1, 3 * DAY.total_seconds())
    activated = ask(store, Activation(**_of_accounts()))
    assert (activated.rate.count, activated.rate.n) == (1, 2)
    steps = (Did(name="Contract Signed"), Reached(milestone="team"))
    funnel = ask(store, Funnel(**_of_accounts(), steps=steps, window=5 * DAY))
    assert [step.n for step in funnel.steps] == [2, 1]
    kept = ask(store, Retention(**_of_accounts(of="accounts", unit="day", units=3)))
    assert (kept.n, [each.count for each in kept.curve]) == (2, [2, 1, 1, 1])
    adopted = ask(store, Adoption(**_of_accounts(times=3)))
    assert (adopted.n, adopted.functions[0].adopted.count) == (2, 1)


def test_persons_are_counted_as_ever_beside_them() -> None:
    people = _two_customers()
    persons = ask(Facts(people), Milestones(**_of_accounts(subject="persons", by="plan")))
    assert persons.counted == "persons" and persons.milestones[0].rate.n == 2
    assert persons.milestones[0].rate.count == 0, "nobody has invited three alone"

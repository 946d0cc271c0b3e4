"""What people type means the same in the engine, in SQL and to the naive twin, on generated conditions and histories."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition
from milepost.core.events import Fact
from milepost.core.insights.conditions_sql import first_true_sql, segment_sql
from milepost.core.insights.plan import instant
from milepost.core.program.expand import expand, reached_of
from milepost.core.program.kinds.milestone import Milestone
from tests.conditions.named import CONDITIONS, DOCUMENT, histories
from tests.conditions.worlds import INSTANTS, view_of
from tests.insights.tables import Facts

START = expand(DOCUMENT.start, DOCUMENT)
MILESTONES: dict[str, Condition] = {key: reached_of(DOCUMENT, key) for key in DOCUMENT.milestones}


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, histories(), INSTANTS)
def test_in_memory_as_the_twin_says(typed: Condition, facts: list[Fact], at: datetime) -> None:
    asked, when = expand(typed, DOCUMENT), (at, END_OF_MOMENT)
    view, twin = view_of(facts, {**MILESTONES, "asked": asked}, START), Subject(facts, MILESTONES, START)
    assert holds(asked, view, when) is twin.holds(asked, when)
    assert view.reached.get("asked") == twin.first_true(asked)
    assert {key: view.reached.get(key) for key in MILESTONES} == {key: twin.reached(key) for key in MILESTONES}


@settings(max_examples=80, deadline=None)
@given(CONDITIONS, st.lists(histories(), min_size=1, max_size=3), INSTANTS)
def test_in_sql_as_the_twin_says(typed: Condition, lives: list[list[Fact]], at: datetime) -> None:
    asked, people = expand(typed, DOCUMENT), dict(enumerate(lives, 1))
    known = {uid: [one for one in facts if one.at <= at] for uid, facts in people.items()}
    twins = {uid: Subject(facts, MILESTONES, START) for uid, facts in known.items()}
    members = Facts(people).run(segment_sql(typed, DOCUMENT, ws=1, as_of=at))
    expected = [uid for uid, twin in twins.items() if known[uid] and twin.holds(asked, (at, END_OF_MOMENT))]
    assert [uid for (uid,) in members] == expected

    milestones = {**DOCUMENT.milestones, "asked": Milestone(title="Asked", reached=typed)}
    program = replace(DOCUMENT, milestones=milestones)
    rows = Facts(people).run(first_true_sql(program, ["asked"], ws=1, as_of=at))
    firsts = {uid: first for uid, twin in twins.items() if (first := twin.first_true(asked)) and first[0] <= at}
    assert {uid: (instant(ts), seq) for _, uid, ts, seq in rows} == firsts

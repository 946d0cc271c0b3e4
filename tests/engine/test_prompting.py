"""The table of diagnoses: who is told what kind of thing, by what is known of them."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core.engine.prompting import Family, Missing, Signs, diagnose, in_order
from milepost.core.program.kinds.milestone import Help

HERE: dict[str, Any] = {"idle_days": 0, "active_share": 0.6}
AWAY: dict[str, Any] = {"idle_days": 10, "active_share": 0.1}
SHORT, LONG = timedelta(minutes=2), timedelta(hours=1)

#: who they are, what is known, what is missing, which family helps
FIXTURES: list[tuple[str, dict[str, Any], Missing, Family]] = [
    ("searches and does not find", {**HERE, "effort": SHORT, "lacks": "ability"}, "ability", "facilitator"),
    ("a long step for an eager beginner", {**HERE, "effort": LONG}, "ability", "facilitator"),
    ("stuck here for the second time", {**HERE, "stuck_before": 1}, "ability", "facilitator"),
    ("left two guides", {**HERE, "left": 2}, "ability", "facilitator"),
    ("never came back", {"idle_days": 2, "active_share": 0.3, "lacks": "motivation"}, "motivation", "spark"),
    ("has been away for ten days", {**AWAY}, "motivation", "spark"),
    ("here, but disappointed, and it tempts", {**HERE, "mood": False, "lacks": "motivation"}, "motivation", "spark"),
    ("was never heard of", {"effort": SHORT}, "motivation", "spark"),
    ("able, eager, forgot", {**HERE, "effort": SHORT}, "prompt", "signal"),
    ("known to be forgetting", {**HERE, "lacks": "prompt"}, "prompt", "signal"),
    ("advanced, with good news", {**HERE, "experience": 5, "mood": True, "effort": LONG}, "prompt", "signal"),
    ("away, and it is hard", {**AWAY, "effort": LONG}, "both", "hold"),
    ("away, tried often", {**AWAY, "stuck_before": 2, "mood": False}, "both", "hold"),
]


@pytest.mark.req("R46")
@pytest.mark.parametrize(("who", "known", "missing", "family"), FIXTURES, ids=[row[0] for row in FIXTURES])
def test_the_diagnosis_names_what_is_missing_and_what_helps(
    who: str, known: dict[str, Any], missing: Missing, family: Family
) -> None:
    found = diagnose(Signs(**known), human=False)

    assert (found.missing, found.family) == (missing, family)
    assert 0 <= found.motivation.value <= 1 and 0 <= found.ability.value <= 1
    assert found.motivation.why and found.ability.why


def test_who_lacks_both_is_handed_to_a_person_where_the_program_asks_for_one() -> None:
    signs = Signs(**AWAY, effort=LONG)

    assert diagnose(signs, human=True).family == "human" and diagnose(signs, human=False).family == "hold"


def test_each_number_says_what_it_is_made_of() -> None:
    found = diagnose(Signs(**HERE, effort=SHORT, lacks="ability"), human=False)

    assert found.motivation.value == 0.85 and "they are here today (+0.25)" in found.motivation.why
    assert found.ability.value == 0.45 and "this obstacle is known to be hard (-0.25)" in found.ability.why


def test_candidates_of_the_family_come_first_and_to_hold_there_are_none() -> None:
    spark, guide, team = Help(message="spark", as_="spark"), Help(guide="g", as_="facilitator"), Help(ask_support=True)

    assert list(in_order((spark, guide, team), "facilitator")) == [guide, spark, team]
    assert list(in_order((spark, guide, team), "human")) == [team, spark, guide]
    assert list(in_order((spark, guide), "signal")) == [spark, guide]
    assert list(in_order((spark, guide, team), "hold")) == []

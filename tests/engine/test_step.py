"""What one subject's step does, told as small stories."""

from datetime import time, timedelta

from milepost.core.conditions.types import All, Not, Reached
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.events import CONTENT_STARTED, UNSUBSCRIBED
from milepost.core.program.kinds.limits import Limit, Limits, Quiet
from tests.engine.world import START, Runner, did, fact, latches, meals, message, milestone, program, told


def test_a_first_meal_is_reached_celebrated_and_explained() -> None:
    run = Runner(meals()).give(fact("Signed Up", seq=1), fact("Meal Logged", 5, seq=2))

    assert run.sent() == ["guide", "welcome", "yay", "praise"]
    assert run.state.reached["first-meal"] == (START + timedelta(minutes=5), 2)
    (why,) = [d for d in run.decisions if d.kind == "milestone"]
    assert why.outcome == "reached" and why.reason["fact"] == "m2" and "Meal Logged" in why.reason["text"]


def test_a_second_sign_up_does_not_welcome_again() -> None:
    run = Runner(meals()).give(fact("Signed Up", seq=1), fact("Signed Up", 9, seq=2))

    assert run.sent().count("welcome") == 1


def test_a_fact_seen_already_changes_nothing() -> None:
    run = Runner(meals()).give(fact("Signed Up", seq=1))
    before = run.state
    run.give(fact("Signed Up", seq=1))

    assert run.state == before and run.sent() == ["guide", "welcome"]


def test_reaching_a_milestone_ends_the_guides_that_lead_to_it() -> None:
    run = Runner(meals()).give(fact("Signed Up", seq=1), fact("Meal Logged", 1, seq=2))

    assert run.ended() == ["guide"]


def test_nobody_is_told_about_the_past() -> None:
    run = Runner(meals()).give(
        fact("Signed Up", seq=1, source="import"), fact("Meal Logged", 1, seq=2, source="import")
    )

    assert run.sent() == [] and run.decisions == []
    assert run.state.reached["first-meal"] == (START + timedelta(minutes=1), 2)
    assert run.give(fact("Meal Logged", 10, seq=3)).sent() == []


def test_a_fact_that_arrives_a_day_late_changes_the_state_and_says_why_it_stays_silent() -> None:
    run = Runner(meals()).give(fact("Meal Logged", 0, seq=1, received=26 * 60))

    assert run.sent() == [] and "first-meal" in run.state.reached
    assert run.outcomes("yay") == ["dropped"] and run.outcomes("praise") == ["dropped"]


def test_two_hours_are_too_late_for_a_celebration_but_not_for_a_message() -> None:
    run = Runner(meals()).give(fact("Meal Logged", 0, seq=1, received=120))

    assert run.sent() == ["praise"]


def test_a_late_fact_moves_a_milestone_to_its_first_instant_without_telling_again() -> None:
    run = Runner(meals()).give(fact("Meal Logged", 30, seq=1), fact("Meal Logged", 10, seq=2, received=31))

    assert run.state.reached["first-meal"] == (START + timedelta(minutes=10), 2)
    assert run.sent() == ["yay", "praise"] and run.outcomes("first-meal") == ["reached", "moved"]


def test_time_alone_wakes_a_rule_at_the_edge_of_its_window() -> None:
    compiled = program(
        milestones={"quiet": milestone(did("Opened", at_most=0, within=timedelta(hours=2)))},
    )
    run = Runner(compiled).give(fact("Opened", seq=1))
    assert run.state.wake_at() == START + timedelta(hours=2)

    run.wait(START + timedelta(hours=3))
    assert run.state.reached["quiet"] == (START + timedelta(hours=2), -1)


def test_nobody_is_woken_for_what_time_alone_cannot_make_true_until_the_rest_of_it_is() -> None:
    silent = Not(of=did("Opened", within=timedelta(hours=2)))
    compiled = program(
        start=did("Signed Up"),
        milestones={
            "paid-and-silent": milestone(All(of=(did("Paid"), silent))),
            "back-and-silent": milestone(All(of=(did("Back", since="start"), silent))),
        },
    )
    run = Runner(compiled).give(fact("Opened", seq=1), fact("Back", 10, seq=2))
    assert run.state.wake_at() is None

    run.give(fact("Paid", 20, seq=3), fact("Signed Up", 30, seq=4), fact("Back", 40, seq=5))
    assert run.state.wake_at() == START + timedelta(hours=2)
    run.wait(START + timedelta(hours=3))
    assert {key: at for key, (at, _) in run.state.reached.items()} == dict.fromkeys(
        ("paid-and-silent", "back-and-silent"), START + timedelta(hours=2)
    )


def test_what_counts_from_the_start_on_waits_for_its_moment_from_the_start_on() -> None:
    quiet = All(
        of=(did("Back", at_most=0, since="start"), did("Signed Up"), Not(of=did("Opened", within=timedelta(hours=2))))
    )
    late = All(of=(did("Signed Up", since="start"), Not(of=did("Opened", within=timedelta(hours=2)))))
    compiled = program(
        start=All(of=(did("Signed Up"), did("Paid"))), milestones={"a": milestone(quiet), "b": milestone(late)}
    )
    both = Runner(compiled).give(fact("Opened", seq=1), fact("Paid", 10, seq=2), fact("Signed Up", 20, seq=3))
    both.wait(START + timedelta(hours=3))
    assert both.state.reached["a"][0] == both.state.reached["b"][0] == START + timedelta(hours=2)

    paid_later = Runner(compiled).give(fact("Signed Up", 5, seq=1), fact("Opened", 8, seq=2), fact("Paid", 10, seq=3))
    paid_later.wait(START + timedelta(hours=3))
    assert set(paid_later.state.reached) == {"a"}


def test_a_message_waits_for_the_morning_of_the_persons_own_zone() -> None:
    quiet = Limits(email=Limit(quiet=Quiet(time(21), time(8))))
    night = fact("Meal Logged", 13 * 60, seq=1, context={"timezone": "Europe/Sofia"})  # 22:00 UTC, 01:00 in Sofia
    run = Runner(meals(limits=quiet)).give(night, zone="Europe/Sofia")

    assert run.sent() == ["yay"] and run.outcomes("praise") == ["held"]
    assert run.state.wake_at() == START.replace(day=5, hour=5)  # 08:00 in Sofia, in summer
    assert run.wait(START.replace(day=5, hour=5)).sent() == ["yay", "praise"]


def test_service_mail_goes_out_at_night() -> None:
    quiet = Limits(email=Limit(quiet=Quiet(time(21), time(8))))
    run = Runner(meals(limits=quiet)).give(fact("Signed Up", 14 * 60, seq=1))

    assert "welcome" in run.sent()


def test_a_cap_holds_the_second_message_until_there_is_room() -> None:
    compiled = program(
        limits=Limits(email=Limit(at_most=1, per="5h")),
        messages={"a": message(when=did("A")), "b": message(when=did("B"))},
    )
    run = Runner(compiled).give(fact("A", seq=1), fact("B", 1, seq=2))

    assert run.sent() == ["a"] and run.outcomes("b") == ["held"]
    assert run.wait(START + timedelta(hours=5)).sent() == ["a", "b"]


def test_without_an_answer_about_consent_only_service_is_sent() -> None:
    compiled = meals(consent={"care": ("email",)})
    asked = {"consent": {"categoryPreferences": {"care": True}}}

    assert "praise" not in Runner(compiled).give(fact("Meal Logged", seq=1)).sent()
    assert "praise" in Runner(compiled).give(fact("Meal Logged", seq=1, context=asked)).sent()


def test_who_unsubscribed_gets_service_mail_only() -> None:
    wish = fact(UNSUBSCRIBED, seq=1, source="milepost", properties={"channel": "email", "purpose": "care"})
    run = Runner(meals()).give(wish, fact("Signed Up", 1, seq=2), fact("Meal Logged", 2, seq=3))

    assert run.sent() == ["guide", "welcome", "yay"] and run.outcomes("praise") == ["dropped"]


def test_unsubscribing_cannot_be_claimed_from_outside() -> None:
    claimed = fact(UNSUBSCRIBED, seq=1, properties={"channel": "email", "purpose": "care"})

    assert "praise" in Runner(meals()).give(claimed, fact("Meal Logged", 2, seq=2)).sent()


def test_who_asks_for_a_guide_gets_it_whatever_the_limits_and_each_time() -> None:
    compiled = meals(limits=Limits(in_app=Limit(at_most=0, per="1d")))
    asks = [fact(CONTENT_STARTED, i, seq=i, source="milepost", properties={"content": "guide"}) for i in (1, 2)]
    run = Runner(compiled).give(*asks)

    assert run.sent() == ["guide", "guide"] and len({effect.key for effect in run.effects}) == 2


def test_a_merge_unites_what_was_told_and_tells_nothing_again() -> None:
    compiled = meals()
    one = Runner(compiled).give(fact("Signed Up", seq=1))
    two = Runner(compiled).give(fact("Meal Logged", 3, seq=2), fact("Signed Up", 4, seq=3))
    outcome = merge(compiled, one.state, two.state, Given(at=START + timedelta(hours=1), retroactive=True))

    assert told(outcome.effects) == [] and outcome.state.reached["first-meal"] == (START + timedelta(minutes=3), 2)
    merged = Runner(compiled, outcome.state).give(fact("Signed Up", 9, seq=4), fact("Meal Logged", 9, seq=5))
    assert merged.sent() == []


def test_a_renamed_definition_keeps_its_history() -> None:
    old = program(messages={"hello": message(when=did("A"))})
    new = program(2, messages={"welcome": message(when=did("A"))}, moved={"hello": "welcome"})
    run = Runner(old).give(fact("A", seq=1))
    later = Runner(new, run.state).give(fact("A", 1, seq=2))

    assert run.sent() == ["hello"] and later.effects == []


def test_a_heavy_user_keeps_a_small_state_and_a_right_answer() -> None:
    run = Runner(meals())
    for i in range(1, 400):
        run.give(fact("Meal Logged", i * 60, seq=i))

    assert len(run.state.memory[next(iter(run.state.memory))]) < 200
    assert latches(run.state)[1]["three"] == (START + timedelta(hours=3), 3)


def test_at_one_instant_a_rule_sees_what_was_reached_at_it_however_the_document_is_written() -> None:
    without = {"second": milestone(All(of=(did("A"), Not(of=Reached(milestone="first")))))}
    for order in ({**without, "first": milestone(did("A"))}, {"first": milestone(did("A")), **without}):
        run = Runner(program(milestones=order)).give(fact("A", seq=1))
        assert set(run.state.reached) == {"first"}

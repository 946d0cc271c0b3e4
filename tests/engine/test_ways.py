"""Journeys that days begin, and what a run meets on its way: waits on the clock, splits, loops, exits, other releases."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.core import events
from milepost.core.conditions.types import MessageWas
from milepost.core.engine.effects import RecordFact, SendMessage
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import resettle
from milepost.core.experiments.bucket import bucket, choose
from milepost.core.program.compile import Program, compile_folder, compile_program
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Day,
    DayStart,
    Journey,
    JourneyStep,
    OpenTask,
    Pause,
    ReEntry,
    Repeat,
    Rounds,
    Send,
    Split,
    Wait,
)
from tests.engine.world import START, All, Runner, did, fact, message, program

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BERLIN = "Europe/Berlin"
MINUTES = 24 * 60


def send(key: str, **more: Any) -> Send:
    return Send(send=key, **more)


def pause(key: str | None = None, **how: Any) -> Wait:
    return Wait(wait=Pause(**how), key=key)


def journey(*steps: JourneyStep, **more: Any) -> Journey:
    return Journey(**{"starts": did("Signed Up"), "steps": steps, **more})


def world(number: int = 1, **journeys: Journey) -> Program:
    return program(number, messages={key: message(purpose="service") for key in "abcd"}, journeys=journeys)


def sent(runner: Runner, zone: str = "UTC") -> list[str]:
    """What was sent and when, on the clock of where they live."""
    from zoneinfo import ZoneInfo

    found = [effect for effect in runner.effects if isinstance(effect, SendMessage)]
    return [f"{effect.message} {effect.at.astimezone(ZoneInfo(zone)):%d %b %H:%M}" for effect in found]


def told(runner: Runner, name: str) -> list[dict[str, Any]]:
    return [effect.about for effect in runner.effects if isinstance(effect, RecordFact) and effect.name == name]


def traits(minutes: float, seq: int, **told: Any) -> Any:
    return fact("Identified", minutes, seq=seq, kind="identify", properties=told)


# --- days -------------------------------------------------------------------------------------------------------------


def test_a_journey_begins_so_many_days_before_a_day_that_a_trait_names_where_they_live() -> None:
    starts = DayStart(trait="start_date", days_before=3, at="09:00")
    runner = Runner(world(j=journey(send("a"), starts=starts)))
    runner.give(traits(0, 1, start_date="2026-05-20"), zone=BERLIN).wait(START + 30 * DAY)

    assert sent(runner, BERLIN) == ["a 17 May 09:00"]


def test_a_day_that_is_moved_moves_the_beginning_and_begins_once() -> None:
    compiled = world(j=journey(send("a"), starts=DayStart(trait="start_date", at="09:00")))
    later = Runner(compiled).give(traits(0, 1, start_date="2026-05-20"), traits(60, 2, start_date="2026-06-02"))
    again = Runner(compiled).give(traits(0, 1, start_date="2026-05-05")).wait(START + 5 * DAY)
    again.give(traits(5 * MINUTES, 2, start_date="2026-05-12"))

    assert sent(later.wait(START + 60 * DAY)) == ["a 02 Jun 09:00"]
    assert sent(again.wait(START + 60 * DAY)) == ["a 05 May 09:00"]


def test_every_time_each_new_day_is_an_occasion_of_its_own() -> None:
    compiled = world(j=journey(send("a"), starts=DayStart(trait="renews_on"), re_entry="every time"))
    runner = Runner(compiled).give(traits(0, 1, renews_on="2026-05-06")).wait(START + 3 * DAY)
    runner.give(traits(3 * MINUTES, 2, renews_on="2026-06-06"), traits(3 * MINUTES + 1, 3, renews_on="2026-06-06"))

    assert sent(runner.wait(START + 90 * DAY)) == ["a 06 May 10:00", "a 06 Jun 10:00"]


def test_a_day_that_lies_back_begins_nothing_and_one_of_today_begins_now() -> None:
    compiled = world(j=journey(send("a"), starts=DayStart(trait="start_date", at="08:00")))
    long_ago = Runner(compiled).give(traits(0, 1, start_date="2026-04-20")).wait(START + 30 * DAY)
    today = Runner(compiled).give(traits(0, 1, start_date="2026-05-04")).wait(START + 30 * DAY)

    assert sent(long_ago) == [] and sent(today) == ["a 04 May 09:00"]


def test_a_fixed_date_begins_for_those_of_whom_its_condition_holds_at_that_moment() -> None:
    starts = DayStart(date="2026-05-09", at="12:00", if_=did("Meal Logged"))
    compiled = world(j=journey(send("a"), starts=starts))
    eater = Runner(compiled).give(fact("Signed Up", seq=1), fact("Meal Logged", 60, seq=2), zone=BERLIN)
    other = Runner(compiled).give(fact("Signed Up", seq=1), zone=BERLIN).wait(START + 5 * DAY)
    other.give(fact("Meal Logged", 5 * MINUTES + 120, seq=2))

    assert sent(eater.wait(START + 30 * DAY), BERLIN) == ["a 09 May 12:00"] and sent(other) == []


def test_imported_people_with_a_day_to_come_begin_on_that_day() -> None:
    compiled = world(j=journey(send("a"), starts=DayStart(trait="start_date")))
    imported = traits(0, 1, start_date="2026-05-20")
    runner = Runner(compiled).give(imported, retroactive=True).wait(START + 30 * DAY)

    assert sent(runner) == ["a 20 May 10:00"]


def test_whoever_moves_to_another_zone_is_met_at_the_time_of_day_there() -> None:
    compiled = world(j=journey(pause(at="18:00"), send("a"), starts=did("Signed Up")))
    runner = Runner(compiled).give(fact("Signed Up", seq=1), zone="America/New_York")
    assert runner.state.wake_at() == datetime(2026, 5, 4, 22, tzinfo=UTC)

    runner.give(fact("App Opened", 60, seq=2), zone=BERLIN)
    assert runner.state.wake_at() == datetime(2026, 5, 4, 16, tzinfo=UTC)


def test_a_day_that_has_been_used_does_not_begin_again_further_west() -> None:
    starts = DayStart(trait="renews_on", at="10:00")
    runner = Runner(world(j=journey(send("a"), starts=starts, re_entry="every time")))
    runner.give(traits(0, 1, renews_on="2026-05-06"), zone=BERLIN).wait(START + 2 * DAY)
    runner.give(fact("App Opened", 2 * MINUTES, seq=2), zone="America/New_York").wait(START + 30 * DAY)

    assert sent(runner, BERLIN) == ["a 06 May 10:00"]


def test_a_date_of_one_program_is_nothing_to_those_who_are_only_in_another() -> None:
    users = Document(name="Users", messages={"a": message(purpose="service")})
    joiners = Document(
        name="Joiners",
        audience="employee",
        start=did("Hired"),
        messages={"b": message(purpose="service")},
        journeys={"party": journey(send("b"), starts=DayStart(date="2026-05-09"))},
    )
    compiled = compile_folder(Folder(documents=(users, joiners)), digest="d", number=1)
    user, joiner = (Runner(compiled).give(fact(name, seq=1)).wait(START + 30 * DAY) for name in ("Signed Up", "Hired"))

    assert user.sent() == [] and joiner.sent() == ["b"]


def test_in_a_program_for_customers_a_day_is_one_of_the_account() -> None:
    users = Document(name="Users")
    customers = Document(
        name="Customers",
        audience="customer",
        messages={"b": message(purpose="service")},
        journeys={"renewal": journey(send("b"), starts=DayStart(trait="renews_on", days_before=7))},
    )
    compiled = compile_folder(Folder(documents=(users, customers)), digest="d", number=1).accounts
    assert compiled is not None and "account.renews_on" in str(compiled.rules["entry", "renewal"].condition)


# --- waits ------------------------------------------------------------------------------------------------------------


def test_a_wait_ends_at_a_time_of_day_on_a_weekday_after_a_length_of_time() -> None:
    steps = (pause(at="18:00"), send("a"), pause(for_=DAY, at="09:00", on=("monday", "friday")), send("b"))
    runner = Runner(world(j=journey(*steps))).give(fact("Signed Up", seq=1), zone=BERLIN).wait(START + 30 * DAY)

    assert sent(runner, BERLIN) == ["a 04 May 18:00", "b 08 May 09:00"]


def test_a_wait_for_a_day_that_nobody_has_told_is_over_at_most_then() -> None:
    compiled = world(j=journey(pause(day=Day(trait="start_date", days_after=1), at_most=9 * DAY), send("a")))
    silent = Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + 60 * DAY)
    told_it = Runner(compiled).give(fact("Signed Up", seq=1), traits(60, 2, start_date="2026-05-07"))
    far = Runner(compiled).give(fact("Signed Up", seq=1), traits(60, 2, start_date="2026-08-01"))
    past = Runner(compiled).give(fact("Signed Up", seq=1), traits(60, 2, start_date="2026-01-01"))

    assert sent(silent) == ["a 13 May 09:00"] and sent(told_it.wait(START + 60 * DAY)) == ["a 08 May 10:00"]
    assert sent(far.wait(START + 60 * DAY)) == ["a 13 May 09:00"] and sent(past) == ["a 04 May 10:00"]


def test_a_failed_send_is_answered_by_a_branch_of_its_own() -> None:
    settled = All(of=(MessageWas(message="a", was="failed"),))
    steps = (
        send("a"),
        pause(until=settled, at_most=HOUR),
        Branch(if_=MessageWas(message="a", was="failed"), then=(OpenTask(task="Call them"),), else_=(send("b"),)),
    )
    failed = fact(events.MESSAGE_FAILED, 1, seq=2, source="milepost", properties={"message": "a"})
    compiled = world(j=journey(*steps))

    assert Runner(compiled).give(fact("Signed Up", seq=1), failed).sent() == ["a"]
    assert Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + DAY).sent() == ["a", "b"]


# --- splits and loops -------------------------------------------------------------------------------------------------


def test_a_split_sends_each_person_one_way_by_its_weight_and_the_same_way_each_time() -> None:
    steps = (Split(split={"a": 3, "b": 1}, arms={"a": (send("a"),), "b": (send("b"),)}),)
    compiled = world(j=journey(*steps, re_entry="every time"))
    ways: Counter[str] = Counter()
    for uid in range(400):
        runner = Runner(compiled, State(workspace=1, uid=uid, release=1, atoms=compiled.atoms_digest))
        runner.give(fact("Signed Up", seq=1), fact("Signed Up", 5, seq=2))
        (first, second) = runner.sent()
        assert first == second == choose({"a": 3, "b": 1}, bucket("j/0", str(uid)))
        assert [each["variant"] for each in told(runner, events.EXPERIMENT_EXPOSED)] == [first]
        ways[first] += 1

    assert 270 < ways["a"] < 330


def test_a_loop_goes_round_until_it_is_done_and_at_most_so_often() -> None:
    steps = (Repeat(repeat=Rounds(at_most=3, until=did("Done"), steps=(send("a"), pause(for_=DAY)))), send("b"))
    compiled = world(j=journey(*steps))
    silent = Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + 30 * DAY)
    done = Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + DAY).give(fact("Done", MINUTES + 5, seq=2))

    assert silent.sent() == ["a", "a", "a", "b"] and silent.state.runs == {}
    assert done.wait(START + 30 * DAY).sent() == ["a", "a", "b"]
    assert [effect.key for effect in silent.effects if isinstance(effect, SendMessage)] == [
        "7:message:a:journey:j:1:0/0~1",
        "7:message:a:journey:j:1:0/0~2",
        "7:message:a:journey:j:1:0/0~3",
        "7:message:b:journey:j:1:1",
    ]


def test_loops_inside_loops_count_their_own_rounds() -> None:
    inner = Repeat(repeat=Rounds(at_most=2, steps=(send("a"), pause(for_=HOUR))))
    compiled = world(j=journey(Repeat(repeat=Rounds(at_most=3, steps=(inner, send("b"))))))

    assert Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + DAY).sent() == ["a", "a", "b"] * 3


# --- ends -------------------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_out_of_it_without_its_goal() -> None:
    compiled = world(j=journey(pause(for_=DAY), send("a"), ends=did("Goal"), leaves=did("Subscription Ended")))
    left = Runner(compiled).give(fact("Signed Up", seq=1), fact("Subscription Ended", 60, seq=2)).wait(START + 9 * DAY)
    before = Runner(compiled).give(fact("Subscription Ended", seq=1), fact("Signed Up", 1, seq=2))

    assert left.sent() == [] and told(left, events.JOURNEY_ENDED)[0]["how"] == "left"
    assert before.state.runs == {} and before.outcomes("j") == ["dropped"]


def test_once_per_order_the_runs_of_several_orders_go_side_by_side() -> None:
    steps = (pause(until=did("Paid"), at_most=3 * DAY), send("a"))
    compiled = world(j=journey(*steps, starts=did("Order Placed"), re_entry=ReEntry(once_per="order")))
    orders = [
        fact("Order Placed", 0, seq=1, properties={"order": 1}),
        fact("Order Placed", 60, seq=2, properties={"order": 2}),
        fact("Order Placed", 61, seq=3, properties={"order": 1}),
    ]
    runner = Runner(compiled).give(*orders)
    assert sorted(runner.state.runs) == ["j#1", "j#2"] and runner.state.wake_at() == START + 3 * DAY

    assert sent(runner.wait(START + 9 * DAY)) == ["a 07 May 09:00", "a 07 May 10:00"] and runner.state.runs == {}
    both = Runner(compiled).give(*orders, fact("Paid", 90, seq=4))
    assert sent(both) == ["a 04 May 10:30"] * 2


def test_side_by_side_are_at_most_fifty() -> None:
    compiled = world(j=journey(pause(for_=DAY), starts=did("Order Placed"), re_entry=ReEntry(once_per="order")))
    runner = Runner(compiled).give(
        *(fact("Order Placed", number, seq=number, properties={"order": number}) for number in range(1, 80))
    )

    assert len(runner.state.runs) == 50


# --- another release --------------------------------------------------------------------------------------------------


def carried(runner: Runner, after: Program) -> Runner:
    outcome = resettle(after, runner.state, Given(at=START + HOUR, retroactive=True))
    assert outcome.effects == () or after.itineraries["j"].moves is False
    return Runner(after, outcome.state)


def test_a_run_finds_its_wait_again_when_steps_are_put_before_it() -> None:
    first = world(j=journey(send("a"), pause(for_=2 * DAY), send("b")))
    second = world(2, j=journey(send("a"), send("c"), pause(for_=DAY), pause(for_=2 * DAY), send("d"), send("b")))
    runner = carried(Runner(first).give(fact("Signed Up", seq=1)), second)

    assert runner.state.runs["j"].place == "3"
    assert sent(runner.wait(START + 9 * DAY)) == ["d 06 May 09:00", "b 06 May 09:00"]


def test_of_waits_that_are_alike_the_one_between_the_same_steps_is_meant() -> None:
    waits = pause(for_=DAY)
    first = world(j=journey(send("a"), waits, send("b"), waits, send("c")))
    second = world(2, j=journey(send("d"), waits, send("a"), waits, send("b"), waits, send("c")))
    runner = carried(Runner(first).give(fact("Signed Up", seq=1)).wait(START + HOUR), second)
    later = Runner(first).give(fact("Signed Up", seq=1)).wait(START + DAY)

    assert runner.state.runs["j"].place == "3" and carried(later, second).state.runs["j"].place == "5"


def test_a_key_holds_the_place_wherever_it_goes_and_whatever_becomes_of_it() -> None:
    first = world(j=journey(send("a"), pause("nudge", for_=2 * DAY), send("b")))
    second = world(2, j=journey(pause(for_=2 * DAY), send("c"), pause("nudge", for_=3 * DAY), send("b")))
    runner = carried(Runner(first).give(fact("Signed Up", seq=1)), second)

    assert runner.state.runs["j"].place == "nudge" and sent(runner.wait(START + 9 * DAY)) == ["b 07 May 09:00"]


def test_a_wait_that_was_made_longer_is_still_the_same_place() -> None:
    first = world(j=journey(send("a"), pause(for_=DAY), send("b")))
    second = world(2, j=journey(send("a"), pause(for_=2 * DAY), send("b")))
    runner = carried(Runner(first).give(fact("Signed Up", seq=1)), second)

    assert sent(runner.wait(START + 9 * DAY)) == ["b 06 May 09:00"]


def test_a_journey_may_end_for_those_inside_when_its_steps_change_and_only_then() -> None:
    first = world(j=journey(send("a"), pause(for_=DAY), send("b"), migrate="end"))
    same = world(2, j=journey(send("a"), pause(for_=DAY), send("b"), title="Another name", migrate="end"))
    other = world(3, j=journey(send("a"), pause(for_=2 * DAY), send("b"), migrate="end"))
    runner = Runner(first).give(fact("Signed Up", seq=1))

    assert "j" in carried(runner, same).state.runs and carried(runner, other).state.runs == {}


def test_who_stays_goes_on_in_the_steps_that_they_began_with_and_who_comes_later_in_the_new_ones() -> None:
    first = journey(send("a"), pause(until=did("Paid"), at_most=2 * DAY), send("b"), send("gone"), migrate="stay")
    old = program(messages={key: message(purpose="service") for key in ("a", "b", "gone")}, journeys={"j": first})
    messages = {key: message(purpose="service") for key in ("a", "new", "d")}
    second = {"k": journey(send("d"), pause(for_=DAY), send("new"), migrate="stay")}
    document = Document(name="World", messages=messages, journeys=second, moved={"j": "k", "b": "new"})
    compiled = compile_program(document, digest="2", number=2, earlier={1: old.document})
    runner = Runner(old).give(fact("Signed Up", seq=1))
    state = resettle(compiled, runner.state, Given(at=START + HOUR, retroactive=True)).state

    assert Runner(compiled, state).wait(START + 9 * DAY).sent() == ["new"], "renamed; what is gone is passed over"
    assert Runner(compiled, state).give(fact("Paid", 120, seq=2)).sent() == ["new"]
    assert Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + 9 * DAY).sent() == ["d", "new"]


def test_several_runs_and_rounds_of_a_loop_go_on_in_another_release() -> None:
    loop = Repeat(repeat=Rounds(at_most=3, steps=(send("a"), pause(for_=DAY))))
    entry: dict[str, Any] = {"starts": did("Order Placed"), "re_entry": ReEntry(once_per="order")}
    first, second = world(j=journey(loop, **entry)), world(2, j=journey(send("c"), loop, **entry))
    orders = [fact("Order Placed", 60 * n, seq=n, properties={"order": n}) for n in (1, 2)]
    runner = Runner(first).give(*orders).wait(START + DAY + HOUR)
    assert [run.loops for run in runner.state.runs.values()] == [{"0": 2}, {"0": 1}]

    after = carried(runner, second)
    assert [(run.place, run.loops) for run in after.state.runs.values()] == [("1/1", {"1": 2}), ("1/1", {"1": 1})]


# --- cadences ---------------------------------------------------------------------------------------------------------


def test_a_cadence_of_every_three_days_keeps_its_hour_and_stops_when_it_is_told() -> None:
    tips = Cadence(starts=did("Signed Up"), every=3, series=("a", "b", "c"), stops=did("Done"), leaves=did("Left"))
    compiled = program(messages={key: message() for key in "abc"}, cadences={"tips": tips})
    runner = Runner(compiled).give(fact("Signed Up", seq=1), zone=BERLIN).wait(START + 5 * DAY)

    assert sent(runner, BERLIN) == ["a 05 May 10:00", "b 08 May 10:00"]
    assert len(runner.give(fact("Left", 5 * MINUTES, seq=2)).wait(START + 30 * DAY).sent()) == 2

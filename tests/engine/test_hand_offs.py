"""Hand-offs: from host to host, with what is known, and nobody alone for long."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.engine import hosts
from milepost.core.engine.effects import Carried, EndTasks, OpenTask, RecordFact, ShowContent
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.goal import Goal
from milepost.core.program.kinds.plan_template import HandOffs, Owner, Phase, PlanTask, PlanTemplate
from milepost.core.success.hand_offs import hand_offs
from tests.engine.world import START, Runner, did, fact, message, milestone, program

MINUTE = timedelta(minutes=1)


def phase(title: str, host: str, *tasks: PlanTask, orient: str | None = None) -> Phase:
    return Phase(title=title, owner=Owner(role=host), tasks=tasks, orient=orient)


TEMPLATE = PlanTemplate(
    starts=did("Booked"),
    owner=Owner(role="concierge"),
    phases=(
        phase(
            "Airport", "Karl", PlanTask(do="task", title="Meet", done=did("Met")), orient="Joseph waits at the door."
        ),
        phase("Door", "Joseph", PlanTask(do="task", title="Bags"), PlanTask(do="check_in", every=MINUTE, survey="how")),
        phase("Room", "Eva", PlanTask(do="task", title="Show", done=did("Shown"))),
        phase("Stay", "Eva", PlanTask(do="call", title="Ask")),
    ),
    hand_offs=HandOffs(at_most=10 * MINUTE, ask="how", carry=("goal", "answers", "notes")),
)


def hotel() -> Program:
    ask = {
        "before": Survey(
            title="Before",
            questions=(
                Question(key="goal", ask="What for?", kind="goal"),
                Question(key="occasion", ask="An occasion?", kind="text"),
                Question(key="pillow", ask="Which pillow?", options={"soft": "Soft"}),
            ),
        ),
        "how": Survey(title="How is it?", questions=(Question(key="how", ask="How is it?", kind="stars"),)),
    }
    goals = {"rest": Goal(ask="Rest", milestones=("met",), statement=AnswerRef(answer="occasion"))}
    return program(
        plan_templates={"stay": TEMPLATE}, content=ask, goals=goals, milestones={"met": milestone(did("Met"))}
    )


def says(question: str, answer: Any, seq: int) -> Fact:
    said = {"survey": "before", "question": question, "answer": answer}
    return fact(events.QUESTION_ANSWERED, seq=seq, properties=said, source="milepost")


def ticks(name: str, minutes: float, seq: int, **said: Any) -> Fact:
    about = {"task": f"task:plan:stay:{name}", "about": "plan_template:stay", **said}
    return fact(events.TEAM_TASK_COMPLETED, minutes, seq=seq, properties=about, source="milepost")


def told(runner: Runner, name: str) -> list[dict[str, Any]]:
    return [each.about for each in runner.effects if isinstance(each, RecordFact) and each.name == name]


def tasks(runner: Runner) -> list[OpenTask]:
    return [each for each in runner.effects if isinstance(each, OpenTask)]


def closed(runner: Runner) -> list[str]:
    return [task for each in runner.effects if isinstance(each, EndTasks) for task in each.tasks]


def test_the_next_host_takes_over_with_what_is_known_and_the_guest_is_told_where_it_goes_on() -> None:
    runner = Runner(hotel()).give(
        fact("Booked", seq=1),
        says("goal", "rest", 2),
        fact(events.GOAL_STATED, seq=3, properties={"goal": "rest"}, source="milepost"),
        says("occasion", "Ten years married", 4),
        says("pillow", "soft", 5),
        fact("Met", 5, seq=6),
    )
    over = tasks(runner)[-1]
    assert (over.title, over.reason, over.due) == (
        "Take them over: Door",
        "Karl hands them over: for the Joseph.",
        START + 15 * MINUTE,
    )
    assert over.carried == (
        Carried(of="goal", name="Rest", said="Ten years married"),
        Carried(of="answers", name="An occasion?", said="Ten years married"),
        Carried(of="answers", name="Which pillow?", said="Soft"),
    )
    assert closed(runner) == ["task:plan:stay:0.0"], "what was seen to be done is off the list"
    assert told(runner, events.HANDED_OVER) == [{"plan": "stay", "phase": 1, "from": "Karl", "to": "Joseph"}]
    [shown] = [each for each in runner.effects if isinstance(each, ShowContent)]
    assert shown.content == "how"
    assert shown.known["host"] == {"name": "Joseph", "orient": "Joseph waits at the door."}

    runner.give(ticks("1", 8, 7), ticks("1.0", 9, 8, outcome="They are tired."))
    assert told(runner, events.TAKEN_OVER) == [
        {"plan": "stay", "phase": 1, "from": "Karl", "to": "Joseph", "seconds": 180, "late": False}
    ]
    assert "task:plan:stay:1" in closed(runner)
    assert tasks(runner)[-1].title == "Take them over: Room"
    assert tasks(runner)[-1].carried[-1] == Carried(of="notes", name="Bags", said="They are tired.")
    assert len([each for each in runner.effects if isinstance(each, ShowContent)]) == 2, "asked anew by each host"

    runner.wait(START + timedelta(hours=2)).give(fact("Shown", 121, seq=9))
    assert len(told(runner, events.HANDED_OVER)) == 2, "who goes on themselves hands nothing over"


def test_who_is_not_taken_over_in_time_is_a_task_that_says_for_how_long_and_it_goes_when_somebody_comes() -> None:
    runner = Runner(hotel()).give(fact("Booked", seq=1), fact("Met", 5, seq=2))
    runner.wait(START + 14 * MINUTE)
    assert told(runner, events.HAND_OFF_LATE) == [] and len(tasks(runner)) == 6
    runner.wait(START + 16 * MINUTE)
    alarm = tasks(runner)[-1]
    assert (alarm.title, alarm.reason) == (
        "Alone for more than 10m: Door",
        "Karl is done, and Joseph has not begun: for the concierge.",
    )
    assert told(runner, events.HAND_OFF_LATE) == [
        {"plan": "stay", "phase": 1, "from": "Karl", "to": "Joseph", "at_most": "10m"}
    ]
    runner.give(ticks("1.0", 19, 3))
    assert told(runner, events.TAKEN_OVER)[0] | {"seconds": 840, "late": True} == told(runner, events.TAKEN_OVER)[0]
    assert {"task:plan:stay:1", "task:plan:stay:1:late"} <= set(closed(runner))


def test_who_had_begun_before_keeps_nobody_waiting_and_nobody_is_alarmed() -> None:
    runner = Runner(hotel()).give(fact("Booked", seq=1), ticks("1.0", 3, 2), fact("Met", 5, seq=3))
    runner.wait(START + timedelta(hours=1))
    assert [each["seconds"] for each in told(runner, events.TAKEN_OVER)] == [0]
    assert [each.title for each in tasks(runner)[-2:]] == ["Take them over: Room", "Alone for more than 10m: Room"]


def test_nobody_but_the_team_says_that_something_is_done_and_what_is_taken_back_is_not() -> None:
    runner = Runner(hotel()).give(fact("Booked", seq=1), fact("Met", 5, seq=2))
    said = {"task": "task:plan:stay:1", "about": "plan_template:stay"}
    runner.give(fact(events.TEAM_TASK_COMPLETED, 6, seq=3, properties=said))
    assert told(runner, events.TAKEN_OVER) == [], "the write key is public"
    runner.give(
        ticks("1.0", 7, 4),
        fact(events.TEAM_TASK_REOPENED, 8, seq=5, source="milepost", properties={"task": "task:plan:stay:1.0"}),
    )
    assert runner.state.completed["stay/1.0"].done is False


def test_a_replay_hands_nobody_over_and_still_watches() -> None:
    imported = [fact("Booked", seq=1, source="import"), fact("Met", 5, seq=2, source="import")]
    runner = Runner(hotel()).give(*imported, now=START + timedelta(days=90)).wait(START + timedelta(days=91))
    assert runner.effects == []


def test_a_replay_finds_every_host_where_they_were() -> None:
    facts = [
        fact("Booked", seq=1),
        fact("Met", 5, seq=2),
        ticks("1.0", 9, 3, outcome="Tired."),
        fact("Shown", 30, seq=4),
    ]
    runner = Runner(hotel()).give(*facts)
    fresh = State(workspace=1, uid=7, release=1, atoms=runner.program.atoms_digest)
    again = rebuild(runner.program, fresh, facts, Given(at=START + timedelta(hours=1), known=True, retroactive=True))
    assert again.state.completed == runner.state.completed and again.state.fired == runner.state.fired
    assert again.effects == ()
    assert (
        hosts.host_now(runner.program, again.state) == hosts.host_now(runner.program, runner.state) == {"name": "Eva"}
    )


def test_who_acted_in_mail_last_is_asked_there_how_it_goes() -> None:
    letter = message(purpose="service")
    ask = replace(hotel().document.content["how"], remind="how-by-mail")
    compiled = compile_program(
        replace(hotel().document, content={**hotel().document.content, "how": ask}, messages={"how-by-mail": letter}),
        digest="1",
        number=1,
    )
    clicked = fact(events.EMAIL_CLICKED, 2, seq=2, source="milepost", properties={"message": "how-by-mail"})
    there = Runner(compiled).give(fact("Booked", seq=1), clicked, fact("Met", 5, seq=3, source="milepost"))
    assert there.sent() == ["how", "how-by-mail"]
    elsewhere = Runner(compiled).give(fact("Booked", seq=1), fact("Met", 5, seq=2))
    assert elsewhere.sent() == ["how"]


NAMES = ("0.0", "1", "1.0", "2", "2.0", "3", "3.0")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 500)))
def test_hosts_follow_one_another_and_nobody_waits_for_less_than_nothing(at: dict[str, int]) -> None:
    def instant(name: str) -> datetime:
        return START + at[name] * MINUTE

    passed = list(hand_offs(TEMPLATE, {name: instant(name) for name in at}))
    assert [each.phase for each in passed] == [1, 2][: len(passed)]
    assert all(each.waited is None or each.waited >= timedelta() for each in passed)
    if passed:
        assert passed[0].at == instant("0.0")
        later = [instant(name) for name in at if not name.startswith("0")]
        assert passed[0].taken_at == (max(instant("0.0"), min(later)) if later else None)

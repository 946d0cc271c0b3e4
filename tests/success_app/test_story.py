"""What the story promises, through the running loop: answers become plans, wins are shared, offers are paid."""

import json
from datetime import timedelta
from threading import Event
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from milepost.conf.wiring import WIRING
from milepost.core import events
from milepost.core.conditions.types import Answered, Did, Measured, Trait
from milepost.core.conditions.types import Test as Compare
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef, Celebrate, Fatigue
from milepost.core.program.kinds.content import Celebration, Checklist, Question, Survey
from milepost.core.program.kinds.goal import Function, Goal, Measure
from milepost.core.program.kinds.limits import Limit, Limits
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Evidence, Milestone
from milepost.core.program.kinds.offer import Offer
from milepost.delivery.models import Piece
from milepost.people.queries import uid_of_any
from milepost.runtime import queries
from milepost.runtime.models import MilestoneReached, OutboxEntry
from milepost.runtime.relay import Relay
from milepost.runtime.snapshot import snapshot
from milepost.success.models import Task
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import Workspace
from tests.api.test_work import Api
from tests.delivery.world import release
from tests.success_app.conftest import DOCUMENT
from tests.world import World


def runs(world: World, document: Document) -> None:
    release(Workspace.objects.get(pk=world.workspace), document)
    world.later(timedelta(minutes=1))


def says(world: World, user: str = "ann", **answers: Any) -> None:
    for question, answer in answers.items():
        told = {"survey": "intake", "question": question, "answer": answer}
        world.happens(world.fact(events.QUESTION_ANSWERED, user, properties=told, source="milepost"))
    if "goal" in answers:
        goal = {"goal": answers["goal"]}
        world.happens(world.fact(events.GOAL_STATED, user, properties=goal, source="milepost"))


def piece(world: World, content: str, user: str = "ann") -> dict[str, Any]:
    uid = uid_of_any(world.workspace, user)
    assert uid is not None
    row = Piece.objects.filter(content=content, uid=uid).latest("id")
    drawn: dict[str, Any] = json.loads(bytes(row.body))
    return drawn


INTAKE = Survey(
    title="What for?",
    questions=(
        Question(key="goal", ask="What for?", kind="goal"),
        Question(key="use", ask="For whom?", options={"me": "Myself", "team": "My team"}),
        Question(key="role", ask="Your role?", options={"lead": "Lead"}, if_={"use": Compare("is", value="team")}),
    ),
)


@pytest.mark.req("R16")
def test_the_intake_says_who_somebody_is_and_the_functions_for_them_stand_there_at_once(world: World) -> None:
    goals = {**DOCUMENT.goals, "share": Goal(ask="Cook together", milestones=("jeans",))}
    functions = {"diary": DOCUMENT.functions["diary"], "groups": Function(milestones=("jeans",), url="/groups")}
    runs(world, replace(DOCUMENT, goals=goals, functions=functions, content={**DOCUMENT.content, "intake": INTAKE}))
    says(world, use="team", role="lead", goal="share")
    says(world, "ben", use="me", goal="lose")
    answers = snapshot(world.workspace, uid_of_any(world.workspace, "ann") or 0).answers
    assert {key: answer.value for key, answer in answers.items()} == {"use": "team", "role": "lead", "goal": "share"}
    recommended = {
        user: [(item["function"], item["url"]) for item in piece(world, "your-plan", user)["items"]]
        for user in ("ann", "ben")
    }
    assert recommended == {
        "ann": [("groups", "/groups")],
        "ben": [("diary", "/diary"), ("groups", "/groups")],
    }


@pytest.mark.req("R70")
def test_a_checklist_ticks_what_was_done_before_it_was_published(world: World) -> None:
    world.happens(world.fact("Meal Logged"))
    fresh = Checklist(title="New", items=("meal", "jeans"), when=Did(name="Opened"))
    runs(world, replace(DOCUMENT, content={**DOCUMENT.content, "fresh": fresh}))
    world.happens(world.fact("Opened"))
    assert [item["done"] for item in piece(world, "fresh")["items"]] == [True, False]
    attested = {"milestone": "jeans", "by": "Boris"}
    world.happens(world.fact(events.MILESTONE_ATTESTED, properties=attested, source="milepost"))
    assert [item["done"] for item in piece(world, "fresh")["items"]] == [True, True]


@pytest.mark.req("R24")
def test_a_milestone_keeps_by_which_of_five_kinds_of_evidence_it_was_reached(world: World) -> None:
    def outcome(**evidence: Any) -> Milestone:
        return Milestone(title="M", kind="outcome", evidence=Evidence(**evidence))

    milestones = {
        "seen": Milestone(title="M", reached=Did(name="Meal Logged")),
        "measured": outcome(measure=Measured(measure="weight", reached="target")),
        "said": outcome(self_report=Answered(survey="intake", answers={"jeans": Compare("is", value="fit")})),
        "imported": outcome(imported=Trait(name="won_at", test=Compare("exists", value=True))),
        "vouched": outcome(attested=("owner",)),
    }
    asked = Survey(title="S", questions=(Question(key="jeans", ask="J?", options={"fit": "They fit"}),))
    weight = Measure(unit="kg", better="down", target=AnswerRef(answer="wanted"))
    parts: dict[str, Any] = {"goals": {}, "functions": {}, "segments": {}, "measures": {"weight": weight}}
    runs(world, replace(DOCUMENT, milestones=milestones, content={"intake": asked}, messages={}, **parts))
    for role, value in (("target", 74), ("value", 74)):
        told = {"measure": "weight", "value": value, "as": role}
        world.happens(world.fact(events.MEASURE_RECORDED, properties=told, source="milepost"))
    world.happens(world.fact("Meal Logged"), world.fact("Identified", kind="identify", properties={"won_at": "2026"}))
    says(world, jeans="fit")
    vouched = {"milestone": "vouched", "by": "Boris", "note": "I saw it."}
    world.happens(world.fact(events.MILESTONE_ATTESTED, properties=vouched, source="milepost"))
    kept = {row.milestone: row.evidence for row in MilestoneReached.objects.all()}
    assert {key: evidence["kind"] for key, evidence in kept.items()} == {
        "seen": "event",
        "measured": "measure",
        "said": "self_report",
        "imported": "imported",
        "vouched": "attested",
    }
    assert all(evidence["fact"] for evidence in kept.values())
    assert (kept["vouched"]["by"], kept["vouched"]["note"]) == ("Boris", "I saw it.")


@pytest.mark.req("R112")
def test_a_win_speaks_of_their_own_goal_and_whoever_pays_and_the_team_hear_of_it(world: World) -> None:
    goal = replace(DOCUMENT.goals["lose"], statement=AnswerRef(answer="words"))
    words = Survey(title="W", questions=(*INTAKE.questions, Question(key="words", ask="Yours?", kind="text")))
    celebrate = Celebrate(content="yay", message="well-done", buyers="hooray", owner=True)
    letter = Message(channel="email", purpose="service", subject="You did it", body="{{ goal.words }}")
    document = replace(
        DOCUMENT,
        goals={"lose": goal},
        milestones={**DOCUMENT.milestones, "meal": replace(DOCUMENT.milestones["meal"], celebrate=celebrate)},
        content={**DOCUMENT.content, "intake": words, "yay": Celebration(title="Yay")},
        messages={**DOCUMENT.messages, "well-done": letter},
    )
    runs(world, document)
    joins = {"kind": "group", "group_id": "acme"}
    world.happens(
        *(world.fact("Grouped", u, properties={"role": r}, **joins) for u, r in (("ann", "user"), ("ben", "buyer")))
    )
    says(world, words="Fit in my jeans", goal="lose")
    world.happens(world.fact("Meal Logged"))
    assert piece(world, "yay")["goal"] == "Fit in my jeans"
    [task] = Task.objects.all()
    assert (task.about, task.title) == ("milestone:meal", "Congratulate them: Log a meal")
    relay = Relay(world.stores, world.outbox, WIRING, Event(), Event())
    relay._carry_out(world.outbox.claim(["tell_buyers"], now=world.clock.now(), lease=timedelta(1), limit=1)[0])
    sent = [msgspec.json.decode(bytes(row.payload)) for row in OutboxEntry.objects.filter(kind="send_message")]
    told = {each["message"]: each for each in sent}
    assert told["hooray"]["person"] == uid_of_any(world.workspace, "ben")
    assert told["well-done"]["known"]["goal"]["statement"] == "Fit in my jeans"


@pytest.mark.req("R115")
def test_an_offer_comes_with_a_milestone_to_whom_it_fits_not_too_often_and_its_revenue_is_counted(world: World) -> None:
    offer = Offer(
        title="Premium",
        why="More",
        url="/premium",
        eligible=Trait(name="plan", test=Compare("is", value="free")),
        not_more_than=Fatigue(at_most=1, per=timedelta(days=30)),
        taken=Did(name="Subscription Started"),
    )
    celebrated = {"celebrate": Celebrate(content="yay"), "offer": "premium"}
    milestones = {
        "meal": replace(DOCUMENT.milestones["meal"], **celebrated),
        "jeans": replace(DOCUMENT.milestones["jeans"], **celebrated),
    }
    content = {**DOCUMENT.content, "yay": Celebration(title="Yay")}
    runs(world, replace(DOCUMENT, milestones=milestones, content=content, offers={"premium": offer}))
    for user, plan in (("ann", "free"), ("ben", "pro")):
        world.happens(world.fact("Identified", user, kind="identify", properties={"plan": plan}))
        world.happens(world.fact("Meal Logged", user))
    assert piece(world, "yay")["offer"]["key"] == "premium" and piece(world, "yay", "ben")["offer"] is None
    world.happens(world.fact(events.OFFER_SHOWN, properties={"offer": "premium", "content": "yay"}, source="milepost"))
    attested = {"milestone": "jeans", "by": "Boris"}
    world.happens(world.fact(events.MILESTONE_ATTESTED, properties=attested, source="milepost"))
    assert piece(world, "yay")["offer"] is None, "once a month"
    world.later(timedelta(days=1))
    world.happens(world.fact("Subscription Started", properties={"revenue": 49}))
    world.later(timedelta(minutes=1))
    [did] = Api(bootstrap(world.clock.now()).secret_key).get("insights/offers")[1]["offers"]
    assert (did["offer"], did["shown"], did["taken"]["count"], did["revenue"]) == ("premium", 1, 1, 49.0)


@pytest.mark.req("R102")
def test_what_is_too_much_over_all_channels_comes_later_and_is_counted(world: World) -> None:
    letter = Message(channel="email", purpose="care", subject="S", body="B")
    document = replace(
        DOCUMENT,
        limits=Limits(total=Limit(at_most=1, per="6h")),
        messages={
            "first": replace(letter, when=Did(name="Opened")),
            "second": replace(letter, when=Did(name="Searched")),
        },
        content={**DOCUMENT.content, "two-things": Checklist(title="T", items=("meal",), when=Did(name="Clicked"))},
    )
    runs(world, document)
    since = world.clock.now()
    world.happens(world.fact("Opened"), world.fact("Searched"), world.fact("Clicked"))
    sent = [
        msgspec.json.decode(bytes(row.payload))["message"] for row in OutboxEntry.objects.filter(kind="send_message")
    ]
    assert sent == ["first"] and not Piece.objects.filter(content="two-things").exists()
    report = {(kind, key): why for kind, key, why, n in queries.suppressed(world.workspace, since) if n == 1}
    assert report.keys() == {("message", "second"), ("content", "two-things")}
    assert "1 per 6h over all channels have been used up" in report["message", "second"]
    world.later(timedelta(hours=7))
    sent = [
        msgspec.json.decode(bytes(row.payload))["message"] for row in OutboxEntry.objects.filter(kind="send_message")
    ]
    assert sent == ["first", "second"], "it was delayed; the piece had lost its point by then"

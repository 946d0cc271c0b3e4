"""Variants: who gets which, that they keep it, and that being exposed is told once."""

from collections import Counter
from typing import Any

from milepost.core import events
from milepost.core.engine.effects import RecordFact, SendMessage, ShowContent
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.engine.state import State
from milepost.core.engine.step import resettle
from milepost.core.experiments.bucket import bucket, choose
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.content import Article, Guide, Step
from milepost.core.program.kinds.experiment import Experiment
from milepost.core.program.kinds.journey import Journey, Send
from milepost.core.program.kinds.message import Message
from milepost.core.program.variants import document_for
from tests.engine.world import START, Runner, did, fact, message, program

SUBJECTS = Variants(variants={"a": "Welcome", "b": {"en": "Your plan", "ru": "Ваш план"}})


def world(number: int = 1, **parts: Any) -> Program:
    parts.setdefault("messages", {"welcome": message(when=did("Signed Up"), subject=SUBJECTS)})
    return program(number, **parts)


def person(compiled: Program, uid: int) -> Runner:
    return Runner(compiled, State(workspace=1, uid=uid, release=1, atoms=compiled.atoms_digest))


def exposed(runner: Runner) -> list[tuple[str, str]]:
    facts = (effect for effect in runner.effects if isinstance(effect, RecordFact))
    return [(e.about["experiment"], e.about["variant"]) for e in facts if e.name == events.EXPERIMENT_EXPOSED]


def sent_fact(seq: int, key: str = "welcome", minutes: float = 1) -> Any:
    return fact(events.MESSAGE_SENT, minutes, seq=seq, source="milepost", properties={"message": key})


def test_texts_with_variants_are_one_experiment_and_each_person_keeps_theirs() -> None:
    compiled, count = world(), Counter[str]()
    for uid in range(300):
        runner = person(compiled, uid).give(fact("Signed Up", seq=1))
        (mail,) = [effect for effect in runner.effects if isinstance(effect, SendMessage)]
        expected = choose({"a": 1, "b": 1}, bucket("messages.welcome", str(uid)))
        assert mail.variants == {"messages.welcome": expected} == runner.state.assigned
        count[expected] += 1

    assert 110 < count["a"] < 190


def test_exposure_is_told_when_it_went_out_and_once() -> None:
    runner = person(world(), 1).give(fact("Signed Up", seq=1))
    assert exposed(runner) == []

    runner.give(sent_fact(2), sent_fact(3, minutes=5))
    assert exposed(runner) == [("messages.welcome", runner.state.assigned["messages.welcome"])]
    assert exposed(person(world(), 1).give(sent_fact(1))) == [], "who was given no variant is not exposed"


def test_a_variant_stays_when_the_shares_change_and_when_two_turn_out_to_be_one() -> None:
    def tried(number: int, **weights: int) -> Program:
        return world(number, experiments={"first": Experiment(on="messages.welcome", weights=weights)})

    before, after = tried(1, a=1, b=1), tried(2, a=0, b=1)
    uid = next(uid for uid in range(99) if choose({"a": 1, "b": 1}, bucket("first", str(uid))) == "a")
    runner = person(before, uid).give(fact("Signed Up", seq=1))
    carried = resettle(after, runner.state, Given(at=START, retroactive=True)).state
    merged = merge(before, State(workspace=1, uid=500, atoms=before.atoms_digest), runner.state, Given(at=START)).state

    assert runner.state.assigned == carried.assigned == merged.assigned == {"first": "a"}


def test_a_document_in_a_variant_says_its_texts_and_what_it_changes() -> None:
    tried = Experiment(
        on="content.start", variants={"long": {}, "short": {"title": "Hi", "steps": [{"title": "One", "on": "#a"}]}}
    )
    document = world(
        content={"start": Guide(title="Hello", steps=(Step(title="One"), Step(title="Two")))}, experiments={"e": tried}
    ).document
    short = document_for(document, {"e": "short", "messages.welcome": "b", "gone": "x"})
    other = document_for(document, {"e": "long", "messages.welcome": "a"})

    assert short.content["start"] == Guide(title="Hi", steps=(Step(title="One", on="#a"),))
    assert short.messages["welcome"].subject == {"en": "Your plan", "ru": "Ваш план"}
    assert other.content == document.content and other.messages["welcome"].subject == "Welcome"
    assert document_for(document, {}) is document


def test_whom_a_variant_leaves_out_gets_nothing_and_both_groups_are_counted_alike() -> None:
    tried = {"e": Experiment(on="messages.welcome", variants={"mail": {}, "none": {"off": True}})}
    compiled, told = world(messages={"welcome": message(when=did("Signed Up"))}, experiments=tried), Counter[str]()
    for uid in range(60):
        runner = person(compiled, uid).give(fact("Signed Up", seq=1), sent_fact(2))
        ((_, variant),) = exposed(runner)
        assert runner.sent() == (["welcome"] if variant == "mail" else [])
        assert runner.outcomes("welcome") == (["sent"] if variant == "mail" else ["dropped"])
        told[variant] += 1

    assert min(told["mail"], told["none"]) > 15


def test_a_group_held_out_of_the_whole_program_still_gets_what_it_asked_for() -> None:
    compiled = world(
        messages={
            "welcome": message(when=did("Signed Up"), purpose="service"),
            "tip": message(when=did("Signed Up")),
        },
        articles={"salt": Article(title="Salt", body="…")},
        experiments={"all": Experiment(on="program", variants={"with": {}, "without": {"off": True}})},
    )
    sent = {uid: person(compiled, uid).give(fact("Signed Up", seq=1)) for uid in range(40)}

    assert {runner.state.assigned["all"]: runner.sent() for runner in sent.values()} == {
        "with": ["welcome", "tip"],
        "without": ["welcome"],
    }


def test_a_journey_goes_the_way_of_its_variant_and_tells_at_its_beginning() -> None:
    tried = {"e": Experiment(on="journeys.j", variants={"base": {}, "short": {"steps": [{"send": "b"}]}})}
    compiled = world(
        messages={"a": message(), "b": message()},
        journeys={"j": Journey(starts=did("Signed Up"), steps=(Send(send="a"),))},
        experiments=tried,
    )
    for uid in range(20):
        runner = person(compiled, uid).give(fact("Signed Up", seq=1))
        ((experiment, variant),) = exposed(runner)
        assert (experiment, runner.sent()) == ("e", ["a"] if variant == "base" else ["b"])
        assert [effect.key for effect in runner.effects if isinstance(effect, SendMessage)] == [
            f"{uid}:message:a:journey:j:1:0" if variant == "base" else f"{uid}:message:b:journey:j:1:short/0"
        ]


def test_a_replay_assigns_as_before_and_an_unread_variant_leaves_the_definition() -> None:
    compiled = world(
        content={"start": Guide(steps=(Step(title="One"),), when=did("Signed Up"))},
        experiments={"e": Experiment(on="content.start", variants={"x": {}, "y": {"steps": "broken"}})},
    )
    one, two = (person(compiled, 3).give(fact("Signed Up", seq=1)) for _ in range(2))

    assert one.effects == two.effects and [e.variants.keys() for e in one.effects if isinstance(e, ShowContent)]
    assert document_for(compiled.document, {"e": "y"}).content == compiled.document.content


def test_a_definition_keeps_its_people_when_it_is_renamed() -> None:
    document_key = "hello"
    renamed = world(
        2, messages={document_key: message(when=did("Signed Up"), subject=SUBJECTS)}, moved={"welcome": document_key}
    )
    (trial,) = renamed.trials[document_key]

    assert trial.seed == "messages.welcome"
    assert isinstance(renamed.document.messages[document_key], Message)

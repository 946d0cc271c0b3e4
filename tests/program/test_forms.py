"""The short forms of goals, obstacles, surveys and journeys, and what is said of mistakes in them."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core.conditions import types
from milepost.core.conditions.types import Answered, Did, Reached
from milepost.core.program.codec import decode, encode
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import EmptyState, Survey
from milepost.core.program.kinds.goal import Function
from milepost.core.program.kinds.journey import Branch, OpenTask, Pause, ReEntry, Send, Show, Wait
from milepost.core.program.kinds.milestone import Evidence, Help
from milepost.program.yaml_text import read


def document(text: str) -> Document:
    parsed = read(f"name: x\n{text}")
    assert parsed.problems == () and parsed.document is not None
    assert decode(encode(parsed.document), {}).document == parsed.document
    return parsed.document


def problems(text: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.rule, problem.path) for problem in read(f"name: x\n{text}").problems]


def test_a_function_may_be_just_its_milestones() -> None:
    short, long = "functions: {diary: [a, b]}\n", "functions: {diary: {milestones: [a, b]}}\n"
    assert document(short).functions == {"diary": Function(milestones=("a", "b"))}
    assert document(long) == document(short)
    assert encode(document(long))["functions"] == {"diary": ["a", "b"]}


def test_a_wait_may_be_just_a_length_of_time() -> None:
    text = "journeys: {j: {starts: {did: A}, steps: [{wait: 2d}, {wait: {until: {did: B}, at_most: 1d}}]}}\n"
    assert document(text).journeys["j"].steps == (
        Wait(wait=Pause(for_=timedelta(days=2))),
        Wait(wait=Pause(until=Did(name="B"), at_most=timedelta(days=1))),
    )


def test_a_step_of_a_journey_is_named_by_its_key() -> None:
    text = """\
journeys:
  j:
    starts: {did: A}
    steps:
      - send: hello
      - if: {reached: a}
        then: [{show: guide}]
        else:
          - if: {did: B}
            then: [{task: Call them}]
"""
    inner = Branch(if_=Did(name="B"), then=(OpenTask(task="Call them"),))
    assert document(text).journeys["j"].steps == (
        Send(send="hello"),
        Branch(if_=Reached(milestone="a"), then=(Show(show="guide"),), else_=(inner,)),
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("once", "once"),
        ("every time", "every time"),
        ("{once_per: project}", ReEntry(once_per="project")),
        ("{after: 30d}", ReEntry(after=timedelta(days=30))),
    ],
)
def test_when_somebody_may_go_through_again(typed: str, meant: Any) -> None:
    assert (
        document(f"journeys: {{j: {{starts: {{did: A}}, steps: [], re_entry: {typed}}}}}\n").journeys["j"].re_entry
        == meant
    )


def test_evidence_and_help_read_as_they_are_told() -> None:
    text = """\
milestones:
  jeans:
    title: Jeans
    evidence: {self_report: {survey: weekly, jeans: yes-again, stars: {gte: 4}}, attested: [owner]}
    obstacles:
      cake: {stuck: {answered: {survey: weekly, trouble: cake}}, help: [{guide: a, as: facilitator}, {peers: true}]}
"""
    jeans = document(text).milestones["jeans"]
    answered = Answered(
        survey="weekly", answers={"jeans": types.Test("is", "yes-again"), "stars": types.Test("gte", 4)}
    )
    assert jeans.evidence == Evidence(self_report=answered, attested=("owner",))
    assert jeans.obstacles["cake"].help == (Help(guide="a", as_="facilitator"), Help(peers=True))


def test_a_number_may_be_compared_with_what_is_known_of_its_measure() -> None:
    asked = "{key: a, ask: A, if: {w: {gte: last}, v: yes, u: {in: [b]}}}"
    text = f"content: {{s: {{kind: survey, title: S, questions: [{asked}]}}}}\n"
    survey = document(text).content["s"]
    assert isinstance(survey, Survey)
    assert survey.questions[0].if_ == {
        "w": types.Test("gte", "last"),
        "v": types.Test("is", "yes"),
        "u": types.Test("in", ["b"]),
    }


def test_data_of_a_template_stays_as_it_was_typed() -> None:
    typed = "{meals: [{meal: lunch, kcal: 1.5, own: true, at: 12:30, note: null}]}"
    made = document(f"templates: {{day: {{title: Day, data: {typed}, by_goal: {{thin: {typed}}}}}}}\n").templates["day"]
    assert made.data == made.by_goal["thin"]
    assert made.data == {"meals": [{"meal": "lunch", "kcal": 1.5, "own": True, "at": "12:30", "note": None}]}


def test_an_empty_state_has_a_kind_of_two_words() -> None:
    text = 'content: {e: {kind: empty state, on: "#e", title: E, actions: [{text: Go, start: g}]}}\n'
    assert isinstance(document(text).content["e"], EmptyState)


def test_every_channel_may_have_its_limit() -> None:
    limits = document("limits: {telegram: {at_most: 1, per: 1d}, total: {at_most: 9, per: 7d}}\n").limits
    assert (limits.telegram.at_most, limits.total.per) == (1, "7d")


@pytest.mark.parametrize(
    ("typed", "rule", "path"),
    [
        ("goals: {g: {ask: A, milestones: a}}", "wrong-type", "goals.g.milestones"),
        ("goals: {g: {milestones: [a]}}", "missing-key", "goals.g.ask"),
        ("goals: {g: {ask: A, milestones: [a], statement: words}}", "wrong-type", "goals.g.statement"),
        ("measures: {w: {unit: kg, better: lower}}", "wrong-type", "measures.w.better"),
        ("functions: {f: diary}", "wrong-type", "functions.f"),
        ("functions: {f: [1]}", "wrong-type", "functions.f.milestones[0]"),
        ("journeys: {j: {starts: {did: A}, steps: [{sned: a}]}}", "unknown-key", "journeys.j.steps[0]"),
        ("journeys: {j: {starts: {did: A}, steps: [{send: a, show: b}]}}", "wrong-type", "journeys.j.steps[0]"),
        ("journeys: {j: {starts: {did: A}, steps: [send]}}", "wrong-type", "journeys.j.steps[0]"),
        ("journeys: {j: {starts: {did: A}, steps: [{wait: soon}]}}", "wrong-type", "journeys.j.steps[0].wait.for"),
        ("journeys: {j: {starts: {did: A}, steps: [{if: {dd: B}}]}}", "condition", "journeys.j.steps[0].if"),
        ("journeys: {j: {starts: {did: A}, steps: [], re_entry: twice}}", "wrong-type", "journeys.j.re_entry"),
        ("cadences: {c: {starts: {did: A}, every: often, series: []}}", "wrong-type", "cadences.c.every"),
        (
            "content: {s: {kind: survey, title: S, questions: [{key: a, ask: A, kind: date, if: {b: {gte: most}}}]}}",
            "wrong-type",
            "content.s.questions[0].if.b.gte",
        ),
        ("content: {s: {kind: survey, title: S, every: weekly, questions: []}}", "wrong-type", "content.s.every"),
        ("content: {c: {kind: checklist, title: C, from: gaol}}", "wrong-type", "content.c.from"),
        ("milestones: {m: {title: M, repeats: daily}}", "wrong-type", "milestones.m.repeats"),
        (
            "milestones: {m: {title: M, evidence: {self_report: {jeans: fit}}}}",
            "wrong-type",
            "milestones.m.evidence.self_report",
        ),
        ("milestones: {m: {title: M, obstacles: {o: {help: []}}}}", "missing-key", "milestones.m.obstacles.o.stuck"),
        (
            "milestones: {m: {title: M, obstacles: {o: {stuck: {did: A}, help: [{as: push}]}}}}",
            "wrong-type",
            "milestones.m.obstacles.o.help[0].as",
        ),
        ("templates: {t: {title: T, data: {a: .nan}}}", "wrong-type", "templates.t.data.a"),
        ("segments: {s: {dd: A}}", "condition", "segments.s"),
    ],
)
def test_a_mistake_in_it_is_named_at_its_place(typed: str, rule: str, path: str) -> None:
    assert problems(f"{typed}\n") == [(2, rule, path)]


def test_a_misspelt_step_is_answered_with_the_nearest_one() -> None:
    [problem] = read("name: x\njourneys: {j: {starts: {did: A}, steps: [{sned: a}]}}\n").problems
    assert problem.mend == "Did you mean 'send'?"


def test_around_a_broken_step_the_rest_of_the_journey_is_read() -> None:
    parsed = read("name: x\njourneys: {j: {starts: {did: A}, steps: [{send: a}, {sned: b}, {show: c}]}}\n")
    assert parsed.sketch.journeys["j"].steps == (Send(send="a"), Show(show="c"))

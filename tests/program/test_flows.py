"""What `check` says of journeys, cadences and experiments."""

from textwrap import dedent, indent

import pytest

from milepost.core.program.problems import Problem
from milepost.program.review import review

#: What these small programs lack on purpose.
_ADVICE = ("no-map", "no-success-event", "never-used", "orphan-step", "no-target-time")
HEAD = """\
milepost: 1
name: Flows
facts: {Signed Up: {}, Signed Off: {}, Meal Logged: {}, Identified: {start_date: date, plan: text}}
messages:
  a: {channel: email, purpose: care, subject: Thank you, body: Thank you}
  b: {channel: email, purpose: care, subject: B, body: B}
"""


def told(body: str) -> list[tuple[str, str]]:
    """(rule, path) of every problem about flows and experiments."""
    problems: tuple[Problem, ...] = tuple(review(HEAD + dedent(body)).problems)
    found = [(problem.rule, problem.path) for problem in problems]
    flows = ("journeys", "cadences", "experiments", "messages", "milestones")
    return [each for each in found if each[1].startswith(flows) and each[0] not in _ADVICE]


def journey(steps: str, starts: str = "{did: Signed Up}", more: str = "") -> str:
    text = f"journeys:\n  j:\n    starts: {starts}\n    ends: {{did: Meal Logged}}\n"
    return text + indent(more, "    ") + "    steps:\n" + indent(dedent(steps), "      ")


GOOD = """\
- {key: hello, send: a}
- wait: {for: 1d, at: "09:00", on: [monday, friday]}
- wait: {at: "18:00"}
- wait: {day: {trait: start_date, days_after: 1}, at_most: 30d}
- split: {short: 50, long: 50}
  arms: {short: [{send: a}], long: [{wait: 2h}, {send: b}]}
- repeat: {at_most: 3, until: {trait: plan, is: pro}, steps: [{send: b}, {wait: 1d}]}
"""


def test_every_kind_of_step_can_be_written_and_is_found_right() -> None:
    assert told(journey(GOOD, '{trait: start_date, days_before: 3, at: "09:00"}', "leaves: {did: Signed Off}\n")) == []


#: (steps, rule, path of the problem)
STEPS = [
    ("- wait: {until: {did: Meal Logged}}", "endless-wait", "journeys.j.steps[0].wait"),
    ("- wait: {day: {trait: start_date}}", "endless-wait", "journeys.j.steps[0].wait"),
    ("- wait: {for: 1d, day: {date: 2026-12-24}}", "endless-wait", "journeys.j.steps[0].wait"),
    ("- wait: {at: '09:00', at_most: 1d}", "endless-wait", "journeys.j.steps[0].wait"),
    ("- wait: {at: '29:00'}", "no-such-day", "journeys.j.steps[0].wait.at"),
    ("- wait: {day: {date: 2026-02-30}}", "no-such-day", "journeys.j.steps[0].wait.day.date"),
    ("- wait: {day: {at: '09:00'}, at_most: 1d}", "no-such-day", "journeys.j.steps[0].wait.day"),
    ("- {split: {x: 1}, arms: {x: [{send: a}]}}", "split-weights", "journeys.j.steps[0].split"),
    ("- {split: {x: 1, y: 1}, arms: {z: [{send: a}]}}", "split-weights", "journeys.j.steps[0].arms.z"),
    ("- {split: {x: 1, y: 1}}", "split-weights", "journeys.j.steps[0].arms"),
    ("- repeat: {at_most: 0, steps: [{send: a}, {wait: 1d}]}", "loop-bound", "journeys.j.steps[0].repeat.at_most"),
    ("- repeat: {at_most: 60, steps: [{send: a}, {send: b}]}", "loop-bound", "journeys.j.steps[0].repeat.steps"),
    ("- repeat: {at_most: 2, steps: []}", "empty-flow", "journeys.j.steps[0].repeat.steps"),
    ("- {key: x, send: a}\n- {key: x, send: b}", "step-key", "journeys.j.steps[0].key"),
    ('- {key: "3", send: a}', "step-key", "journeys.j.steps[0].key"),
    (
        "- split: {x: 1, y: 1}\n  arms: {x: [{if: {did: Meal Logged}, then: [{send: a}]}]}",
        "unreachable-step",
        "journeys.j.steps[0].arms.x[0].then",
    ),
    (
        "- repeat: {at_most: 2, until: {did: D}, steps: [{if: {did: D}, then: [{send: a}]}, {wait: 1d}]}",
        "unreachable-step",
        "journeys.j.steps[0].repeat.steps[0].then",
    ),
    ("- {sent: a}", "unknown-key", "journeys.j.steps[0]"),
    ("- send: nobody", "unknown-reference", "journeys.j.steps[0].send"),
]


@pytest.mark.parametrize(("steps", "rule", "path"), STEPS)
def test_a_mistake_on_the_way_is_told_where_it_stands(steps: str, rule: str, path: str) -> None:
    assert (rule, path) in told(journey(steps))


def test_whoever_leaves_when_they_begin_never_goes_through() -> None:
    found = told(journey("- send: a", more="leaves: {did: Signed Up}\n"))

    assert ("unreachable-step", "journeys.j.leaves") in found


@pytest.mark.req("R89")
def test_a_series_that_a_date_begins_for_everybody_is_answered_with_an_event() -> None:
    problems = review(HEAD + "cadences:\n  c: {starts: {date: 2026-12-24}, every: 3d, series: [a, b]}\n").problems
    (found,) = [problem for problem in problems if problem.rule == "calendar-series"]

    assert found.path == "cadences.c.starts" and "{did: Signed Up}" in found.mend
    assert ("calendar-series", "journeys.j.starts") in told(journey("- send: a", "{date: 2026-12-24}"))
    assert not told(
        "cadences:\n  c: {starts: {trait: start_date}, every: 3d, series: [a, b], stops: {did: Meal Logged}}\n"
    )


def test_a_day_has_no_value_to_go_through_once_for() -> None:
    found = told(journey("- send: a", "{trait: start_date}", "re_entry: {once_per: order}\n"))

    assert ("day-without-value", "journeys.j.re_entry.once_per") in found


# --- experiments ------------------------------------------------------------------------------------------------------

TEXTS = HEAD.replace("subject: Thank you", "subject: {variants: {x: Thank you, y: {en: Thanks}}}")

#: (experiments and what they need, rule, path of the problem)
TRIED = [
    ("experiments:\n  e: {on: messages.c, variants: {x: {}, y: {}}}", "experiment-place", "experiments.e.on"),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {}}}\n  f: {on: messages.a, variants: {x: {}, y: {}}}",
        "experiment-place",
        "experiments.f.on",
    ),
    ("experiments:\n  e: {on: messages.a, variants: {x: {}}}", "experiment-variants", "experiments.e"),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {}}, weights: {z: 1, x: 1, y: 1}}",
        "experiment-variants",
        "experiments.e.weights.z",
    ),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {}}, weights: {x: 1}}",
        "experiment-variants",
        "experiments.e.weights",
    ),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {subjekt: Ha}}}",
        "broken-variant",
        "experiments.e.variants.y.subjekt",
    ),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {purpose: service}}}",
        "broken-variant",
        "experiments.e.variants.y.purpose",
    ),
    (
        "experiments:\n  e: {on: messages.a, variants: {x: {}, y: {subject: {ru: Привет}}}}",
        "broken-variant",
        "experiments.e.variants.y.subject",
    ),
    (
        "experiments:\n  e: {on: program, variants: {x: {}, y: {messages.a: {link: {text: x, url: /, start: q}}}}}",
        "broken-variant",
        "experiments.e.variants.y.messages.a.link.start",
    ),
    (
        "milestones:\n  m: {title: {variants: {x: X, y: Y}}, reached: {did: Meal Logged}}",
        "variants-elsewhere",
        "milestones.m.title",
    ),
    ("experiments:\n  e: {on: messages.a, variants: {x: {}, y: {}}}", "undecided-experiment", "experiments.e"),
]


@pytest.mark.parametrize(("body", "rule", "path"), TRIED)
def test_a_mistake_in_an_experiment_is_told_where_it_stands(body: str, rule: str, path: str) -> None:
    assert (rule, path) in told(body)


def test_a_variant_of_a_journey_is_held_against_the_rules_of_journeys() -> None:
    tried = (
        "experiments:\n  e: {on: journeys.j, variants: {x: {}, y: {steps: [{wait: {until: {did: D}}}, {send: q}]}}}\n"
    )
    found = told(journey("- send: a") + "\n" + tried)

    assert ("broken-variant", "experiments.e.variants.y.steps[0].wait") in found
    assert ("broken-variant", "experiments.e.variants.y.steps[1].send") in found


def test_a_sound_experiment_is_found_right_and_what_it_sends_is_used() -> None:
    tried = (
        "experiments:\n  e: {on: journeys.j, variants: {x: {}, y: {steps: [{send: b}]}, z: {off: true}},"
        " weights: {x: 2, y: 1, z: 1}, metric: {did: Meal Logged, within: 3d}, guardrails: [unsubscribed]}\n"
    )
    problems = review(HEAD + journey("- send: a") + "\n" + tried).problems

    assert told(journey("- send: a") + "\n" + tried) == []
    assert not [each for each in problems if "Nothing sends" in each.message]


def test_texts_of_one_definition_have_the_same_variants() -> None:
    good, other = (
        TEXTS.replace("body: Thank you", "body: {variants: {x: X, y: Y}}"),
        TEXTS.replace("body: Thank you", "body: {variants: {x: X, z: Z}}"),
    )
    assert "experiment-variants" not in {problem.rule for problem in review(good).problems}
    assert "experiment-variants" in {problem.rule for problem in review(other).problems}

"""What `check` says: every rule breaks on one small change of a program that is otherwise right."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from milepost.console.pages.program import STARTER as STARTER_FILE
from milepost.core.conditions.types import Compared
from milepost.core.program.expand import expand
from milepost.core.program.problems import READING_RULES
from milepost.core.review import charts, courses, plans, programs, reading
from milepost.core.review.rule import Review
from milepost.core.review.words import step_times
from milepost.program.review import RULES, review
from tests.program import story, test_flows
from tests.program.documents import SMALL, document_of

STARTER = STARTER_FILE.read_text(encoding="utf-8")
EXAMPLE = Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml"
FACTS = "facts: {Signed Up: {}, Meal Logged: {meal: text, calories: number}}\n"

#: rule → (what stands in the small program, what is put in its place, the path of the problem)
_LATE = "milestones.first-meal.reached."
BREAKS: list[tuple[str, str, str, str]] = [
    ("unknown-reference", "content: confetti", "content: confeti", "milestones.first-meal.celebrate.content"),
    ("unknown-reference", "message: praise", "message: prais", "milestones.first-meal.celebrate.message"),
    ("unknown-reference", "serves: first-meal", "serves: first", "content.add-food.serves"),
    ("unknown-reference", "kind: guide", "kind: guide\n    when: {not: {reached: b}}", "content.add-food.when.not"),
    (
        "unknown-reference",
        "reached: {did: Meal Logged}",
        "reached:\n      - did: Meal Logged\n        since: milestone:b",
        "milestones.first-meal.reached[0]",
    ),
    (
        "unknown-reference",
        "body: You did",
        "link: {text: x, url: /, start: a}, body: You did",
        "messages.praise.link.start",
    ),
    (
        "unknown-reference",
        "kind: guide",
        "kind: guide\n    when: {reached: first-meal, since: milestone:b}",
        "content.add-food.when",
    ),
    (
        "unknown-property",
        "name: Small",
        f"name: Small\n{FACTS}start: {{sequence: [Meal Logged, {{did: Meal Logged, where: {{calorie: 3}}}}]}}",
        "start.sequence[1].where.calorie",
    ),
    ("wrong-kind", "content: confetti", "content: add-food", "milestones.first-meal.celebrate.content"),
    ("wrong-kind", "body: You", "link: {text: x, url: /, start: confetti}, body: You", "messages.praise.link.start"),
    ("milestone-cycle", "{did: Meal Logged}", "{reached: first-meal}", "milestones.first-meal.reached"),
    ("key-form", "  confetti: {", "  Con fetti: {kind: celebration, title: x}\n  confetti: {", "content.Con fetti"),
    (
        "key-taken",
        "messages:\n",
        "messages:\n  confetti: {channel: email, purpose: care, subject: a, body: b}\n",
        "messages.confetti",
    ),
    ("moved", "name: Small", "name: Small\nmoved: {confetti: praise}", "moved.confetti"),
    ("moved", "name: Small", "name: Small\nmoved: {old: nowhere}", "moved.old"),
    ("unbounded", "{did: Meal Logged}", "{not: {did: Meal Logged}}", "milestones.first-meal.reached.not"),
    ("unbounded", "{did: Meal Logged}", "{did: Meal Logged, at_most: 2}", "milestones.first-meal.reached"),
    ("unbounded", "{did: Meal Logged}", "{any: [{did: X, exactly: 1}]}", "milestones.first-meal.reached.any[0]"),
    (
        "unbounded",
        "{did: Meal Logged}",
        "{did: Meal Logged, at_most: 2, since: start}",
        "milestones.first-meal.reached",
    ),
    ("unbounded", "{did: Meal Logged}", "{any: [{days_since: start, gte: 7}, {not: {did: X}}]}", _LATE + "any[1].not"),
    ("onboarded-by-tour", "name: Small", "name: Small\nonboarded: {content: add-food, was: completed}", "onboarded"),
    (
        "onboarded-by-tour",
        "name: Small",
        "name: Small\nlifecycle: {activated: [{reached: first-meal}, {segment: s}]}\n"
        "segments: {s: {message: praise, was: clicked}}",
        "lifecycle.activated[1]",
    ),
    ("segment-cycle", "name: Small", "name: Small\nlifecycle: {regular: {lifecycle: activated}}", "lifecycle"),
    ("stuck-step", 'on: "#search", ', "", "content.add-food.steps[0]"),
    ("stuck-step", "{on: input}", "{on: event}", "content.add-food.steps[0].advance"),
    ("stuck-step", "{on: input}", "{on: next, milestone: first-meal}", "content.add-food.steps[0].advance"),
    ("guide-step-key", "title: Search", "title: Search, then: nowhere", "content.add-food.steps[0].then"),
    ("guide-step-key", "title: Search", "title: Search, if: {did: X}", "content.add-food.steps[0].if"),
    (
        "guide-way",
        "    steps:\n",
        "    steps:\n      - {title: Go on, then: end}\n",
        "content.add-food.steps[1]",
    ),
    ("guide-way", "title: Search", "title: Search, key: a, then: a", "content.add-food.steps[0]"),
    ("guide-step-form", 'on: "#search", ', 'on: "#search", as: modal, ', "content.add-food.steps[0].as"),
    ("guide-step-form", 'on: "#search", ', "on: {text: Add, test_id: add}, ", "content.add-food.steps[0].on"),
    (
        "guide-step-form",
        "title: Search",
        "title: Search, buttons: [{text: Go}]",
        "content.add-food.steps[0].buttons[0]",
    ),
    ("silent-film", "title: Search", "title: Search, video: {url: /film.mp4}", "content.add-food.steps[0].video"),
    ("vague-target", 'on: "#search", ', "on: {role: button}, ", "content.add-food.steps[0].on"),
    ("consent", "purpose: care", "purpose: marketing", "messages.praise.purpose"),
    ("consent", "name: Small", "name: Small\nconsent: {marketin: [email]}", "consent.marketin"),
    ("limit-form", "per: 7d, ", "", "limits.email"),
    ("limit-form", "per: session", "per: visit", "limits.in_app.per"),
    ("unsafe-link", "body: You", "link: {text: x, url: 'javascript:alert(1)'}, body: You", "messages.praise.link.url"),
    ("unsafe-link", "body: You", "link: {text: x, url: //evil.example}, body: You", "messages.praise.link.url"),
    ("audience", "name: Small", "name: Small\nfor: customer\nstart: {did: Signed Up}", "start"),
    ("audience", "name: Small", "name: Small\nstart: {did: Subscription Started}", "start"),
    (
        "unknown-property",
        "name: Small",
        f"name: Small\n{FACTS}start: {{did: Meal Logged, where: {{calorie: 3}}}}",
        "start.where.calorie",
    ),
    ("missing-text", "title: First meal", "title: {ru: Первая еда}", "milestones.first-meal.title"),
    ("missing-text", "title: Done", 'title: " "', "content.confetti.title"),
    ("template", "body: You did it.", 'body: "{% if person.name %}"', "messages.praise.body"),
    ("unknown-filter", "body: You did it.", "body: \"{{ person.name | defalt: 'x' }}\"", "messages.praise.body"),
    ("unknown-variable", "body: You did it.", 'body: "{{ user.name }}"', "messages.praise.body"),
    ("unknown-variable", "body: You did it.", 'body: {en: "{{ milestone.name }}"}', "messages.praise.body.en"),
    (
        "unknown-variable",
        "title: Done",
        f'title: "{{{{ event.kcal }}}}"\n{FACTS.replace(chr(10), "")}',
        "content.confetti.title",
    ),
    ("timezone", "name: Small", "name: Small\ntimezone: Europe/Sofa", "timezone"),
    ("no-contact", "support: {name: Anna, email: anna@example.com}\n", "", ""),
    ("no-first-value", "    first_value: true\n", "", "milestones"),
    ("no-success-event", "    serves: first-meal\n", "", "content.add-food"),
    ("no-target-time", "    target: 1d\n", "", "milestones.first-meal"),
    ("long-guide", "    steps:\n", "    steps:\n" + "      - {title: One more}\n" * 5, "content.add-food.steps"),
    (
        "calendar-only",
        "body: You did",
        "when: {trait: born, before: 3d ago}, serves: first-meal, body: You did",
        "messages.praise.when",
    ),
    (
        "calendar-only",
        "body: You did",
        "when: {not: {did: X, within: 3d}}, serves: first-meal, body: You did",
        "messages.praise.when",
    ),
    ("never-used", ", message: praise", "", "messages.praise"),
    ("never-used", "content: confetti, ", "", "content.confetti"),
    ("serves-nothing", "body: You did", "when: {did: X}, body: You did", "messages.praise"),
    ("no-caps", "{at_most: 2, per: session}", "{}", "limits.in_app"),
    ("no-caps", ', quiet: "21:00–08:00"', "", "limits.email"),
    (
        "untracked-fact",
        "name: Small",
        "name: Small\nfacts: {Meal logged: {}, Signed Up: {}}",
        "milestones.first-meal.reached",
    ),
    ("not-translated", "name: Small", "name: Small\nlocales: {others: [ru]}", ""),
    ("unknown-language", "title: First meal", "title: {en: First meal, ur: x}", "milestones.first-meal.title.ur"),
    ("long-step", "title: Search", f"title: Search, body: {'A short word. ' * 13}", "content.add-food.steps[0]"),
    ("overlong-step", "title: Search", f"title: Search, body: {'A short word. ' * 25}", "content.add-food.steps[0]"),
    (
        "wordy-guide",
        "    steps:\n",
        "    steps:\n" + f"      - {{title: Go on, body: {'Just look here. ' * 9}}}\n" * 4,
        "content.add-food.steps",
    ),
    ("long-sentence", "body: You did it.", f"body: {'We go on ' * 9}and on.", "messages.praise.body"),
    (
        "hard-to-read",
        "body: You did it.",
        f"body: {'Extraordinary circumstances necessitate it. ' * 11}",
        "messages.praise.body",
    ),
    ("unexplained-word", "body: You did it.", "body: You did your KPI.", "messages.praise.body"),
    ("unexplained-word", "body: You did it.", "body: Your onboarding is done.", "messages.praise.body"),
    ("derived-fact", "{did: Meal Logged}", "{did: Milestone Reached}", "milestones.first-meal.reached"),
    (
        "pointless-limit",
        "message: praise}",
        "message: praise, not_more_than: {at_most: 1, per: 7d}}",
        "milestones.first-meal.celebrate.not_more_than",
    ),
    ("ends-on-day-one", "target: 1d", "target: 3h", ""),
    (
        "empty-stage",
        "content:\n",
        "  later: {title: Later, reached: {did: Z}, target: 1d, stage: habit}\ncontent:\n",
        "milestones.later.stage",
    ),
    ("orphan-step", "messages:\n", "  news: {kind: banner, title: New, when: {did: X}}\nmessages:\n", "content.news"),
    (
        "no-success-event",
        "name: Small",
        "name: Small\njourneys: {a: {starts: {did: X}, ends: {did: Y}, steps: [{task: Call}]}}",
        "journeys.a.ends",
    ),
    (
        "one-format",
        "  confetti: {",
        "  more: {kind: guide, serves: first-meal, steps: [{title: Look}]}\n  confetti: {",
        "",
    ),
    (
        "no-map",
        "name: Small",
        "name: Small\ncadences: {a: {starts: {did: X}, every: weekly, series: [praise], stops: {reached: first-meal}}}",
        "cadences.a",
    ),
    ("no-thanks", "body: You did", "when: {did: Signed Up}, serves: first-meal, body: You did", "messages.praise.body"),
]


def found(text: str) -> list[tuple[str, str]]:
    return [(problem.rule, problem.path) for problem in review(text).problems]


def test_the_example_and_the_small_program_are_right() -> None:
    assert found(SMALL) == []
    assert found(story.STORY) == []
    assert found(EXAMPLE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("rule", "old", "new", "path"), BREAKS)
def test_one_wrong_thing_breaks_its_rule_there_and_no_other(rule: str, old: str, new: str, path: str) -> None:
    assert SMALL.count(old) == 1
    if rule == "not-translated":
        new, path = f"{new}\nmoved: {{}}", "milestones.first-meal.title"
        text = SMALL.replace(old, new).replace("title: First meal", "title: {en: First meal}")
    elif "facts:" in new and rule == "unknown-variable":
        text = f"{FACTS}{SMALL.replace(old, new.partition(chr(10))[0])}"
    else:
        text = SMALL.replace(old, new)
    assert found(text) == [(rule, path)]


@pytest.mark.parametrize(("rule", "old", "new", "path"), story.BREAKS)
def test_one_wrong_thing_in_a_story_breaks_its_rule_there_and_no_other(
    rule: str, old: str, new: str, path: str
) -> None:
    assert_breaks(rule, [(old, new)], path)


@pytest.mark.parametrize(("rule", "changes", "path"), story.BREAKS_TOGETHER)
def test_what_is_wrong_only_together_breaks_its_rule_there_and_no_other(rule: str, changes: Any, path: str) -> None:
    assert_breaks(rule, changes, path)


def assert_breaks(rule: str, changes: list[tuple[str, str]], path: str) -> None:
    text = story.STORY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert found(text) == [(rule, path)]


def test_every_rule_has_a_program_that_breaks_it() -> None:
    broken = {rule for rule, *_ in (*BREAKS, *story.BREAKS, *story.BREAKS_TOGETHER)} | {"nothing-measured"}
    elsewhere = {rule.id for rule in (*programs.RULES, *plans.RULES, *courses.RULES, *charts.RULES)} | {
        rule for _, rule, _ in (*test_flows.STEPS, *test_flows.TRIED)
    }
    elsewhere |= {"day-without-value", "calendar-series"}
    assert broken == {rule.id for rule in RULES} - (elsewhere - broken)


@pytest.mark.parametrize(
    "reached",
    [
        "[{days_since: start, gte: 7}, {did: Support Asked, at_most: 1}, {not: {sequence: [X, Y]}}]",
        "[{trait: trial_ends, before: in 1d}, {any: [{not: {did: Left}}, {did: Meal Logged}]}]",
        "{did: Support Asked, exactly: 0, within: 7d}",
    ],
)
def test_what_has_not_happened_may_be_asked_at_a_deadline_or_in_a_closed_window(reached: str) -> None:
    assert "unbounded" not in {rule for rule, _ in found(SMALL.replace("{did: Meal Logged}", reached))}


def test_rule_names_are_used_once() -> None:
    names = [rule for rule, *_ in READING_RULES] + [rule.id for rule in RULES]
    assert len(names) == len(set(names))


def test_a_program_without_a_milestone_measures_nothing() -> None:
    assert ("nothing-measured", "") in found("name: x\nsupport: {name: A, email: a@b.c}\n")


def test_a_circle_of_milestones_is_told_of_once_with_its_way() -> None:
    text = "name: x\nmilestones:\n" + "".join(
        f"  {key}: {{title: {key}, reached: {{any: [{{reached: {other}}}, {{did: X}}]}}}}\n"
        for key, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    [problem] = [problem for problem in review(text).problems if problem.rule == "milestone-cycle"]
    assert problem.message.endswith("a → b → c → a.")


def test_what_refers_to_a_broken_definition_is_not_wrong_itself() -> None:
    text = SMALL.replace("confetti: {kind: celebration, title: Done}", "confetti: {kind: celebration, titel: Done}")
    assert [rule for rule, _ in found(text)] == ["unknown-key", "missing-key"]


def test_mistakes_of_form_and_of_meaning_are_told_of_together() -> None:
    text = (
        SMALL.replace("target: 1d", "target: soon")
        .replace("message: praise", "message: prais")
        .replace("You did it.", "'{{ me }}'")
    )
    problems = [(problem.line, problem.rule) for problem in review(text).problems]
    assert problems == [(12, "wrong-type"), (13, "unknown-reference"), (22, "unknown-variable")]


def test_warnings_wait_until_the_errors_are_mended() -> None:
    text = SMALL.replace("    target: 1d\n", "").replace("content: confetti", "content: confeti")
    assert [rule for rule, _ in found(text)] == ["unknown-reference"]


def test_what_a_broken_section_would_have_said_is_not_missed() -> None:
    text = SMALL.replace("title: First meal", "title: {ru: Еда}").replace(
        "name: Small", "name: Small\nlocales: {defualt: ru}"
    )
    assert [rule for rule, _ in found(text)] == ["unknown-key"]


@pytest.mark.req("R92")
def test_a_welcome_letter_must_thank_in_each_of_its_languages() -> None:
    body = "body: {en: Thank you for signing up, ru: Добро пожаловать}"
    start = "when: {did: Signed Up}, serves: first-meal, "
    text = SMALL.replace("name: Small", "name: Small\nlocales: {others: [ru]}").replace(
        "body: You did it.", start + body
    )
    assert ("no-thanks", "messages.praise.body") in found(text)
    assert ("no-thanks", "messages.praise.body") not in found(text.replace("Добро пожаловать", "Спасибо!"))


def test_a_trigger_by_the_calendar_is_answered_with_an_event() -> None:
    text = SMALL.replace("body: You did", "when: {trait: born, before: 3d ago}, serves: first-meal, body: You did")
    [problem] = review(text).problems
    assert problem.mend == "Start it from what people do, for example {reached: first-meal}."


def test_reading_takes_as_long_as_the_language_is_dense() -> None:
    assert reading.seconds("word " * 238, "en") == pytest.approx(60)
    assert reading.seconds("слово " * 238, "ru") > reading.seconds("word " * 238, "en-GB")
    assert reading.seconds("[a link](https://example.com/a/b/c) {{ person.name }}", "en") < 1
    assert reading.seconds("字" * 266, "zh-Hant") == pytest.approx(60)


@pytest.mark.req("R14")
def test_a_program_that_asks_for_set_up_before_the_goal_is_not_released_as_it_is() -> None:
    question = "{key: size, ask: Size?, kind: number}"
    survey = f"  setup: {{kind: survey, title: Set up, when: {{did: Signed Up}}, questions: [{question}]}}\n"
    late = story.STORY.replace("      - {key: goal, ask", f"      - {question}\n      - {{key: goal, ask")
    for text, place in (
        (story.STORY.replace("content:\n", "content:\n" + survey, 1), "content.setup"),
        (late, "content.intake.questions[1]"),
    ):
        assert ("goal-first", place) in found(text)
        assert [problem.level for problem in review(text).problems if problem.rule == "goal-first"] == ["reason"]


@pytest.mark.req("R26")
def test_every_milestone_whose_obstacles_nobody_has_considered_is_listed() -> None:
    text = story.STORY.replace("    obstacles: {feast: {stuck: {did: Feast}, accepted: It is a feast.}}\n", "")
    text = text.replace("    obstacles: {alone: {stuck: {goal: fit}, accepted: Nothing to be done.}}\n", "")
    assert found(text) == [("no-obstacle", "milestones.three-days"), ("no-obstacle", "milestones.day")]


@pytest.mark.req("R25")
def test_a_goal_whose_plan_has_no_outcome_is_told_of() -> None:
    text = story.STORY.replace("    kind: outcome\n", "")
    assert found(text) == [("no-outcome", "goals.thin"), ("no-outcome", "goals.fit")]
    assert {problem.level for problem in review(text).problems} == {"reason"}


@pytest.mark.req("R20")
def test_no_campaign_goes_out_before_the_product_and_its_people_were_studied() -> None:
    campaign = "cadences: {tips: {starts: {did: X}, every: weekly, series: [praise], stops: {reached: first-meal}}}\n"
    [problem] = [problem for problem in review(SMALL + campaign).problems if problem.rule == "no-map"]
    assert (problem.level, problem.path) == ("reason", "cadences.tips")
    assert "functions of the product and the goals of the people" in problem.message
    mapped = (
        SMALL + campaign + "functions: {search: [first-meal]}\ngoals: {eat: {ask: Eat, milestones: [first-meal]}}\n"
    )
    assert "no-map" not in [rule for rule, _ in found(mapped)]


@pytest.mark.req("R29")
@pytest.mark.parametrize(
    "ends",
    ["{did: Page Viewed}", "{trait: plan, is: x}", "{not: {reached: first-meal}}", "{message: praise, was: clicked}"],
)
def test_a_flow_that_can_end_without_success_is_not_released_as_it_is(ends: str) -> None:
    text = SMALL + f"journeys: {{a: {{starts: {{did: X}}, ends: {ends}, steps: [{{task: Call}}]}}}}\n"
    assert ("no-success-event", "journeys.a.ends") in found(text)
    assert {problem.level for problem in review(text).problems if problem.rule == "no-success-event"} == {"reason"}
    assert found(text.replace(ends, "{any: [{did: Meal Logged}, {did: Left}]}")) == []


@pytest.mark.req("R66")
def test_a_program_that_is_over_on_its_first_day_is_told_so() -> None:
    assert found(SMALL.replace("target: 1d", "target: 3h")) == [("ends-on-day-one", "")]
    follow_up = "  later: {title: Later, reached: {did: Y}, target: 7d}\ncontent:\n"
    assert found(SMALL.replace("target: 1d", "target: 3h").replace("content:\n", follow_up)) == []
    targets = {key: milestone.target for key, milestone in document_of(STARTER).milestones.items()}
    assert {timedelta(days=7), timedelta(days=30), timedelta(days=90)} <= set(targets.values())


@pytest.mark.req("R103")
def test_each_step_says_how_long_it_takes_to_read_and_too_long_asks_for_a_reason() -> None:
    def of(words: int, more: str = "") -> list[tuple[str, str]]:
        said = "One two three. " * (words // 3)
        text = SMALL.replace("title: Search", f'title: "", body: "{said}{more}"')
        return [(problem.rule, problem.level) for problem in review(text.replace('title: ""', "title: Go")).problems]

    assert of(27) == []
    assert of(36) == [("long-step", "warning")]
    assert of(75) == [("overlong-step", "reason")]
    assert of(24, "![a](/a.png)") == [("long-step", "warning")]
    [step] = step_times(Review(document=document_of(SMALL), lines={}))
    assert (step.guide, step.step, step.words) == ("add-food", 0, 1)
    assert step.seconds == pytest.approx(60 / 238)


@pytest.mark.req("R108")
def test_a_tour_too_long_too_wordy_or_on_top_of_another_is_told_with_the_benchmark() -> None:
    long = SMALL.replace("    steps:\n", "    steps:\n" + "      - {title: One more}\n" * 5)
    assert found(long) == [("long-guide", "content.add-food.steps")]
    [rule] = [rule for rule in RULES if rule.id == "long-guide"]
    assert "72 % finish a tour of three steps, 16 % one of seven" in rule.why
    wordy = SMALL.replace(
        "    steps:\n", "    steps:\n" + f"      - {{title: Go, body: {'One two three. ' * 9}}}\n" * 4
    )
    assert found(wordy) == [("wordy-guide", "content.add-food.steps")]
    banner = "  news: {kind: banner, title: New, serves: first-meal, when: {did: X}}\n"
    both = SMALL.replace("content:\n", f"content:\n{banner}{banner.replace('news', 'more')}")
    assert found(both) == [("several-at-once", "content.more.when")]
    assert found(both.replace("per: session", "per: session, gap: 3m")) == []


@pytest.mark.req("R107")
def test_what_is_not_measured_or_has_no_baseline_asks_for_a_reason() -> None:
    without = story.STORY.replace("baseline: {answer: start-weight}, ", "")
    assert found(without) == [("no-baseline", "measures.weight")]
    assert {problem.level for problem in review(without).problems} == {"reason"}
    assert found(without.replace("better: down, ", "better: down, baseline: starts now, ")) == []
    wrong = without.replace("better: down, ", "better: down, baseline: soon, ")
    assert ("wrong-type", "measures.weight.baseline") in found(wrong)
    assert "nothing-measured" in [rule for rule, _ in found("name: x\nsupport: {name: A, email: a@b.c}\n")]


@pytest.mark.req("R157")
def test_a_stage_that_nothing_serves_must_be_waived_with_a_reason() -> None:
    text = story.STORY.replace(", stage: education", "")
    [problem] = review(text).problems
    assert (problem.rule, problem.level) == ("missing-stage", "reason")
    assert "education" in problem.message


def test_a_baseline_that_starts_now_is_the_first_value() -> None:
    text = story.STORY.replace("baseline: {answer: start-weight}", "baseline: starts now")
    document = document_of(
        text.replace("regulars: [", "lighter: {measure: weight, changed: better, since: baseline}\n  regulars: [")
    )
    compared = expand(document.segments["lighter"], document)
    assert isinstance(compared, Compared) and compared.to == "first"

"""From what is typed to the document and back."""

from datetime import time, timedelta

import msgspec
from hypothesis import given, settings

from milepost.core.conditions import types
from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Trait
from milepost.core.program.codec import decode, digest_of, encode
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Guide
from milepost.core.program.kinds.limits import Quiet
from milepost.program.yaml_text import read
from tests.program.documents import SMALL, document_of, documents


def condition(typed: str) -> Condition:
    parsed = read(f"name: x\nstart: {typed}\n")
    assert parsed.problems == () and parsed.document is not None
    return parsed.document.start


def rules(text: str) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.rule, problem.path) for problem in read(text).problems]


@settings(max_examples=50, deadline=None)
@given(documents)
def test_what_is_written_out_reads_back_as_the_same_document(document: Document) -> None:
    parsed = decode(encode(document), {})
    assert parsed.problems == ()
    assert parsed.document == document


@settings(max_examples=40, deadline=None)
@given(documents)
def test_a_stored_release_reads_back_as_the_same_document_with_the_same_name(document: Document) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(document), type=Document)
    assert stored == document
    assert digest_of(stored) == digest_of(document)


def test_the_digest_names_the_meaning_and_not_the_way_it_was_typed() -> None:
    long = SMALL.replace("reached: {did: Meal Logged}", "reached:   # by a fact\n      did: 'Meal Logged'")
    explicit = f"for: user\ntimezone: UTC\nstart: {{did: Signed Up}}\n{long}"
    assert digest_of(document_of(explicit)) == digest_of(document_of(SMALL))


def test_the_digest_changes_with_the_meaning() -> None:
    other = SMALL.replace("target: 1d", "target: 25h")
    assert digest_of(document_of(other)) != digest_of(document_of(SMALL))


def test_every_operator_has_its_short_form() -> None:
    assert condition("{did: X, at_least: 3}") == Did(name="X", at_least=3)
    assert condition("{did: X, distinct: day, within: 7d, since: start}") == Did(
        name="X", distinct="day", within=timedelta(days=7), since="start"
    )
    assert condition("{trait: plan, is: trial}") == Trait(name="plan", test=types.Test("is", "trial"))
    assert condition("{reached: a, within: 1h30m}") == Reached(milestone="a", within=timedelta(minutes=90))
    assert condition("[{did: X}, {did: Y}]") == All(of=(Did(name="X"), Did(name="Y")))
    assert condition("{any: [{did: X}, {not: {did: Y}}]}") == Any_(of=(Did(name="X"), Not(of=Did(name="Y"))))
    tested = {"meal": types.Test("is", "lunch"), "calories": types.Test("gt", 300)}
    assert condition("{did: X, where: {meal: lunch, calories: {gt: 300}}}") == Did(name="X", where=tested)


def test_quiet_hours_take_a_dash_of_either_length() -> None:
    for dash in "–-":
        document = document_of(f'name: x\nlimits: {{email: {{quiet: "21:00{dash}08:30"}}}}\n')
        assert document.limits.email is not None and document.limits.email.quiet == Quiet(time(21), time(8, 30))


def test_words_that_older_yaml_takes_for_something_else_stay_what_was_typed() -> None:
    text = """\
name: no
locales: {default: en, others: [no]}
content:
  on:
    kind: guide
    steps:
      - on: "#diary"
        title: 21:00
        body: yes
        advance: {on: click}
start: {did: 2026-05-01, where: {at: 12:30:45, off: on}}
"""
    document = document_of(text)
    assert document.name == "no"
    assert document.locales.others == ("no",)
    guide = document.content["on"]
    assert isinstance(guide, Guide)
    step = guide.steps[0]
    assert step.advance is not None
    assert (step.on, step.title, step.body, step.advance.on) == ("#diary", "21:00", "yes", "click")
    where = {"at": types.Test("is", "12:30:45"), "off": types.Test("is", "on")}
    assert document.start == Did(name="2026-05-01", where=where)


def test_six_mistakes_are_six_problems_at_once_each_on_its_line() -> None:
    text = """\
milepost: 1
nmae: Six mistakes
name: Six mistakes
milestones:
  first-meal:
    title: 2026
    reached: {did: Meal Logged, atleast: 3}
    target: soon
content:
  hello: {kind: gide, steps: []}
messages:
  welcome: {channel: email, purpose: urgent, subject: Hi, body: Hi}
"""
    assert rules(text) == [
        (2, "unknown-key", "nmae"),
        (6, "wrong-type", "milestones.first-meal.title"),
        (7, "unknown-key", "milestones.first-meal.reached.atleast"),
        (8, "wrong-type", "milestones.first-meal.target"),
        (10, "wrong-type", "content.hello.kind"),
        (12, "wrong-type", "messages.welcome.purpose"),
    ]


def test_a_misspelt_word_is_answered_with_the_nearest_one() -> None:
    problems = read("name: x\nmilestone: {}\nstart: {dd: Signed Up}\n").problems
    assert [problem.mend for problem in problems] == ["Did you mean 'milestones'?", "Did you mean 'did'?"]


def test_a_text_that_is_a_number_is_answered_with_its_quotes() -> None:
    [problem] = read("name: 2026\n").problems
    assert problem.mend == 'Put it in quotes: "2026".'


def test_what_a_condition_cannot_be() -> None:
    for typed, rule, path in [
        ("{did: X, trait: y}", "condition", "start"),
        ("{did: X, at_least: 1, exactly: 2}", "condition", "start.exactly"),
        ("{did: X, at_least: -1}", "wrong-type", "start.at_least"),
        ("{did: X, at_least: true}", "wrong-type", "start.at_least"),
        ("{did: X, within: 0s}", "wrong-type", "start.within"),
        ("{did: X, within: 99999999999999w}", "wrong-type", "start.within"),
        ("{did: X, since: yesterday}", "wrong-type", "start.since"),
        ("{did: X, where: {a: {gt: many}}}", "wrong-type", "start.where.a.gt"),
        ("{did: X, where: {a: {gt: 1, lt: 2}}}", "wrong-type", "start.where.a"),
        ("{did: X, where: {a: .nan}}", "wrong-type", "start.where.a"),
        ("{did: X, where: {a: [1, 2]}}", "wrong-type", "start.where.a"),
        ("{trait: plan}", "wrong-type", "start"),
        ("{trait: plan, in: trial}", "wrong-type", "start.in"),
        ("{trait: plan, before: 31.12.2026}", "wrong-type", "start.before"),
        ("{any: []}", "wrong-type", "start.any"),
        ("{any: [{did: X}], within: 7d}", "unknown-key", "start.within"),
        ("[]", "wrong-type", "start"),
        ("Signed Up", "wrong-type", "start"),
        ("{}", "condition", "start"),
    ]:
        assert rules(f"name: x\nstart: {typed}\n") == [(2, rule, path)], typed


def test_a_section_without_anything_in_it_is_an_empty_section() -> None:
    assert document_of("name: x\nmessages:\ncontent: {}\n") == Document(name="x")


def test_what_is_missing_is_named_where_it_should_stand() -> None:
    assert rules("milepost: 1\nmessages:\n  welcome: {channel: email, subject: Hi, body: Hi}\n") == [
        (1, "missing-key", "name"),
        (3, "missing-key", "messages.welcome.purpose"),
    ]


def test_a_program_of_another_format_version_is_refused() -> None:
    [problem] = read("milepost: 2\nname: x\n").problems
    assert (problem.rule, problem.path) == ("wrong-type", "milepost")

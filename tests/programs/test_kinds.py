"""Programs of three kinds in one workspace: what belongs to which, and what is wrong between them."""

import pytest

from milepost.core.conditions.types import Any_, Did
from milepost.core.program.codec import decode, digest_of, encode
from milepost.core.program.compile import compile_folder, compile_program
from milepost.core.program.folder import Folder
from milepost.program.review import review
from tests.programs.documents import ALL, COMMON, CUSTOMER, EMPLOYEE, USER


def errors(*documents: str) -> list[tuple[int, str, str]]:
    found = review("---\n".join(documents)).problems
    return [(each.line, each.rule, each.path) for each in found if each.level == "error"]


def test_programs_of_three_kinds_are_checked_together() -> None:
    assert errors(ALL) == []


MARKETED = EMPLOYEE.replace("purpose: care", "purpose: marketing")
OF_A_USER = CUSTOMER.replace("reached: {trait: plan, is: pro}", "reached: {reached: first-meal}")
IN_A_PAGE = CUSTOMER.replace("content:\n", 'content:\n  tip: {kind: hint, on: "#x", title: T, body: B}\n')


@pytest.mark.req("R2")
@pytest.mark.parametrize(
    ("document", "of_another", "path"),
    [
        (EMPLOYEE, "offers:\n  pro: {title: Pro, why: More., url: /pro}\n", "offers.pro"),
        (EMPLOYEE, "segments:\n  payers: {account: plan, is: pro}\n", "segments.payers"),
        (MARKETED, "consent: {marketing: [email]}\n", "messages.first-day.purpose"),
        (EMPLOYEE.replace("target: 2d", "celebrate: {buyers: first-day}"), "", "milestones.desk.celebrate.buyers"),
        (EMPLOYEE, "start: {did: Contract Signed}\n", "start"),
        (USER, "start: {did: Subscription Started}\n", "start"),
        (CUSTOMER, "start: {did: Signed Up}\n", "start"),
        (OF_A_USER, "", "milestones.paid-up.reached"),
        (IN_A_PAGE, "", "content.tip"),
    ],
)  # fmt: skip
def test_a_rule_of_another_kind_of_program_is_named(document: str, of_another: str, path: str) -> None:
    others = [each for each in (COMMON, USER, CUSTOMER, EMPLOYEE) if each[:25] != document[:25]]
    [(line, rule, where)] = errors(document + of_another, *others)
    assert (rule in ("other-kind", "audience"), where) == (True, path)
    assert 1 <= line <= document.count("\n") + of_another.count("\n"), "the line of the rule itself"


def test_a_key_is_used_once_in_a_workspace_and_the_check_says_where() -> None:
    twice = EMPLOYEE.replace("  desk:", "  first-meal:")
    found = [each for each in review(USER + "---\n" + twice).problems if each.rule == "key-taken-beside"]
    assert [(each.line, each.path) for each in found] == [(5, "milestones.first-meal"), (20, "milestones.first-meal")]
    assert found[0].message.endswith("of 'New hires', on line 20.")


def test_what_is_common_is_said_once_and_belongs_to_no_program() -> None:
    twice = errors(COMMON, USER + "limits: {email: {at_most: 9, per: 1d}}\n", CUSTOMER)
    assert [(rule, path) for _, rule, path in twice] == [("said-twice", "limits")] * 2
    goal = errors(COMMON + "goals:\n  fit: {ask: I want to be fit, milestones: []}\n", USER, CUSTOMER)
    assert [(rule, path) for _, rule, path in goal] == [("not-common", "goals")]
    assert {rule for _, rule, _ in errors(COMMON, USER, CUSTOMER.replace("Accounts", "Product"))} == {"program-taken"}


def test_circles_over_documents_are_found() -> None:
    one = "name: One\nmilestones:\n  a: {title: A, reached: {reached: b}}\n"
    other = "name: Two\nmilestones:\n  b: {title: B, reached: {reached: a}}\n"
    assert [rule for _, rule, _ in errors(one, other)] == ["milestone-cycle"]


def test_each_kind_has_its_own_default_start() -> None:
    starts = {}
    for kind in ("user", "customer", "employee"):
        folder = review(f"name: x\nfor: {kind}\n").folder
        assert folder is not None
        [document] = folder.documents
        starts[kind] = document.start
        assert decode(encode(document), {}).document == document
    alternatives = {kind: each.of for kind, each in starts.items() if isinstance(each, Any_)}
    names = {kind: [leaf.name for leaf in of if isinstance(leaf, Did)] for kind, of in alternatives.items()}
    assert starts["user"] == Did(name="Signed Up")
    assert names == {"customer": ["Subscription Started", "Contract Signed"], "employee": ["Started Work", "Hired"]}


def test_one_document_means_what_it_always_meant() -> None:
    folder = review(
        USER.replace("  trainers-are-in:\n    title: Our trainers are in\n    reached: {reached: trainers}\n", "")
    ).folder
    assert folder is not None
    [document] = folder.documents
    assert folder.document is document and digest_of(folder) == digest_of(document)
    whole, alone = (compile_folder(folder, digest="x", number=1), compile_program(document, digest="x", number=1))
    assert (whole.rules, whole.accounts) == (alone.rules, None)


def test_start_is_the_start_of_the_program_in_which_it_is_said() -> None:
    folder = review(ALL).folder
    assert folder is not None
    program = compile_folder(folder, digest="x", number=1)
    assert program.accounts is not None
    desk, meal = (program.rules["milestone", key].condition for key in ("desk", "first-meal"))
    assert isinstance(desk, Did) and desk.since == "milestone:@start:new-hires"
    assert isinstance(meal, Did) and meal.since == "start"
    trainers = program.accounts.rules["milestone", "trainers"].condition
    assert isinstance(trainers, Did) and trainers.since == "start"
    assert ("milestone", "trainers") not in program.rules and ("milestone", "desk") not in program.accounts.rules


def test_the_order_of_the_documents_changes_no_rule() -> None:
    texts = [COMMON, USER, CUSTOMER, EMPLOYEE]
    folders = [review("---\n".join(each)).folder for each in (texts, texts[::-1])]
    made = [compile_folder(folder, digest="x", number=1) for folder in folders if isinstance(folder, Folder)]
    assert made[0].rules.keys() == {
        (kind, key.replace("@start:product", "@start:new-hires")) for kind, key in made[1].rules
    }

"""Writing, checking, releasing and going back, in the browser."""

from django.contrib.auth.models import User
from django.test import Client

from milepost.program import actions
from milepost.program import queries as program
from milepost.workspace.models import AuditEntry
from tests.console.world import OWNER, PROGRAM, World

TEXT = PROGRAM.read_text(encoding="utf-8")


def test_the_program_in_force_is_readable(owner: Client) -> None:
    page = owner.get("/program/").content.decode()
    assert "Log your first meal" in page
    assert "Meal Logged on 3 different days within 7 days" in page
    assert "2 steps" in page
    assert "Your first meal in a minute" in page
    assert "Welcome, ‹first name›" in page


def test_what_is_typed_is_kept_right_or_wrong_and_what_is_wrong_is_said_with_its_line(
    owner: Client, world: World
) -> None:
    broken = TEXT.replace("at_least: 3", "at_lest: 3")
    answer = owner.post("/program/draft/", {"text": broken.replace("\n", "\r\n")})
    assert "at_lest" in answer.content.decode()
    assert "Did you mean" in answer.content.decode()
    draft = program.draft(world.workspace.pk)
    assert draft is not None
    assert draft.text == broken
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "at_lest" in text)
    assert f'data-problem-line="{line}"' in answer.content.decode()
    assert owner.get("/program/edit/").context["page"].text == broken


def test_a_draft_is_released_and_named_in_the_audit(owner: Client, world: World) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("Calorie counter", "Food diary")})
    review = owner.get("/program/release/")
    assert [change.path for change in review.context["page"].changes] == ["name"]
    assert owner.post("/program/release/").status_code == 302
    released = program.current(world.workspace.pk)
    assert (released.number, released.document.name, released.released_by) == (2, "Food diary", OWNER)
    assert AuditEntry.objects.filter(action="program.release", actor=OWNER, subject="release 2").exists()
    assert "Release 2 is in force" in owner.get("/program/").content.decode()


def test_a_text_with_errors_is_not_released(owner: Client, world: World) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("at_least: 3", "at_lest: 3")})
    assert "Release it" not in owner.get("/program/release/").content.decode()
    answer = owner.post("/program/release/")
    assert answer.status_code == 422
    assert program.current(world.workspace.pk).number == 1


def test_what_needs_a_reason_is_released_with_it_and_the_reason_is_kept(owner: Client, world: World) -> None:
    text = TEXT.replace("    first_value: true             # stops the time-to-first-value clock\n", "")
    owner.post("/program/draft/", {"text": text})
    page = owner.get("/program/release/").context["page"]
    rules = {problem.rule for problem in page.reasons}
    assert rules
    assert owner.post("/program/release/").status_code == 422
    given = {f"reason:{rule}": "We do not know it yet." for rule in rules}
    assert owner.post("/program/release/", given).status_code == 302
    assert set(program.current(world.workspace.pk).reasons) == rules
    assert "We do not know it yet." in owner.get("/program/releases/2/").content.decode()


def test_a_release_of_somebody_else_in_the_meantime_is_not_overwritten_by_accident(owner: Client, world: World) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("Calorie counter", "Mine")})
    actions.apply(
        world.workspace.pk,
        TEXT.replace("Calorie counter", "Theirs"),
        by="boris@example.com",
        base=program.current(world.workspace.pk).digest,
        onto=False,
        reasons={},
        now=world.clock.now(),
    )
    assert "boris@example.com" in owner.get("/program/release/").content.decode()
    assert owner.post("/program/release/").status_code == 409
    assert program.current(world.workspace.pk).document.name == "Theirs"
    assert owner.post("/program/release/", {"onto": "on"}).status_code == 302
    assert program.current(world.workspace.pk).document.name == "Mine"


def test_going_back_releases_the_older_text_again(owner: Client, world: World) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("Calorie counter", "Food diary")})
    owner.post("/program/release/")
    assert owner.post("/program/releases/1/roll-back/").status_code == 302
    current = program.current(world.workspace.pk)
    assert (current.number, current.document.name) == (3, "Calorie counter")
    assert "Release 3" in owner.get("/program/releases/").content.decode()


def test_a_draft_can_be_thrown_away(owner: Client, world: World) -> None:
    owner.post("/program/draft/", {"text": "nonsense"})
    assert owner.post("/program/discard/").status_code == 302
    assert program.draft(world.workspace.pk) is None
    assert owner.get("/program/edit/").context["page"].text == TEXT


def test_the_draft_of_another_member_is_not_overwritten_silently(owner: Client, world: World) -> None:
    opened = owner.get("/program/edit/").context["page"].revision
    actions.save_draft(world.workspace.pk, "name: theirs", by="boris@example.com", now=world.clock.now())
    answer = owner.post("/program/draft/", {"text": "name: mine", "revision": opened})
    assert answer.status_code == 409
    assert "boris@example.com" in answer.content.decode()
    kept = program.draft(world.workspace.pk)
    assert kept is not None
    assert kept.text == "name: theirs"
    assert owner.post("/program/draft/", {"text": "name: mine", "revision": opened, "over": "yes"}).status_code == 200


def test_one_writer_saves_again_and_again_without_asking(owner: Client, world: World) -> None:
    revision = owner.get("/program/edit/").context["page"].revision
    for number in range(3):
        world.clock.advance(world.clock.now() - world.clock.now())
        answer = owner.post("/program/draft/", {"text": f"name: {number}", "revision": revision})
        assert answer.status_code == 200
        revision = answer.context["page"].revision


def test_releases_of_a_signed_out_browser_are_refused(world: World) -> None:
    assert Client().post("/program/release/").status_code == 302
    assert User.objects.filter(username=OWNER).exists()
    assert program.current(world.workspace.pk).number == 1

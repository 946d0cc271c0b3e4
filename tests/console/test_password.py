"""Choosing another password."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from milepost.console import throttle
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import AuditEntry, Member
from tests.console.world import OWNER, PASSWORD, World

PAGE = "/settings/password/"
OTHER = "a-louder-road-77"
PRINTED = "password that was printed"


def changed(client: Client, old: str, new: str, again: str | None = None) -> int:
    texts = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return client.post(PAGE, texts).status_code


def test_a_member_changes_their_password_and_stays_signed_in_here_alone(owner: Client, world: World) -> None:
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(username=OWNER))
    assert changed(owner, PASSWORD, OTHER) == 302
    assert "The password was changed" in owner.get("/settings/").content.decode()
    assert elsewhere.get("/settings/").status_code == 302
    assert Client().login(username=OWNER, password=OTHER)
    assert not Client().login(username=OWNER, password=PASSWORD)


def test_the_audit_says_that_a_password_was_changed_and_not_which(owner: Client, world: World) -> None:
    changed(owner, PASSWORD, OTHER)
    entry = AuditEntry.objects.get(action="member.password")
    assert (entry.actor, entry.subject, entry.detail) == (OWNER, OWNER, {})
    assert OTHER not in owner.get("/settings/audit/").content.decode()


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "said"),
    [
        ("wrong", OTHER, OTHER, "old_password", "entered incorrectly"),
        (PASSWORD, "tiny-9", "tiny-9", "new_password2", "at least 10 characters"),
        (PASSWORD, "password1234", "password1234", "new_password2", "too common"),
        (PASSWORD, OTHER, "a-louder-road-78", "new_password2", "match"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    owner: Client, world: World, old: str, new: str, again: str, field: str, said: str
) -> None:
    answer = owner.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["page"].form.errors[field])
    page = answer.content.decode()
    assert said in page
    assert new not in page
    assert Client().login(username=OWNER, password=PASSWORD)


def test_whoever_found_an_open_browser_cannot_try_passwords_for_long(owner: Client, world: World) -> None:
    for _ in range(throttle.TRIES_FROM_ONE_PLACE):
        assert changed(owner, "wrong", OTHER) == 422
    assert changed(owner, PASSWORD, OTHER) == 429
    assert Client().login(username=OWNER, password=PASSWORD)


def test_settings_say_that_the_printed_password_is_still_in_force_and_no_other_page_does(
    owner: Client, world: World
) -> None:
    page = owner.get("/settings/").content.decode()
    assert PRINTED in page
    assert PAGE in page
    for path in ("/", "/people/", "/settings/team/", PAGE):
        assert PRINTED not in owner.get(path).content.decode()
    changed(owner, PASSWORD, OTHER)
    assert PRINTED not in owner.get("/settings/").content.decode()
    assert Member.objects.get(user__username=OWNER).first_password is None
    assert bootstrap(world.clock.now()).password is None


def test_whoever_chose_their_own_password_is_not_asked_for_another(owner: Client, world: World) -> None:
    Member.objects.update(first_password=None)
    assert PRINTED not in owner.get("/settings/").content.decode()

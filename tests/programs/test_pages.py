"""What the team sees of programs and accounts, on its pages and over the API."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from milepost.program.actions import save_draft
from milepost.workspace.actions import bootstrap
from tests.programs.documents import ALL, EMPLOYEE
from tests.programs.gym import Gym


@pytest.fixture
def owner(gym: Gym) -> Client:
    client = Client()
    client.force_login(User.objects.get())
    return client


def test_an_account_has_a_page_with_its_people_its_way_and_why(gym: Gym, owner: Client) -> None:
    gym.does("Subscription Started", "bea")
    for _ in range(3):
        gym.does("Trainer Added", "tom")

    listed = owner.get("/accounts/", {"q": "gym"}).content.decode()
    assert "/accounts/gym/" in listed and "1 of 2" in listed

    text = owner.get("/accounts/gym/").content.decode()
    for said in ("being onboarded", "buyer", "administrator", "Three trainers added", "Trainer Added", "Why not yet"):
        assert said in text, said
    assert "Trainer Added since the start: 3 of 3" in text, "why it was reached"
    assert owner.get(f"/people/{gym.uid}/").headers["location"] == "/accounts/gym/", "where a task of it leads"
    assert owner.get("/accounts/nobody/").status_code == 404


def test_the_program_page_lists_the_programs_with_their_kind(gym: Gym, owner: Client) -> None:
    text = owner.get("/program/").content.decode()
    for said in ("for users", "for customers", "for employees", "common to all", "Starts when"):
        assert said in text, said

    of_one = owner.get("/program/", {"program": "accounts"}).content.decode()
    assert "Three trainers added" in of_one and "Desk set up" not in of_one


def test_a_definition_is_edited_inside_its_own_document(gym: Gym, owner: Client) -> None:
    save_draft(gym.world.workspace, ALL, by="t", now=gym.world.clock.now())
    page = owner.get("/program/definitions/milestone/desk/")
    assert page.status_code == 200

    from milepost.program import edits
    from milepost.program.drafts import working

    path = ("milestones", "paid-up")  # the last one before the next document
    own = working(gym.world.workspace).own(path)
    assert "---" not in own and own.startswith("title: On the pro plan")
    changed = own.replace("On the pro plan", "Pro")
    was = working(gym.world.workspace).revision(path)
    edits.save(gym.world.workspace, path, changed, was=was, over=False, by="t", now=gym.world.clock.now())
    edits.rename(gym.world.workspace, ("milestones", "desk"), "desk-is-there", by="t", now=gym.world.clock.now())
    text = working(gym.world.workspace).text
    expected = ALL.replace("On the pro plan", "Pro").replace("  desk:", "  desk-is-there:")
    assert text.startswith(expected) and "desk: desk-is-there" in text.removeprefix(expected)
    assert EMPLOYEE not in text


def test_the_api_tells_everything_of_an_account(gym: Gym) -> None:
    gym.does("Contract Signed", "bea")
    key = bootstrap(gym.world.clock.now()).secret_key
    answer = Client().get("/api/v1/accounts/gym", headers={"authorization": f"Bearer {key}"}).json()

    assert (answer["stage"], answer["traits"]) == ("onboarding", {"name": "Gym", "plan": "free"})
    assert {each["person"]: each["role"] for each in answer["members"]} == {
        "bea": "buyer",
        "ann": "admin",
        "tom": "user",
    }
    assert [each["key"] for each in answer["milestones"]] == ["trainers", "paid-up"]
    assert {each["definition"] for each in answer["decisions"]} >= {"enrolment", "kick-off"}
    assert all(each["reason"]["text"] for each in answer["decisions"])

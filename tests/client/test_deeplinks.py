"""The link of a mail, followed into the product."""

from datetime import timedelta

import pytest

from milepost.core import events
from milepost.delivery.tokens import DeepLink, seal
from tests.client.conftest import NOW
from tests.client.stage import DEVICE, WORKSPACE, Stage


def link(**changes: object) -> str:
    fields = {"workspace": WORKSPACE, "uid": 1, "delivery": "1:message:welcome", "start": "add-food"}
    return seal(DeepLink(**{**fields, "until": NOW + timedelta(days=7), **changes}))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def welcome(stage: Stage) -> None:
    """Maria was sent this mail."""
    stage.script.people["maria"] = 1
    stage.script.messages["1:message:welcome"] = "welcome"


@pytest.mark.req("R91")
def test_a_link_is_a_click_of_its_recipient_and_starts_the_guide_of_whoever_is_here(stage: Stage) -> None:
    answer = stage.post("/client/link", stage.open("ann"), {"token": link()})
    assert (answer.status_code, answer.json()) == (200, {"start": "add-food"})
    click, started = stage.facts()
    assert (click.name, click.user_id, click.anonymous_id) == (events.EMAIL_CLICKED, "maria", None)
    assert click.properties == {
        "delivery": "1:message:welcome",
        "message": "welcome",
        "device": DEVICE,
        "own": False,
    }
    assert (started.name, started.user_id, started.properties) == (
        events.CONTENT_STARTED,
        "ann",
        {"content": "add-food"},
    )


@pytest.mark.req("R91")
def test_a_click_says_in_whose_session_it_ended(stage: Stage) -> None:
    stage.post("/client/link", stage.open("maria"), {"token": link()})
    click = stage.facts()[0]
    assert (click.properties["device"], click.properties["own"]) == (DEVICE, True)


def test_a_link_is_spent_once(stage: Stage) -> None:
    token = stage.open("maria")
    stage.post("/client/link", token, {"token": link()})
    again = stage.post("/client/link", token, {"token": link()})
    assert (again.status_code, again.json(), len(stage.facts())) == (200, {"start": ""}, 2)


def test_two_visits_at_once_start_one_guide(stage: Stage) -> None:
    token = stage.open("maria")
    stage.post("/client/link", token, {"token": link()})
    stage.script.spent.clear()  # the other visit had looked before the first one was written down
    assert stage.post("/client/link", token, {"token": link()}).json() == {"start": ""}


def test_a_link_of_a_message_that_is_not_kept_starts_nothing(stage: Stage) -> None:
    answer = stage.post("/client/link", stage.open("maria"), {"token": link(delivery="erased")})
    assert (answer.json(), stage.facts()) == ({"start": ""}, [])


def test_a_link_without_a_guide_only_counts_the_click(stage: Stage) -> None:
    answer = stage.post("/client/link", stage.open(), {"token": link(start="")})
    assert answer.json() == {"start": ""}
    assert [fact.name for fact in stage.facts()] == [events.EMAIL_CLICKED]


def test_a_link_that_is_forged_too_old_or_of_another_workspace_does_nothing(stage: Stage) -> None:
    token = stage.open()
    for bad in ("x", "", link()[:-4] + "AAAA", link(until=NOW), link(workspace=WORKSPACE + 1)):
        answer = stage.post("/client/link", token, {"token": bad})
        assert (answer.status_code, answer.json()["code"]) == (404, "bad_link")
    assert stage.post("/client/link", token, {"mp_t": 1}).status_code == 400
    assert stage.facts() == []

"""A person's own page: language, zone, how often, a pause, channels, interests. A GET changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from msgspec.structs import replace

from milepost.core.delivery.preferences import Preferences, preferences_of
from milepost.core.program.kinds.content import Formats, Guide, Question, Step, Survey
from milepost.delivery.queries import suppressed
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.people.actions import place
from milepost.people.models import Identity, Person
from milepost.people.queries import person_view
from milepost.workspace.models import Workspace
from tests.delivery.test_unsubscribe import ADDRESS, link
from tests.delivery.world import DOCUMENT, make_person, make_workspace, release

TASTES = Question(key="tastes", ask="What do you like?", kind="interests", options={"soup": "Soup", "cake": "Cake"})
PROGRAM = replace(
    DOCUMENT, consent={"marketing": ("email",)}, content={"start": Survey(title="Hi", questions=(TASTES,))}
)
FORM = {"purpose": ["service", "care"], "pace": "weekly", "pause": "7", "language": "ru", "zone": "Europe/Sofia"}
EVERYTHING = {**FORM, "channel": ["email", "in_app"], "interest-tastes": ["cake"]}


@pytest.fixture
def workspace(db: None, clock: ManualClock) -> Workspace:
    workspace = make_workspace(PROGRAM)
    person = make_person(workspace)
    Identity.objects.create(workspace=workspace, kind="user", value=person.user_id, person=person)
    return workspace


@pytest.fixture
def page() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="tests.delivery.urls"):
        yield Client(enforce_csrf_checks=True)


def traits(workspace: Workspace) -> dict[str, Any]:
    place(stores.current().log.read(0, 100))
    person = person_view(workspace.pk, 1)
    assert person is not None
    return {**person.traits, "zone": person.zone, "speaks": person.locale}


def test_a_look_changes_nothing(workspace: Workspace, page: Client) -> None:
    assert page.get(link(workspace)).status_code == page.head(link(workspace)).status_code == 200
    assert stores.current().log.read(0, 10) == []


def test_everything_that_is_chosen_is_kept(workspace: Workspace, page: Client, clock: ManualClock) -> None:
    saved = page.post(link(workspace), EVERYTHING).content.decode()
    assert "Сохранено" in saved and 'lang="ru"' in saved, "in the language just chosen"
    now = traits(workspace)
    until = clock.now() + timedelta(days=7)
    assert preferences_of(now) == Preferences(pace="weekly", paused_until=until)
    assert (now["zone"], now["speaks"], now["tastes"], now["consent"]) == (
        "Europe/Sofia", "ru", ["cake"], {"marketing": False},
    )  # fmt: skip
    assert suppressed(workspace.pk, "email", ADDRESS) == ("marketing",)
    again = page.get(link(workspace)).content.decode()
    assert 'value="weekly" selected' in again and 'value="keep" selected' in again and 'value="cake" checked' in again


def test_a_pause_that_runs_is_kept_by_another_change_and_ends_when_they_say_so(
    workspace: Workspace, page: Client, clock: ManualClock
) -> None:
    page.post(link(workspace), EVERYTHING)
    until = preferences_of(traits(workspace)).paused_until
    clock.advance(timedelta(days=1))
    page.post(link(workspace), {**EVERYTHING, "pause": "keep", "channel": ["email"]})
    assert preferences_of(traits(workspace)) == Preferences(pace="weekly", paused_until=until, off=("in_app",))
    clock.advance(timedelta(days=1))
    page.post(link(workspace), {**EVERYTHING, "pause": "0"})
    assert preferences_of(traits(workspace)).paused_until is None


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Base"}, {"pace": "hourly"}, {"pause": "9999"}, {"language": "xx"}])
def test_what_was_never_on_offer_is_refused_whole(workspace: Workspace, page: Client, wrong: dict[str, str]) -> None:
    assert page.post(link(workspace), {**EVERYTHING, **wrong}).status_code == 400
    assert stores.current().log.read(0, 10) == [] and suppressed(workspace.pk, "email", ADDRESS) == ()


def test_a_yes_given_elsewhere_is_shown_and_not_taken_back_by_another_change(
    workspace: Workspace, page: Client
) -> None:
    assert 'value="marketing" checked' not in page.get(link(workspace)).content.decode()
    page.post(link(workspace), {**EVERYTHING, "purpose": ["service", "care", "marketing"]})
    assert traits(workspace)["consent"] == {"marketing": True}
    assert 'value="marketing" checked' in page.get(link(workspace)).content.decode()


@pytest.mark.parametrize("odd", [5, "soup", ["soup", 1], {"soup": True}])
def test_whatever_a_page_has_written_into_a_trait_the_form_can_be_saved(
    workspace: Workspace, page: Client, odd: Any
) -> None:
    Person.objects.filter(pk=1).update(traits={"tastes": odd})
    assert page.get(link(workspace)).status_code == page.post(link(workspace), EVERYTHING).status_code == 200
    assert traits(workspace)["tastes"] == ["cake"]


def test_a_taste_that_is_not_on_offer_is_refused_and_nothing_of_the_form_is_kept(
    workspace: Workspace, page: Client
) -> None:
    assert page.post(link(workspace), {**EVERYTHING, "interest-tastes": ["stones"]}).status_code == 400
    assert stores.current().log.read(0, 10) == [] and suppressed(workspace.pk, "email", ADDRESS) == ()


def test_how_somebody_likes_to_learn_is_asked_where_there_is_a_choice_and_kept(
    workspace: Workspace, page: Client
) -> None:
    assert 'name="learns_by"' not in page.get(link(workspace)).content.decode()
    guide = Guide(steps=(Step(title="Here"),), formats=Formats(video="https://example.com/film"))
    release(workspace, replace(PROGRAM, content={**PROGRAM.content, "how": guide}))
    assert 'name="learns_by"' in page.get(link(workspace)).content.decode()
    page.post(link(workspace), {**EVERYTHING, "learns_by": "video"})
    assert traits(workspace)["learns_by"] == "video"
    assert 'value="video" selected' in page.get(link(workspace)).content.decode()
    assert (
        "not on offer"
        in page.post(link(workspace), {**EVERYTHING, "language": "en", "learns_by": "x"}).content.decode()
    )
    page.post(link(workspace), {**EVERYTHING, "learns_by": ""})
    assert not traits(workspace).get("learns_by")

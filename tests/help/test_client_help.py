"""What a person finds in the product when they look for help."""

from typing import Any

import pytest
from msgspec.structs import replace

from milepost.client.help import Help, article_for, help_for, search_for
from milepost.client.tokens import LIFETIME, Session
from milepost.core import events
from milepost.core.program.kinds.content import Briefing
from milepost.core.values import Refused
from milepost.help import actions
from milepost.help.access import access_conversation
from milepost.workspace.models import Member, Workspace
from tests.delivery.world import release
from tests.help.conftest import DOCUMENT
from tests.help.test_conversations import asks
from tests.world import World


def session(world: World, user: str | None, device: str = "device-1") -> Session:
    return Session(world.workspace, device, user, world.clock.now() + LIFETIME)


def looks(world: World, user: str | None, device: str = "device-1", accepted: str = "en") -> Help:
    return help_for(session(world, user, device), accepted)


def test_whom_to_ask_how_it_works_and_what_to_read_is_said_in_their_language(world: World) -> None:
    here = looks(world, None, accepted="ru-RU,ru;q=0.9,en;q=0.8")
    assert here.contact is not None and here.contact.name == "Anna from support"
    assert (here.how, here.community) == ("Отвечаем за день.", "https://example.com/together")
    assert [(line.key, line.title) for line in here.articles] == [("cake", "Торт на работе")]
    world.happens(world.fact("Identified", kind="identify", properties={"locale": "en-GB"}))
    assert looks(world, "ann", accepted="ru").how == "We answer within a day."


def test_articles_are_searched_as_their_reader_sees_them(world: World) -> None:
    assert [line.key for line in search_for(session(world, None), "торты", "ru")] == ["cake"]
    assert search_for(session(world, None), "торты", "en") == []
    assert [line.title for line in search_for(session(world, None), "say no", "en")] == ["Cake at work"]


@pytest.mark.req("R97")
def test_one_s_own_requests_stand_there_with_their_status_and_answers(world: World, member: Member) -> None:
    first, second = asks(world, "How?"), asks(world, "Why?")
    actions.reply(member, access_conversation(member, first), "Like this.")
    actions.close(member, access_conversation(member, second))
    requests = {request.id: request for request in looks(world, "ann").requests}
    assert (requests[first].status, requests[second].status) == ("answered", "closed")
    [reply] = requests[first].replies
    assert (reply.text, reply.by) == ("Like this.", "Boris") and requests[second].replies == []
    assert looks(world, "ann").how, "and how support works"


def test_the_words_of_the_help_are_in_the_language_of_whoever_reads(world: World) -> None:
    english, russian = looks(world, None), looks(world, None, accepted="ru-RU,ru;q=0.9")
    assert (english.lang, english.dir, english.labels["help_title"]) == ("en", "ltr", "Help")
    assert (russian.lang, russian.labels["back"]) == ("ru", "Назад") and russian.labels.keys() == english.labels.keys()


def test_a_device_sees_what_was_asked_on_it_and_nothing_of_a_person(world: World) -> None:
    asks(world, "Ann's", anonymous_id="device-1")
    asks(world, "Somebody's", user=None, anonymous_id="device-2")
    assert list(looks(world, None, "device-1").requests) == []
    assert [request.text for request in looks(world, None, "device-2").requests] == ["Somebody's"]
    assert list(looks(world, "eve", "device-1").requests) == []


def test_the_next_thing_is_said_to_who_is_here_and_of_nobody_else(world: World) -> None:
    from milepost.workspace.models import Workspace
    from tests.delivery.world import release
    from tests.success_app.conftest import DOCUMENT

    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    world.happens(world.fact("Opened", anonymous_id="device-1"), world.fact("Opened", None, anonymous_id="device-2"))
    goal: dict[str, Any] = {"properties": {"goal": "lose"}, "source": "milepost"}
    world.happens(
        world.fact(events.GOAL_STATED, **goal), world.fact(events.GOAL_STATED, None, anonymous_id="device-2", **goal)
    )
    for user, device in (("ann", "device-9"), (None, "device-2")):
        action = looks(world, user, device).next
        assert action is not None and (action.title, action.start) == ("Log a meal", "add-food") and action.reason
    assert looks(world, None, "device-1").next is None, "it is Ann's by now, and this browser has not proven to be hers"
    assert looks(world, "nobody", "device-3").next is None


def test_an_article_is_read_in_the_reader_s_language(world: World) -> None:
    page = article_for(session(world, None), "cake", "ru")
    assert (page.title, page.body_html) == ("Торт на работе", "<p>Say <em>no</em>.</p>")
    with pytest.raises(Refused) as refused:
        article_for(session(world, None), "none", "")
    assert refused.value.status == 404


@pytest.mark.req("R65")
def test_what_to_do_if_something_goes_wrong_stays_at_hand_after_the_briefing(world: World) -> None:
    rules = Briefing(title="Rules", body="Be kind.", if_something_goes_wrong="Call **Anna**.")
    release(Workspace.objects.get(pk=world.workspace), replace(DOCUMENT, content={"rules": rules}))
    assert [line.key for line in looks(world, None).articles] == ["rules", "cake"]
    page = article_for(session(world, None), "rules", "en")
    assert page.body_html.index("<strong>Anna</strong>") < page.body_html.index("Be kind.")

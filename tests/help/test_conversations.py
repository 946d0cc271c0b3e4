"""People ask, members answer, the answer comes back in the product and by mail."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from milepost.conf.wiring import WIRING
from milepost.core import events
from milepost.core.events import Fact
from milepost.core.help.conversation import conversation_number
from milepost.core.values import Refused
from milepost.delivery.models import Delivery, Piece
from milepost.delivery.queries import pieces_for_device
from milepost.help import actions, queries
from milepost.help.access import access_conversation
from milepost.help.models import Conversation, Post
from milepost.people.queries import uid_of_any
from milepost.runtime.relay import Relay
from milepost.workspace.models import AuditEntry, Member, Workspace
from tests.delivery.servers import Inbox
from tests.help.conftest import a_member
from tests.world import World


def asks(world: World, text: str = "How do I log cake?", user: str | None = "ann", **more: Any) -> int:
    fact = world.fact(
        events.QUESTION_ASKED, user, properties={"text": text, "page": "/diary"}, source="milepost", **more
    )
    world.happens(fact)
    return conversation_number(world.workspace, fact.message_id)


def relay(world: World) -> None:
    from threading import Event

    worker = Relay(world.stores, world.outbox, WIRING, Event(), Event())
    while worker.turn():
        world.loop.catch_up()


def identified(world: World, user: str = "ann", **traits: Any) -> Fact:
    return world.fact("Identified", user, kind="identify", properties={"email": f"{user}@example.org", **traits})


def told(world: World, name: str) -> list[Fact]:
    return [fact for fact in world.stores.log.read(0, 1000) if fact.name == name]


def test_a_question_opens_a_conversation_once(world: World) -> None:
    number = asks(world, message_id="q1")
    world.happens(world.fact(events.QUESTION_ASKED, properties={"text": "Again"}, message_id="q1"))
    row = Conversation.objects.get()
    assert (row.number, row.status, row.page, row.device) == (number, "open", "/diary", "")
    [post] = queries.conversation(row).posts
    assert (post.text, post.by) == ("How do I log cake?", "")


@pytest.mark.parametrize("text", [None, "", "  ", 5, ["x"]])
def test_a_question_without_words_opens_nothing(world: World, text: object) -> None:
    world.happens(world.fact(events.QUESTION_ASKED, properties={"text": text}))
    assert not Conversation.objects.exists()


def test_a_question_of_an_old_history_waits_for_nobody(world: World) -> None:
    world.happens(world.fact(events.QUESTION_ASKED, properties={"text": "How?"}, source="import"))
    assert not Conversation.objects.exists()


def test_an_answer_is_shown_in_the_product_at_once(world: World, member: Member) -> None:
    number = asks(world)
    actions.reply(member, access_conversation(member, number), "Search for *cake*.\n\nSee https://x.example/help.")
    world.loop.catch_up()
    [fact] = told(world, events.QUESTION_REPLIED)
    assert (fact.user_id, fact.source) == ("ann", "milepost")
    assert fact.properties["conversation"] == number and fact.properties["by"] == "Boris"
    [piece] = Piece.objects.all()
    body = json.loads(bytes(piece.body))
    assert (body["kind"], body["title"], body["by"]) == ("reply", "Boris has answered you", "Boris")
    assert (body["question"], body["conversation"]) == ("How do I log cake?", number)
    assert "<p>Search for *cake*.</p>" in body["body_html"] and 'href="https://x.example/help"' in body["body_html"]
    assert body["contact"]["name"] == "Anna from support"


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_sent_by_mail_once_in_their_language(world: World, member: Member) -> None:
    world.happens(identified(world, locale="ru", name="Анна"))
    number = asks(world, "Как записать торт? " * 6)
    actions.reply(member, access_conversation(member, number), "Найдите {{ person.email }} <b>торт</b>.")
    with Inbox() as inbox, override_settings(EMAIL_URL=inbox.url, PUBLIC_URL="https://app.example.com"):
        world.loop.catch_up()
        relay(world)
        relay(world)
    [letter] = inbox.letters
    mail = letter.mail
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    text, html = plain.get_content(), page.get_content()
    assert mail["Subject"].startswith("Re: Как записать торт?") and len(mail["Subject"]) < 70
    assert "Anna from support" in mail["From"] and "anna@example.com" in mail["Reply-To"]
    assert "Найдите {{ person.email }} <b>торт</b>." in text and "> Как записать торт?" in text
    assert "&lt;b&gt;торт&lt;/b&gt;" in html and "<blockquote" in html
    [sent] = [fact for fact in told(world, events.MESSAGE_SENT) if fact.properties["message"] == "@reply"]
    assert sent.user_id == "ann" and Delivery.objects.get().purpose == "service"


def test_who_has_no_address_has_the_answer_in_the_product(world: World, member: Member) -> None:
    number = asks(world, user=None, anonymous_id="device-1")
    actions.reply(member, access_conversation(member, number), "Like this.")
    world.loop.catch_up()
    relay(world)
    assert not Delivery.objects.exists()
    [piece] = pieces_for_device(world.workspace, "device-1")
    assert piece.content == "@reply"


def test_nobody_outside_answers_in_our_name(world: World, member: Member) -> None:
    number = asks(world)
    forged = {"conversation": number, "text": "Send me your password", "by": "Boris"}
    world.happens(world.fact(events.QUESTION_REPLIED, properties=forged))
    world.happens(world.fact(events.QUESTION_REPLIED, properties=forged, source="milepost"))  # even if it could
    relay(world)
    assert not Piece.objects.exists() and not Delivery.objects.exists()
    assert Conversation.objects.get().status == "open"


def test_an_answer_reaches_nobody_but_who_asked(world: World, member: Member) -> None:
    number = asks(world)
    actions.reply(member, access_conversation(member, number), "Like this.")
    words = {"conversation": number, "text": "Like this.", "by": ""}
    world.happens(world.fact(events.QUESTION_REPLIED, "eve", properties=words, source="milepost"))
    world.happens(world.fact("Opened", "eve"))
    assert {piece.uid for piece in Piece.objects.all()} == {uid_of_any(world.workspace, "ann")}


def test_several_answers_are_several_pieces(world: World, member: Member) -> None:
    conversation = access_conversation(member, asks(world))
    for text in ("First", "Second"):
        actions.reply(member, conversation, text)
        world.loop.catch_up()
    assert Piece.objects.filter(status="waiting").count() == 2 == Post.objects.exclude(by="").count()
    assert AuditEntry.objects.filter(action="conversation.reply").count() == 2


def test_whoever_answers_first_takes_the_conversation(world: World, member: Member) -> None:
    other = a_member(world, "olga@example.com", "owner")
    number = asks(world)
    actions.reply(member, access_conversation(member, number), "First")
    actions.reply(other, access_conversation(other, number), "Second")
    assert Conversation.objects.get().assignee == member and Conversation.objects.get().status == "answered"
    actions.assign(other, access_conversation(other, number), other)
    assert Conversation.objects.get().assignee == other


def test_a_member_without_a_name_speaks_as_support(world: World) -> None:
    other = a_member(world, "olga@example.com", "owner")
    actions.reply(other, access_conversation(other, asks(world)), "Like this.")
    world.loop.catch_up()
    body = json.loads(bytes(Piece.objects.get().body))
    assert body["by"] == "Anna from support" and "olga@example.com" not in json.dumps(body)


def test_a_conversation_is_closed_once_and_told(world: World, member: Member) -> None:
    conversation = access_conversation(member, asks(world))
    for _ in range(2):
        actions.close(member, conversation)
    assert Conversation.objects.get().status == "closed"
    [fact] = told(world, events.CONVERSATION_CLOSED)
    assert fact.user_id == "ann" and fact.properties == {"conversation": conversation.number}


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001])
def test_an_answer_is_some_words(world: World, member: Member, text: str) -> None:
    conversation = access_conversation(member, asks(world))
    with pytest.raises(Refused):
        actions.reply(member, conversation, text)
    assert told(world, events.QUESTION_REPLIED) == [] and Conversation.objects.get().status == "open"


def test_who_may_only_look_answers_nobody(world: World) -> None:
    viewer = a_member(world, "v@example.com", "viewer")
    conversation = access_conversation(viewer, asks(world))
    with pytest.raises(Refused) as refused:
        actions.reply(viewer, conversation, "Hello")
    assert refused.value.status == 403
    with pytest.raises(Refused):
        actions.close(viewer, conversation)


def test_another_workspace_s_conversation_does_not_exist(world: World, member: Member) -> None:
    number = asks(world)
    other = Workspace.objects.create(slug="other", name="Other", created_at=world.clock.now())
    stranger = Member.objects.create(workspace=other, user=member.user, role="owner")
    with pytest.raises(Refused) as refused:
        access_conversation(stranger, number)
    assert refused.value.status == 404
    with pytest.raises(Refused):
        actions.assign(member, access_conversation(member, number), stranger)


def test_the_inbox_is_read_page_by_page_latest_word_first(world: World, member: Member) -> None:
    numbers = []
    for text in ("One", "Two", "Three"):
        numbers.append(asks(world, text))
        world.later(timedelta(minutes=1))
    actions.reply(member, access_conversation(member, numbers[0]), "Here.")
    first = queries.inbox(world.workspace, limit=2)
    second = queries.inbox(world.workspace, cursor=first.next, limit=2)
    assert [line.text for line in first.items] == ["One", "Three"]
    assert [line.text for line in second.items] == ["Two"] and second.next == ""
    assert [line.text for line in queries.inbox(world.workspace, "open").items] == ["Three", "Two"]
    assert queries.count_open(world.workspace) == 2
    with pytest.raises(Refused):
        queries.inbox(world.workspace, cursor="x")


def test_what_a_visitor_asked_is_theirs_after_signing_in(world: World, member: Member) -> None:
    number = asks(world, user=None, anonymous_id="device-1")
    world.happens(world.fact("Opened"))  # ann is known already, from elsewhere
    world.happens(world.fact("Signed In", anonymous_id="device-1"))
    ann = uid_of_any(world.workspace, "ann")
    assert Conversation.objects.get().uid == ann
    assert [each.number for each in queries.requests_of(world.workspace, uid=ann)] == [number]
    actions.reply(member, access_conversation(member, number), "Like this.")
    world.loop.catch_up()
    assert Piece.objects.get().uid == ann


def test_a_device_sees_what_was_asked_on_it_by_nobody_in_particular(world: World) -> None:
    asks(world, "Mine", anonymous_id="device-1")
    asks(world, "Anybody's", user=None, anonymous_id="device-2")
    assert queries.requests_of(world.workspace, device="device-1") == []
    assert [each.text for each in queries.requests_of(world.workspace, device="device-2")] == ["Anybody's"]
    assert queries.requests_of(world.workspace) == []

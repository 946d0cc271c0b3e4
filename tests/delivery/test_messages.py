"""Messages: once, in time, to whom it may be sent, and the same answer however often it is asked."""

from datetime import timedelta

import msgspec
import pytest

from milepost.core.delivery.outcome import Done, Failed, Later
from milepost.core.events import MESSAGE_FAILED, MESSAGE_SENT
from milepost.core.program.document import Document
from milepost.core.values import Refused
from milepost.delivery import handlers
from milepost.delivery.handlers import merge_pieces, send_message
from milepost.delivery.models import Delivery
from milepost.delivery.queries import deliveries, deliveries_of_person
from milepost.log.clock import ManualClock
from milepost.people.models import Person
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import DOCUMENT, NOW, a_message, make_person, release


def test_a_message_is_sent_and_told_as_a_fact(workspace: Workspace, inbox: Inbox) -> None:
    outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Done)
    (fact,) = outcome.facts
    assert (fact.name, fact.user_id, fact.source, fact.at) == (MESSAGE_SENT, "person-1", "milepost", NOW)
    assert fact.properties["message"] == "welcome" and fact.properties["email_subject"] == "Welcome, Maria"
    assert fact.properties["email_id"] == inbox.letters[0].mail["Message-ID"]
    assert len(fact.message_id) <= 100


@pytest.mark.parametrize("attempt", [1, 2, 7])
def test_a_message_that_was_sent_is_not_sent_again(workspace: Workspace, inbox: Inbox, attempt: int) -> None:
    first = send_message(a_message(workspace), 1)
    assert send_message(a_message(workspace), attempt) == first, "in the same words, so that no fact is told twice"
    assert len(inbox.letters) == 1 and Delivery.objects.count() == 1


def test_dying_after_the_server_took_the_mail_makes_one_copy_with_the_same_bytes(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        assert name == "mail.accepted"
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("milepost.delivery.channels.email.channel.failpoint", die)
        send_message(a_message(workspace), 1)
    assert len(inbox.letters) == 1 and Delivery.objects.get().status == "sending"
    assert isinstance(send_message(a_message(workspace), 2), Done)
    first, second = inbox.letters
    assert first.raw == second.raw, "so a receiver that looks at the Message-ID shows one"


def test_a_person_without_an_address_is_waited_for(workspace: Workspace, inbox: Inbox, clock: ManualClock) -> None:
    person = make_person(workspace, 2, email=None)
    waits = send_message(a_message(workspace, uid=2), 1)
    assert isinstance(waits, Later) and waits.at - NOW < timedelta(seconds=3)
    person.email = "late@example.org"
    person.save()
    assert isinstance(send_message(a_message(workspace, uid=2), 2), Done)
    assert inbox.letters[0].recipients == ["late@example.org"]
    assert Delivery.objects.get().address == "late@example.org"


@pytest.mark.parametrize(
    "address", ["maria", "a b@example.org", "a@b.c, d@e.f", "a@b.c\nBcc: d@e.f", "@example.org", "x" * 300 + "@y.z"]
)
def test_nothing_is_sent_to_what_is_no_address(workspace: Workspace, inbox: Inbox, address: str) -> None:
    make_person(workspace, 2, email=address)
    assert isinstance(send_message(a_message(workspace, uid=2), 1), Later)
    assert not inbox.letters


def test_a_message_never_comes_days_late(workspace: Workspace, inbox: Inbox, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=24, seconds=1))
    outcome = send_message(a_message(workspace), 3)
    assert isinstance(outcome, Failed) and "too late" in outcome.error
    assert [fact.name for fact in outcome.facts] == [MESSAGE_FAILED] and not inbox.letters


def test_after_the_last_attempt_the_failure_is_told_once(
    workspace: Workspace, clock: ManualClock, settings: object
) -> None:
    settings.EMAIL_URL = ""  # type: ignore[attr-defined]  # pytest-django's fixture has no type of its own
    outcome, attempt = send_message(a_message(workspace), 1), 1
    while isinstance(outcome, Later):
        clock.set(outcome.at)
        attempt += 1
        outcome = send_message(a_message(workspace), attempt)
    assert isinstance(outcome, Failed) and "MILEPOST_EMAIL_URL" in outcome.error and f"{attempt} times" in outcome.error
    again = send_message(a_message(workspace), attempt + 1)
    assert isinstance(again, Failed) and again.facts[0].message_id == outcome.facts[0].message_id
    assert clock.now() <= NOW + timedelta(hours=24)


def test_a_template_that_cannot_be_rendered_fails_with_its_reason(workspace: Workspace, inbox: Inbox) -> None:
    outcome = send_message(a_message(workspace, "broken"), 1)
    assert isinstance(outcome, Failed) and "template" in outcome.error
    assert Delivery.objects.get().status == "failed"


def test_a_program_that_names_nobody_sends_no_mail(workspace: Workspace, inbox: Inbox) -> None:
    number = release(workspace, msgspec.structs.replace(DOCUMENT, support=None))
    outcome = send_message(a_message(workspace, release=number), 1)
    assert isinstance(outcome, Failed) and "support" in outcome.error and not inbox.letters


def test_a_message_is_written_as_its_release_says(workspace: Workspace, inbox: Inbox) -> None:
    release(workspace, Document(name="Another"))
    assert isinstance(send_message(a_message(workspace, release=1), 1), Done)
    assert isinstance(send_message(a_message(workspace, release=2, key="1:message:welcome:2"), 1), Failed)


def test_somebody_erased_gets_nothing(workspace: Workspace, inbox: Inbox) -> None:
    Person.objects.all().delete()
    outcome = send_message(a_message(workspace), 1)
    assert outcome == Done(note="The person is gone.") and not inbox.letters


def test_a_message_for_a_half_of_somebody_reaches_them_whole_and_once(workspace: Workspace, inbox: Inbox) -> None:
    half = make_person(workspace, 2, known=False, email=None)
    assert isinstance(send_message(a_message(workspace, uid=2), 1), Later)
    half.merged_into_id = 1
    half.save()
    merge_pieces(workspace.pk, 2, 1)
    assert isinstance(send_message(a_message(workspace, uid=2), 2), Done)
    assert isinstance(send_message(a_message(workspace, uid=1), 1), Done)
    assert [letter.recipients for letter in inbox.letters] == [["maria@example.org"]]
    assert [view.status for view in deliveries_of_person(workspace.pk, 1)] == ["sent"]


def test_a_message_already_sent_to_one_half_is_not_sent_to_the_other(workspace: Workspace, inbox: Inbox) -> None:
    half = make_person(workspace, 2, known=False, email="half@example.org")
    assert isinstance(send_message(a_message(workspace, uid=2), 1), Done)
    half.merged_into_id = 1
    half.save()
    person = Person.objects.get(id=1)
    person.email = ""
    person.save()
    assert isinstance(send_message(a_message(workspace, uid=1), 1), Later)
    merge_pieces(workspace.pk, 2, 1)
    person.email = "maria@example.org"
    person.save()
    assert isinstance(send_message(a_message(workspace, uid=1), 2), Done)
    assert len(inbox.letters) == 1


def test_deliveries_are_read_page_by_page_newest_first(workspace: Workspace, inbox: Inbox, clock: ManualClock) -> None:
    for number in range(7):
        clock.advance(timedelta(seconds=number % 2))
        send_message(a_message(workspace, "news", key=f"1:message:news:{number}"), 1)
    seen, cursor = [], ""
    while True:
        page = deliveries(workspace.pk, cursor=cursor, limit=3)
        seen += [(view.created_at, view.key) for view in page.items]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7
    assert [at for at, _ in seen] == sorted((at for at, _ in seen), reverse=True)
    assert len(deliveries(workspace.pk, status="failed").items) == 0
    with pytest.raises(Refused):
        deliveries(workspace.pk, cursor="nonsense")


def test_another_workspace_sees_nothing_of_it(workspace: Workspace, inbox: Inbox) -> None:
    send_message(a_message(workspace), 1)
    assert deliveries(workspace.pk + 1).items == () and deliveries_of_person(workspace.pk + 1, 1) == []


def test_the_loop_finds_what_it_wires() -> None:
    assert {"send_message", "show_content", "piece_facts", "end_pieces", "merge_pieces"} <= set(handlers.__all__)

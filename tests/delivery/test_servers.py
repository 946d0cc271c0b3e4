"""Mail servers that fail, each in its way: what is said to the team, what is tried again, what is never sent twice."""

from datetime import timedelta
from time import monotonic

import pytest
from django.test import override_settings

from milepost.core.delivery.outcome import Done, Failed, Later
from milepost.core.events import EMAIL_BOUNCED, MESSAGE_FAILED
from milepost.core.values import Refused
from milepost.delivery.channels.email.server import server_of
from milepost.delivery.handlers import send_message
from milepost.delivery.models import Delivery, Suppression
from milepost.log.clock import ManualClock
from milepost.workspace.models import Workspace
from tests.delivery.servers import Hostile, Inbox, Script, free_port
from tests.delivery.world import NOW, a_message, make_person

NEVER_LONGER_THAN = 6.0


def test_a_server_that_is_not_there_is_tried_again(workspace: Workspace) -> None:
    with override_settings(EMAIL_URL=f"smtp://127.0.0.1:{free_port()}"):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Later) and "nothing listens there" in outcome.error
    assert timedelta(seconds=27) <= outcome.at - NOW <= timedelta(seconds=33)
    assert Delivery.objects.get().status == "retrying"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ({"connect": Hostile.hang}, "it did not answer in time"),
        ({"connect": Hostile.drop}, "it hung up in the middle"),
        ({"connect": "554 no service here"}, "554 no service here (on connecting)"),
        ({"connect": "421 too busy"}, "421 too busy (on connecting)"),
        ({"EHLO": Hostile.hang}, "it did not answer in time"),
        ({"MAIL": "421 closing"}, "421 closing (to the sender)"),
        ({"MAIL": "451 try later"}, "451 try later (to the sender)"),
        ({"RCPT": "450 4.2.1 greylisted"}, "450 4.2.1 greylisted (to the recipient)"),
        ({"RCPT": "452 too many"}, "452 too many (to the recipient)"),
        ({"RCPT": Hostile.hang}, "it did not answer in time"),
        ({"DATA": "451 not now"}, "451 not now (to the message)"),
        ({"DATA": Hostile.drop}, "it hung up in the middle"),
        ({"end": "452 no space"}, "452 no space (to the message)"),
        ({"end": Hostile.drop}, "it hung up in the middle"),
        ({"end": Hostile.hang}, "it did not answer in time"),
    ],
)
def test_a_trouble_that_may_pass_is_said_and_tried_again(workspace: Workspace, script: Script, said: str) -> None:
    begun = monotonic()
    with Hostile(script) as server, override_settings(EMAIL_URL=server.url):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Later), outcome
    assert said in outcome.error and "127.0.0.1:" in outcome.error
    assert Delivery.objects.get().error == outcome.error
    assert monotonic() - begun < NEVER_LONGER_THAN
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("place", ["connect", "end"])
def test_a_server_that_drips_cannot_hold_the_thread(workspace: Workspace, place: str) -> None:
    begun = monotonic()
    with Hostile({place: Hostile.drip}) as server, override_settings(EMAIL_URL=server.url):
        assert isinstance(send_message(a_message(workspace), 1), Later)
    assert monotonic() - begun < NEVER_LONGER_THAN


def test_a_server_that_greets_late_but_in_time_is_served(workspace: Workspace) -> None:
    with Hostile({"connect": Hostile.late}) as server, override_settings(EMAIL_URL=server.url):
        assert isinstance(send_message(a_message(workspace), 1), Done)
    assert server.accepted == 1


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it(workspace: Workspace) -> None:
    with Hostile({"end": Hostile.take_and_drop}) as server, override_settings(EMAIL_URL=server.url):
        assert isinstance(send_message(a_message(workspace), 1), Done)
        assert isinstance(send_message(a_message(workspace, "praise"), 1), Done)
    assert server.connections == 2


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ({"MAIL": "550 5.7.1 not your domain"}, "550 5.7.1 not your domain (to the sender)"),
        ({"RCPT": "550 5.7.1 you are spam"}, "550 5.7.1 you are spam (to the recipient)"),
        ({"DATA": "554 no"}, "554 no (to the message)"),
        ({"end": "552 too big"}, "552 too big (to the message)"),
        ({"end": "550 5.7.1 spam"}, "550 5.7.1 spam (to the message)"),
        ({"EHLO": "250-hostile\r\n250 SIZE 1000"}, "takes 1000 bytes, and the message has"),
    ],
)
def test_a_refusal_of_the_message_is_final_and_says_nothing_of_the_address(
    workspace: Workspace, script: Script, said: str
) -> None:
    with Hostile(script) as server, override_settings(EMAIL_URL=server.url):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Failed) and said in outcome.error
    assert [fact.name for fact in outcome.facts] == [MESSAGE_FAILED]
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "551 user not local", "553 no", "554 user unknown"])
def test_an_address_that_does_not_exist_is_never_written_to_again(workspace: Workspace, answer: str) -> None:
    with Hostile({"RCPT": answer}) as server, override_settings(EMAIL_URL=server.url):
        outcome = send_message(a_message(workspace), 1)
        assert isinstance(outcome, Failed)
        assert [fact.name for fact in outcome.facts] == [MESSAGE_FAILED, EMAIL_BOUNCED]
        second = send_message(a_message(workspace, "news"), 1)
    assert isinstance(second, Done) and not second.facts and "dead" in second.note
    assert sum(command.upper().startswith("RCPT") for command in server.commands) == 1
    assert Suppression.objects.get().reason == "bounced"


def test_without_a_mail_server_the_team_sees_why_and_nothing_is_lost(workspace: Workspace, clock: ManualClock) -> None:
    with override_settings(EMAIL_URL=""):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Later) and "MILEPOST_EMAIL_URL" in outcome.error
    assert Delivery.objects.get().status == "retrying"
    clock.set(outcome.at)
    with Inbox() as inbox, override_settings(EMAIL_URL=inbox.url):
        assert isinstance(send_message(a_message(workspace), 2), Done)
    assert len(inbox.letters) == 1


def test_a_wrong_setting_is_said_without_its_password(workspace: Workspace) -> None:
    with override_settings(EMAIL_URL="smtp://me:secret@mail.example.com?tls=yes"):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Later)
    assert "starttls" in outcome.error and "tls" in outcome.error and "secret" not in outcome.error


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "smtp://",
        "smtp://h:99999",
        "smtp://h?timeout=never",
        "smtp://h?timeout=0",
        "smtp://h?starttls=maybe",
        "mail",
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="MILEPOST_EMAIL_URL"):
        server_of(url)


def test_a_setting_says_everything_about_the_server() -> None:
    server = server_of(
        "smtp://me%40x.org:p%2Fw@mail.example.com:587?starttls=required&timeout=3&from=a@b.c&unsubscribe=l@b.c"
    )
    assert server is not None
    assert (server.host, server.port, server.user, server.password) == ("mail.example.com", 587, "me@x.org", "p/w")
    assert (server.starttls, server.timeout, server.sender, server.leave) == ("required", 3.0, "a@b.c", "l@b.c")
    secure = server_of("smtps://mail.example.com")
    assert secure is not None and (secure.port, secure.tls) == (465, True)
    assert server_of("") is None


def test_a_password_is_never_sent_in_the_clear_over_a_network() -> None:
    far = server_of("smtp://me:secret@mail.example.com")
    near = server_of("smtp://me:secret@localhost")
    allowed = server_of("smtp://me:secret@mail.example.com?starttls=never")
    assert far and near and allowed
    assert (far.trusts_the_wire, near.trusts_the_wire, allowed.trusts_the_wire) == (False, True, True)
    assert far.checks_the_certificate and not near.checks_the_certificate


def test_where_tls_is_required_nothing_is_sent_without(workspace: Workspace) -> None:
    with Inbox() as inbox, override_settings(EMAIL_URL=f"{inbox.url}&starttls=required"):
        outcome = send_message(a_message(workspace), 1)
    assert isinstance(outcome, Later) and "offers no STARTTLS" in outcome.error
    assert not inbox.letters


def test_one_connection_carries_many_messages(workspace: Workspace, inbox: Inbox) -> None:
    for uid in range(2, 7):
        make_person(workspace, uid, email=f"p{uid}@example.org")
        assert isinstance(send_message(a_message(workspace, uid=uid), 1), Done)
    assert len(inbox.letters) == 5 and inbox.connections == 1


def test_a_connection_that_the_server_closed_is_opened_anew(workspace: Workspace) -> None:
    with Inbox(options={"timeout": 0.3}) as inbox, override_settings(EMAIL_URL=inbox.url):
        assert isinstance(send_message(a_message(workspace), 1), Done)
        inbox.wait_until_idle_is_over()
        assert isinstance(send_message(a_message(workspace, "news"), 1), Done)
    assert len(inbox.letters) == 2 and inbox.connections == 2


def test_a_letter_beyond_ascii_in_an_address_needs_a_server_that_can(workspace: Workspace) -> None:
    make_person(workspace, 2, email="мария@пример.рф")
    with Inbox(options={"enable_SMTPUTF8": False}) as old, override_settings(EMAIL_URL=old.url):
        refused = send_message(a_message(workspace, uid=2), 1)
    assert isinstance(refused, Failed) and "SMTPUTF8" in refused.error
    make_person(workspace, 3, email="анна@пример.рф")
    with Inbox(options={"enable_SMTPUTF8": True}) as able, override_settings(EMAIL_URL=able.url):
        assert isinstance(send_message(a_message(workspace, uid=3), 1), Done)
    assert able.letters[0].recipients == ["анна@xn--e1afmkfd.xn--p1ai"]

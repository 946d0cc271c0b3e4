"""The way out of every mail: RFC 8058's one click, and the page for people."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from milepost.core.delivery.outcome import Done
from milepost.core.events import RESUBSCRIBED, UNSUBSCRIBED
from milepost.core.values import Unavailable
from milepost.delivery.handlers import send_message
from milepost.delivery.models import Delivery, Suppression
from milepost.delivery.queries import suppressed
from milepost.delivery.tokens import Subscription, seal
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import a_message, make_person

ADDRESS = "maria@example.org"


@pytest.fixture(autouse=True)
def mounted() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.delivery.urls"):
        yield


@pytest.fixture
def mail_program() -> Client:
    """No cookies, and the real checks against forged requests."""
    return Client(enforce_csrf_checks=True)


def link(workspace: Workspace, purpose: str = "marketing", address: str = ADDRESS, uid: int = 1) -> str:
    return "/u/" + seal(Subscription(workspace.pk, uid, "email", address, purpose))


def one_click(client: Client, url: str) -> int:
    return client.post(url, {"List-Unsubscribe": "One-Click"}).status_code


def wishes() -> list[tuple[str, str]]:
    facts = stores.current().log.read(0, 100)
    assert all(fact.source == "milepost" and fact.user_id == "person-1" for fact in facts)
    return [(fact.name, fact.properties["purpose"]) for fact in facts]


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_one_click_unsubscribes_at_once(workspace: Workspace, mail_program: Client, content_type: str) -> None:
    body = {
        "multipart/form-data; boundary=b": (
            '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
        ),
        "application/x-www-form-urlencoded": "List-Unsubscribe=One-Click",
    }[content_type]
    answer = mail_program.post(link(workspace), body, content_type=content_type)
    assert answer.status_code == 200 and not answer.cookies and "Location" not in answer
    assert suppressed(workspace.pk, "email", ADDRESS) == ("marketing",)
    assert wishes() == [(UNSUBSCRIBED, "marketing")]


def test_clicking_twice_is_told_once(workspace: Workspace, mail_program: Client, clock: ManualClock) -> None:
    assert [one_click(mail_program, link(workspace)) for _ in range(3)] == [200, 200, 200]
    assert wishes() == [(UNSUBSCRIBED, "marketing")] and Suppression.objects.count() == 1


def test_the_link_of_a_real_mail_works(workspace: Workspace, inbox: Inbox, mail_program: Client) -> None:
    send_message(a_message(workspace, "news"), 1)
    url = re.search(r"^List-Unsubscribe: <https://app\.example\.com(/u/\S+)>", inbox.letters[0].raw.decode(), re.M)
    assert url and one_click(mail_program, url[1]) == 200
    again = send_message(a_message(workspace, "news", key="1:message:news:2"), 1)
    assert isinstance(again, Done) and not again.facts
    assert Delivery.objects.get(key="1:message:news:2").status == "skipped"
    assert isinstance(send_message(a_message(workspace, "welcome"), 1), Done)
    assert len(inbox.letters) == 2, "what they asked for themselves goes on"


def test_leaving_a_service_mail_ends_all_mail(workspace: Workspace, inbox: Inbox, mail_program: Client) -> None:
    assert one_click(mail_program, link(workspace, "service")) == 200
    for message in ("welcome", "praise", "news"):
        assert isinstance(send_message(a_message(workspace, message), 1), Done)
    assert not inbox.letters and wishes() == [(UNSUBSCRIBED, "all")]


def test_another_spelling_of_the_address_is_the_same_address(
    workspace: Workspace, inbox: Inbox, mail_program: Client
) -> None:
    assert one_click(mail_program, link(workspace, "service", "Maria@Example.org")) == 200
    send_message(a_message(workspace), 1)
    assert not inbox.letters


def test_looking_changes_nothing(workspace: Workspace, mail_program: Client) -> None:
    for method in (mail_program.get, mail_program.head):
        answer = method(link(workspace), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert not Suppression.objects.exists() and not wishes()


def test_the_page_shows_what_they_get_and_whom_to_ask(workspace: Workspace, mail_program: Client) -> None:
    one_click(mail_program, link(workspace))
    page = mail_program.get(link(workspace)).content.decode()
    assert re.search(r'value="service" checked', page) and re.search(r'value="care" checked', page)
    assert re.search(r'value="marketing">', page)
    assert "Anna from support" in page and "help@example.com" in page and ADDRESS in page
    assert "<script" not in page and "style=" not in page


def test_the_page_speaks_their_language(workspace: Workspace, mail_program: Client) -> None:
    make_person(workspace, 2, locale="ru", email="two@example.org")
    page = mail_program.get(link(workspace, address="two@example.org", uid=2)).content.decode()
    assert 'lang="ru"' in page and "О чём вам можно писать?" in page and "Анна из поддержки" in page
    visitor = mail_program.get(link(workspace), headers={"Accept-Language": "ru"}).content.decode()
    assert 'lang="ru"' in visitor, "who never said a language is asked in their browser's"


def test_what_is_chosen_on_the_page_holds(workspace: Workspace, mail_program: Client, clock: ManualClock) -> None:
    url = link(workspace)
    saved = mail_program.post(url, {"purpose": ["service", "marketing"]})
    assert saved.status_code == 200 and "Saved" in saved.content.decode()
    assert suppressed(workspace.pk, "email", ADDRESS) == ("care",)
    for chosen, held in (
        (["service", "care", "marketing"], ()),
        ([], ("all",)),
        (["service"], ("care", "marketing")),
    ):
        clock.advance(timedelta(seconds=1))
        mail_program.post(url, {"purpose": chosen})
        assert suppressed(workspace.pk, "email", ADDRESS) == held
    assert wishes() == [
        (UNSUBSCRIBED, "care"),
        (RESUBSCRIBED, "care"),
        (UNSUBSCRIBED, "all"),
        (UNSUBSCRIBED, "care"),
        (UNSUBSCRIBED, "marketing"),
        (RESUBSCRIBED, "all"),
    ]


def test_an_unsubscription_is_told_without_the_address(workspace: Workspace, mail_program: Client) -> None:
    one_click(mail_program, link(workspace))
    fact = stores.current().log.read(0, 1)[0]
    assert ADDRESS not in str(fact.properties) and fact.properties["channel"] == "email"


def test_a_dead_address_stays_dead(workspace: Workspace, mail_program: Client, clock: ManualClock) -> None:
    Suppression.objects.create(
        workspace=workspace, channel="email", address=ADDRESS, purpose="all", reason="bounced", created_at=clock.now()
    )
    mail_program.post(link(workspace), {"purpose": ["service", "care", "marketing"]})
    assert suppressed(workspace.pk, "email", ADDRESS) == ("all",)


@pytest.mark.parametrize("forged", ["", "x", "AAAA", "a" * 3000, "%00", "é", "..%2f..", "-" * 64])
def test_a_forged_link_is_an_address_that_does_not_exist(
    workspace: Workspace, mail_program: Client, forged: str
) -> None:
    for answer in (
        mail_program.get(f"/u/{forged}"),
        mail_program.post(f"/u/{forged}", {"List-Unsubscribe": "One-Click"}),
    ):
        assert answer.status_code == 404
    assert not Suppression.objects.exists()


def test_a_link_with_one_letter_changed_is_forged(workspace: Workspace, mail_program: Client) -> None:
    url = link(workspace)
    for place in range(3, len(url)):
        changed = url[:place] + ("A" if url[place] != "A" else "B") + url[place + 1 :]
        if place < len(url) - 1:  # the last letter may hold unused bits
            assert mail_program.post(changed, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert mail_program.get(url[:-4]).status_code == 404
    assert not Suppression.objects.exists()


def test_a_wish_of_somebody_erased_still_holds(workspace: Workspace, mail_program: Client) -> None:
    assert one_click(mail_program, link(workspace, uid=99, address="gone@example.org")) == 200
    assert suppressed(workspace.pk, "email", "gone@example.org") == ("marketing",) and not wishes()


def test_where_the_wish_cannot_be_kept_it_is_not_said_to_be(
    workspace: Workspace, mail_program: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(facts: object) -> list[int]:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(stores.current().log, "append", full)
    answer = mail_program.post(link(workspace), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 503 and answer["Retry-After"]
    assert not Suppression.objects.exists()


def test_the_page_is_not_kept_or_indexed(workspace: Workspace, mail_program: Client) -> None:
    answer = mail_program.get(link(workspace))
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"

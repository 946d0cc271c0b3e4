"""Who opened a letter: asked only where the program says so, and answered by people alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from msgspec.structs import replace

from milepost.core import events
from milepost.core.delivery.opens import by_machine
from milepost.delivery.handlers import send_message
from milepost.delivery.models import Delivery
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import DOCUMENT, a_message, release

READER = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


def opened() -> list[str]:
    return [fact.name for fact in stores.current().log.read(0, 100) if fact.properties.get("message") == "counted"]


@pytest.fixture
def picture(workspace: Workspace, inbox: Inbox) -> str:
    """Where the picture of a letter that was just sent is fetched from."""
    counted = replace(DOCUMENT.messages["news"], purpose="service", count_opens=True)
    release(workspace, replace(DOCUMENT, messages={"counted": counted}))
    send_message(replace(a_message(workspace, "counted"), release=2), 1)
    found = re.search(r'src="https://app\.example\.com(/o/[^"]+\.gif)"', inbox.letters[0].part("html"))
    assert found
    return found[1]


@override_settings(ROOT_URLCONF="tests.delivery.urls")
def test_somebody_who_reads_a_letter_opens_it_once(picture: str, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=3))
    for _ in range(3):
        answer = Client().get(picture, headers={"User-Agent": READER})
        assert answer["Content-Type"] == "image/gif" and answer.content.startswith(b"GIF89a")
        assert "no-store" in answer["Cache-Control"] and not answer.cookies
        clock.advance(timedelta(days=3))
    assert opened() == [events.EMAIL_OPENED]
    assert Delivery.objects.get().opened_at is not None


@override_settings(ROOT_URLCONF="tests.delivery.urls")
def test_a_scanner_on_the_way_opens_nothing_and_its_reader_is_still_counted(picture: str, clock: ManualClock) -> None:
    Client().get(picture, headers={"User-Agent": READER})
    assert opened() == [events.EMAIL_FETCHED]
    clock.advance(timedelta(minutes=3))
    Client().head(picture, headers={"User-Agent": READER})
    assert opened() == [events.EMAIL_FETCHED], "to ask whether it is there is not to look at it"
    Client().get(picture, headers={"User-Agent": READER})
    assert opened() == [events.EMAIL_FETCHED, events.EMAIL_OPENED]


@override_settings(ROOT_URLCONF="tests.delivery.urls")
def test_a_picture_that_nobody_sealed_is_not_there(picture: str) -> None:
    assert Client().get(f"{picture[:-8]}AAAA.gif").status_code == 404
    assert Client().get(picture.replace("/o/", "/u/").removesuffix(".gif")).status_code == 404


@pytest.mark.parametrize(
    ("user_agent", "seconds", "machine"),
    [
        (READER, 60, False),
        (READER, 2, True),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", 60, False),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", 60, False),
        ("Mozilla/5.0", 60, True),
        ("", 60, True),
        ("python-requests/2.32", 60, True),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", 60, True),
    ],
)
def test_machines_are_known_by_what_they_say_and_by_their_haste(user_agent: str, seconds: int, machine: bool) -> None:
    assert by_machine(user_agent, timedelta(seconds=seconds)) is machine

"""The team chat by itself: channels, decisions and the meetings that they replace."""

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from milepost.demo.chat import talk
from tests.demo.test_pages import browser  # noqa: F401 - the fixture


@pytest.fixture
def visitor(browser: Client, settings: Any) -> Client:  # noqa: F811
    settings.ROOT_URLCONF = (path("demo/", include("milepost.demo.chat.urls")),)
    browser.post("/demo/sign-up/", {"name": "Ola Novak", "email": "ola@example.com"})
    return browser


def post(visitor: Client, place: str, **fields: str) -> Any:
    answer = visitor.post(f"/demo/{place}", fields)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_what_is_written_can_be_decided_and_found_again(visitor: Client) -> None:
    sent = post(visitor, "channels/general/", text="We ship on <b>Friday</b>")
    assert sent["tell"] == [["Message Posted", {"channel": "general"}]]
    assert "Ola" in sent["html"] and "&lt;b&gt;Friday" in sent["html"]
    message = talk.messages(visitor.session, "general")[-1]["id"]
    assert post(visitor, f"channels/general/decide/{message}/")["tell"] == [["Decision Made", {"channel": "general"}]]
    assert "Friday" in visitor.get("/demo/decisions/").content.decode()
    assert len(talk.decisions(visitor.session)) == 1


def test_a_channel_is_opened_once_and_told_on_its_own_page(visitor: Client) -> None:
    for _ in range(2):
        answer = visitor.post("/demo/channels/new/", {"name": "Запуск 2"})
        page = visitor.get(answer.headers["Location"]).content.decode()
    assert talk.channels(visitor.session) == ["general", "запуск-2"]
    assert "Channel Created" in page and "# запуск-2" in page


def test_a_meeting_that_is_written_instead_gives_its_minutes_back(visitor: Client) -> None:
    meeting = talk.meetings(visitor.session)[0]
    visitor.get("/demo/meetings/")
    kept = talk.meetings(visitor.session)
    told = post(visitor, "meetings/", meeting=kept[0]["id"])["tell"]
    assert told == [["Meeting Replaced", {"minutes": meeting["minutes"]}]]
    assert len(talk.meetings(visitor.session)) == len(kept) - 1


@pytest.mark.parametrize("place", ["channels/nothing/", "channels/general/decide/nothing/", "meetings/"])
def test_what_is_not_there_is_not_found(visitor: Client, place: str) -> None:
    assert visitor.post(f"/demo/{place}", {"text": "x"}).status_code == 404


def test_nothing_is_sent_when_nothing_was_said(visitor: Client) -> None:
    assert visitor.post("/demo/channels/general/", {"text": "   "}).json()["code"] == "nothing_said"

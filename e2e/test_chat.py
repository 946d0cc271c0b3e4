"""The team chat: everybody completes the tour, few reach what they came for, and the gap is there to be seen."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.installation import Installation, Mailbox, running, until
from e2e.test_story import answer, sign_in

PEOPLE, GLAD = 40, 4  # who came five weeks ago, and who of them meets less now


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("chat") / "home"
    with running(home, "--example", "team-chat", mail=mailbox.url) as installation:
        yield installation


def history() -> Iterator[dict[str, Any]]:
    """A team that knows its way around: all have seen the tour to its end, opened a channel, and settled something; four
    have given up meetings, and say that half of them are gone."""
    began = datetime.now(UTC) - timedelta(days=35)
    for number in range(PEOPLE):
        user = f"colleague-{number}"

        def row(day: float, event: str, user: str = user, **properties: Any) -> dict[str, Any]:
            at = (began + timedelta(days=day)).isoformat()
            return {"user_id": user, "event": event, "timestamp": at, "properties": properties}

        yield row(0, "Signed Up", plan="free")
        yield row(0.001, "Question Answered", survey="intake", question="goal", answer="fewer-meetings")
        yield row(0.001, "Goal Stated", goal="fewer-meetings")
        yield row(0.002, "Content Completed", content="tour")
        yield row(0.003, "Message Posted", channel="general")
        yield row(1, "Channel Created", name="launch")
        yield row(3, "Decision Made", channel="launch")
        if number < GLAD:
            yield row(6, "Meeting Replaced", minutes=60)
            yield row(14, "Question Answered", survey="weekly-hours", question="felt", answer="half-or-less")


def imported(chat: Installation, folder: Path) -> None:
    file = folder / "history.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in history()))
    command = [sys.executable, "-m", "milepost.cli", "import", str(file), "--home", str(chat.home)]
    done = subprocess.run(command, env=chat.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def takes_the_tour(page: Page, chat: Installation) -> str:
    page.goto(f"{chat.url}/demo/")
    page.get_by_label("Your name").fill("Ola")
    page.get_by_label("E-mail").fill("ola@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/demo/channels/")
    questions = {
        "What would you like less of?": "I want our team to meet less",
        "How would you say it yourself?": "Mornings without a call",
        "How many hours a week do you sit in meetings?": "12",
        "How many should it be?": "4",
    }
    for question, value in questions.items():
        answer(page, question, value)
    page.get_by_role("dialog").get_by_role("button", name="Done", exact=True).click()
    for number in (1, 2):
        card = page.get_by_role("dialog").filter(has_text=f"Step {number} of 3")
        card.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Your message").fill("Good morning!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("dialog", name="You are in")).to_contain_text("Mornings without a call")
    return str(page.evaluate("document.body.dataset.user"))


@pytest.mark.req("R150")
def test_everybody_completes_the_tour_and_few_meet_less_and_the_gap_is_shown(
    chat: Installation, browser: Browser, tmp_path: Path
) -> None:
    imported(chat, tmp_path)
    page = browser.new_page()
    ola = takes_the_tour(page, chat)
    assert until(lambda: chat.reached(ola, "first-message"), "the first message")
    page.close()

    asked: dict[str, Any] = {"from": _day(-36), "to": _day(1), "days": 28}
    until(lambda: _tour(chat, asked)["finished"] == PEOPLE + 1, "the tour to be complete for everybody")
    tour = _tour(chat, asked)
    assert tour["milestone"] == "came-true" and tour["under_way"] == 1
    assert (tour["gap"]["count"], tour["gap"]["n"]) == (PEOPLE - GLAD, PEOPLE)
    assert tour["gap"]["value"] == pytest.approx(0.9)

    member = sign_in(browser, chat)
    member.goto(f"{chat.url}/insights/know-do/?days=28&from={_day(-36)}&to={_day(1)}")
    row = member.get_by_role("row").filter(has_text=re.compile("look around|tour", re.IGNORECASE))
    expect(row).to_contain_text("90")
    member.close()


def _tour(chat: Installation, asked: dict[str, Any]) -> dict[str, Any]:
    guides = chat.get("insights/know-do", **asked).json()["guides"]
    found: dict[str, Any] = next(guide for guide in guides if guide["guide"] == "tour")
    return found


def _day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()

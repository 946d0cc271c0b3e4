"""Takes the pictures of the README: `python -m tests.docs.pictures [folder]`, by default docs/images.

A whole Milepost is started on an empty folder with the example. Everything on the pictures came in over HTTP: five weeks
of a small product's history, then one woman who signs up in a real browser, and her first meal.
"""

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from e2e.conftest import CHROMIUM, QUIET
from e2e.installation import Installation, Mailbox, running, until
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WINDOW: ViewportSize = {"width": 1280, "height": 800}
NAMES = ("Anna", "Boris", "Clara", "Daniel", "Elena", "Felix", "Gergana", "Hugo", "Irina", "Jan", "Karolina", "Lena")
FAMILIES = ("Novak", "Ivanova", "Lindqvist", "Costa", "Petrov", "Moreau", "Kowalska", "Berg", "Dimitrova", "Hughes")
FOODS = (("oatmeal", 268), ("borscht", 165), ("apple", 95), ("salmon", 312), ("lentil soup", 210), ("banana", 105))
SEED, PEOPLE, WEEKS, TODAY = 7, 140, 5, 12
Event = dict[str, Any]


def history(now: datetime) -> list[Event]:
    """What everybody before Maria did, oldest first: four in five log a meal, most of them on the first day."""
    chance = random.Random(SEED)
    begins = [now - timedelta(days=chance.uniform(0.1, 7 * WEEKS)) for _ in range(PEOPLE)]
    events = [event for number, begun in enumerate(begins) for event in _one_person(number, begun, chance)]
    return sorted((event for event in events if event["timestamp"] < now.isoformat()), key=_when)


def today(now: datetime) -> list[Event]:
    """Who signs up in the moments after the release: one in three logs a meal at once."""
    chance = random.Random(SEED + 1)
    return [event for number in range(TODAY) for event in _newcomer(PEOPLE + number, now, chance)]


def _newcomer(number: int, now: datetime, chance: random.Random) -> list[Event]:
    user, signed_up = _sign_up(number, now - timedelta(seconds=2), chance)
    return [*signed_up, *(_meal(user, now, chance) if number % 3 == 0 else ())]


def _one_person(number: int, begun: datetime, chance: random.Random) -> list[Event]:
    user, events = _sign_up(number, begun, chance)
    if chance.random() < 0.8:
        first = begun + timedelta(minutes=chance.expovariate(1 / 300))
        days = sorted({0.0, *(float(chance.randint(1, 6)) for _ in range(chance.choice((0, 1, 2, 3))))})
        events += [meal for day in days for meal in _meal(user, first + timedelta(days=day), chance)]
    return events


def _sign_up(number: int, at: datetime, chance: random.Random) -> tuple[str, list[Event]]:
    user, name = f"user-{1000 + number}", f"{chance.choice(NAMES)} {chance.choice(FAMILIES)}"
    traits = {"name": name, "email": f"{name.lower().replace(' ', '.')}.{number}@example.com"}
    return user, [_event(user, "identify", at, traits=traits), _did(user, "Signed Up", at, plan="free")]


def _meal(user: str, at: datetime, chance: random.Random) -> list[Event]:
    food, calories = chance.choice(FOODS)
    searched = _did(user, "Food Searched", at - timedelta(seconds=40), query=food)
    return [searched, _did(user, "Meal Logged", at, meal=chance.choice(("breakfast", "lunch")), calories=calories)]


def _did(user: str, name: str, at: datetime, **properties: Any) -> Event:
    return _event(user, "track", at, event=name, properties=properties)


def _event(user: str, kind: str, at: datetime, **fields: Any) -> Event:
    return {"type": kind, "userId": user, "timestamp": at.isoformat(), **fields}


def _when(event: Event) -> str:
    return str(event["timestamp"])


def fill(milepost: Installation, now: datetime) -> None:
    events = history(now) + today(now)
    for start in range(0, len(events), 100):
        assert milepost.send("batch", {"batch": events[start : start + 100]}).status_code == 200
    since = {"from": (now - timedelta(weeks=WEEKS)).isoformat()}
    begun = PEOPLE + TODAY
    until(lambda: milepost.get("insights/activation", **since).json()["rate"]["n"] == begun, "everybody to be counted")


def celebration(page: Page, milepost: Installation, folder: Path) -> None:
    """Maria signs up, is shown how, and writes down what she ate."""
    page.goto(f"{milepost.url}/demo/")
    page.get_by_label("Your name").fill("Maria Petrova")
    page.get_by_label("E-mail").fill("maria@example.com")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("dialog", name="What did you eat?")).to_be_visible()
    page.locator("#food-search").press_sequentially("app", delay=60)
    page.locator("[data-food]").first.click()
    expect(page.get_by_role("dialog", name="Your first meal is in!")).to_be_visible()
    time.sleep(0.9)
    page.screenshot(path=folder / "celebration.png")


def console(page: Page, milepost: Installation, folder: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{milepost.url}/sign-in/")
    page.get_by_label("E-mail").fill(milepost.email)
    page.get_by_label("Password").fill(milepost.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
    time.sleep(1)
    page.screenshot(path=folder / "home.png")
    page.goto(f"{milepost.url}/people/?q=Maria Petrova")
    page.get_by_role("link", name="Maria Petrova").first.click()
    page.wait_for_load_state("networkidle")
    for why in ("Why", "Why not yet"):
        page.get_by_label("Milestones").get_by_text(why, exact=True).click()
    page.screenshot(path=folder / "person.png")


def take(browser: Browser, folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Mailbox() as mailbox,
        running(Path(scratch) / "home", "--example", "calorie-counter", mail=mailbox.url) as milepost,
    ):
        fill(milepost, datetime.now(UTC))
        page = browser.new_context(viewport=WINDOW, color_scheme="light", timezone_id=daytime()).new_page()
        celebration(page, milepost, folder)
        until(lambda: mailbox.to("maria@example.com"), "the welcome mail")
        console(page, milepost, folder)


def daytime() -> str:
    """A zone in which it is noon or so, because nobody is mailed at night."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    chosen.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        take(playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET)), chosen)

"""From a fact to what it causes, on a whole installation: the piece at an open stream, the mail at its server, the
pixels of a celebration in Chromium. A round trip to the same server that does nothing is taken in turn with each."""

import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from uuid import uuid4

from e2e.conftest import CHROMIUM, QUIET
from e2e.installation import Installation, Mailbox, running, until
from playwright.sync_api import Page, sync_playwright

from bench.client import Connection, Stream, identify, open_session, track
from bench.measure import Figure, Goal, Row, at_most, figure, percentile

_SAMPLES, _PAGES = 60, 25
_WARM = 5

#: In the page, on its own clock: from the call of `fetch` to the frame after the one that first had the card in it.
_POST_AND_WATCH = """async ({ key, user }) => {
  const shown = () => [...document.querySelectorAll("*")].some((e) => e.shadowRoot?.querySelector(".card.win"));
  const frame = () => new Promise(requestAnimationFrame);
  const body = JSON.stringify({ userId: user, event: "Meal Logged", properties: { calories: 320 }, writeKey: key });
  const begun = performance.now();
  const answer = fetch("/v1/track", { method: "POST", body });
  while (!shown() && performance.now() - begun < 10000) await frame();
  await frame();
  const painted = performance.now();
  await answer;
  return painted - begun;
}"""
_ROUND_TRIP = """async () => {
  const begun = performance.now();
  await fetch("/v1/track", { method: "OPTIONS" });
  return performance.now() - begun;
}"""


class _TimedMailbox(Mailbox):
    """Notes when the server took each letter, before it reads it."""

    def __init__(self) -> None:
        super().__init__()
        self._accepted: dict[str, float] = {}
        self._news = threading.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        with self._news:
            self._accepted[envelope.rcpt_tos[0]] = perf_counter()
            self._news.notify_all()
        return "250 OK"

    def accepted(self, address: str) -> float:
        with self._news:
            assert self._news.wait_for(lambda: address in self._accepted, timeout=30), f"no mail to {address}"
            return self._accepted[address]


def rows() -> list[Row]:
    mailbox = _TimedMailbox()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        mailbox,
        running(Path(folder) / "home", "--example", "calorie-counter", mail=mailbox.url) as installation,
    ):
        connection = Connection(installation.port)
        effect, mail = Effect(installation, connection), _Mail(installation, connection, mailbox)
        return [
            *_rows("fact → effect (piece at an open stream)", effect, connection, _SAMPLES, 100),
            *_rows("fact → mail accepted", mail, connection, _SAMPLES, 1000),
            *_pixel_rows(installation),
        ]


def _rows(what: str, once: Callable[[str], float], connection: Connection, samples: int, most: float) -> list[Row]:
    """`once` takes a user nobody has heard of, and gives milliseconds; each sample is followed by a round trip."""
    for _ in range(_WARM):
        once(new_user())
    both = [(once(new_user()), _round_trip(connection)) for _ in range(samples)]
    taken, trips = zip(*both, strict=True)
    return pair(what, taken, trips, "HTTP round trip that does nothing", most)


def pair(what: str, taken: Sequence[float], beside: Sequence[float], limit_is: str, most: float) -> list[Row]:
    """The median and the 95th percentile of two series, in milliseconds; the goal is for the latter."""
    return [_at(50, what, taken, beside, limit_is, None), _at(95, what, taken, beside, limit_is, at_most(most, "ours"))]


def _at(
    percent: int, what: str, taken: Sequence[float], beside: Sequence[float], limit_is: str, goal: Goal | None
) -> Row:
    ours, limit = _quantile(taken, percent), _quantile(beside, percent)
    ratio = figure([ours.median / limit.median])
    return Row(what=f"{what}, p{percent}", ours=ours, limit_is=limit_is, limit=limit, ratio=ratio, goal=goal)


def _quantile(values: Sequence[float], percent: int) -> Figure:
    return Figure(median=percentile(values, percent), low=min(values), high=max(values), n=len(values), unit="ms")


def new_user() -> str:
    return f"user-{uuid4().hex[:12]}"


def _round_trip(connection: Connection) -> float:
    begun = perf_counter()
    connection.ask("OPTIONS", "/v1/track")
    return (perf_counter() - begun) * 1000


class Effect:
    """What somebody's first fact leads to, at their stream: in the example the celebration of a first meal."""

    def __init__(self, installation: Installation, connection: Connection, event: str = "Meal Logged") -> None:
        self._installation, self._connection, self._event = installation, connection, event

    def __call__(self, user: str) -> float:
        stream = Stream(self._installation.port, open_session(self._connection, self._installation, user))
        stream.wait_for("open")
        sleep(0.02)  # the loop has gone back to sleep
        begun = perf_counter()
        track(self._connection, self._installation, user, self._event)
        took = (stream.wait_for("piece") - begun) * 1000
        stream.close()
        return took


class Click:
    """What a person asks for by a click (`started`), at their stream: in the example the guide to the first meal."""

    def __init__(self, installation: Installation, connection: Connection, content: str = "add-food") -> None:
        self._installation, self._connection, self._content = installation, connection, content

    def __call__(self, user: str) -> float:
        token = open_session(self._connection, self._installation, user)
        stream = Stream(self._installation.port, token)
        stream.wait_for("open")
        sleep(0.02)  # the loop has gone back to sleep
        report = {"content": self._content, "action": "started", "messageId": str(uuid4())}
        begun = perf_counter()
        self._connection.ask("POST", "/client/progress", report, Authorization=f"Bearer {token}")
        took = (stream.wait_for("piece") - begun) * 1000
        stream.close()
        return took


class _Mail:
    """The welcome of somebody who signs up, until the mail server has the whole of it."""

    def __init__(self, installation: Installation, connection: Connection, mailbox: _TimedMailbox) -> None:
        self._installation, self._connection, self._mailbox = installation, connection, mailbox

    def __call__(self, user: str) -> float:
        identify(self._connection, self._installation, user, email=f"{user}@example.com", name="Vera")
        until(lambda: self._installation.person(user), "the person")
        begun = perf_counter()
        track(self._connection, self._installation, user, "Signed Up")
        return (self._mailbox.accepted(f"{user}@example.com") - begun) * 1000


def _pixel_rows(installation: Installation) -> list[Row]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = chromium.new_page()
        for number in range(2):
            _pixel(page, installation, f"demo-warm-{number}")
        both = [_pixel(page, installation, f"demo-pixel-{number}") for number in range(_PAGES)]
        chromium.close()
    taken, trips = zip(*both, strict=True)
    limit = "fetch from the same page that does nothing"
    return pair("fact → pixel (celebration painted in Chromium)", taken, trips, limit, 150)


def _pixel(page: Page, installation: Installation, user: str) -> tuple[float, float]:
    """Milliseconds to the paint, and of a round trip from the same page."""
    with page.expect_response("**/client/stream"):
        page.goto(f"{installation.url}/demo/diary/?user={user}")
    page.wait_for_timeout(100)
    trip = float(page.evaluate(_ROUND_TRIP))
    taken = float(page.evaluate(_POST_AND_WATCH, {"key": installation.write_key, "user": user}))
    assert taken < 10_000, "the celebration did not come"
    return taken, trip

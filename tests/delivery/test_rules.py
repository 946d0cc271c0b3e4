"""The rules of delivery, on plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.core import events
from milepost.core.delivery.consent import given_up, held_back, suppressed_by, wanted
from milepost.core.delivery.language import direction, preferences, say
from milepost.core.delivery.piece import Progress, moved
from milepost.core.delivery.replies import judge
from milepost.core.delivery.schedule import PAUSES_FOR_ADDRESS, next_attempt

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_retries_are_quick_at_first_and_end_with_the_patience_of_the_message() -> None:
    at, waits, attempt = NOW, [], 1
    while (following := next_attempt(attempt, since=NOW, now=at, patience=DAY)) is not None:
        waits.append(following - at)
        at, attempt = following, attempt + 1
    assert [wait.total_seconds() for wait in waits[:5]] == [30, 120, 600, 3600, 10800]
    assert at <= NOW + DAY < at + waits[-1]
    assert len(waits) == 11


def test_retries_of_many_messages_are_spread() -> None:
    early = next_attempt(2, since=NOW, now=NOW, patience=DAY, jitter=0.9)
    late = next_attempt(2, since=NOW, now=NOW, patience=DAY, jitter=1.1)
    assert early == NOW + timedelta(seconds=108) and late == NOW + timedelta(seconds=132)


def test_an_address_that_comes_a_moment_later_is_not_waited_for_long() -> None:
    assert next_attempt(1, since=NOW, now=NOW, patience=DAY, pauses=PAUSES_FOR_ADDRESS) == NOW + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        ("connect", 421, "busy", "later"),
        ("connect", 554, "go away", "later"),
        ("sign_in", 535, "5.7.8 bad credentials", "later"),
        ("sender", 451, "try again", "later"),
        ("sender", 550, "5.7.1 not your domain", "final"),
        ("recipient", 450, "4.2.1 greylisted", "later"),
        ("recipient", 452, "4.5.3 too many", "later"),
        ("recipient", 550, "5.1.1 no such user", "dead_address"),
        ("recipient", 550, "No such user here", "dead_address"),
        ("recipient", 551, "user not local", "dead_address"),
        ("recipient", 553, "mailbox name not allowed", "dead_address"),
        ("recipient", 554, "delivery error: user unknown", "dead_address"),
        ("recipient", 554, "blocked", "final"),
        ("recipient", 550, "5.7.1 we think you are spam", "final"),
        ("recipient", 552, "5.2.2 mailbox full", "final"),
        ("content", 552, "too big", "final"),
        ("content", 550, "5.1.1 spam", "final"),
        ("content", 451, "try again", "later"),
    ],
)
def test_a_refusal_means_what_its_place_and_code_say(stage: str, code: int, text: str, verdict: str) -> None:
    assert judge(stage, code, text) == verdict  # type: ignore[arg-type]  # a table of plain words


def test_leaving_something_leaves_what_matters_less() -> None:
    assert given_up("marketing") == ("marketing",)
    assert set(given_up("care")) == {"care", "marketing"}
    assert given_up("service") == ("all",)


def test_service_mail_goes_on_after_leaving_the_rest() -> None:
    assert not held_back("service", given_up("care"))
    assert held_back("marketing", given_up("care"))
    assert held_back("service", ("all",))


@pytest.mark.parametrize(
    "chosen", [(), ("service",), ("service", "care"), ("service", "marketing"), ("service", "care", "marketing")]
)
def test_what_is_chosen_is_what_is_wanted(chosen: tuple[str, ...]) -> None:
    assert wanted(suppressed_by(chosen)) == chosen


def test_texts_are_said_in_the_nearest_language() -> None:
    text = {"en": "Hello", "pt": "Olá", "de-AT": "Servus"}
    assert say(text, preferences("pt-BR", "en")) == "Olá"
    assert say(text, preferences("de-at", "en")) == "Servus"
    assert say(text, preferences("fr", "en")) == "Hello"
    assert say("Hello", preferences("fr", "en")) == "Hello"
    assert (direction("ar-EG"), direction("ru")) == ("rtl", "ltr")


REPORTS = [
    (events.CONTENT_SHOWN, {}),
    (events.CONTENT_STEP_SEEN, {"step": 1}),
    (events.CONTENT_STEP_SEEN, {"step": 2}),
    (events.CONTENT_DISMISSED, {}),
    (events.CONTENT_COMPLETED, {}),
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1), (0, 0, 1, 2, 2, 3, 4, 4)])
def test_the_order_of_reports_makes_no_difference(order: tuple[int, ...]) -> None:
    progress = Progress(status="waiting", step=0, until=None, at=NOW)
    for number in order:
        name, properties = REPORTS[number]
        progress = moved(progress, name, NOW + timedelta(seconds=number), properties)
    assert (progress.status, progress.step) == ("completed", 2)


def test_of_seen_and_snoozed_the_later_counts() -> None:
    progress = Progress(status="shown", step=0, until=None, at=NOW)
    until = (NOW + DAY).isoformat()
    snoozed = moved(progress, events.CONTENT_SNOOZED, NOW + timedelta(minutes=2), {"until": until})
    assert (snoozed.status, snoozed.until) == ("snoozed", NOW + DAY)
    assert moved(snoozed, events.CONTENT_SHOWN, NOW + timedelta(minutes=1), {}) == snoozed
    assert moved(snoozed, events.CONTENT_SHOWN, NOW + timedelta(days=2), {}).status == "shown"


@pytest.mark.parametrize("step", [-1, 1.5, "2", None, True, 10**9])
def test_a_step_that_is_none_changes_nothing(step: object) -> None:
    progress = Progress(status="shown", step=1, until=None, at=NOW)
    assert moved(progress, events.CONTENT_STEP_SEEN, NOW, {"step": step}).step == 1

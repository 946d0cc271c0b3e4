"""Messages and how they do."""

from datetime import timedelta

from django.test import Client

from milepost.console.pages.messages import reason_of
from milepost.delivery.models import Delivery
from tests.console.world import PROGRAM, World


def test_each_message_says_how_often_it_was_sent_and_who_got_further_after_it(owner: Client, world: World) -> None:
    world.tells("jonas", name="Jonas Weber", email="jonas@example.com")
    world.happens("jonas", "Signed Up")
    world.waits(timedelta(minutes=5))
    reports = {report.key: report for report in owner.get("/messages/").context["page"].reports}
    welcome = reports["welcome"]
    assert (welcome.tally.sent, welcome.tally.failed) == (2, 0)
    assert (welcome.reach.reached, welcome.reach.n) == (1, 2)
    assert reports["three-days-praise"].tally.last_sent_at is None


def test_who_clicked_counts_once_and_a_machine_does_not(owner: Client, world: World) -> None:
    for machine in (False, False, True):
        world.happens("maria", "Email Opened", message="welcome", machine=machine)
    world.happens("robot", "Email Opened", message="welcome", machine=True)
    world.happens("maria", "Email Link Clicked", message="welcome")
    world.goes_on()
    report = owner.get("/messages/welcome/").context["page"].report
    assert (report.did.opened.count, report.did.clicked.count) == (1, 1)


def test_what_a_limit_held_back_is_counted_with_the_limit(owner: Client, world: World) -> None:
    text = PROGRAM.read_text(encoding="utf-8").replace("at_most: 4, per: 7d", "at_most: 1, per: 7d")
    text = text.replace("purpose: service              # part", "purpose: care # part")
    world.release(
        text.replace("    purpose: service\n", "    purpose: care\n").replace('"21:00–08:00"', '"00:00–00:01"')
    )
    for number in range(2):
        world.tells(f"p{number}", name=f"P {number}", email=f"p{number}@example.com")
        world.happens(f"p{number}", "Meal Logged")
        world.waits(timedelta(minutes=1))
        world.happens(f"p{number}", "Signed Up")
        world.waits(timedelta(minutes=1))
    page = owner.get("/messages/").context["page"]
    assert sum(held.n for held in page.limits) >= 1


def test_reasons_are_told_without_their_times() -> None:
    assert reason_of("Held until 2026-05-04 08:00 UTC: quiet hours where they live.") == "Quiet hours"
    assert reason_of("Held until 2026-05-04 08:00 UTC: 4 per 7d have been used up.") == "The limit was used up"
    assert reason_of("Left undone: first-meal has been reached already.") == "They had reached it already"


def test_a_message_page_shows_its_preview_and_its_latest_deliveries(owner: Client, world: World) -> None:
    page = owner.get("/messages/welcome/")
    assert [row.who for row in page.context["page"].latest] == ["Maria Ivanova"]
    assert "/program/definitions/message/welcome/" in page.content.decode()
    preview = owner.get("/messages/welcome/preview/")
    assert "One thing is worth doing today" in preview.content.decode()
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert owner.get("/messages/nowhere/").status_code == 404


def test_a_message_that_left_the_program_is_still_counted(owner: Client, world: World) -> None:
    Delivery.objects.update(message="long-gone")
    report = next(each for each in owner.get("/messages/").context["page"].reports if each.key == "long-gone")
    assert (report.in_program, report.tally.sent) == (False, 1)
    assert owner.get("/messages/long-gone/").status_code == 200
    assert "long-gone" in owner.get("/messages/deliveries/?message=long-gone").content.decode()

"""Takes pictures of every page: `python -m tests.console.screenshots [folder]`, by default /tmp/shots.

A lively database is made in memory and served by Django's own test server; Chromium looks at it in light and dark, wide
and on a phone.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EMPTY = {
    "home": "/", "people": "/people/", "program": "/program/", "map": "/map/", "inbox": "/inbox/", "tasks": "/tasks/",
    "segments": "/segments/", "answers": "/answers/", "insights": "/insights/", "engagement": "/insights/engagement/",
}  # fmt: skip
TEAM = {
    "accounts": "/accounts/", "accounts-none": "/accounts/?q=zebra", "account": "/accounts/acme/",
    "team-coverage": "/program/coverage/", "team-audit": "/program/audit/", "team-tracking": "/program/tracking/",
    "team-program": "/program/", "team-map": "/map/", "plan-template": "/program/definitions/plan-template/sales-team/",
}  # fmt: skip
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]


@contextmanager
def served() -> Iterator[str]:
    """A server over the test database; its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connections
    from django.test.testcases import LiveServerThread
    from django.test.utils import setup_databases, teardown_databases

    databases = setup_databases(verbosity=0, interactive=False)
    shared = {"default": connections["default"]}
    shared["default"].inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override=shared)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        teardown_databases(databases, verbosity=0)


def pages(browser: Any, address: str, folder: Path, paths: dict[str, str], **context: Any) -> None:
    """Pictures of these pages in both themes and sizes."""
    from tests.console.world import OWNER, PASSWORD

    for size, (width, height) in SIZES.items():
        opened = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, **context)
        page = opened.new_page()
        page.on("console", lambda message: message.type == "error" and print("console:", message.text))
        page.on("pageerror", lambda error: print("page error:", error))
        page.goto(f"{address}/sign-in/")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=folder / f"sign-in-{size}-{theme}.png")
        page.fill("[name=email]", OWNER)
        page.fill("[name=password]", PASSWORD)
        page.click("button.button--primary")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for name, path in paths.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=folder / f"{name}-{size}-{theme}.png", full_page=True)
        opened.close()


def wanted(paths: dict[str, str]) -> dict[str, str]:
    """Those that the variable PAGES names; without it all."""
    names = os.environ.get("PAGES")
    return {name: path for name, path in paths.items() if not names or name in names.split(",")}


def most_lively(workspace: int) -> int:
    """The person with the most decisions about them: the fullest page."""
    from django.db.models import Count

    from milepost.runtime.models import Decision

    rows = Decision.objects.filter(workspace_id=workspace).values("uid").annotate(n=Count("id")).order_by("-n")
    return int(rows[0]["uid"])


def team_world(at: datetime, example: str) -> None:
    """A few companies of a product for teams."""
    from tests.console.world import World

    world = World(at - timedelta(days=9))
    world.release(Path(f"examples/{example}/milepost.yaml").read_text(encoding="utf-8"))
    for number, (account, name) in enumerate((("acme", "Acme GmbH"), ("globex", "Globex"), ("k-17", ""))):
        for who in ("anna", "boris")[: 2 - number % 2]:
            world.tells(f"{who}-{account}", name=who.title(), email=f"{who}@{account}.example")
            world.joins(f"{who}-{account}", account, role="admin", seats=12, **({"name": name} if name else {}))
        world.happens(f"anna-{account}", "Contract Signed", plan="team", seats="12", had_trial=True, source="fair")
        world.waits(timedelta(days=1))
        if number < 2:
            world.happens(f"anna-{account}", "Deals Imported", deals=40)
            world.happens(f"anna-{account}", "User Invited", role="seller")
        world.waits(timedelta(days=2))


def some_conversation(workspace: int) -> int:
    from milepost.help.queries import inbox

    found = inbox(workspace, "open").items or inbox(workspace).items
    return found[0].number if found else 0


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/shots")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("MILEPOST_HOME", tempfile.mkdtemp())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.conf.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver runs a loop in this thread
    import django
    from playwright.sync_api import sync_playwright

    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from django.test import override_settings

    from milepost.console.pages.questions import ASKED
    from milepost.log.clock import SYSTEM
    from milepost.program.actions import save_draft
    from tests.console.world import World, lively_world, mail_server

    with override_settings(ROOT_URLCONF="tests.console.urls"), mail_server(), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with served() as address:
            World(SYSTEM.now())
            empty = {f"empty-{name}": path for name, path in EMPTY.items()}
            pages(browser, address, folder, wanted(empty))
        with served() as address:
            world = lively_world(SYSTEM.now())
            uid = most_lively(world.workspace.pk)
            text = Path("examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")
            broken = text.replace("reached: {did: Meal Logged}", "reached: {did: Meal Loged}").replace(
                "at_least: 3", "at_lest: 3"
            )
            save_draft(world.workspace.pk, broken, by="anna@example.com", now=SYSTEM.now())
            paths = {
                "home": "/",
                "map": "/map/",
                "map-goal": "/map/?goal=lose-weight&show=milestone:first-meal",
                "map-obstacle": "/map/?show=obstacle:first-meal/cannot-find-food",
                "people": "/people/",
                "people-reached": "/people/?reached=first-meal",
                "person": f"/people/{uid}/",
                "inbox": "/inbox/",
                "thread": f"/inbox/{some_conversation(world.workspace.pk)}/",
                "tasks": "/tasks/",
                "segments": "/segments/",
                "segment": "/segments/regulars/",
                "answers": "/answers/",
                "survey": "/answers/intake/",
                "check-in": "/answers/weekly-weigh-in/",
                "verbatims": "/answers/intake/in-my-words/",
                "program": "/program/",
                "edit": "/program/edit/",
                "release": "/program/release/",
                "coverage": "/program/coverage/",
                "charts": "/program/charts/",
                "program-audit": "/program/audit/",
                "tracking": "/program/tracking/",
                "cohorts": "/map/cohorts/",
                "releases": "/program/releases/",
                "one-release": "/program/releases/1/",
                "messages": "/messages/",
                "settings": "/settings/",
                "password": "/settings/password/",
                "keys": "/settings/keys/",
                "identity": "/settings/identity/",
                "sample-data": "/settings/sample-data/",
                "team": "/settings/team/",
                "look": "/settings/look/",
                "audit": "/settings/audit/",
                "sites": "/settings/sites/",
                "on-the-page": "/program/on-the-page/",
                "debug": f"/settings/debug/?person={uid}",
                "guide-form": "/program/definitions/guide/add-food/",
                "survey-form": "/program/definitions/survey/intake/",
                **{f"new-{kind}": f"/program/new/{kind}/" for kind in ("course", "deck", "briefing", "banner")},
                "missing": "/nowhere/",
                **{f"insights-{name}": f"/insights/{name}/" for name in ASKED},
                "insights-ttv-groups": "/insights/time-to-value/?by=goal",
                "insights-dropped": "/insights/funnel/?after=1&step=Signed+Up&step=Meal+Logged&window=3d&order=any&by=plan",
            }
            pages(browser, address, folder, wanted(paths))
            whole = text.replace("at_least: 3", "at_least: 5").replace("Nobody likes", "Few people like")
            save_draft(world.workspace.pk, whole, by="anna@example.com", now=SYSTEM.now())
            pages(browser, address, folder, wanted({"release-ready": "/program/release/"}))
        with served() as address:
            team_world(SYSTEM.now(), "crm")
            pages(browser, address, folder, wanted(TEAM))
        browser.close()


if __name__ == "__main__":
    main()

"""Takes pictures of every page: `python -m tests.console.screenshots [folder]`, by default /tmp/shots.

A lively database is made in memory and served by Django's own test server; Chromium looks at it in light and dark, wide
and on a phone.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

    from milepost.log.clock import SYSTEM
    from milepost.people.models import Person
    from tests.console.world import World, lively_world, mail_server

    with override_settings(ROOT_URLCONF="tests.console.urls"), mail_server(), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with served() as address:
            World(SYSTEM.now())
            pages(
                browser, address, folder, {"empty-home": "/", "empty-people": "/people/", "empty-program": "/program/"}
            )
        with served() as address:
            world = lively_world(SYSTEM.now())
            uid = Person.objects.filter(workspace=world.workspace, user_id="user-1004").get().id
            text = Path("examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")
            from milepost.program.actions import save_draft

            broken = text.replace("reached: {did: Meal Logged}", "reached: {did: Meal Loged}").replace(
                "at_least: 3", "at_lest: 3"
            )
            save_draft(world.workspace.pk, broken, by="anna@example.com", now=SYSTEM.now())
            paths = {
                "home": "/",
                "people": "/people/",
                "person": f"/people/{uid}/",
                "program": "/program/",
                "edit": "/program/edit/",
                "release": "/program/release/",
                "releases": "/program/releases/",
                "one-release": "/program/releases/1/",
                "messages": "/messages/",
                "settings": "/settings/",
                "password": "/settings/password/",
                "keys": "/settings/keys/",
                "team": "/settings/team/",
                "audit": "/settings/audit/",
                "missing": "/nowhere/",
            }
            wanted = os.environ.get("PAGES")
            chosen = {name: path for name, path in paths.items() if not wanted or name in wanted.split(",")}
            pages(browser, address, folder, chosen)
        browser.close()


if __name__ == "__main__":
    main()

"""The example product by itself: a small diary that keeps everything in its visitor's session."""

import json
from typing import Any

import pytest
from django.test import Client

from milepost.core.delivery import webhook
from milepost.core.values import Refused
from milepost.delivery.host import keep_endpoint
from milepost.demo import visitors
from milepost.demo.calories import diary
from milepost.demo.calories.foods import search
from milepost.demo.install import curl, snippet
from milepost.log.clock import SYSTEM
from milepost.workspace import identity, keys, queries
from milepost.workspace.actions import bootstrap
from milepost.workspace.remembered import Remembered


@pytest.fixture
def browser(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser that other tests of this package drive keeps an event loop in this thread. Nobody is inside it, so what is
    remembered of the database is asked here, in the test's own transaction."""
    monkeypatch.setattr(Remembered, "_ask", lambda self, key: self._load(key))
    keys.forget()
    identity.forget()
    bootstrap(SYSTEM.now())
    return Client()


def test_a_visitor_signs_up_and_finds_a_diary_with_a_signed_snippet(browser: Client) -> None:
    browser.post("/demo/sign-up/", {"name": "Maria <b>P", "email": "maria@example.com"})
    page = browser.get("/demo/diary/").content.decode()
    who = visitors.visitor(browser.session)
    assert who and who.user_id.startswith("demo-")
    installed = snippet(who)
    assert installed and identity.verify(queries.workspace_ids()[0], who.user_id, installed.signature)
    assert f'data-user="{who.user_id}" data-signature="{installed.signature}"' in page
    assert "data-fresh" in page and "Maria &lt;b&gt;P" in page and "<b>P" not in page
    assert "data-fresh" not in browser.get("/demo/diary/").content.decode()  # Signed Up is told once


def test_before_sign_up_the_snippet_names_nobody(browser: Client) -> None:
    page = browser.get("/demo/").content.decode()
    assert "data-key=" in page and "data-user" not in page


def test_a_demo_user_may_be_chosen_and_nobody_real(browser: Client) -> None:
    assert browser.get("/demo/?user=demo-maria").headers["Location"] == "/demo/diary/"
    assert visitors.visitor(browser.session) == visitors.Visitor("demo-maria", "Maria", "")
    for bad in ("maria", "Demo-x", "demo-", "demo-x y", "demo-<b>", "xdemo-a", "demo-" + "a" * 41, "demo-a\n"):
        answer = browser.get("/demo/", {"user": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "demo_user")


def test_a_meal_is_written_down_and_told_in_the_words_of_the_tracking_plan(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    answer = browser.post("/demo/meals/", {"meal": "Lunch", "food": "Apple"})
    assert answer.json()["tell"] == [["Meal Logged", {"meal": "lunch", "food": "Apple", "calories": 95}]]
    today = diary.today(browser.session)
    assert (today["eaten"], today["left"], today["rows"]) == (95, 1805, 1)
    assert "1805" in answer.json()["html"]


def test_what_is_not_on_the_list_is_refused(browser: Client) -> None:
    assert browser.post("/demo/meals/", {"meal": "Lunch", "food": "Apple"}).status_code == 403
    browser.get("/demo/?user=demo-maria")
    for body in ({"meal": "Tea", "food": "Apple"}, {"meal": "Lunch", "food": "Gold"}, {}):
        answer = browser.post("/demo/meals/", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "no_such_food")


def test_logging_out_leaves_nothing_behind(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    browser.post("/demo/log-out/")
    assert visitors.visitor(browser.session) is None
    assert browser.get("/demo/diary/?mp_t=x").headers["Location"] == "/demo/?mp_t=x"


def test_a_forged_form_changes_nothing(db: None) -> None:
    bootstrap(SYSTEM.now())
    assert Client(enforce_csrf_checks=True).post("/demo/sign-up/", {"name": "a", "email": "b"}).status_code == 403


def test_search_finds_words_by_their_beginning() -> None:
    assert [food.name for food in search("app")] == ["Apple", "Apple pie"]
    assert [food.name for food in search("SOUP")] == ["Lentil soup"]
    assert search("") == search("  ") == search("zzz") == []


def test_the_command_for_the_terminal_is_one_that_a_shell_reads_back(browser: Client) -> None:
    import json
    import shlex

    words = shlex.split(curl("mpw_1", "demo-it's", "Meal Logged", {}))
    assert words[:4] == ["curl", "-u", "mpw_1:", "http://127.0.0.1:8000/v1/track"]
    assert json.loads(words[-1])["userId"] == "demo-it's"


def test_without_a_workspace_the_pages_stand_without_a_snippet(db: None) -> None:
    page = Client().get("/demo/")
    assert page.status_code == 200 and b"milepost.js" not in page.content


def test_every_page_carries_the_policy(browser: Client) -> None:
    for path in ("/demo/", "/demo/diary/", "/demo/foods/?q=a", "/demo/?user=x"):
        assert "script-src 'self'" in browser.get(path).headers["Content-Security-Policy"]


def test_an_id_of_somebody_real_is_never_signed() -> None:
    from django.contrib.sessions.backends.cache import SessionStore

    with pytest.raises(Refused):
        visitors.come_as(SessionStore(), "maria@example.com")


def test_a_sample_day_is_made_shown_as_an_example_and_taken_out_again(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    browser.post("/demo/meals/", {"meal": "Lunch", "food": "Apple"})
    wanted = json.dumps({"meals": [{"meal": "breakfast", "food": "Banana"}, {"meal": "dinner", "food": "Salmon"}]})
    made = browser.post("/demo/sample/", {"data": wanted}).json()
    assert len(made["ids"]) == 2 and "an example" in made["html"]
    assert diary.today(browser.session)["rows"] == 3
    removed = browser.post("/demo/sample/remove/").json()
    assert removed["removed"] == 2 and diary.today(browser.session)["rows"] == 1


def test_the_products_server_makes_a_day_once_for_each_request_that_milepost_has_signed(browser: Client) -> None:
    workspace, now = queries.workspace_ids()[0], SYSTEM.now()
    secret = keep_endpoint(workspace, "https://crumb.example.com/demo/hooks/sample-data/", now)
    browser.get("/demo/diary/?user=demo-maria")
    asked = {
        "person": {"id": "demo-maria"},
        "template": "day",
        "sample": {"meals": [{"meal": "lunch", "food": "Apple"}]},
    }

    def ask(data: Any, secret: str = secret, name: str = "smp_1") -> Any:
        body = json.dumps({"type": "sample_data.asked", "data": data}).encode()
        headers = webhook.headers_of(name, body, [secret], SYSTEM.now())
        return browser.post("/demo/hooks/sample-data/", body, "application/json", headers=headers)

    made, again = ask(asked), ask(asked)
    assert made.status_code == 200 and len(made.json()["ids"]) == 1 and made.json() == again.json()
    assert "Apple" in browser.get("/demo/today/").json()["html"]
    assert diary.today(browser.session)["rows"] == 1
    assert ask(asked, webhook.written_secret(b"x" * 32)).status_code == 401
    assert ask({**asked, "person": {"id": "demo-boris"}}, name="smp_2").status_code == 404
    assert ask({"person": {"id": "demo-maria"}}, name="smp_3").status_code == 400
    assert browser.post("/demo/sample/remove/").json()["sample"] == "day"


@pytest.mark.parametrize("data", ["", "{}", "[]", '{"meals": [1]}', '{"meals": [{"meal": "lunch", "food": "Gold"}]}'])
def test_a_sample_day_that_cannot_be_eaten_is_refused(browser: Client, data: str) -> None:
    browser.get("/demo/?user=demo-maria")
    assert browser.post("/demo/sample/", {"data": data}).status_code == 400


def test_a_finished_day_is_told_once_with_its_budget(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    assert browser.post("/demo/day/").json()["code"] == "empty_day"
    browser.post("/demo/meals/", {"meal": "Lunch", "food": "Apple"})
    assert browser.post("/demo/day/").headers["Location"] == "/demo/day/"
    page = browser.get("/demo/day/").content.decode()
    assert "Day Completed" in page and "&quot;in_budget&quot;:true" in page and "Within your budget" in page
    assert "Day Completed" not in browser.get("/demo/day/").content.decode()
    assert diary.today(browser.session)["rows"] == 0


def test_an_example_alone_makes_no_day(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    browser.post("/demo/sample/", {"data": '{"meals": [{"meal": "lunch", "food": "Apple"}]}'})
    assert browser.post("/demo/day/").status_code == 409


def test_a_budget_that_cannot_be_is_said_beside_what_was_typed(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    page = browser.post("/demo/settings/", {"budget": "12"}).content.decode()
    assert "from 1000 to 4000" in page and 'value="12"' in page
    browser.post("/demo/settings/", {"budget": "1500"})
    assert diary.today(browser.session)["left"] == 1500


def test_premium_is_told_with_its_revenue(browser: Client) -> None:
    browser.get("/demo/?user=demo-maria")
    browser.post("/demo/premium/")
    page = browser.get("/demo/premium/").content.decode()
    assert "Subscription Started" in page and "4.99" in page and 'data-plan="premium"' in page


def test_the_diary_speaks_the_language_that_was_chosen_and_keeps_it(browser: Client) -> None:
    browser.post("/demo/language/", {"language": "ru"})
    browser.post("/demo/sign-up/", {"name": "Анна", "email": "anna@example.com"})
    assert '<html lang="ru">' in browser.get("/demo/diary/").content.decode()
    assert browser.post("/demo/language/", {"language": "xx"}).status_code == 400

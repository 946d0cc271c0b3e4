"""What stands on each page: with people in the database, and before there is anybody."""

from datetime import timedelta

from django.test import Client

from milepost.delivery.models import Delivery
from milepost.people.models import Person
from tests.console.world import OWNER, World


def of_owner() -> Client:
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


def test_before_the_first_fact_home_shows_how_to_send_it_and_turns_green_when_it_is_here(empty_world: World) -> None:
    client = of_owner()
    page = client.get("/").content.decode()
    assert "/sdk/milepost.js" in page
    assert "curl http" in page
    assert "Waiting for the first event" in page
    assert "Waiting" in client.get("/home/first-event/").content.decode()
    empty_world.happens("maria", "Signed Up")
    empty_world.goes_on()
    assert "Events are arriving" in client.get("/home/first-event/").content.decode()


def test_the_other_pages_teach_what_will_stand_there(empty_world: World) -> None:
    client = of_owner()
    assert "Everybody who meets your product" in client.get("/people/").content.decode()
    assert "The way to the first success will stand here" in client.get("/program/").content.decode()
    assert "Every message will stand here" in client.get("/messages/").content.decode()
    assert "Every release will stand here" in client.get("/program/releases/").content.decode()


def test_the_example_in_an_empty_editor_could_be_released(empty_world: World) -> None:
    page = of_owner().get("/program/edit/").context["page"]
    assert page.text.startswith("milepost: 1")
    assert page.errors == 0


def test_home_says_the_rate_with_its_interval_and_how_many_it_is_of(owner: Client, world: World) -> None:
    world.tells("jonas", name="Jonas Weber")
    world.happens("jonas", "Signed Up")
    world.waits(timedelta(seconds=1))
    page = owner.get("/").context["page"]
    assert (page.activation.rate, page.activation.reached, page.activation.n) == (0.5, 1, 2)
    assert 0 < page.activation.low < 0.5 < page.activation.high < 1
    assert "1 of 2 people who began" in owner.get("/").content.decode()


def test_home_counts_whoever_has_not_got_there_instead_of_dropping_them(owner: Client, world: World) -> None:
    for name in ("jonas", "aiko"):
        world.happens(name, "Signed Up")
    world.waits(timedelta(hours=1))
    curve = owner.get("/").context["page"].curve
    assert (curve.n, curve.not_yet) == (3, 2)
    assert curve.median is None
    assert curve.points[-1].reached < 0.5
    assert "not known yet" in owner.get("/").content.decode()


def test_home_lists_who_reached_what(owner: Client) -> None:
    page = owner.get("/").content.decode()
    assert "Maria Ivanova" in page
    assert "Log your first meal" in page


def test_the_numbers_of_the_curve_can_be_taken_away(owner: Client) -> None:
    answer = owner.get("/home/time-to-value.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "seconds,reached,low,high,at_risk"
    assert lines[-1].startswith("2400.0,1.0")


def test_the_list_of_people_says_who_and_how_far(owner: Client) -> None:
    page = owner.get("/people/").content.decode()
    assert "Maria Ivanova" in page
    assert "maria@example.com" in page
    assert "1 of 2" in page


def test_people_are_found_by_name_mail_and_id_and_a_miss_says_so(owner: Client, world: World) -> None:
    world.tells("jonas", name="Jonas Weber", email="j.weber@example.com")
    world.goes_on()
    for text in ("weber", "j.weber@", "jonas"):
        assert [row.name for row in owner.get(f"/people/?q={text}").context["page"].rows] == ["Jonas Weber"]
    assert "Nobody matches" in owner.get("/people/?q=zebra").content.decode()


def test_typing_in_the_search_brings_the_list_alone(owner: Client) -> None:
    part = owner.get("/people/?q=maria", headers={"HX-Request": "true"}).content.decode()
    assert "Maria Ivanova" in part
    assert "<html" not in part


def test_a_long_list_goes_on_page_by_page_and_nobody_stands_on_two(owner: Client, world: World) -> None:
    for number in range(60):
        world.happens(f"p{number}", "Signed Up")
        world.clock.advance(timedelta(seconds=number % 3))
    world.goes_on()
    seen: list[int] = []
    cursor = ""
    for _ in range(4):
        page = owner.get("/people/", {"after": cursor}).context["page"]
        seen += [row.uid for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 61


def test_a_broken_page_address_is_refused_politely(owner: Client) -> None:
    assert owner.get("/people/?after=nonsense").status_code == 400
    assert owner.get("/messages/deliveries/?after=nonsense").status_code == 400
    assert owner.get("/messages/deliveries/?status=nonsense").status_code == 404


def test_a_persons_page_says_how_far_what_happened_and_why(owner: Client, world: World) -> None:
    uid = Person.objects.get(workspace=world.workspace, user_id="maria").id
    answer = owner.get(f"/people/{uid}/")
    page, text = answer.context["page"], answer.content.decode()
    assert (page.reached, len(page.posts)) == (1, 2)
    assert page.posts[0].at is not None
    assert "Meal Logged" in page.posts[0].why
    assert page.posts[1].is_next
    assert "1 of 3" in page.posts[1].why
    kinds = {(entry.kind, entry.outcome) for _, entries in page.timeline.days for entry in entries}
    assert {("fact", ""), ("milestone", "reached"), ("content", "shown"), ("message", "sent")} <= kinds
    assert dict(page.traits)["plan"] == "free"
    assert ("anonymous", "phone-1") in page.identities
    assert [account.title for account in page.accounts] == ["Acme GmbH"]
    assert "Signed Up" in text


def test_what_a_fact_has_led_to_stands_above_it(owner: Client, world: World) -> None:
    uid = Person.objects.get(workspace=world.workspace, user_id="maria").id
    entries = [entry for _, day in owner.get(f"/people/{uid}/").context["page"].timeline.days for entry in day]
    titles = [entry.title for entry in entries]
    assert titles.index("Log your first meal") < titles.index("Meal Logged")


def test_why_not_yet_is_answered_on_demand(owner: Client, world: World) -> None:
    world.happens("jonas", "Food Searched", query="pear")
    world.goes_on()
    uid = Person.objects.get(workspace=world.workspace, user_id="jonas").id
    answer = owner.get(f"/people/{uid}/why/message/welcome/").content.decode()
    assert "Signed Up: 0 of 1" in answer
    assert owner.get(f"/people/{uid}/why/message/no-such/").status_code == 404
    maria = Person.objects.get(workspace=world.workspace, user_id="maria").id
    assert "It has come" in owner.get(f"/people/{maria}/why/message/welcome/").content.decode()


def test_older_parts_of_a_timeline_follow_on_demand(owner: Client, world: World) -> None:
    for number in range(70):
        world.happens("maria", f"Click {number}")
        world.clock.advance(timedelta(seconds=1))
    world.goes_on()
    uid = Person.objects.get(workspace=world.workspace, user_id="maria").id
    first = owner.get(f"/people/{uid}/").context["page"].timeline
    older = owner.get(f"/people/{uid}/timeline/", {"before": first.before}).context["page"]
    titles = [entry.title for timeline in (first, older) for _, day in timeline.days for entry in day]
    assert [title for title in titles if title.startswith("Click")] == [f"Click {n}" for n in reversed(range(70))]


def test_what_people_write_is_text_and_never_markup(owner: Client, world: World) -> None:
    world.tells("eve", name="<script>alert(1)</script>", email='"><img src=x>')
    world.happens("eve", "<b>Bold</b>", note="</script><script>")
    world.goes_on()
    uid = Person.objects.get(workspace=world.workspace, user_id="eve").id
    for path in ("/people/", f"/people/{uid}/", "/"):
        page = owner.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b>Bold" not in page
        assert "<img src=x" not in page


def test_messages_say_to_whom_and_how_it_ended(owner: Client, world: World) -> None:
    page = owner.get("/messages/deliveries/").content.decode()
    assert "Accepted by the mail server" in page
    assert "Maria Ivanova" in page
    Delivery.objects.update(status="failed", error="550 no such mailbox")
    failed = owner.get("/messages/deliveries/?status=failed").content.decode()
    assert "550 no such mailbox" in failed
    assert "No message is in this state" in owner.get("/messages/deliveries/?status=sent").content.decode()


def test_what_does_not_exist_is_said_in_the_same_look(owner: Client) -> None:
    answer = owner.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert owner.get("/people/123456/").status_code == 404

"""Sample data asked of the host's server: once for each wish, signed, told to the person and to the team."""

import threading
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import override_settings

from milepost.conf.wiring import WIRING
from milepost.core import events
from milepost.core.delivery import webhook
from milepost.core.values import Refused
from milepost.delivery import host as hosts
from milepost.delivery import samples
from milepost.delivery.erasure import erase
from milepost.delivery.models import HostEndpoint, Piece, SampleRequest
from milepost.people.queries import uid_of_user
from milepost.program import actions
from milepost.runtime.models import OutboxEntry
from milepost.runtime.relay import Relay
from milepost.workspace.models import Member
from tests.delivery.hosts import HostServer
from tests.world import World

pytestmark = pytest.mark.django_db

PROGRAM = """
milepost: 1
name: World
support: {name: Anna, email: anna@example.com}
goals: {fit: {ask: I want to get fit, milestones: [meal]}}
milestones: {meal: {title: A meal, reached: {did: Meal Logged}}}
content:
  empty: {kind: empty state, on: "#empty", title: Nothing yet, actions: [{text: Show me, use_template: day}]}
templates: {day: {title: A day, data: {meals: 3}, by_goal: {fit: {meals: 6}}}}
"""
REASONS = dict.fromkeys(
    ("missing-stage", "goal-first", "no-outcome", "no-baseline", "no-first-value"), "It is about samples."
)


@pytest.fixture(autouse=True)
def _allowed() -> Any:
    with override_settings(PRIVATE_HOSTS=frozenset({"127.0.0.1"})):
        yield


class Product:
    """Ann, who has signed up, and the server of the product that she uses."""

    def __init__(self, world: World, server: HostServer | None = None) -> None:
        self.world, self.server = world, server
        actions.apply(world.workspace, PROGRAM, by="test", base=None, onto=True, reasons=REASONS, now=world.clock.now())
        if server is not None:
            owner = Member.objects.get(workspace=world.workspace, role="owner")
            self.secret = hosts.name_host(owner, server.url, world.clock.now())
        world.happens(world.fact("Signed Up"), world.fact("Goal Stated", properties={"goal": "fit"}))
        self.uid = uid_of_user(world.workspace, "ann")
        self.relay = Relay(world.stores, world.outbox, WIRING, threading.Event(), threading.Event())

    @property
    def piece(self) -> Piece:
        return Piece.objects.get(uid=self.uid, content="empty")

    @property
    def template(self) -> dict[str, Any]:
        """As the browser is told of it."""
        body: dict[str, Any] = msgspec.json.decode(bytes(self.piece.body))
        told: dict[str, Any] = body["actions"][0]["template"]
        return {"status": "", "ids": [], **told}

    def press(self, **more: Any) -> None:
        about = {"content": "empty", "action": "day", "piece": self.piece.pk}
        fact = self.world.fact(events.CONTENT_ACTED, **{"source": "milepost", "properties": about, **more})
        self.world.happens(fact)

    def goes_on(self, by: float = 0) -> None:
        """Everything that is due, again and again until nothing is."""
        self.world.clock.advance(timedelta(seconds=by))
        while self.relay.turn():
            self.world.loop.catch_up()

    def told(self, name: str) -> list[dict[str, Any]]:
        return [fact.properties for fact in self.world.stores.log.read(0, 1000) if fact.name == name]


def test_a_press_asks_the_hosts_server_once_and_its_answer_is_a_fact_with_the_ids(world: World) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        assert (ann.template["status"], ann.template["ids"]) == ("ready", [])
        ann.press()
        ann.press()  # she is impatient
        ann.goes_on()
        [asked] = server.asked
        request = webhook.verified_id(asked.headers, asked.body, ann.secret, world.clock.now())
        said = msgspec.json.decode(asked.body)
        assert (said["type"], said["timestamp"]) == ("sample_data.asked", world.clock.now().isoformat())
        assert said["data"] == {
            "person": {"id": "ann"},
            "template": "day",
            "use_case": "fit",
            "locale": "en",
            "sample": {"meals": 6},
        }
        assert ann.told(events.TEMPLATE_USED) == [{"template": "day", "request": request, "ids": ["a", 2]}]
        assert (ann.template["status"], ann.template["ids"]) == ("made", ["a", 2])
        assert not OutboxEntry.objects.exclude(state="done").exists()


def test_a_server_that_was_away_is_asked_again_under_the_same_id(world: World) -> None:
    with HostServer([(503, {}, b""), (429, {"Retry-After": "20"}, b""), (200, {}, b"")]) as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        ann.goes_on(1)
        ann.goes_on(19)
        assert len(server.asked) == 2, "it asked for twenty seconds"
        ann.goes_on(1)
        ids = [each.headers["webhook-id"] for each in server.asked]
        times = [int(each.headers["webhook-timestamp"]) for each in server.asked]
        assert len(ids) == 3 and len(set(ids)) == 1 and times[2] - times[0] == 21
        assert ann.told(events.TEMPLATE_USED)[0]["ids"] == []


def test_who_died_between_the_answer_and_the_mark_does_not_ask_twice(world: World) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        OutboxEntry.objects.filter(kind="ask_host").update(state="waiting")
        ann.goes_on()
        assert len(server.asked) == 1 and len(ann.told(events.TEMPLATE_USED)) == 1


def test_a_failure_is_shown_where_it_was_pressed_and_trying_again_is_the_same_request(world: World) -> None:
    with HostServer([(422, {}, b"{}"), (422, {}, b"{}"), (200, {}, b'{"ids": [7]}')]) as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        first = ann.template
        assert first["status"] == "failed"
        [failure] = ann.told(events.TEMPLATE_FAILED)
        assert failure["error"] == "It answered 422."
        [row] = samples.recent(world.workspace)
        assert (row.status, row.error) == ("failed", "It answered 422.")

        world.clock.advance(timedelta(seconds=5))
        ann.press()
        ann.goes_on()
        assert ann.template["status"] == "failed" and ann.template["at"] != first["at"], "each failure is told anew"
        world.clock.advance(timedelta(seconds=5))
        ann.press()
        ann.goes_on()
        assert (ann.template["status"], ann.template["ids"]) == ("made", [7])
        assert len({each.headers["webhook-id"] for each in server.asked}) == 1
        assert len(ann.told(events.TEMPLATE_FAILED)) == 2


def test_a_server_that_stays_away_is_given_up_while_somebody_waits(world: World) -> None:
    with HostServer([(500, {}, b"")]) as server:
        ann = Product(world, server)
        ann.press()
        for _ in range(60):
            ann.goes_on(1)
        assert len(server.asked) == 5 and ann.template["status"] == "failed"
        [failure] = ann.told(events.TEMPLATE_FAILED)
        assert failure["error"] == "It answered 500. It was tried 5 times."


def test_what_was_removed_is_made_anew_as_another_request(world: World) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        world.clock.advance(timedelta(minutes=1))
        world.happens(world.fact(events.TEMPLATE_REMOVED, properties={"template": "day"}))
        assert ann.template["status"] == "ready" and samples.recent(world.workspace)[0].status == "removed"
        ann.press()
        ann.goes_on()
        assert len({each.headers["webhook-id"] for each in server.asked}) == 2


def test_a_server_that_is_gone_is_not_asked_any_more_until_it_is_named_again(world: World) -> None:
    with HostServer([(410, {}, b""), (200, {}, b"")]) as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        assert ann.template["status"] == "" and hosts.host_of(world.workspace, world.clock.now()) is None
        hosts.name_host(Member.objects.get(role="owner"), server.url, world.clock.now())
        assert hosts.host_of(world.workspace, world.clock.now()) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"source": "live"},  # a browser may claim anything
        {"source": "import"},
        {"user": None, "anonymous_id": "d1"},  # nobody has proven who they are
        {"properties": {"content": "empty", "action": "other", "piece": 1}},
        {"properties": {"content": "empty", "action": "day"}},
        {"properties": {"content": "empty", "action": "day", "piece": 10**6}},
    ],
)
def test_nobody_asks_in_the_name_of_somebody_else_or_without_a_piece(world: World, more: dict[str, Any]) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        ann.press(**more)
        ann.press(at=world.clock.now() - timedelta(hours=2))  # she does not wait for it any more
        ann.goes_on()
        assert server.asked == [] and not SampleRequest.objects.exists()


def test_a_piece_that_has_asked_its_page_does_not_ask_the_server_too(world: World) -> None:
    ann = Product(world)
    assert ann.template["status"] == ""
    with HostServer() as server:
        hosts.name_host(Member.objects.get(role="owner"), server.url, world.clock.now())
        ann.press()
        ann.goes_on()
        assert server.asked == [] and not SampleRequest.objects.exists()


def test_for_a_day_both_secrets_sign_and_neither_is_kept_as_it_is_read(world: World) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        owner = Member.objects.get(role="owner")
        new = hosts.turn_secret(owner, world.clock.now())
        ann.press()
        ann.goes_on()
        [asked] = server.asked
        for secret in (new, ann.secret):
            webhook.verified_id(asked.headers, asked.body, secret, world.clock.now())
        host = hosts.host_of(world.workspace, world.clock.now() + timedelta(days=1))
        assert host is not None and host.secrets == (new,)
        row = HostEndpoint.objects.get()
        assert new[6:].encode() not in bytes(row.sealed) and ann.secret[6:].encode() not in bytes(row.sealed_before)


def test_nothing_is_kept_of_what_was_asked_for_somebody_who_is_forgotten(world: World) -> None:
    with HostServer() as server:
        ann = Product(world, server)
        ann.press()
        ann.goes_on()
        assert SampleRequest.objects.filter(uid=ann.uid).exists() and ann.uid is not None
        erase(world.workspace, [ann.uid], [])
        assert not SampleRequest.objects.exists()


def test_only_an_owner_names_a_server_and_only_one_outside(world: World) -> None:
    owner = Member.objects.get(role="owner")
    owner.role = "editor"
    with pytest.raises(Refused):
        hosts.name_host(owner, "https://app.example.com/", world.clock.now())
    owner.role = "owner"
    with pytest.raises(Refused):
        hosts.name_host(owner, "http://app.example.com/", world.clock.now())
    assert not HostEndpoint.objects.exists()

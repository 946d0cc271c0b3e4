"""Editing on the customer's own page: who gets in, from where and for how long, and what becomes of the draft."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from milepost.console.pages.debugging import DEBUG
from milepost.program import actions, edits
from milepost.program import queries as program
from milepost.workspace import keys
from milepost.workspace.editing import open_editing
from milepost.workspace.models import Member, Site, Workspace
from milepost.workspace.sites import add_site
from tests.console.world import OWNER, World

SITE = "https://app.example.com"
PAGE = f"{SITE}/projects?view=all"
DRAFT = """\
milepost: 1
name: Diary  # what it is called
start: {did: Signed Up}
facts: {Signed Up: {}}
milestones:
  first: {title: First, reached: {did: Signed Up}, first_value: true}
content:
  # everybody meets this one
  tour:
    kind: guide
    title: {en: A tour, ru: Прогулка}   # two languages
    steps:
      - title: One
        on: "#one"
      - {title: Two}   # the last
  tip: {kind: hint, title: Tip, on: "#tip"}
"""


@pytest.fixture
def member(world: World) -> Member:
    found = Member.objects.select_related("user", "workspace").get(user__username=OWNER)
    add_site(found, PAGE, world.clock.now())
    actions.save_draft(world.workspace.pk, DRAFT, by=OWNER, now=world.clock.now())
    return found


class Page:
    """The script on a page of the customer's: no cookies, an origin, and what it was given."""

    def __init__(self, world: World, origin: str = SITE) -> None:
        self.world, self.origin, self.token = world, origin, ""

    def post(self, what: str, body: Any = None, **more: str) -> Any:
        headers = {"Origin": self.origin, "Authorization": f"Bearer {self.token}", **more}
        return Client(enforce_csrf_checks=True).post(
            f"/editing/{what}", body or {}, content_type="application/json", headers=headers
        )

    def open(self, link: str, of: Workspace | None = None) -> Any:
        key = keys.mint(of or self.world.workspace, "write", self.world.clock.now())
        return self.post("open", {"token": link, "writeKey": key})

    def begin(self, member: Member, address: str = PAGE, kind: str = "") -> "Page":
        link = open_editing(member, address, self.world.clock.now(), kind=kind)
        self.token = self.open(link, member.workspace).json()["token"]
        return self


@pytest.fixture
def page(world: World, member: Member) -> Page:
    return Page(world).begin(member)


def text_of(world: World) -> str:
    draft = program.draft(world.workspace.pk)
    return draft.text if draft else ""


def tour(page: Page) -> Any:
    return page.post("piece", {"kind": "guide", "key": "tour"}).json()


def saved(page: Page, piece: Any, **changes: Any) -> Any:
    asked = {name: piece[name] for name in ("kind", "key", "value", "revision")}
    return page.post("save", asked | changes)


# --- the way in ------------------------------------------------------------------------------------------------------


def test_the_console_asks_for_the_page_and_leads_there_with_a_token_behind_the_hash(
    owner: Client, world: World, member: Member
) -> None:
    assert f"{reverse('on-the-page')}?kind=guide" in owner.get("/program/definitions/guide/tour/").content.decode()
    asked = owner.get(reverse("on-the-page"), {"kind": "guide", "key": "tour"})
    assert asked.context["page"].address == f"{SITE}/"
    assert asked.context["page"].piece == "A tour"
    way = owner.post(reverse("on-the-page"), {"address": PAGE, "kind": "guide", "key": "tour"}).context["page"].way
    before, _, token = way.partition("#milepost=edit.")
    assert before == PAGE
    page = Page(world)
    page.token = page.open(token).json()["token"]
    bench = page.post("bench").json()
    assert bench["first"] == {"key": "tour", "title": "guide"}
    assert [row["key"] for row in bench["pieces"]] == ["tour", "tip"]
    assert owner.get(reverse("on-the-page")).context["page"].address == PAGE


def test_a_page_of_no_site_is_refused_until_an_owner_adds_it(
    owner: Client, world: World, sign_in: Callable[..., Client]
) -> None:
    elsewhere = {"address": "https://other.example.com/x"}
    editor = sign_in(world.workspace, "editor")
    assert editor.post(reverse("on-the-page"), elsewhere).status_code == 400
    assert editor.post(reverse("on-the-page"), {**elsewhere, "add": "yes"}).status_code == 403
    refused = owner.post(reverse("on-the-page"), elsewhere)
    assert refused.context["page"].may_add
    assert "none of your sites" in refused.content.decode()
    assert owner.post(reverse("on-the-page"), {**elsewhere, "add": "yes"}).context["page"].way
    assert Site.objects.get().origin == "https://other.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://",
        "app.example.com",
        "http://app.example.com/",
        "https://a@b.com/",
        "ftp://x/",
        "",
    ],
)
def test_what_is_no_safe_address_of_a_page_opens_nothing(owner: Client, world: World, address: str) -> None:
    answer = owner.post(reverse("on-the-page"), {"address": address, "add": "yes"})
    assert answer.status_code == 400
    assert answer.context["page"].way == ""
    assert not Site.objects.exists()


def test_sites_are_added_and_removed_by_owners_alone(
    owner: Client, world: World, sign_in: Callable[..., Client]
) -> None:
    editor = sign_in(world.workspace, "editor")
    assert editor.post(reverse("settings-add-site"), {"address": PAGE}).status_code == 403
    assert owner.post(reverse("settings-add-site"), {"address": PAGE}).status_code == 302
    assert SITE in editor.get(reverse("settings-sites")).content.decode()
    assert owner.post(reverse("settings-remove-site"), {"origin": SITE}).status_code == 302
    assert not Site.objects.exists()


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_a_link_works_once_and_only_on_its_own_site(world: World, member: Member) -> None:
    link = open_editing(member, PAGE, world.clock.now())
    assert Page(world, "https://evil.example").open(link).status_code == 401
    assert Page(world).open(link).status_code == 200
    assert Page(world).open(link).status_code == 401


def test_a_link_is_too_old_after_two_minutes_and_a_session_after_an_hour(world: World, member: Member) -> None:
    link = open_editing(member, PAGE, world.clock.now())
    page = Page(world).begin(member)
    world.clock.advance(timedelta(minutes=3))
    assert Page(world).open(link).status_code == 401
    assert page.post("bench").status_code == 200
    world.clock.advance(timedelta(hours=1))
    assert page.post("bench").status_code == 401


def test_the_tokens_of_a_link_a_session_and_strangers_are_not_one_another(world: World, member: Member) -> None:
    link = open_editing(member, PAGE, world.clock.now())
    page = Page(world).begin(member)
    for token in (link, "", "x", page.token[:-4] + "AAAA", "gAAAAABm" + "x" * 80):
        assert page.post("bench", Authorization=f"Bearer {token}").status_code == 401
    assert page.open(page.token).status_code == 401


def test_a_session_is_good_for_its_own_origin_and_ends_when_it_is_done(page: Page, owner: Client) -> None:
    stranger = Page(page.world, "https://evil.example")
    stranger.token = page.token
    refused = stranger.post("bench")
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert page.post("bench", Origin="").status_code == 403
    allowed = page.post("bench")
    assert allowed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert page.post("done").status_code == 200
    assert page.post("bench").status_code == 401


def test_a_preflight_is_answered_to_sites_and_nobody_else(world: World, member: Member) -> None:
    client = Client()
    known = client.options("/editing/save", headers={"Origin": SITE})
    assert (known.status_code, known.headers["Access-Control-Allow-Origin"]) == (204, SITE)
    unknown = client.options("/editing/save", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in unknown.headers


def test_who_may_not_edit_any_more_is_turned_away_at_the_next_request(page: Page, member: Member) -> None:
    member.role = "viewer"
    member.save()
    assert page.post("bench").status_code == 403
    assert saved(page, {"kind": "guide", "key": "tour", "value": {}, "revision": ""}).status_code == 403
    member.role = "editor"
    member.save()
    assert page.post("bench").status_code == 200
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert page.post("bench").status_code == 401


def test_a_site_that_was_removed_and_a_member_who_is_gone_end_the_session(page: Page, member: Member) -> None:
    Site.objects.all().delete()
    assert page.post("bench").status_code == 403
    add_site(member, PAGE, page.world.clock.now())
    assert page.post("bench").status_code == 200
    member.delete()
    assert page.post("bench").status_code == 401


def test_a_session_opens_its_own_workspace_and_no_other(
    page: Page, world: World, sign_in: Callable[..., Client]
) -> None:
    other = Workspace.objects.create(slug="other", name="Other", created_at=world.clock.now())
    sign_in(other)
    theirs = Member.objects.select_related("user", "workspace").get(workspace=other)
    add_site(theirs, PAGE, world.clock.now())
    stranger = Page(world).begin(theirs)
    link = open_editing(theirs, PAGE, world.clock.now())
    assert page.open(link).json()["code"] == "other_workspace", "nobody's pieces are drawn on another's page"
    assert page.post("open", {"token": link, "writeKey": ""}).status_code == 403
    assert page.open(link, other).status_code == 200, "it was not spent"
    assert stranger.post("bench").json()["pieces"] == []
    assert stranger.post("piece", {"kind": "guide", "key": "tour"}).status_code == 404
    assert saved(stranger, tour(page)).status_code == 409
    assert text_of(world) == DRAFT


def test_a_session_to_write_tells_nothing_of_people_and_one_to_look_writes_nothing(
    page: Page, world: World, member: Member
) -> None:
    who = {"anonymousId": "x", "userId": "maria"}
    looking = Page(world).begin(member, kind=DEBUG)
    assert looking.post("debug", who).status_code == page.post("bench").status_code == 200
    assert page.post("debug", who).json()["code"] == "other_tool"
    for what, body in (("bench", {}), ("save", tour(page)), ("undo", {}), ("done", {})):
        assert looking.post(what, body).json()["code"] == "other_tool"


def test_a_signed_in_cookie_opens_nothing_here(owner: Client, world: World, member: Member) -> None:
    answer = owner.post("/editing/bench", "{}", content_type="application/json", headers={"Origin": SITE})
    assert answer.status_code == 401
    assert owner.get("/editing/bench").status_code == 405


def test_what_is_too_large_or_cannot_be_read_is_refused(page: Page) -> None:
    assert page.post("check", {"kind": "guide", "value": {"title": "x" * 300_000}}).status_code == 413
    assert page.post("check", {"kind": 7}).status_code == 400
    assert page.post("check", {"kind": "message"}).status_code == 404
    assert page.post("piece", {"kind": "hint", "key": "tour"}).status_code == 404


# --- what becomes of the draft ---------------------------------------------------------------------------------------


def test_what_is_saved_changes_its_own_lines_and_keeps_every_comment(page: Page) -> None:
    piece = tour(page)
    piece["value"]["steps"][0] |= {"title": "First of all", "on": ['[data-testid="one"]', "#one"]}
    answer = saved(page, piece)
    assert answer.status_code == 200
    changed = text_of(page.world)
    assert "title: First of all" in changed
    for kept in ("# what it is called", "# everybody meets this one", "# two languages", "# the last", "Прогулка"):
        assert kept in changed
    again = answer.json()
    assert again["revision"] not in ("", piece["revision"])
    again["value"]["steps"].reverse()
    assert saved(page, again).status_code == 200
    moved = text_of(page.world)
    assert moved.index("title: Two") < moved.index("title: First of all")
    assert "# everybody meets this one" in moved


def test_a_new_piece_gets_a_key_of_its_title_and_is_the_first_of_its_kind(page: Page) -> None:
    value = {"title": "Welcome, all!", "place": "bottom", "body": "**Hello**"}
    made = saved(page, {"kind": "banner", "key": "", "value": value, "revision": ""}).json()
    assert made["key"] == "welcome-all"
    assert made["drawn"]["kind"] == "banner"
    assert made["drawn"]["body_html"] == "<p><strong>Hello</strong></p>"
    second = saved(page, {"kind": "banner", "key": "", "value": value, "revision": ""}).json()
    assert second["key"] == "welcome-all-2"
    assert "# the last" in text_of(page.world)


def test_checks_come_with_the_place_they_are_about_and_nothing_is_kept(page: Page) -> None:
    value = {"steps": [{"title": "One"}, {"on": "#two", "advanced": 1}]}
    said = page.post("check", {"kind": "guide", "key": "tour", "value": value}).json()
    assert {each["path"] for each in said["problems"]} >= {"steps[1].title", "steps[1].advanced"}
    new = page.post("check", {"kind": "guide", "value": {"steps": [{"title": "One", "body": "*so*"}]}}).json()
    assert new["drawn"]["steps"][0]["body_html"] == "<p><em>so</em></p>"
    assert text_of(page.world) == DRAFT


def test_it_is_drawn_for_the_chosen_persona_and_language_and_for_nobody_real(page: Page, world: World) -> None:
    told = {
        "kind": "guide",
        "key": "tour",
        "value": {"title": {"en": "A tour", "ru": "Прогулка"}, "steps": [{"title": {"en": "One", "ru": "Раз"}}]},
    }
    drawn = page.post("check", {**told, "locale": "ru"}).json()["drawn"]
    assert (drawn["title"], drawn["lang"]) == ("Прогулка", "ru")
    assert "Maria Ivanova" not in str(page.post("bench").json()["personas"])


def test_what_somebody_else_saved_meanwhile_is_told_and_nothing_is_lost(page: Page) -> None:
    piece = tour(page)
    theirs = "kind: guide\ntitle: Theirs\nsteps: [{title: One}]\n"
    now = page.world.clock.now()
    edits.save(
        page.world.workspace.pk,
        ("content", "tour"),
        theirs,
        was=piece["revision"],
        over=False,
        by="boris@x.org",
        now=now,
    )
    conflict = saved(page, piece)
    assert conflict.status_code == 409
    assert (conflict.json()["by"], "Theirs" in conflict.json()["theirs"]) == ("boris@x.org", True)
    assert "Theirs" in text_of(page.world)
    assert saved(page, piece, over=True).status_code == 200
    assert "Theirs" not in text_of(page.world)


def test_the_last_change_is_taken_back(page: Page) -> None:
    assert page.post("undo").status_code == 409
    piece = tour(page)
    piece["value"]["steps"].pop()
    assert saved(page, piece).status_code == 200
    assert page.post("undo").status_code == 200
    assert text_of(page.world) == DRAFT

"""What the program covers, how it does in all checks, what fits its tracking plan, and what a release means in people."""

import pytest
from django.test import Client

from tests.console.world import PROGRAM, World

TEXT = PROGRAM.read_text(encoding="utf-8")
_STEP = """content:
  profile: {kind: banner, title: Add a photo, when: {did: App Opened}}
"""


def test_the_coverage_of_the_draft_is_shown_with_its_gaps(owner: Client, world: World) -> None:
    text = TEXT.replace("content:\n", _STEP, 1) + "functions: {idle: []}\n"
    owner.post("/program/draft/", {"text": text})
    page = owner.get("/program/coverage/")
    shown = page.content.decode()
    assert page.context["page"].is_draft
    assert "Steps that serve no milestone" in shown and "without-profile" in shown
    assert "idle" in shown and "Quick win" in shown
    steps = page.context["page"].steps
    assert [step.seconds for _, step in steps] == sorted((step.seconds for _, step in steps), reverse=True)


@pytest.mark.req("R105")
def test_it_says_how_many_people_get_what_everybody_gets(owner: Client, world: World) -> None:
    for name, plan in (("one", "free"), ("two", "free"), ("three", "premium"), ("four", "premium")):
        world.tells(name, plan=plan)
        world.happens(name, "Signed Up")
    world.goes_on()
    owner.post("/program/draft/", {"text": TEXT})
    everybody = owner.get("/program/coverage/").context["page"]
    banner = _STEP.replace("when: {did: App Opened}", "when: {trait: plan, is: free}")
    owner.post("/program/draft/", {"text": TEXT.replace("content:\n", banner, 1)})
    some = owner.get("/program/coverage/").context["page"]
    assert everybody.default.people == some.default.people >= 4
    assert everybody.default.by_default - some.default.by_default == 3  # two of them, and who was there before
    assert some.share == round(some.default.by_default / some.default.people, 3)
    assert "content.profile" in some.found.personal


def test_the_audit_is_shown_and_its_score_on_the_page_of_the_program(owner: Client) -> None:
    page = owner.get("/program/audit/")
    assert f"{page.context['page'].found.score} of 100" in page.content.decode()
    score = owner.get("/program/audit/", headers={"HX-Request": "true"}).content.decode()
    assert "of 100 in all checks" in score and "<html" not in score
    assert 'hx-get="/program/audit/"' in owner.get("/program/").content.decode()


def test_what_does_not_fit_the_plan_is_shown_with_the_code_for_each_event(owner: Client) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("Food Searched: {query: text}", "Never Sent: {}")})
    shown = owner.get("/program/tracking/").content.decode()
    assert "Never seen:" in shown and "Never Sent" in shown
    assert "milepost.track(&quot;Never Sent&quot;);" in shown


def test_a_release_says_what_it_means_in_people(owner: Client) -> None:
    owner.post("/program/draft/", {"text": TEXT.replace("at_least: 3", "at_least: 2")})
    page = owner.get("/program/release/")
    assert any(each.kind == "milestone" for each in page.context["page"].people)
    assert "Nobody is told about the past." in page.content.decode()

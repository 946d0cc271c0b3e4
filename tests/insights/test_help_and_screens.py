"""Searches in the help and the screens of newcomers, counted person by person."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from milepost.core import events
from milepost.core.insights.screens import NOBODY, Screens, explaining
from milepost.core.insights.searches import NO_SEARCH, Searches
from milepost.core.insights.statistics import rate
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Hint, Page, Term
from milepost.insights.ask import ask
from tests.insights.story import People, lives, people_of, periods, starters_of
from tests.insights.tables import Facts

SOON = timedelta(minutes=10)
SCREENS = {"/projects/17": "/projects/*", "/projects/4f0c2a9b": "/projects/*", "/home": "/home"}


@settings(max_examples=30, deadline=None)
@given(periods(), lives("help", 12))
def test_a_search_helped_whom_it_led_to_an_article(period: dict[str, Any], people: People) -> None:
    asked = Searches(**period)
    found: dict[str, list[tuple[int, bool, bool]]] = {}
    for uid, one in enumerate(people_of(asked, people)):
        read = one.did(events.ARTICLE_OPENED)
        for fact in one.did_inside(events.HELP_SEARCHED):
            if (text := fact.properties.get("text")) is not None:
                opened = any(fact.at <= each.at < fact.at + SOON for each in read)
                known = bool(fact.properties.get("results"))
                found.setdefault(text.strip().lower(), []).append((uid, known, opened))
    answer = ask(Facts(people), asked)
    assert {one.text: (one.people, one.times, one.found, one.opened) for one in answer.searches} == {
        text: (
            len({uid for uid, _, _ in times}),
            len(times),
            rate(sum(known for _, known, _ in times), len(times), NO_SEARCH),
            rate(sum(opened for _, _, opened in times), len(times), NO_SEARCH),
        )
        for text, times in found.items()
    }
    assert answer.n == sum(map(len, found.values()))
    assert [bool(one.found.count) for one in answer.searches] == sorted(
        bool(one.found.count) for one in answer.searches
    )


@settings(max_examples=30, deadline=None)
@given(periods(), lives("screens", 12))
@pytest.mark.req("R84")
def test_a_screen_is_seen_by_who_came_to_it_in_their_first_days(period: dict[str, Any], people: People) -> None:
    asked = Screens(**period, days=2)
    seen: dict[str, list[int]] = {}
    everybody = starters_of(asked, people)
    for uid, one in enumerate(everybody):
        for fact in one.did("Page Viewed"):
            path, start = fact.properties.get("path"), one.start()
            if path is not None and start is not None and start <= fact.at < start + timedelta(days=2):
                seen.setdefault(SCREENS[path], []).append(uid)
    answer = ask(Facts(people), asked)
    assert {one.path: (one.seen, one.views) for one in answer.screens} == {
        path: (rate(len(set(uids)), len(everybody), NOBODY), len(uids)) for path, uids in seen.items()
    }


@pytest.mark.req("R84")
def test_what_may_stand_everywhere_explains_no_screen() -> None:
    everywhere = {"all": Hint(title="All", on="#a"), "too": Hint(title="Too", on="#a", page=Page(url="/*"))}
    here = {"project": Term(text="due", explain="When.", page=Page(url=("/projects/*", "/tasks")))}
    document = replace(Document(name="Trestle"), content={**everywhere, **here})
    assert explaining(document, "/projects/*") == ["project"] == explaining(document, "/tasks")
    assert explaining(document, "/home") == []

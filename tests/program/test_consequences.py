"""What a release would change, in people."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.review.consequences import concerns
from milepost.core.values import Refused
from milepost.insights.consequences import consequences, inside, refuse_to_strand
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import Row
from tests.program.documents import SMALL, document_of
from tests.program.story import STORY

NOW = datetime(2026, 6, 30, tzinfo=UTC)
#: (uid, days ago, fact, properties)
FACTS: list[tuple[int, float, str, dict[str, Any]]] = [
    *((uid, 100, "Meal Logged", {}) for uid in (1, 2, 3)),
    *((uid, day, "Meal Logged", {}) for uid in (1, 2) for day in (50, 49)),
    *((uid, 5 + n / 100, "Food Searched", {}) for uid in (4, 5) for n in range(3)),
    (6, 60, "Food Searched", {}),
    *((6, 60 - n / 100, "Food Searched", {}) for n in (1, 2)),
    *((uid, 4, "Goal Stated", {"goal": "fit"}) for uid in (1, 4)),
    (1, 3, "Goal Stated", {"goal": "thin"}),
    *((uid, 4, "Journey Started", {"journey": "first", "run": 1}) for uid in (4, 5)),
    (5, 2, "Journey Ended", {"journey": "first", "run": 1, "how": "goal"}),
]


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBEventStore]:
    store = DuckDBEventStore(":memory:")
    facts = sorted(FACTS, key=lambda fact: -fact[1])
    rows = [
        Row(seq=n, ws=1, uid=uid, account=None, event=name, ts=at, received=at, properties=json.dumps(properties))
        for n, (uid, ago, name, properties) in enumerate(facts, start=1)
        for at in (NOW - timedelta(days=ago),)
    ]
    store.append(rows, len(rows))
    yield store
    store.close()


def _folder(*documents: Document) -> Folder:
    return Folder(documents=documents)


def said(store: DuckDBEventStore, old: str, new: str) -> list[str]:
    return [each.words for each in consequences(store, 1, _folder(document_of(old)), _folder(document_of(new)), NOW)]


def test_a_milestone_says_its_reach_before_and_after_and_that_nobody_is_told(store: DuckDBEventStore) -> None:
    stricter = SMALL.replace("{did: Meal Logged}", "{did: Meal Logged, at_least: 3}")
    assert said(store, SMALL, stricter) == [
        "milestones.first-meal: reached by 3 people before, by 2 with this release (1 fewer). "
        "Nobody is told about the past."
    ]
    renamed = SMALL.replace("first-meal", "a-meal") + "moved: {first-meal: a-meal}\n"
    assert said(store, SMALL, renamed) == []
    assert said(store, SMALL, SMALL.replace("title: First meal", "title: A meal")) == []


def test_a_new_message_says_how_many_will_get_it(store: DuckDBEventStore) -> None:
    tip = "  tip: {channel: email, purpose: care, when: {did: Food Searched, at_least: 3}, subject: Hi, body: x}\n"
    added = SMALL.replace("messages:\n", "messages:\n" + tip)
    assert said(store, SMALL, added) == [
        "messages.tip: “Food Searched at least 3 times” was true of 2 people in the last 30 days; as many a month will "
        "now get tip. Those before them (3 in all) are not written to about the past."
    ]
    assert said(store, added, SMALL) == ["messages.tip: 2 people got tip in the last 30 days; from now on nobody will."]
    [changed] = said(store, added, added.replace("at_least: 3", "at_least: 4"))
    assert "0 people in the last 30 days; as many a month will now get tip, in place of 2" in changed


def test_other_help_for_an_obstacle_says_who_will_get_it(store: DuckDBEventStore) -> None:
    [words] = said(
        store, STORY, STORY.replace("{guide: howto}, {article: find}]", "{article: find}, {ask_support: true}]")
    )
    assert words.startswith("milestones.meal.obstacles.lost: ")
    assert "will now get 'find' or a question from support" in words


def test_a_segment_says_who_is_in_it_now_and_who_will_be(store: DuckDBEventStore) -> None:
    [words] = said(store, STORY, STORY.replace("at_least: 5, within: 7d}]", "at_least: 3, within: 120d}]"))
    assert words == "segments.regulars: 0 people are in it now, 2 will be."


def test_nothing_that_is_the_same_is_a_concern() -> None:
    document = document_of(STORY)
    assert list(concerns(document, document)) == []


def _without(section: str, key: str, moved: str = "") -> Document:
    document = document_of(STORY)
    kept = {name: value for name, value in getattr(document, section).items() if name != key}
    return replace(document, **{section: kept, "moved": {key: moved} if moved else {}})


@pytest.mark.parametrize(
    ("section", "key", "people"), [("goals", "fit", 1), ("goals", "thin", 1), ("journeys", "first", 1)]
)
def test_what_people_are_inside_of_cannot_be_removed(
    store: DuckDBEventStore, section: str, key: str, people: int
) -> None:
    old, new = _folder(document_of(STORY)), _folder(_without(section, key))
    [found] = inside(store, 1, old, new, NOW)
    assert (found.section, found.key, found.people) == (section, key, people)
    with pytest.raises(Refused, match=rf"1 person is inside.*moved: {{{key}: NEW-KEY}}") as refused:
        refuse_to_strand(store, 1, old, new, NOW)
    assert refused.value.code == "people_inside"


def test_who_is_told_where_people_go_may_remove(store: DuckDBEventStore) -> None:
    old = _folder(document_of(STORY))
    assert inside(store, 1, old, _folder(_without("goals", "fit", moved="thin")), NOW) == []
    assert inside(store, 1, old, _folder(_without("journeys", "late")), NOW) == []
    assert inside(store, 1, old, _folder(_without("cadences", "tips")), NOW) == []


TEAMS = """\
milepost: 1
name: Teams
for: customer
start: {did: Signed Up}
goals: {grow: {ask: Grow, milestones: [two-meals]}}
milestones:
  two-meals: {title: Two meals, first_value: true, reached: {did: Meal Logged, at_least: 2}}
segments:
  eaters: {did: Meal Logged}
"""


def test_what_a_release_changes_for_customers_is_said_in_accounts() -> None:
    """Two of one account have logged a meal each, one of the other two; a fourth belongs nowhere."""
    store = DuckDBEventStore(":memory:")
    told = [(1, 7, "Meal Logged"), (2, 7, "Meal Logged"), (3, 8, "Meal Logged"), (4, None, "Meal Logged")]
    rows = [
        Row(seq=n, ws=1, uid=uid, account=account, event=name, ts=NOW, received=NOW, properties="{}")
        for n, (uid, account, name) in enumerate([*told, (2, 7, "Goal Stated")], start=1)
    ]
    store.append(
        [replace(row, properties='{"goal": "grow"}') if row.event == "Goal Stated" else row for row in rows], 9
    )
    old = document_of(TEAMS)
    new = document_of(TEAMS.replace("at_least: 2", "at_least: 1").replace("Meal Logged}\n", "Goal Stated}\n"))
    user = document_of(SMALL)
    for before, after in ((_folder(old), _folder(new)), (_folder(user, old), _folder(user, new))):
        assert [each.words for each in consequences(store, 1, before, after, NOW)] == [
            "milestones.two-meals: reached by 1 account before, by 2 with this release (1 more). "
            "Nobody is told about the past.",
            "segments.eaters: 2 accounts are in it now, 1 will be.",
        ]
    [found] = inside(store, 1, _folder(old), _folder(replace(old, goals={})), NOW)
    assert found.words.startswith("goals.grow: 1 account is inside.")
    store.close()

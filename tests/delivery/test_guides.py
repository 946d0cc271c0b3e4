"""A guide as the browser gets it: the steps that are there for somebody, where each leads, and how films are played."""

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.core.delivery.piece import Progress, moved, same_place
from milepost.core.delivery.video import Playable, playable
from milepost.core.engine.effects import ShowContent
from milepost.core.events import CONTENT_STEP_SEEN
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Advance, Anchor, Guide, Step, Video, Way
from milepost.delivery.channels.in_app.guide import guide
from milepost.delivery.rendering import Occasion

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def drawn(*steps: Step, **known: Any) -> Any:
    effect = ShowContent(workspace=1, key="k", person=1, at=NOW, release=1, content="tour", known={"steps": known})
    occasion = Occasion(document=Document(name="D"), effect=effect, milestone=None, person=None, content="tour")
    return guide(Guide(steps=steps), occasion)["steps"]


def test_what_leads_to_a_step_that_is_left_out_leads_to_the_next_that_is_there() -> None:
    ask = Step(
        title="Ask", buttons=(Way(text="Team", go="team"), Way(text="Late", go="late"), Way(text="No", go="end"))
    )
    team, alone = Step(title="Team", key="team"), Step(title="Alone", then="late")
    late = Step(title="Late", key="late")
    first, second = drawn(ask, team, alone, late, left_out={"tour": ["team", "late"]})
    assert [way.go for way in first.buttons] == ["2", "end", "end"]
    assert (first.key, second.key, second.title, second.then) == ("0", "2", "Alone", "end")


def test_a_milestone_that_was_reached_is_waited_for_no_more() -> None:
    waits = Step(title="Log", advance=Advance(on="milestone", milestone="first-meal"))
    assert [drawn(waits)[0].advance.done, drawn(waits, reached=["first-meal"])[0].advance.done] == [False, True]


def test_an_anchor_is_found_in_any_language_of_the_page() -> None:
    [step] = drawn(Step(title="T", on=("#add", Anchor(text={"en": "Add", "ru": "Добавить"}, within="main"))))
    css, words = step.on
    assert css == "#add" and (words.text, words.within) == (("Add", "Добавить"), "main")


@pytest.mark.parametrize(
    ("step", "looks"),
    [
        (Step(title="T", on="#a"), "tooltip"),
        (Step(title="T"), "modal"),
        (Step(title="T", video=Video(url="/f.mp4")), "video"),
        (Step(title="T", on="#a", as_="pointer"), "pointer"),
    ],
)
def test_a_step_looks_as_what_it_has_asks_for(step: Step, looks: str) -> None:
    assert drawn(step)[0].as_ == looks


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("/films/tour.mp4?v=2", Playable(file="/films/tour.mp4?v=2")),
        ("https://youtu.be/abc123", Playable(frame="https://www.youtube-nocookie.com/embed/abc123?autoplay=1")),
        ("https://www.youtube.com/watch?v=abc123&t=9s", playable("https://youtu.be/abc123")),
        ("https://player.vimeo.com/video/123456", playable("https://vimeo.com/123456")),
        ("https://acme.wistia.com/medias/abc123", playable("https://fast.wistia.com/embed/iframe/abc123")),
        ("https://youtube.com.evil.example/watch?v=abc123", Playable()),
        ("https://www.youtube.com/watch?v=../../x", Playable()),
    ],
)
def test_a_film_is_played_by_the_browser_or_by_the_player_of_its_host(url: str, how: Playable) -> None:
    assert playable(url) == how


def test_captions_are_in_the_reader_s_language() -> None:
    film = Video(url="/tour.mp4", captions={"en": "/en.vtt", "ru": "/ru.vtt"})
    [step] = drawn(Step(title={"en": "T", "ru": "Т"}, video=film))
    assert (step.video.captions, step.video.lang) == ("/en.vtt", "en")


@pytest.mark.parametrize(
    ("before", "step", "now", "place"),
    [
        (["one", "two"], 1, ["new", "one", "two"], 2),
        (["one", "two", "three"], 1, ["one", "three"], 1),
        (["one", "two"], 1, ["one"], 0),
        (["one"], 0, [], 0),
    ],
)
def test_a_guide_that_is_drawn_again_keeps_the_place(before: list[str], step: int, now: list[str], place: int) -> None:
    assert same_place(step, before, now) == place


def test_a_step_back_is_a_step_too_and_what_comes_late_takes_nothing_back() -> None:
    there = Progress(status="shown", step=3, until=None, at=NOW)
    back = moved(there, CONTENT_STEP_SEEN, NOW.replace(minute=1), {"step": 1})
    assert back.step == 1
    assert moved(back, CONTENT_STEP_SEEN, NOW, {"step": 0}).step == 1

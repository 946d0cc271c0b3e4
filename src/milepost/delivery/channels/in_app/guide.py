"""A guide as the browser walks through it: the steps that are there for this person, and where each one leads."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET

from milepost.core.delivery.language import language_of, say
from milepost.core.delivery.piece import PieceAdvance, PieceAnchor, PieceStep, PieceVideo, PieceWay
from milepost.core.delivery.video import playable
from milepost.core.program.kinds.common import PlainText
from milepost.core.program.kinds.content import END, Advance, Anchor, Guide, Step, Video, Way
from milepost.delivery.channels.in_app.text import html, line, way
from milepost.delivery.rendering import Occasion


def guide(content: Guide, occasion: Occasion) -> dict[str, Any]:
    """The fields of a guide's piece. What leads to a step that is left out leads to the next one that is there."""
    left_out = frozenset(occasion.steps.get("left_out", {}).get(occasion.content, ()))
    there = [(step.key or str(place), step) for place, step in enumerate(content.steps) if step.key not in left_out]
    leads = _destinations(content.steps, {id(step): key for key, step in there})
    return {
        "title": "" if content.title is UNSET else line(content.title, occasion),
        "steps": tuple(_step(key, step, leads, occasion) for key, step in there),
    }


def _destinations(steps: Sequence[Step], keys: Mapping[int, str]) -> dict[str, str]:
    """Key of a step → that of the one to which it leads to go there."""
    leads, here = {END: END}, END
    for step in reversed(steps):
        here = keys.get(id(step), here)
        if step.key:
            leads[step.key] = here
    return leads


def _step(key: str, step: Step, leads: Mapping[str, str], occasion: Occasion) -> PieceStep:
    return PieceStep(
        key=key,
        as_=step.format,
        title=line(step.title, occasion),
        body_html=html(step.body, occasion),
        on=tuple(_anchor(target) for target in step.targets),
        advance=_advance(step.advance, occasion),
        then=leads.get(step.then or ""),
        buttons=tuple(_way(button, leads, occasion) for button in step.buttons),
        video=_video(step.video, occasion) if step.video else None,
        missing=step.missing,
    )


def _anchor(target: str | Anchor) -> str | PieceAnchor:
    if isinstance(target, str):
        return target
    return PieceAnchor(
        text=_any_of(target.text),
        role=target.role,
        name=_any_of(target.name),
        test_id=target.test_id,
        within=target.within,
    )


def _any_of(text: PlainText | None) -> tuple[str, ...]:
    return tuple(text.values()) if isinstance(text, dict) else () if text is None else (text,)


def _advance(advance: Advance, occasion: Occasion) -> PieceAdvance:
    return PieceAdvance(
        on=advance.on,
        event=advance.event,
        done=advance.milestone in occasion.steps.get("reached", ()),
        url=(advance.url,) if isinstance(advance.url, str) else advance.url or (),
        element=advance.element,
    )


def _way(button: Way, leads: Mapping[str, str], occasion: Occasion) -> PieceWay:
    go = leads.get(button.go or "")
    return PieceWay(text=line(button.text, occasion), go=go, start=button.start, url=way(button.url))


def _video(video: Video, occasion: Occasion) -> PieceVideo:
    file, frame = playable(video.url)
    captions, lang = _captions(video.captions, occasion) if video.captions and file else (None, None)
    return PieceVideo(url=video.url, file=file, frame=frame, captions=captions, lang=lang)


def _captions(captions: PlainText, occasion: Occasion) -> tuple[str, str]:
    """Their address, and their language."""
    return say(captions, occasion.languages), language_of(captions, occasion.languages)

"""What the browser is given to draw for one in-app piece."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import UNSET

from milepost.core.delivery.language import direction, language_of, say
from milepost.core.delivery.piece import PieceAdvance, PieceBody, PieceStep
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Celebration, Content, Guide, Step
from milepost.delivery import wording
from milepost.delivery.markdown import Markdown
from milepost.delivery.rendering import Occasion, contact_card, interface_language


def draw(content: Content, key: str, occasion: Occasion) -> PieceBody:
    """The piece `key` of the effect. Raises Refused for a template that cannot be rendered."""
    first = content.title if isinstance(content, Celebration) else content.steps[0].title
    language = language_of(first, occasion.languages)
    with translation.override(interface_language(language)):
        parts = _guide(content, occasion) if isinstance(content, Guide) else _celebration(content, occasion)
        return PieceBody(
            **parts,
            key=occasion.effect.key,
            content=key,
            contact=contact_card(occasion),
            lang=language,
            dir=direction(language),
            labels=_labels(),
        )


def _guide(guide: Guide, occasion: Occasion) -> dict[str, Any]:
    urls = (guide.page.url,) if isinstance(guide.page.url, str) else guide.page.url
    return {
        "kind": "guide",
        "title": "" if guide.title is UNSET else _line(guide.title, occasion),
        "steps": tuple(_step(step, occasion) for step in guide.steps),
        "page": {"url": urls},
        "serves": guide.serves,
    }


def _celebration(celebration: Celebration, occasion: Occasion) -> dict[str, Any]:
    return {
        "kind": "celebration",
        "title": _line(celebration.title, occasion),
        "body_html": _html(celebration.body, occasion),
        "page": {"url": ("*",)},
        "confetti": celebration.confetti,
        "button": "" if celebration.button is UNSET else _line(celebration.button, occasion),
    }


def _step(step: Step, occasion: Occasion) -> PieceStep:
    on = (step.on,) if isinstance(step.on, str) else step.on or ()
    return PieceStep(
        title=_line(step.title, occasion),
        body_html=_html(step.body, occasion),
        on=on,
        advance=PieceAdvance(on=step.advance.on, event=step.advance.event),
    )


def _line(text: Text, occasion: Occasion) -> str:
    return wording.plain(say(text, occasion.languages), occasion.variables()).text


def _html(text: Text, occasion: Occasion) -> str:
    return Markdown(wording.markdown(say(text, occasion.languages), occasion.variables()).text).html()


def _labels() -> dict[str, str]:
    """The words on the piece itself. `{n}` and `{total}` are filled in by the browser."""
    return {
        "next": _("Next"),
        "back": _("Back"),
        "done": _("Done"),
        "close": _("Close"),
        "later": _("Remind me later"),
        "never": _("Don’t show this again"),
        "skip": _("Skip this step"),
        "help": _("Do you need help?"),
        "step": _("Step {n} of {total}"),
    }

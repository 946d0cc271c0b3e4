"""Texts of a piece, in the language of its reader."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from milepost.core.delivery.language import language_of, say
from milepost.core.program.kinds.common import Text
from milepost.delivery import wording
from milepost.delivery.markdown import Markdown
from milepost.delivery.rendering import Occasion

_KEPT = 4096
_SCHEMES = ("", "http", "https", "mailto", "tel", "tg")


def line(text: Text | None, occasion: Occasion) -> str:
    """One line of plain text. Raises Refused for a template that cannot be rendered."""
    said = say(text, occasion.languages) if text else ""
    return wording.plain(said, *_filled(text, occasion)).text if text and _is_template(said) else _fixed_line(said)


def html(text: Text, occasion: Occasion) -> str:
    """Sanitised. Raises Refused for a template that cannot be rendered."""
    said = say(text, occasion.languages)
    return _html(wording.markdown(said, *_filled(text, occasion)).text) if _is_template(said) else _fixed_html(said)


def _filled(text: Text, occasion: Occasion) -> tuple[dict[str, Any], str]:
    """What fills in its template, and the language that it is in."""
    return occasion.variables(), language_of(text, occasion.languages)


def _is_template(text: str) -> bool:
    """Whether it says something else to each; most texts do not, and are drawn once."""
    return "{{" in text or "{%" in text


def _html(text: str) -> str:
    return Markdown(text).html()


@lru_cache(_KEPT)
def _fixed_line(text: str) -> str:
    return wording.plain(text, {}).text


@lru_cache(_KEPT)
def _fixed_html(text: str) -> str:
    return _html(wording.markdown(text, {}).text)


def way(url: str | None) -> str | None:
    """An address that a button may lead to: a page of the product, or of the web; None for any other."""
    return url if url and urlsplit(url.strip()).scheme.lower() in _SCHEMES else None

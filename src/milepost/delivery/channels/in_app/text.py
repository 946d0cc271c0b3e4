"""Texts of a piece, in the language of its reader."""

from urllib.parse import urlsplit

from milepost.core.delivery.language import say
from milepost.core.program.kinds.common import Text
from milepost.delivery import wording
from milepost.delivery.markdown import Markdown
from milepost.delivery.rendering import Occasion

_SCHEMES = ("", "http", "https", "mailto", "tel", "tg")


def line(text: Text | None, occasion: Occasion) -> str:
    """One line of plain text. Raises Refused for a template that cannot be rendered."""
    return wording.plain(say(text, occasion.languages), occasion.variables()).text if text else ""


def html(text: Text, occasion: Occasion) -> str:
    """Sanitised. Raises Refused for a template that cannot be rendered."""
    return Markdown(wording.markdown(say(text, occasion.languages), occasion.variables()).text).html()


def way(url: str | None) -> str | None:
    """An address that a button may lead to: a page of the product, or of the web; None for any other."""
    return url if url and urlsplit(url.strip()).scheme.lower() in _SCHEMES else None

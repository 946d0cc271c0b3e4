"""Words of the program and of facts, as a page shows them."""

import re
from typing import Any

import msgspec
from django.utils import translation

from milepost.core.delivery.language import preferences, say
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text

_VARIABLE = re.compile(r"{{-?\s*(?:\w+\.)*(\w+)[^}]*}}")
_TAG = re.compile(r"{%.*?%}", re.DOTALL)

#: (kind, key) → what a definition is called.
Titles = dict[tuple[str, str], str]


def in_our_language(text: Text, document: Document) -> str:
    """A program's text in the language of whoever reads the page, else in the program's own."""
    return say(text, preferences(translation.get_language() or "", document.locales.default))


def titles(document: Document) -> Titles:
    """What each definition is called: its title or subject, else its key."""
    found: Titles = {}
    for key, milestone in document.milestones.items():
        found["milestone", key] = in_our_language(milestone.title, document)
    for key, content in document.content.items():
        found["content", key] = readable(in_our_language(content.title, document)) if content.title else key
    for key, message in document.messages.items():
        found["message", key] = readable(in_our_language(message.subject, document))
    return found


def readable(template: str) -> str:
    """A Liquid text for people: `Hello {{ person.first_name | default: "you" }}` → `Hello ‹first name›`."""
    named = _VARIABLE.sub(lambda found: f"‹{found[1].replace('_', ' ')}›", template)
    return _TAG.sub("", named)


def shown(value: Any) -> str:
    """A value of a trait or property as text: a word as it is, the rest as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

"""Searching the help: every word of what is asked, in the order in which texts answer it."""

import re
from collections.abc import Iterable

from msgspec import Struct

LONGEST_SEARCH = 200
_WORD = re.compile(r"\w+")
#: What may be an ending: of words at least so long, so many last letters need not agree (калория, калорий; торт, торты).
_ENDINGS = ((7, 2), (5, 1))
_TITLE = 3


class Searched(Struct, frozen=True):
    """A text that may be found, as its reader sees it."""

    key: str
    title: str
    body: str


def search(asked: str, texts: Iterable[Searched]) -> list[str]:
    """The keys of the texts in which every word stands, best first: a word of the title tells more than one of the
    body. Words agree by their beginnings. Absent: nothing is found for what has no words."""
    stems = [_stem(word) for word in _WORD.findall(asked.lower())]
    scored = ((_score(stems, text), place, text.key) for place, text in enumerate(texts)) if stems else ()
    return [key for score, _, key in sorted(scored, key=lambda found: (-found[0], found[1])) if score]


def _score(stems: list[str], text: Searched) -> int:
    """0 where a word is missing."""
    title, body = (_WORD.findall(part.lower()) for part in (text.title, text.body))
    found = [_TITLE * _among(stem, title) or _among(stem, body) for stem in stems]
    return sum(found) if all(found) else 0


def _among(stem: str, words: list[str]) -> int:
    return int(any(word.startswith(stem) for word in words))


def _stem(word: str) -> str:
    return word[: -next((ending for length, ending in _ENDINGS if len(word) >= length), 0) or None]

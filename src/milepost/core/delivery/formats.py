"""In which way somebody is taught a thing that the program has in several (`formats`).

1. What they have said goes first: on their page, or to a question of kind `learning` (the trait `learns_by`).
2. Else what has worked: each way counts what they went through to its end in it, less what they left.
3. Else, and where ways are equal, the piece as it is written.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from milepost.core.program.kinds.content import Announcement, Article, Formats, Guide

Format = Literal["text", "video", "interactive", "live", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)
#: The trait in which somebody has said how they like to learn.
TRAIT = "learns_by"

#: What may be there in several ways.
Taught = Guide | Announcement | Article
_OF_KIND: dict[str, Format] = {"guide": "interactive", "article": "text", "announcement": "text"}
_COUNTS = {"completed": 1, "dismissed": -1, "refused": -1}


def own_format(content: Taught) -> Format:
    """The way in which it is written."""
    return "interactive" if isinstance(content, Guide) else "text"


def offered(formats: Formats | None) -> dict[Format, str]:
    """The other ways that there are, and what is there: a key, or an address."""
    found = {name: getattr(formats, name) for name in FORMATS} if formats else {}
    return {name: held for name, held in found.items() if held}


def chosen(content: Taught, said: object, learned: Mapping[str, int]) -> tuple[Format, str]:
    """The way in which this person gets it, and what is there; "" is the piece as it is written."""
    own, others = own_format(content), offered(content.formats)
    wanted = next((name for name in (*others, own) if name == said), None)
    if wanted is not None:
        return wanted, others.get(wanted, "")
    best = max((own, *others), key=lambda name: learned.get(name, 0))
    return best, "" if best == own else others[best]


def learned(pieces: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """How each way has worked, from (kind, status, format) of pieces; a format that is not said is that of the kind."""
    scores: dict[str, int] = {}
    for kind, status, said in pieces:
        if name := said or _OF_KIND.get(kind):
            scores[name] = scores.get(name, 0) + _COUNTS.get(status, 0)
    return scores

"""With what an obstacle is answered: seven types of response, so that it can be asked which of them works.

| response | is |
|---|---|
| product change | the obstacle goes out of the product |
| guide | shows how, step by step, where it is done |
| content | something to read, or another piece in the product |
| reminder | a message |
| human | somebody of the team |
| peer | others who use the product |
| offer | more use, or a paid plan |
"""

from typing import Literal, get_args

from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Guide
from milepost.core.program.kinds.milestone import Help, Obstacle

Response = Literal["product change", "guide", "content", "reminder", "human", "peer", "offer"]
RESPONSES: tuple[Response, ...] = get_args(Response)
#: How it is written down that somebody went to the community.
JOINED = "community:joined"
#: What helps with something outside the product; the others show the product.
OUTSIDE = frozenset[Response]({"content", "reminder", "human", "peer"})


def response_of(help_: Help, document: Document) -> Response:
    if help_.guide is not None:
        return "guide"
    if help_.content is not None:
        return "guide" if isinstance(document.content.get(help_.content), Guide) else "content"
    if help_.article is not None:
        return "content"
    if help_.message is not None:
        return "reminder"
    return "offer" if help_.offer is not None else "human" if help_.ask_support else "peer"


def response_named(help_: str, document: Document) -> Response:
    """Of help as it is written down: `content:KEY`, `message:KEY`, `offer:KEY`, `task:team`, `task:peers`, and `JOINED`."""
    kind, _, key = help_.partition(":")
    if kind == "community":
        return "peer"
    if kind == "content":
        return "guide" if isinstance(document.content.get(key), Guide) else "content"
    if kind == "task":
        return "human" if key == "team" else "peer"
    return "reminder" if kind == "message" else "offer"


def responses_of(obstacle: Obstacle, document: Document) -> tuple[Response, ...]:
    """The types of everything that is done about it, each once."""
    change: tuple[Response, ...] = ("product change",) if obstacle.change else ()
    return tuple(dict.fromkeys((*change, *(response_of(help_, document) for help_ in obstacle.help))))

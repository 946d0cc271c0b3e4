"""The OpenAPI 3.1 document of this edge, from the types that it reads and writes: `GET /client/openapi.json`."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from milepost import __version__
from milepost.client.answering import Wish
from milepost.client.asking import Ask, Feedback, Join
from milepost.client.help import ArticleLine, ArticlePage, Help
from milepost.client.polling import Pieces
from milepost.client.way import Way
from milepost.core.delivery.answers import Answer
from milepost.core.delivery.report import Report
from milepost.delivery.channels.in_app.schema import NAME, piece_schemas

_REF = "#/components/schemas/{name}"


class Opened(Struct, frozen=True, kw_only=True):
    """`token` is good for a day at most. `signed`: it stands for the person, not for the device alone. `look`: how the
    team wants pieces to look, as a stylesheet of custom properties; empty where it has said nothing."""

    token: str
    signed: bool
    look: str


class Kept(Struct, frozen=True, kw_only=True):
    """It is kept for good."""

    success: bool


class Asked(Struct, frozen=True, kw_only=True):
    """`conversation`: the number of the question."""

    success: bool
    conversation: int


class Spend(Struct, frozen=True, kw_only=True):
    """`token`: what a link in a mail has added to the address, as `mp_t`."""

    token: str


class Spent(Struct, frozen=True, kw_only=True):
    """`start`: the key of the piece that the link promised; empty where there is none, or it was spent before."""

    start: str


class Found(Struct, frozen=True, kw_only=True):
    articles: list[ArticleLine]


class Problem(Struct, frozen=True, kw_only=True):
    """`code` is a stable word that programs may test for, `mend` what to do."""

    code: str
    message: str
    mend: str


class Open(Struct, frozen=True, rename="camel", kw_only=True):
    """`anonymous_id` is a UUID that the device keeps. Without `signature` (HMAC-SHA256 of the user id in hexadecimal, or an
    identity token) the session is the device's."""

    write_key: str
    anonymous_id: str
    user_id: str | None = None
    signature: str = ""


class Operation(Struct, frozen=True, kw_only=True):
    """Absent: `body` None for what is only asked."""

    does: str
    answer: type[Struct]
    body: type[Struct] | None = None
    query: tuple[str, ...] = ()


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("post", "/client/open"): Operation(does="Opens a session.", body=Open, answer=Opened),
    ("get", "/client/pieces"): Operation(
        does="What is open, and what has changed since; `wait`: so many seconds for news, 15 at most.",
        answer=Pieces,
        query=("since", "wait"),
    ),
    ("get", "/client/plan"): Operation(does="The plan, and the one thing to do now.", answer=Way),
    ("post", "/client/progress"): Operation(does="What somebody did with a piece.", body=Report, answer=Kept),
    ("post", "/client/answer"): Operation(does="An answer to a question of a survey.", body=Answer, answer=Kept),
    ("post", "/client/plan"): Operation(does="A milestone is skipped, or has a date.", body=Wish, answer=Kept),
    ("post", "/client/ask"): Operation(does="Opens a conversation with the team.", body=Ask, answer=Asked),
    ("post", "/client/feedback"): Operation(does="How it is, for the team to read.", body=Feedback, answer=Asked),
    ("post", "/client/link"): Operation(does="Spends the token of a link in a mail, once.", body=Spend, answer=Spent),
    ("post", "/client/community"): Operation(does="They went to the community.", body=Join, answer=Kept),
    ("get", "/client/help"): Operation(does="Whom to ask, what to read, earlier questions.", answer=Help),
    ("get", "/client/help/search"): Operation(does="The articles that answer it.", answer=Found, query=("text",)),
    ("get", "/client/help/articles/{key}"): Operation(does="An article.", answer=ArticlePage),
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    told = [each.answer for each in OPERATIONS.values()]
    read = [each.body for each in OPERATIONS.values() if each.body]
    _, components = msgspec.json.schema_components([*told, *read, Problem], ref_template=_REF)
    components["OpenPiece"]["properties"]["body"] = {"$ref": _REF.format(name=NAME)}
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method] = _operation(method, path, operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milepost", "version": __version__, "description": "For apps that draw by themselves."},
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": {**components, **piece_schemas(_REF)},
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(method: str, path: str, operation: Operation) -> dict[str, Any]:
    sent = {"requestBody": {"required": True, "content": _json(operation.body)}} if operation.body else {}
    open_to_all: dict[str, Any] = {"security": []} if operation.body is Open else {}
    return {
        **sent,
        **open_to_all,
        "operationId": f"{method}_{path.removeprefix('/client/').partition('{')[0].strip('/').replace('/', '_')}",
        "summary": operation.does,
        "parameters": [
            *(_parameter(name, "query") for name in operation.query),
            *(_parameter("key", "path") for _ in range(path.count("{key}"))),
        ],
        "responses": {
            "200": {"description": "The answer.", "content": _json(operation.answer)},
            "default": {"description": "It could not be answered.", "content": _json(Problem)},
        },
    }


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}


def _json(type_: type[Struct]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(name=type_.__name__)}}}

"""Facts in: the Segment-compatible tracking API as a raw ASGI app, so that a fact costs no more than it must.

A request goes: route → read and unpack within bounds → whose key → decode each event → who answers for it → one append →
200. Nothing is
answered with 200 before the log has it on disk.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from msgspec import Raw

from milepost.core.events import Fact
from milepost.core.values import Refused, Unavailable
from milepost.ingest import answers, boot
from milepost.ingest.answers import Answer
from milepost.ingest.body import ClientGone, Receive, Reservation, Room, read, unpacked
from milepost.ingest.credentials import keys_outside
from milepost.ingest.decode import Envelope, call_of, envelope_of, write_key_of
from milepost.ingest.facts import Arrival, doubt_about, fact_of, kind_of, object_of
from milepost.ingest.routes import ENDPOINTS, Endpoint
from milepost.ingest.skew import parsed
from milepost.ingest.vouching import Identities, Voucher, sort
from milepost.log.clock import Clock, new_id
from milepost.log.failpoints import failpoint

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
FindKey = Callable[[str], int | None]
Said = list[dict[str, Any]]

#: Errors that a call alone in its request makes the request's: clients give up on 400; sending again would not help.
_OF_THE_REQUEST = {"invalid_json", "not_an_object", "event_too_large", "too_deep"}
_ROOM = 64 * 1024 * 1024

_logger = logging.getLogger(__name__)


class Opened(NamedTuple):
    """What a key opens. `by_server`: it is the secret key, which no visitor of a page can have."""

    workspace: int
    by_server: bool


class Commit(Protocol):
    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """As `log.commit.GroupCommit.append`: durable on return."""
        ...


class Ingest:
    def __init__(
        self, commit: Commit, find_key: FindKey, clock: Clock, identities: Identities, *, room: int = _ROOM
    ) -> None:
        """`find_key` gives the workspace that a write key opens. `room`: bytes of all requests under way."""
        self._commit, self._find_key, self._clock, self._room = commit, find_key, clock, Room(room)
        self._identities = identities

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        try:
            answer = await self._answer(scope, headers, receive)
        except ClientGone:
            return
        head = answers.head_of(answer, headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        try:
            if scope["method"] == "OPTIONS":
                return answers.PREFLIGHT
            endpoint = ENDPOINTS.get(scope["path"])
            if endpoint is None:
                return self._boot(scope, headers)
            if scope["method"] != "POST":
                return _only_post()
            with Reservation(self._room) as reservation:
                body = await read(receive, headers.get(b"content-length"), reservation)
                return await self._store(endpoint, scope, headers, unpacked(body, reservation))
        except Refused as refused:
            return answers.refusal(refused)
        except Unavailable as error:
            return answers.busy(error)
        except ClientGone:
            raise
        except Exception:
            _logger.exception("ingest failed at %s", scope["path"])
            return answers.mistake()

    async def _store(self, endpoint: Endpoint, scope: Scope, headers: dict[bytes, bytes], text: bytes) -> Answer:
        opened = self._opened(keys_outside(headers, scope["query_string"]))
        if endpoint == "batch":
            envelope = envelope_of(text)
            opened = opened or self._opened_by_body(envelope.write_key)
        else:
            envelope = Envelope(batch=[Raw(text)])
            opened = opened or self._opened_by_body(write_key_of(text))
        if opened.by_server and b"origin" in headers:
            raise _leaked()
        arrival = self._arrival(opened.workspace, envelope, scope)
        voucher = Voucher(self._identities, opened.workspace, arrival.received_at, envelope, trusted=opened.by_server)
        facts, errors, warnings = _facts(endpoint, envelope, arrival, voucher)
        done = await sort(self._identities, opened.workspace, facts)
        errors += (_said(place, refused) for place, refused in done.errors)
        warnings += (_said(place, refused) for place, refused in done.warnings)
        if done.kept:
            failpoint("ingest.decoded")
            await self._commit.append(done.kept)
        return answers.results(errors, warnings, len(done.kept))

    def _arrival(self, workspace: int, envelope: Envelope, scope: Scope) -> Arrival:
        client = scope.get("client")
        return Arrival(
            workspace=workspace,
            received_at=self._clock.now(),
            address=client[0] if client else None,
            new_id=new_id,
            sent_at=parsed(envelope.sent_at),
            context=object_of(envelope.context, "$.context"),
            integrations=object_of(envelope.integrations, "$.integrations"),
        )

    def _opened(self, keys: Iterable[str]) -> Opened | None:
        return next((found for key in keys if (found := self._by(key)) is not None), None)

    def _by(self, key: str) -> Opened | None:
        if (workspace := self._find_key(key)) is not None:
            return Opened(workspace, by_server=False)
        if (workspace := self._identities.server(key)) is not None:
            return Opened(workspace, by_server=True)
        return None

    def _opened_by_body(self, key: Any) -> Opened:
        """The workspace of a key that stands in the body; the last place where one may be."""
        opened = self._by(key) if isinstance(key, str) else None
        if opened is None:
            raise Refused(
                "unknown_write_key",
                "This request has no write key, or one that is not known here; nothing was stored.",
                mend="`milepost keys` prints the key; send it as the user name (Basic) or as 'writeKey'.",
                status=401,
            )
        return opened

    def _boot(self, scope: Scope, headers: dict[bytes, bytes]) -> Answer:
        """What SDKs ask before they send; anything else is not there."""
        path: str = scope["path"]
        match path.strip("/").split("/"):
            case ["v1", "projects", key, "settings"] if self._find_key(key) is not None:
                return answers.ok(boot.segment_settings(key, _origin(scope, headers)))
            case ["sourceConfig"]:
                key = next(keys_outside(headers, scope["query_string"]), "")
                return answers.ok(boot.rudder_config(key, self._opened_by_body(key).workspace))
        raise Refused("not_found", f"There is no {path} here.", mend="Facts go to /v1/batch or /v1/track.", status=404)


def _origin(scope: Scope, headers: dict[bytes, bytes]) -> tuple[str, str]:
    """Protocol and host as the client sees them, also through a proxy."""
    scheme = headers.get(b"x-forwarded-proto", str(scope["scheme"]).encode())
    return scheme.decode("latin-1"), headers.get(b"host", b"").decode("latin-1")


def _only_post() -> Answer:
    refused = Refused("method_not_allowed", "Facts are sent with POST.", status=405)
    return answers.refusal(refused, (b"allow", b"POST, OPTIONS"))


def _leaked() -> Refused:
    return Refused(
        "secret_key_in_a_page",
        "A page of a browser has sent the secret key, which is for servers: whoever visits the page can read it.",
        mend="Revoke that key in the settings, and give the page the write key.",
        status=401,
    )


def _said(place: int, refused: Refused) -> dict[str, Any]:
    return {"index": place, **answers.told(refused)}


def _facts(
    endpoint: Endpoint, envelope: Envelope, arrival: Arrival, voucher: Voucher
) -> tuple[list[tuple[int, Fact]], Said, Said]:
    """The facts with their places, and what is to be said of those that are none and of those whose time was doubted."""
    facts: list[tuple[int, Fact]] = []
    errors: Said = []
    warnings: Said = []
    for index, text in enumerate(envelope.batch or ()):
        try:
            call = call_of(text)
            fact = fact_of(call, kind_of(call) if endpoint == "batch" else endpoint, arrival)
            facts += ((index, each) for each in voucher.vouch(fact, call))
        except Refused as refused:
            if endpoint != "batch" and (refused.code in _OF_THE_REQUEST or refused.status == HTTPStatus.UNAUTHORIZED):
                raise
            errors.append(_said(index, refused))
            continue
        if (doubt := doubt_about(fact)) is not None:
            warnings.append({"index": index, "code": "timestamp", "message": doubt})
    return facts, errors, warnings

"""Sample data that the host product's server is asked to make, when somebody presses for it.

1. The request keeps its id through every attempt, and through trying again after a failure: the host counts by it.
2. While a request is under way, pressing again asks for nothing; what was made or removed is made anew by another press.
3. It is tried for a short while, since somebody waits for it; then they are told, and may try again.
4. Only a piece that was drawn as one that asks the server is followed: any other has already asked its own page.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from milepost.core import events
from milepost.core.delivery import webhook
from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.language import preferences
from milepost.core.delivery.outcome import Done, Failed, Later, Outcome
from milepost.core.engine.effects import AskHost
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.variants import document_for
from milepost.core.values import Refused, Unavailable, digest
from milepost.delivery import outgoing
from milepost.delivery.host import Host, close_host, host_of
from milepost.delivery.models import Piece, SampleRequest
from milepost.log import stores
from milepost.people.queries import PersonView, person_view
from milepost.program.queries import release

ASKED = "sample_data.asked"
#: The pause after the first, second, … attempt; after the last one it is given up.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 3, 10, 30))
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = 410
_MOST_IDS, _LONGEST_ID = 500, 200


class Made(Struct, frozen=True):
    """What a host answers."""

    ids: list[str | int] = []


def ask_host(effect: AskHost, attempt: int) -> Outcome:
    """Asks for the sample data unless that has been settled before. `attempt` counts from 1."""
    person, now = person_view(effect.workspace, effect.person), stores.current().clock.now()
    if person is None or not _asks_the_server(effect, person):
        return Done(note="Nobody asked the server for this.")
    row = _request(effect, person)
    if row is None:
        return Done(note="It was being asked for already.")
    if row.status == "asking":
        row.attempts = max(row.attempts, attempt)
        return _attempt(row, effect, person, now)
    return _told(row, person)


def removed(facts: Iterable[tuple[Fact, int]]) -> None:
    """Notes whose sample data the host has taken away again; joins the caller's transaction."""
    for fact, uid in facts:
        if fact.name == events.TEMPLATE_REMOVED and fact.source != "derived":
            own = SampleRequest.objects.filter(workspace_id=fact.workspace, uid=uid, status="made")
            own.filter(template=fact.properties.get("template"), settled_at__lte=fact.at).update(status="removed")


def merge_samples(workspace: int, uid: int, into: int) -> None:
    """What was asked for somebody was asked for whom they became."""
    SampleRequest.objects.filter(workspace_id=workspace, uid=uid).update(uid=into)


class Standing(Struct, frozen=True, kw_only=True):
    """As a piece tells it (`core.delivery.piece.SampleData`)."""

    status: str = ""
    ids: tuple[str | int, ...] = ()
    at: datetime | None = None


def standing(workspace: int, uid: int, template: str, now: datetime) -> Standing:
    """How it stands with this template for somebody whom the host knows."""
    if host_of(workspace, now) is None:
        return Standing()
    row = _latest(workspace, uid, template)
    if row is None or row.status in ("asking", "removed"):
        return Standing(status="ready")
    return Standing(status=row.status, ids=tuple(row.ids), at=row.settled_at)


def recent(workspace: int, most: int = 10) -> list[SampleRequest]:
    """Newest first."""
    return list(SampleRequest.objects.filter(workspace_id=workspace).order_by("-asked_at")[:most])


def _asks_the_server(effect: AskHost, person: PersonView) -> bool:
    """Whether the piece is theirs, and offers this template in this way."""
    piece = Piece.objects.filter(workspace_id=effect.workspace, id=effect.piece, uid=person.uid).first()
    actions = msgspec.json.decode(bytes(piece.body)).get("actions", ()) if piece is not None else ()
    return any(_status(action) for action in actions if action.get("use_template") == effect.template)


def _status(action: dict[str, Any]) -> str:
    return str((action.get("template") or {}).get("status", ""))


def _latest(workspace: int, uid: int, template: str) -> SampleRequest | None:
    return SampleRequest.objects.filter(workspace_id=workspace, uid=uid, template=template).order_by("-id").first()


def _request(effect: AskHost, person: PersonView) -> SampleRequest | None:
    """The request that this effect asks with; None where they pressed while another one was under way."""
    own = SampleRequest.objects.filter(workspace_id=effect.workspace, effect=effect.key).first()
    if own is not None:
        return own
    row = _latest(effect.workspace, person.uid, effect.template)
    if row is not None and (row.settled_at is None or effect.at <= row.settled_at):
        return None
    if row is None or row.status != "failed":
        name = f"smp_{digest([effect.workspace, effect.key])}"
        row = SampleRequest(workspace_id=effect.workspace, request=name, uid=person.uid, template=effect.template)
    row.effect, row.status, row.asked_at, row.attempts, row.settled_at = effect.key, "asking", effect.at, 0, None
    row.save()
    return row


def _attempt(row: SampleRequest, effect: AskHost, person: PersonView, now: datetime) -> Outcome:
    host = host_of(effect.workspace, now)
    if host is None:
        return _settled(row, person, "failed", error="No address is named to ask at.")
    try:
        answer = outgoing.post(host.url, *_signed(row, effect, person, host, now))
    except Unavailable as error:
        return _later(row, person, str(error), None)
    except Refused as error:
        return _settled(row, person, "failed", error=str(error))
    if answer.good:
        return _settled(row, person, "made", ids=_ids(answer.body))
    if answer.status == _GONE:
        close_host(effect.workspace, now)
    said = f"It answered {answer.status}."
    if answer.status in _MAY_PASS:
        return _later(row, person, said, answer.retry_after)
    return _settled(row, person, "failed", error=said)


def _signed(
    row: SampleRequest, effect: AskHost, person: PersonView, host: Host, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """The body, and the headers of this attempt."""
    document = document_for(release(effect.workspace, effect.release).document, effect.variants)
    said = {"type": ASKED, "timestamp": row.asked_at.isoformat(), "data": _data(row, effect, person, document)}
    body = msgspec.json.encode(said)
    return body, webhook.headers_of(row.request, body, host.secrets, now)


def _data(row: SampleRequest, effect: AskHost, person: PersonView, document: Document) -> dict[str, Any]:
    goal = effect.known.get("goal", {}).get("key")
    template = document.templates.get(row.template)
    return {
        "person": {"id": person.user_id},
        "template": row.template,
        "use_case": goal,
        "locale": preferences(person.locale, document.locales.default)[0],
        "sample": template.for_goal(goal) if template else {},
    }


def _ids(body: bytes) -> list[str | int]:
    """What the host made, where it says so."""
    try:
        made = msgspec.json.decode(body, type=Made).ids
    except msgspec.DecodeError:
        return []
    return [each[:_LONGEST_ID] if isinstance(each, str) else each for each in made[:_MOST_IDS]]


def _later(row: SampleRequest, person: PersonView, error: str, retry_after: int | None) -> Outcome:
    """Somebody waits: a host that asks for a long pause is not waited for."""
    longest = PAUSES[-1].total_seconds()
    if row.attempts > len(PAUSES) or (retry_after or 0) > longest:
        return _settled(row, person, "failed", error=f"{error} It was tried {row.attempts} times.")
    pause = max(PAUSES[row.attempts - 1], timedelta(seconds=retry_after or 0))
    row.error = error
    row.save(update_fields=["error", "attempts"])
    return Later(at=stores.current().clock.now() + pause, error=error)


def _settled(
    row: SampleRequest, person: PersonView, status: str, *, error: str = "", ids: list[str | int] | None = None
) -> Outcome:
    row.status, row.error, row.ids, row.settled_at = status, error, ids or [], stores.current().clock.now()
    row.save(update_fields=["status", "error", "ids", "settled_at", "attempts"])
    return _told(row, person)


def _told(row: SampleRequest, person: PersonView) -> Outcome:
    """How it ended, and its fact: the same one however often it is asked."""
    about: dict[str, Any] = {"template": row.template, "request": row.request}
    if row.status == "failed":
        fact = _fact(events.TEMPLATE_FAILED, row, person, {**about, "error": row.error})
        return Failed(error=row.error, facts=(fact,))
    return Done(facts=(_fact(events.TEMPLATE_USED, row, person, {**about, "ids": row.ids}),))


def _fact(name: str, row: SampleRequest, person: PersonView, about: dict[str, Any]) -> Fact:
    return own_fact(
        name,
        workspace=row.workspace_id,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=row.settled_at or row.asked_at,
        once=row.effect,
        properties=about,
    )

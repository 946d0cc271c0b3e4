"""The ASGI app of the browser's edge.

| request | answer |
|---|---|
| `POST /client/open` | a session token for a device, and for its person if the host product signed the user id |
| `GET /client/stream` | the person's open pieces, then what changes, as server-sent events |
| `GET /client/pieces?since=…&wait=…` | the same for whoever holds no stream: everything open, and what has changed |
| `POST /client/progress` | what a piece did in the browser; 200 once the fact is durable |
| `POST /client/answer` | keeps the answer to a question of a survey |
| `GET /client/plan` | the person's plan, and the one thing to do now |
| `POST /client/plan` | keeps a wish for the plan: a milestone skipped, a date of one's own |
| `POST /client/ask` | opens a conversation with the team |
| `POST /client/feedback` | says how it is, for the team to read |
| `POST /client/community` | says that they went to where people help one another |
| `GET /client/help` | whom to ask, what to do next, what to read, and what was asked and answered |
| `GET /client/help/articles/KEY` | an article |
| `GET /client/help/search?text=…` | the articles that answer it |
| `POST /client/link` | spends the token of a link in a mail, and starts the guide that it promised |
| `GET /client/openapi.json` | what of this an app may ask, described for programs |
| `GET /sdk/…` | the SDK |
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from django.utils import translation
from msgspec import Meta, Struct

from milepost.client import answering, asking, deeplinks, openapi, reports
from milepost.client.asking import Pace
from milepost.client.assets import Assets
from milepost.client.feed import Feed
from milepost.client.help import first_language
from milepost.client.http import (
    PREFLIGHT,
    Receive,
    Scope,
    Send,
    header,
    query,
    read_body,
    respond,
    respond_json,
    respond_refusal,
)
from milepost.client.hub import Hub
from milepost.client.polling import Poll, patience
from milepost.client.reports import own_fact
from milepost.client.stream import Stream
from milepost.client.tokens import LIFETIME, Session, seal, unseal
from milepost.core import events
from milepost.core.delivery.answers import Answer
from milepost.core.delivery.report import asks_for_format, read_report
from milepost.core.events import Fact
from milepost.core.help.search import LONGEST_SEARCH
from milepost.core.values import Refused, Unavailable, digest
from milepost.log.clock import SYSTEM, Clock
from milepost.people.languages import interface_language
from milepost.workspace.tokens import LONGEST

Append = Callable[[Sequence[Fact]], Awaitable[list[int]]]
News = AsyncIterator[tuple[str, Any]]

_ARTICLES = "/client/help/articles/"
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"


class OpenRequest(Struct, frozen=True, rename="camel", kw_only=True):
    """An anonymous id of any other form is refused, so that nobody passes a user id off as one."""

    write_key: Annotated[str, Meta(min_length=1, max_length=200)]
    anonymous_id: Annotated[str, Meta(pattern=_UUID)]
    user_id: Annotated[str, Meta(max_length=255)] | None = None
    signature: Annotated[str, Meta(max_length=LONGEST)] = ""
    test: str | None = None


class Client:
    """Shapes: `key` is 32 bytes; `append` answers when the facts are durable. Units: `beat` in seconds."""

    def __init__(
        self,
        *,
        key: bytes,
        feed: Feed,
        append: Append,
        folder: Path,
        clock: Clock = SYSTEM,
        limit: int = 10_000,
        beat: float = 15,
    ) -> None:
        self._key, self._feed, self._append, self._clock, self._beat = key, feed, append, clock, beat
        self.hub = Hub(limit)
        self._assets = Assets(folder)
        self._routes = {
            ("POST", "/client/open"): self._open,
            ("GET", "/client/stream"): self._stream,
            ("GET", "/client/pieces"): self._pieces,
            ("GET", "/client/plan"): self._way,
            ("POST", "/client/progress"): self._progress,
            ("POST", "/client/link"): self._link,
            ("POST", "/client/answer"): self._answered,
            ("POST", "/client/plan"): self._plan,
            ("POST", "/client/ask"): self._ask,
            ("POST", "/client/feedback"): self._feedback,
            ("POST", "/client/community"): self._community,
            ("GET", "/client/help"): self._help,
            ("GET", "/client/openapi.json"): self._described,
            ("GET", "/client/help/search"): self._search,
        }
        self._pace = Pace()

    @staticmethod
    def owns(path: str) -> bool:
        return path.startswith(("/client/", "/sdk/"))

    async def listen(self, news: News) -> None:
        """Tells streams what the engine says, and keeps them alive, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(news))
            group.create_task(self.hub.beat(self._beat, self._clock))

    async def _hear(self, news: News) -> None:
        """After a gap in the news every stream looks again."""
        async for topic, payload in news:
            if topic == "pieces":
                self.hub.wake(payload["ws"], payload["uids"], payload["devices"])
            elif topic == "connected":
                self.hub.wake_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Refused as refused:
            await respond_refusal(send, refused)
        except Unavailable as error:
            await respond_refusal(send, Refused("unavailable", str(error), mend="Try again.", status=503))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            return await respond(send, 204, b"", PREFLIGHT)
        if path.startswith("/sdk/") and method in ("GET", "HEAD"):
            return await self._assets.serve(path.removeprefix("/sdk/"), scope, send)
        if path.startswith(_ARTICLES) and method == "GET":
            return await self._article(scope, send)
        route = self._routes.get((method, path))
        if route is None:
            raise Refused("not_found", f"There is no {method} {path} here.", status=404)
        return await route(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _read_open(await read_body(receive))
        admitted = await self._feed.admit(asked.write_key, asked.user_id, asked.signature)
        now = self._clock.now()
        until = min(now + LIFETIME, admitted.until or now + LIFETIME)
        who = (admitted.workspace, asked.anonymous_id, admitted.user_id)
        session = Session(*who, until, bool(asked.test), admitted.key)
        said = {"signed": session.signed, "now": now, "look": admitted.look}
        await respond_json(send, 200, {"token": seal(session, self._key), **said})

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        stream = Stream(self._session(scope), _after(scope), self._feed, self.hub, send)
        self.hub.join(stream)
        try:
            await stream.serve(receive)
        finally:
            self.hub.leave(stream)

    async def _pieces(self, scope: Scope, receive: Receive, send: Send) -> None:
        poll = Poll(self._session(scope), self._feed, self.hub)
        self.hub.join(poll)
        try:
            found = await poll.news(query(scope, "since"), patience(query(scope, "wait")))
        finally:
            self.hub.leave(poll)
        await respond_json(send, 200, found)

    async def _way(self, scope: Scope, receive: Receive, send: Send) -> None:
        await respond_json(send, 200, await self._feed.way(self._session(scope), header(scope, b"accept-language")))

    async def _progress(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, now = self._session(scope), self._clock.now()
        report = read_report(await read_body(receive))
        document = await self._feed.document(session.workspace)
        asks = asks_for_format(report, document)
        way = await self._feed.served(session, report.piece) if asks else None
        fact = reports.fact_of(report, session, document, now, format=way)
        facts = [fact]
        if report.action == "completed":
            facts += answering.finished(report.content, document, session, report.message_id, now)
        elif report.action == "invite_sent":
            fact.properties["code"] = await self._feed.code(session)
        await self._keep(facts, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, now = self._session(scope), self._clock.now()
        answer = answering.read(await read_body(receive), Answer)
        document = await self._feed.document(session.workspace)
        await self._keep(answering.answered(answer, document, session, now), send)

    async def _plan(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, now = self._session(scope), self._clock.now()
        wish = answering.read(await read_body(receive), answering.Wish)
        document = await self._feed.document(session.workspace)
        await self._keep([answering.wished(wish, document, session, now)], send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is refused is read by a person: it is said in the language that their browser asks for."""
        session, now, body = self._session(scope), self._clock.now(), await read_body(receive)
        with translation.override(interface_language(first_language(header(scope, b"accept-language")))):
            ask = asking.read(body, asking.Ask)
            self._pace.check((session.workspace, session.user_id, session.device), now)
        number, fact = asking.asked(ask, session, now)
        await self._keep([fact], send, conversation=number)

    async def _feedback(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Linked to where they are on their way."""
        session, now, body = self._session(scope), self._clock.now(), await read_body(receive)
        languages = header(scope, b"accept-language")
        with translation.override(interface_language(first_language(languages))):
            feedback = asking.read(body, asking.Feedback)
            self._pace.check((session.workspace, session.user_id, session.device), now)
        plan = (await self._feed.way(session, languages)).plan
        ahead = (item.key for item in plan.items if item.reached_at is None and not item.skipped) if plan else iter(())
        number, fact = asking.fed_back(feedback, next(ahead, ""), session, now)
        await self._keep([fact], send, conversation=number)

    async def _community(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, now, body = self._session(scope), self._clock.now(), await read_body(receive)
        support = (await self._feed.document(session.workspace)).support
        await self._keep([asking.joined(body, support.community if support else None, session, now)], send)

    async def _help(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._feed.help(self._session(scope), header(scope, b"accept-language"))
        await respond_json(send, 200, answer)

    async def _search(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leaves *Help Searched*, once an hour for the same words of each reader."""
        session, now, asked = self._session(scope), self._clock.now(), query(scope, "text").strip()[:LONGEST_SEARCH]
        found = await self._feed.search(session, asked, header(scope, b"accept-language"))
        once = digest([session.device, session.user_id, asked.lower(), now.strftime("%Y-%m-%d %H")])
        said = {"text": asked, "results": len(found)}
        if asked:
            await self._append([own_fact(session, events.HELP_SEARCHED, said, f"search:{once}", now)])
        await respond_json(send, 200, {"articles": found})

    async def _described(self, scope: Scope, receive: Receive, send: Send) -> None:
        await respond_json(send, 200, openapi.document())

    async def _article(self, scope: Scope, send: Send) -> None:
        """Leaves *Article Opened*, once an hour for each reader."""
        session, now, key = self._session(scope), self._clock.now(), scope["path"].removeprefix(_ARTICLES)
        article = await self._feed.article(session, key, header(scope, b"accept-language"))
        once = digest([session.device, session.user_id, key, now.strftime("%Y-%m-%d %H")])
        read = own_fact(session, events.ARTICLE_OPENED, {"article": key, "resource": key}, f"article:{once}", now)
        await self._append([read])
        await respond_json(send, 200, article)

    async def _link(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What was spent stays spent: its fact is durable first, so that a failure in between loses no click."""
        session, now = self._session(scope), self._clock.now()
        link = deeplinks.read(await read_body(receive), session, now)
        sent = await self._feed.sent(link)
        numbers = await self._append(deeplinks.facts_of(link, sent, session, now)) if sent else []
        if sent:
            await self._feed.spend(link)
        await respond_json(send, 200, {"start": link.start if any(numbers) else ""})

    async def _keep(self, facts: Sequence[Fact], send: Send, **more: Any) -> None:
        """Answers when they are durable."""
        await self._append(facts)
        await respond_json(send, 200, {"success": True, **more})

    def _session(self, scope: Scope) -> Session:
        token = header(scope, b"authorization").removeprefix("Bearer ")
        session = unseal(token, self._key, self._clock.now())
        self._feed.check(session)
        return session


def _read_open(body: bytes) -> OpenRequest:
    try:
        return msgspec.json.decode(body, type=OpenRequest)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This does not open a session: {error}.") from error


def _after(scope: Scope) -> int:
    """The last id that the browser saw; 0 when it begins."""
    text = header(scope, b"last-event-id") or query(scope, "after")
    return int(text) if text.isdecimal() and len(text) < 19 else 0

"""What a person finds when they look for help: whom to ask, what to do next, what to read, and what they have asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from msgspec import Struct

from milepost.client.tokens import Session
from milepost.core.delivery.language import direction, preferences, say
from milepost.core.delivery.piece import Contact
from milepost.core.help.search import Searched, search
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Article, Briefing
from milepost.core.values import Refused
from milepost.delivery.channels.in_app.labels import labels
from milepost.delivery.markdown import Markdown
from milepost.delivery.rendering import card_of
from milepost.delivery.tokens import Subscription, seal
from milepost.help.queries import ConversationView, requests_of
from milepost.people.languages import interface_language
from milepost.people.queries import person_view, uid_of_device, uid_of_user
from milepost.program.queries import current
from milepost.runtime.snapshot import next_action


class Next(Struct, frozen=True, kw_only=True):
    """The one thing to do now. Absent: `start` (a piece) and `url` where there is none."""

    title: str
    reason: str
    start: str | None
    url: str | None


class ArticleLine(Struct, frozen=True):
    key: str
    title: str


class ArticlePage(Struct, frozen=True):
    key: str
    title: str
    body_html: str


class Answered(Struct, frozen=True):
    text: str
    by: str
    at: datetime


class Request(Struct, frozen=True, kw_only=True):
    """`status`: open, answered, closed."""

    id: int
    text: str
    status: str
    at: datetime
    replies: Sequence[Answered]


class Help(Struct, frozen=True, kw_only=True):
    """`labels` are the words of the help itself, in the language `lang`. `preferences`: the address of their own page.
    Absent: `contact` None where the program names nobody, `next` None where nothing is left to do, `preferences` None for
    whoever has not proven who they are."""

    contact: Contact | None
    how: str
    community: str
    next: Next | None
    articles: Sequence[ArticleLine]
    requests: Sequence[Request]
    preferences: str | None
    lang: str
    dir: str
    labels: dict[str, str]


def help_for(session: Session, accepted: str) -> Help:
    """`accepted`: the browser's languages, for somebody whose own is not known."""
    document, uid = current(session.workspace).document, uid_of(session)
    languages = languages_of(session, uid, accepted, document)
    support, contact = document.support, card_of(document, languages)
    language = interface_language(languages[0])
    with translation.override(language):
        said = labels("help")
    return Help(
        contact=contact,
        how=say(support.how or "", languages) if support else "",
        community=(support.community or "") if support else "",
        next=None if uid is None else next_of(session.workspace, uid),
        articles=[ArticleLine(key, say(each.title, languages)) for key, each in _to_read(document)],
        requests=[_request(each, contact) for each in _requests(session, uid)],
        preferences=_preferences(session, uid),
        lang=language,
        dir=direction(language),
        labels=said,
    )


def _preferences(session: Session, uid: int | None) -> str | None:
    person = person_view(session.workspace, uid) if session.signed and uid is not None else None
    if person is None:
        return None
    token = seal(Subscription(session.workspace, person.uid, "email", person.email, ""))
    return f"{settings.PUBLIC_URL}/u/{token}"


def article_for(session: Session, key: str, accepted: str) -> ArticlePage:
    """Raises Refused (404) for an article that there is not."""
    document = current(session.workspace).document
    article = dict(_to_read(document)).get(key)
    if article is None:
        raise Refused("no_such_article", f"There is no article '{key}'.", status=404)
    languages = languages_of(session, uid_of(session), accepted, document)
    html = Markdown(say(article.body, languages)).html()
    if isinstance(article, Briefing):
        html = Markdown(say(article.if_something_goes_wrong, languages)).html() + html
    return ArticlePage(key, say(article.title, languages), html)


def search_for(session: Session, asked: str, accepted: str) -> list[ArticleLine]:
    """The articles that answer it, best first."""
    document = current(session.workspace).document
    languages = languages_of(session, uid_of(session), accepted, document)
    to_read = dict(_to_read(document))
    texts = (Searched(key, say(each.title, languages), say(each.body, languages)) for key, each in to_read.items())
    return [ArticleLine(key, say(to_read[key].title, languages)) for key in search(asked, texts)]


def _to_read(document: Document) -> Iterator[tuple[str, Article | Briefing]]:
    """What stands in the help: briefings first, whose card says what to do if something goes wrong."""
    yield from ((key, each) for key, each in document.content.items() if isinstance(each, Briefing))
    yield from document.articles.items()


def uid_of(session: Session) -> int | None:
    """Who this is; without a signed user id only somebody who has not said yet who they are."""
    if session.user_id:
        return uid_of_user(session.workspace, session.user_id)
    return uid_of_device(session.workspace, session.device)


def _requests(session: Session, uid: int | None) -> list[ConversationView]:
    if not session.signed:
        return requests_of(session.workspace, device=session.device)
    return requests_of(session.workspace, uid=uid) if uid is not None else []


def _request(conversation: ConversationView, contact: Contact | None) -> Request:
    replies = [
        Answered(post.text, post.name or (contact.name if contact else ""), post.at)
        for post in conversation.posts
        if post.by
    ]
    return Request(
        id=conversation.number,
        text=conversation.text,
        status=conversation.status,
        at=conversation.opened_at,
        replies=replies,
    )


def next_of(workspace: int, uid: int) -> Next | None:
    action = next_action(workspace, uid)
    if action is None:
        return None
    return Next(title=action.title, reason=action.reason, start=action.start, url=action.url)


def languages_of(session: Session, uid: int | None, accepted: str, document: Document) -> tuple[str, ...]:
    person = person_view(session.workspace, uid) if uid is not None else None
    return preferences((person.locale if person else "") or first_language(accepted), document.locales.default)


def first_language(accepted: str) -> str:
    """Example: 'ru-RU,ru;q=0.9' → 'ru-RU'."""
    return accepted.split(",")[0].split(";")[0].strip()

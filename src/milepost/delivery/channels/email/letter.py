"""A letter: subject, plain text and HTML that say the same thing, with the contact card, the reason and the way out
always in the same place."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import mrml
from django.template.loader import render_to_string
from django.utils import translation
from msgspec import Struct

from milepost.core.delivery.language import direction, language_of, say
from milepost.core.program.kinds.message import Message
from milepost.core.values import Refused
from milepost.delivery import wording
from milepost.delivery.markdown import Markdown, absolute
from milepost.delivery.rendering import Occasion, contact_card, reason
from milepost.delivery.showings import page_links
from milepost.log import stores
from milepost.people.languages import interface_language

_BODY = "[[the body, which MJML need not read]]"
_TEASER = 110
_NO_WEB_FONTS = mrml.RenderOptions(fonts={})  # a letter fetches nothing from anybody
#: Some mail programs read no style sheet; so each element carries its own, in the one place where letters are made.
_STYLES = {
    "p": "margin:0 0 16px;",
    "h1": "margin:0 0 16px;font-size:26px;line-height:32px;font-weight:700;letter-spacing:-0.01em;",
    "h2": "margin:24px 0 8px;font-size:19px;line-height:26px;font-weight:700;",
    "h3": "margin:24px 0 8px;font-size:16px;line-height:24px;font-weight:700;",
    "ul": "margin:0 0 16px;padding-inline-start:24px;",
    "ol": "margin:0 0 16px;padding-inline-start:24px;",
    "li": "margin:0 0 6px;",
    "blockquote": "margin:0 0 16px;padding-inline-start:16px;border-inline-start:3px solid #E8A33D;",
    "pre": "margin:0 0 16px;white-space:pre-wrap;",
    "hr": "border:0;border-top:1px solid #E7E2D6;margin:24px 0;",
}


class Letter(Struct, frozen=True, kw_only=True):
    """`missing`: variables of its templates that had no value."""

    subject: str
    text: str
    html: str
    language: str
    missing: tuple[str, ...]


def write_letter(
    message: Message, occasion: Occasion, *, public_url: str, unsubscribe_url: str, mark: str, picture_url: str = ""
) -> Letter:
    """`mark` goes into the letter's own button as `mp_t`; a letter without a `picture_url` fetches nothing from here.
    Raises Refused for a template that cannot be rendered."""
    languages = occasion.languages
    button = _button(message, occasion, public_url, mark)
    variables = occasion.variables(link=button["url"]) | _pages(occasion)
    subject = wording.plain(say(message.subject, languages), variables, language_of(message.subject, languages))
    language = language_of(message.body, languages)
    said = wording.markdown(say(message.body, languages), variables, language)
    if not subject.text:
        raise Refused(
            "empty_subject", "The subject is empty once it is rendered.", mend="Give its variables a default."
        )
    body = Markdown(said.text, public_url)
    with translation.override(interface_language(language)):
        frame = {
            "program": occasion.document.name,
            "subject": subject.text,
            "language": language,
            "direction": direction(language),
            "side": "right" if direction(language) == "rtl" else "left",
            "text": body.text(),
            "teaser": " ".join(body.text().split())[:_TEASER],
            "body": _BODY,
            "button": button,
            "contact": contact_card(occasion),
            "reason": reason(occasion),
            "unsubscribe_url": unsubscribe_url,
            "picture_url": picture_url,
        }
        text = render_to_string("email/letter.txt", frame).strip() + "\n"
        html = mrml.to_html(render_to_string("email/letter.mjml", frame), render_options=_NO_WEB_FONTS).content
    missing = tuple(dict.fromkeys((*subject.missing, *said.missing)))
    html = html.replace(_BODY, _styled(body.html()))
    return Letter(subject=subject.text, text=text, html=html, language=language, missing=missing)


def _pages(occasion: Occasion) -> dict[str, dict[str, dict[str, str]]]:
    """Links to what the reader has had before their eyes, or finished."""
    if occasion.person is None:
        return {}
    now = stores.current().clock.now()
    return page_links(occasion.effect.workspace, occasion.person.uid, occasion.document, now)


def _button(message: Message, occasion: Occasion, public_url: str, mark: str) -> dict[str, str]:
    """The words and where they lead; both empty for a message without a link."""
    if message.link is None:
        return {"text": "", "url": ""}
    url = absolute(message.link.url, public_url)
    return {"text": say(message.link.text, occasion.languages), "url": _marked(url, mark) if url else ""}


def _marked(url: str, mark: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("mp_t", mark)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _styled(html: str) -> str:
    for tag, style in _STYLES.items():
        html = html.replace(f"<{tag}>", f'<{tag} style="{style}">').replace(f"<{tag} ", f'<{tag} style="{style}" ')
    html = html.replace("<a ", '<a class="link" style="color:#1F6F54;text-decoration:underline;" ')
    return html.replace("<img ", '<img style="max-width:100%;height:auto;border-radius:8px;" ')

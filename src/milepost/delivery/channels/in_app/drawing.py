"""What the browser is given to draw for one in-app piece."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import UNSET
from msgspec.structs import asdict, replace

from milepost.core.delivery.language import direction, language_of, say
from milepost.core.delivery.piece import (
    AnnouncementBody,
    BannerBody,
    BriefingBody,
    CelebrationBody,
    ChecklistBody,
    EmptyStateBody,
    FormBody,
    HintBody,
    InviteBody,
    OfferBody,
    OfferCard,
    PagesBody,
    PieceAction,
    PieceBody,
    ResourceCenterBody,
    ResourceLine,
    SampleData,
    SurveyBody,
    TermBody,
)
from milepost.core.program.growth import offers_of
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import (
    Action,
    Announcement,
    Article,
    Banner,
    Briefing,
    Celebration,
    Checklist,
    Content,
    Course,
    DeckPiece,
    EmptyState,
    Form,
    Guide,
    Hint,
    Invite,
    Modal,
    Page,
    ResourceCenter,
    Survey,
    Term,
)
from milepost.core.program.kinds.offer import Offer
from milepost.delivery.channels.in_app.checklist import items
from milepost.delivery.channels.in_app.guide import guide
from milepost.delivery.channels.in_app.labels import Kind, labels
from milepost.delivery.channels.in_app.pages import deck_pages, lessons, page_url
from milepost.delivery.channels.in_app.survey import questions, recalled
from milepost.delivery.channels.in_app.text import html, line, way
from milepost.delivery.formats import Way
from milepost.delivery.rendering import Occasion, contact_card
from milepost.delivery.samples import standing
from milepost.log import stores
from milepost.people.languages import interface_language

#: What a piece is made of. An offer is one by itself where it is help.
Drawn = Content | Article | Offer


def draw(content: Drawn, key: str, occasion: Occasion, way: Way | None = None) -> PieceBody:
    """The piece `key` of the effect, in the `way` that its reader learns by where there are several. Raises Refused for a
    template that cannot be rendered."""
    shown = way.content if way else content
    language = language_of(_first_words(shown), occasion.languages)
    occasion = replace(occasion, content=(way.key if way else "") or key)
    with translation.override(interface_language(language)):
        kind, body, parts = _KINDS[type(shown)]
        link: dict[str, Any] = {"link": page_url(key, occasion)} if body is PagesBody else {}
        return body(
            **parts(shown, occasion),
            **link,
            kind=kind,
            key=occasion.effect.key,
            content=key,
            page=_page(getattr(shown, "page", Page())),
            serves=getattr(content, "serves", None),
            format=way.format if way else UNSET,
            **frame(kind, occasion, language),
        )


def frame(kind: Kind, occasion: Occasion, language: str) -> dict[str, Any]:
    """What stands around every piece: whom to ask, and the words on its buttons."""
    return {
        "contact": contact_card(occasion),
        "lang": language,
        "dir": direction(language),
        "labels": labels(kind),
    }


def _first_words(content: Drawn) -> Text:
    return content.steps[0].title if isinstance(content, Guide) else content.title


def _page(page: Page) -> dict[str, Any]:
    return {
        "url": (page.url,) if isinstance(page.url, str) else page.url,
        "element": page.element,
        "focus": page.focus,
        "first_visit": page.first_visit,
        "error": page.error,
    }


def _celebration(celebration: Celebration, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(celebration.title, occasion),
        "body_html": html(celebration.body, occasion),
        "confetti": celebration.confetti,
        "button": "" if celebration.button is UNSET else line(celebration.button, occasion),
        "goal": str(occasion.told.get("goal", {}).get("words", "")),
        "offer": _offer(occasion),
    }


def _offer(occasion: Occasion) -> OfferCard | None:
    offer = offers_of(occasion.document).get(occasion.offer or "") if occasion.offer else None
    url = way(offer.url) if offer else None
    if offer is None or url is None:
        return None
    return OfferCard(
        key=occasion.offer or "",
        title=line(offer.title, occasion),
        why_html=html(offer.why, occasion),
        url=url,
        button=line(offer.button, occasion) or _("Show me"),
    )


def _survey(survey: Survey, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(survey.title, occasion),
        "body_html": _on_the_way(occasion) + html(survey.body, occasion),
        "thanks": recalled(survey.thanks, survey, occasion),
        "questions": questions(survey, occasion),
        "actions": tuple(_action(action, occasion) for action in survey.then),
    }


def _on_the_way(occasion: Occasion) -> str:
    """What is said of the next place to somebody who is handed over, before they are asked how it goes."""
    asked = any(
        template.hand_offs is not None and template.hand_offs.ask == occasion.content
        for template in occasion.document.plan_templates.values()
    )
    return html(occasion.told.get("host", {}).get("orient", ""), occasion) if asked else ""


def _checklist(checklist: Checklist, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(checklist.title, occasion),
        "body_html": html(checklist.body, occasion),
        **items(occasion.plan, occasion),
    }


def _empty_state(empty: EmptyState, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(empty.title, occasion),
        "body_html": html(empty.body, occasion),
        "on": (empty.on,),
        "actions": tuple(_action(action, occasion) for action in empty.actions),
    }


def _action(action: Action, occasion: Occasion) -> PieceAction:
    return PieceAction(
        text=line(action.text, occasion),
        use_template=action.use_template,
        template=_sample(action.use_template, occasion),
        start=action.start,
        url=way(action.url),
    )


def _sample(key: str | None, occasion: Occasion) -> SampleData | None:
    """The sample data, made for what this person wants."""
    template = occasion.document.templates.get(key or "")
    if key is None or template is None:
        return None
    data = template.for_goal(occasion.effect.known.get("goal", {}).get("key"))
    return SampleData(key=key, title=line(template.title, occasion), data=data, **_standing(key, occasion))


def _standing(template: str, occasion: Occasion) -> dict[str, Any]:
    """A server is asked for somebody whom it knows, and for nobody else."""
    if occasion.person is None or not occasion.person.user_id:
        return {}
    return asdict(standing(occasion.effect.workspace, occasion.person.uid, template, stores.current().clock.now()))


def _invite(invite: Invite, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(invite.title, occasion),
        "body_html": html(invite.body, occasion),
        "button": "" if invite.button is UNSET else line(invite.button, occasion),
        "link": occasion.invite_url,
    }


def _hint(hint: Hint, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(hint.title, occasion),
        "body_html": html(hint.body, occasion),
        "on": _selectors(hint.on),
        "inline": hint.as_ == "inline",
    }


def _form(form: Form, occasion: Occasion) -> dict[str, Any]:
    return {"title": line(form.title, occasion), "on": (form.on,), "sent": form.sent}


def _term(term: Term, occasion: Occasion) -> dict[str, Any]:
    locales = occasion.document.locales
    spoken = (locales.default, *locales.others)
    return {
        "title": line(term.text, occasion),
        "body_html": html(term.explain, occasion),
        "on": _selectors(term.on),
        "words": {language: _forms(term, language) for language in spoken},
    }


def _forms(term: Term, language: str) -> tuple[str, ...]:
    """The word and its other forms as a page in that language has them."""
    said = (say(form, (language,)) for form in (term.text, *term.also))
    return tuple(dict.fromkeys(form for form in said if form))


def _selectors(on: str | tuple[str, ...]) -> tuple[str, ...]:
    return (on,) if isinstance(on, str) else on


def _banner(banner: Banner, occasion: Occasion) -> dict[str, Any]:
    return {**_announcement(banner, occasion), "place": banner.place}


def _announcement(said: Banner | Announcement, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(said.title, occasion),
        "body_html": html(said.body, occasion),
        "actions": () if said.action is None else (_action(said.action, occasion),),
    }


def _modal(modal: Modal, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(modal.title, occasion),
        "body_html": html(modal.body, occasion),
        "button": "" if modal.button is UNSET else line(modal.button, occasion),
        "modal": True,
    }


def _briefing(briefing: Briefing, occasion: Occasion) -> dict[str, Any]:
    own = None if briefing.acknowledge is UNSET else briefing.acknowledge
    return {
        "title": line(briefing.title, occasion),
        "body_html": html(briefing.body, occasion),
        "emergency_html": html(briefing.if_something_goes_wrong, occasion),
        "button": line(own, occasion) or _("I have read this"),
        "modal": True,
    }


def _resource_center(center: ResourceCenter, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(center.title, occasion),
        "body_html": html(center.body, occasion),
        "resources": tuple(_resources(center, occasion)),
    }


def _resources(center: ResourceCenter, occasion: Occasion) -> Iterator[ResourceLine]:
    for key in center.items:
        found = occasion.document.content.get(key) or occasion.document.articles.get(key)
        if found is not None:
            title = line(found.title or None, occasion) or key
            yield ResourceLine(key=key, title=title, kind=_KINDS[type(found)][0])


def _article(article: Article, occasion: Occasion) -> dict[str, Any]:
    return {"title": line(article.title, occasion), "body_html": html(article.body, occasion)}


def _offer_alone(offer: Offer, occasion: Occasion) -> dict[str, Any]:
    """The card is the offer: its reason is the text, and there is nothing else to read."""
    return {
        "title": line(offer.title, occasion),
        "body_html": html(offer.why, occasion),
        "offer": _offer(occasion),
    }


_KINDS: dict[type, tuple[Kind, type[PieceBody], Callable[[Any, Occasion], dict[str, Any]]]] = {
    Guide: ("guide", PieceBody, guide),
    Celebration: ("celebration", CelebrationBody, _celebration),
    Survey: ("survey", SurveyBody, _survey),
    DeckPiece: ("deck", PagesBody, deck_pages),
    Course: ("course", PagesBody, lessons),
    Checklist: ("checklist", ChecklistBody, _checklist),
    EmptyState: ("empty_state", EmptyStateBody, _empty_state),
    Invite: ("invite", InviteBody, _invite),
    Hint: ("hint", HintBody, _hint),
    Form: ("form", FormBody, _form),
    Term: ("term", TermBody, _term),
    Banner: ("banner", BannerBody, _banner),
    Announcement: ("announcement", AnnouncementBody, _announcement),
    Modal: ("modal", PieceBody, _modal),
    Briefing: ("briefing", BriefingBody, _briefing),
    ResourceCenter: ("resource_center", ResourceCenterBody, _resource_center),
    Article: ("article", PieceBody, _article),
    Offer: ("article", OfferBody, _offer_alone),
}


def drawn_kinds() -> Iterator[tuple[str, type[PieceBody]]]:
    """Every kind of piece that is drawn, with what it is drawn as, each pair once."""
    return iter(dict.fromkeys((kind, body) for kind, body, _ in _KINDS.values()))

"""The way out of every mail (RFC 8058): one click of a mail program, or a page on which a person chooses. And the picture
of a letter whose opens are counted.

1. A GET shows and changes nothing: scanners follow links. That the picture was fetched is noted, and by whom.
2. The one-click POST needs no cookie, no confirmation and no second request, and is answered without a redirect.
3. A token that is not ours is answered like an address that does not exist.
"""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from milepost.core.delivery.consent import PURPOSES, wanted
from milepost.core.delivery.language import direction
from milepost.core.delivery.language import preferences as preferred
from milepost.core.program.document import Document
from milepost.core.values import Refused, Unavailable
from milepost.delivery import preferences
from milepost.delivery.actions import choose, open_letter, unsubscribe
from milepost.delivery.channels.email.person import shown
from milepost.delivery.preferences import Wishes, ask_to_be_forgotten
from milepost.delivery.queries import suppressed
from milepost.delivery.rendering import card_of
from milepost.delivery.tokens import Subscription, unseal_opening, unseal_subscription
from milepost.log import stores
from milepost.people.languages import interface_language
from milepost.people.queries import PersonView, person_view
from milepost.program.queries import current

_POINT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@csrf_exempt  # the sealed token is the proof: there is no session that somebody else's page could ride on
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    who = unseal_subscription(token)
    if who is None:
        raise Http404
    try:
        return _answer(request, who)
    except Unavailable:
        return HttpResponse(_("Please try again in a moment."), status=503, headers={"Retry-After": "30"})


@require_http_methods(["GET", "HEAD"])
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """One transparent point. What cannot be noted is let go: a letter with a broken picture helps nobody."""
    opening = unseal_opening(token)
    if opening is None:
        raise Http404
    if request.method == "GET":
        with suppress(Unavailable):
            open_letter(opening.workspace, opening.delivery, request.headers.get("User-Agent", ""))
    response = HttpResponse(_POINT, content_type="image/gif")
    add_never_cache_headers(response)
    return response


def _answer(request: HttpRequest, who: Subscription) -> HttpResponse:
    if request.method != "POST":
        return _page(request, who)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        unsubscribe(who)
        return HttpResponse("Unsubscribed.\n", content_type="text/plain")
    if "forget" in request.POST:
        ask_to_be_forgotten(who.workspace, who.uid)
        return _page(request, who, saved="forget")
    return _save(request, who)


def _save(request: HttpRequest, who: Subscription) -> HttpResponse:
    """What was typed into the form; without the rest of it, the button that ends all mail."""
    wishes = None
    if "pace" in request.POST:
        try:
            wishes = preferences.read(request.POST, current(who.workspace).document)
        except Refused as refused:
            return _page(request, who, wrong=refused.message)
    if who.address:
        choose(who, request.POST.getlist("purpose"))
    if wishes is not None:
        preferences.save(who.workspace, who.uid, wishes, current(who.workspace).document)
    return _page(request, who, saved="all", wishes=wishes)


def _page(
    request: HttpRequest, who: Subscription, *, saved: str = "", wrong: str = "", wishes: Wishes | None = None
) -> HttpResponse:
    """Facts are read a moment after they were written: what was just saved is shown as it was sent."""
    document, person = current(who.workspace).document, person_view(who.workspace, who.uid)
    languages = _languages(request, person, document, wishes)
    with translation.override(interface_language(languages[0])):
        frame = {
            "program": document.name,
            "language": translation.get_language(),
            "direction": direction(translation.get_language() or "en"),
            "address": who.address,
            "purposes": _choices(who, document, person, wishes) if who.address else [],
            "contact": card_of(document, languages),
            "person": shown(person, document, languages, wishes, stores.current().clock.now()) if person else None,
            "saved": saved,
            "wrong": wrong,
        }
        response = render(request, "email/preferences.html", frame, status=400 if wrong else 200)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _languages(
    request: HttpRequest, person: PersonView | None, document: Document, wishes: Wishes | None
) -> tuple[str, ...]:
    """The one just chosen, else the person's own, else their browser's."""
    chosen = (wishes.language if wishes else "") or (person.locale if person else "") or request.LANGUAGE_CODE
    return preferred(chosen, document.locales.default)


def _choices(
    who: Subscription, document: Document, person: PersonView | None, wishes: Wishes | None
) -> list[dict[str, object]]:
    words = {
        "service": (_("About your use of the product"), _("What you asked for yourself: welcome, confirmations.")),
        "care": (_("Help with your next step"), _("A hint when you are stuck, praise when you get there.")),
        "marketing": (_("News and offers"), _("What is new, and what you could use in addition.")),
    }
    yes = preferences.agreed(person)
    on = [
        purpose
        for purpose in wanted(suppressed(who.workspace, who.channel, who.address))
        if wishes is not None or purpose not in document.consent or yes.get(purpose, False)
    ]
    return [
        {"key": key, "title": words[key][0], "text": words[key][1], "on": key in on, "came": key == who.purpose}
        for key in PURPOSES
    ]

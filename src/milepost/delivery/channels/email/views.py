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
from milepost.core.delivery.language import direction, preferences
from milepost.core.program.document import Document
from milepost.core.values import Unavailable
from milepost.delivery.actions import choose, open_letter, unsubscribe
from milepost.delivery.queries import suppressed
from milepost.delivery.rendering import card_of
from milepost.delivery.tokens import Subscription, unseal_opening, unseal_subscription
from milepost.people.languages import interface_language
from milepost.people.queries import person_view
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
        return _page(request, who, saved=False)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        unsubscribe(who)
        return HttpResponse("Unsubscribed.\n", content_type="text/plain")
    choose(who, request.POST.getlist("purpose"))
    return _page(request, who, saved=True)


def _page(request: HttpRequest, who: Subscription, *, saved: bool) -> HttpResponse:
    document = current(who.workspace).document
    languages = _languages(request, who, document)
    with translation.override(interface_language(languages[0])):
        frame = {
            "program": document.name,
            "language": translation.get_language(),
            "direction": direction(translation.get_language() or "en"),
            "address": who.address,
            "purposes": _choices(who),
            "contact": card_of(document, languages),
            "saved": saved,
        }
        response = render(request, "email/preferences.html", frame)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _languages(request: HttpRequest, who: Subscription, document: Document) -> tuple[str, ...]:
    """The person's own, else their browser's."""
    person = person_view(who.workspace, who.uid)
    return preferences((person.locale if person else "") or request.LANGUAGE_CODE, document.locales.default)


def _choices(who: Subscription) -> list[dict[str, object]]:
    words = {
        "service": (_("About your use of the product"), _("What you asked for yourself: welcome, confirmations.")),
        "care": (_("Help with your next step"), _("A hint when you are stuck, praise when you get there.")),
        "marketing": (_("News and offers"), _("What is new, and what you could use in addition.")),
    }
    on = wanted(suppressed(who.workspace, who.channel, who.address))
    return [
        {"key": key, "title": words[key][0], "text": words[key][1], "on": key in on, "came": key == who.purpose}
        for key in PURPOSES
    ]

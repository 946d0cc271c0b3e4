"""A deck as pages that any browser shows, without a script, and the certificate of a course.

1. The sealed address is the proof: whoever was given it may look. What was never sealed here does not exist.
2. A deck is shown as it was last drawn for its person, for ninety days; that a page of it was read is noted.
3. A certificate is there once every lesson was passed by somebody who was signed for (`delivery.lessons`). It says what it
   attests: that, and not who they are; the name is the one that the product knows.
"""

from contextlib import suppress

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from milepost.core.delivery.piece import PagesBody
from milepost.core.values import Unavailable
from milepost.delivery.actions import open_page
from milepost.delivery.models import Piece
from milepost.delivery.rendering import believable
from milepost.delivery.showings import showing as find
from milepost.delivery.tokens import Showing, unseal_showing
from milepost.log import stores
from milepost.people.languages import interface_language
from milepost.people.queries import person_view
from milepost.program.queries import current


@require_safe
def showing(request: HttpRequest, token: str) -> HttpResponse:
    who = unseal_showing(token)
    piece = find(who, stores.current().clock.now()) if who else None
    if who is None or piece is None:
        raise Http404
    body = msgspec.json.decode(bytes(piece.body), type=PagesBody)
    with translation.override(interface_language(body.lang)):
        shown = _certificate(request, who, piece, body) if piece.kind == "course" else _deck(request, who, body)
    add_never_cache_headers(shown)
    shown["X-Robots-Tag"] = "noindex"
    shown["Referrer-Policy"] = "no-referrer"
    return shown


def _deck(request: HttpRequest, who: Showing, body: PagesBody) -> HttpResponse:
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 4 else 1
    if not 1 <= number <= len(body.pages):
        raise Http404
    page = body.pages[number - 1]
    if request.method == "GET":
        with suppress(Unavailable):
            open_page(who, page.key, request.headers.get("User-Agent", ""))
    frame = {**_frame(who, body), "page": page, "number": number, "total": len(body.pages)}
    return render(request, "in_app/deck.html", frame)


def _certificate(request: HttpRequest, who: Showing, piece: Piece, body: PagesBody) -> HttpResponse:
    person = person_view(who.workspace, who.uid)
    if person is None or not body.button:
        raise Http404
    frame = {**_frame(who, body), "name": believable(person.name), "on": piece.changed_at}
    return render(request, "in_app/certificate.html", frame)


def _frame(who: Showing, body: PagesBody) -> dict[str, object]:
    return {"body": body, "program": current(who.workspace).document.name}

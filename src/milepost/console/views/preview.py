"""Drawings of what is typed, for the frames of the editor: nothing is kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import definition as pages
from milepost.console.pages.definitions_kinds import kind_named
from milepost.console.pages.preview import Reader, letter_for, piece_frame
from milepost.console.security import POLICY
from milepost.core.program.document import Document
from milepost.core.values import Refused
from milepost.program.queries import current

PIECE_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
#: A mail's styles stand in its elements; nothing in it runs, and nothing is fetched.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; frame-ancestors 'self'; sandbox"


@require_POST
@xframe_options_sameorigin
@member_page()
def preview(request: MemberRequest, kind: str, key: str = "") -> HttpResponse:
    """The page inside the preview's frame, drawn from the YAML that is typed at the moment."""
    named, typed = kind_named(kind), request.POST.get("yaml", "").replace("\r\n", "\n")
    checked = pages.check(pages.draft(request.member.workspace_id), named, key, typed)
    definition = pages.definition_in(checked.document, named, key)
    if kind == "message":
        return _letter(request, checked.document, definition)
    theme = "dark" if request.POST.get("width") == "dark" else "light"
    content = piece_frame(definition, key or "new", checked.document, _reader(request), theme, now())
    response = render(request, "console/preview_piece.html", {"page": content})
    response["Content-Security-Policy"] = PIECE_POLICY
    return response


@require_GET
@xframe_options_sameorigin
@member_page()
def message(request: MemberRequest, key: str) -> HttpResponse:
    """A message that is in force, as it is written to a sample person."""
    document = current(request.member.workspace_id).document
    return _letter(request, document, document.messages.get(key))


def _reader(request: MemberRequest) -> Reader:
    return Reader(request.member.workspace_id, request.POST.get("who", ""), request.POST.get("locale", ""))


def _letter(request: MemberRequest, document: Document, definition: Any) -> HttpResponse:
    try:
        letter = letter_for(definition, document, _reader(request), now())
    except Refused as refusal:
        response = render(request, "console/preview_mail.html", {"refusal": refusal})
    else:
        plain = {"letter": letter} if request.POST.get("width") == "text" else None
        response = render(request, "console/preview_mail.html", plain) if plain else HttpResponse(letter.html)
    response["Content-Security-Policy"] = _MAIL_POLICY
    return response

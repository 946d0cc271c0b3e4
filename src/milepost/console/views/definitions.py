"""One definition of the draft: reading it, typing it as a form or as YAML, keeping it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import definition as pages
from milepost.console.pages.definitions_kinds import Kind, kind_named
from milepost.console.pages.program import STARTER
from milepost.console.shell import fragment, page
from milepost.core.values import Refused
from milepost.program import actions, edits


@require_GET
@member_page()
def definition(request: MemberRequest, kind: str, key: str = "") -> HttpResponse:
    content = pages.gather_definition(request.member.workspace_id, kind_named(kind), key, saved="saved" in request.GET)
    return page(request, "definition.html", content, active="program")


@require_POST
@member_page()
def check(request: MemberRequest, kind: str, key: str = "") -> HttpResponse:
    """What is to say about what is typed so far; nothing is kept. The other of form and YAML follows the one typed in."""
    found = _checked(request, kind_named(kind), key)
    content = pages.gather_form(request.member.workspace_id, kind_named(kind), key, found)
    by_hand = request.POST.get("source") == "yaml"
    operated = bool(request.POST.get("op"))
    template = "definition_form_again.html" if by_hand or operated else "definition_checked.html"
    return fragment(request, template, content)


@require_POST
@member_page("editor")
def save(request: MemberRequest, kind: str, key: str = "") -> HttpResponse:
    """Keeps what was typed in the draft. Whatever stands in the way is said, and everything typed stays on the page."""
    named = kind_named(kind)
    found = _checked(request, named, key)
    if not found.readable or found.unread:
        return _refused(request, Refused("not_yaml", _("It is not saved yet: some of it cannot be read."), status=422))
    try:
        saved_as = _keep(request, named, key, found.typed)
    except edits.Conflict as conflict:
        return fragment(request, "definition_conflict.html", conflict, status=HTTPStatus.CONFLICT)
    except Refused as refusal:
        return _refused(request, refusal)
    response = HttpResponse(status=HTTPStatus.OK)
    response["HX-Redirect"] = f"{reverse('definition', args=[kind, saved_as])}?saved"
    return response


def _keep(request: MemberRequest, kind: Kind, key: str, typed: str) -> str:
    chosen = pages.ALONE if kind.alone else key or request.POST.get("key", "").strip()
    edits.save(
        request.member.workspace_id,
        pages.path_of(kind, chosen),
        typed,
        was=request.POST.get("revision", ""),
        over="over" in request.POST,
        by=request.user.get_username(),
        now=now(),
        otherwise=STARTER.read_text(encoding="utf-8"),
    )
    return chosen


def _checked(request: MemberRequest, kind: Kind, key: str) -> pages.Checked:
    """What was typed, by the side on which it was typed."""
    typed, unread = request.POST.get("yaml", "").replace("\r\n", "\n"), dict[str, str]()
    if request.POST.get("source") != "yaml":
        pairs = [(name, str(value)) for name, value in request.POST.items() if name.startswith("f/")]
        typed, unread = pages.read_typed(kind, key, pairs, typed, request.POST.get("op", ""))
    return pages.check(pages.draft(request.member.workspace_id), kind, key, typed, unread)


def _refused(request: MemberRequest, refusal: Refused) -> HttpResponse:
    return fragment(request, "definition_refused.html", refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@member_page("editor")
def copy(request: MemberRequest, kind: str, key: str) -> HttpResponse:
    path = pages.path_of(kind_named(kind), key)
    new = edits.copy(request.member.workspace_id, path, by=request.user.get_username(), now=now())
    messages.success(request, _("This is the copy, as “%(key)s”.") % {"key": new})
    return redirect("definition", kind, new)


@require_POST
@member_page("editor")
def rename(request: MemberRequest, kind: str, key: str) -> HttpResponse:
    path, new = pages.path_of(kind_named(kind), key), request.POST.get("key", "").strip()
    try:
        edits.rename(request.member.workspace_id, path, new, by=request.user.get_username(), now=now())
    except Refused as refusal:
        return _said(request, refusal, kind, key)
    messages.success(request, _("“%(old)s” is called “%(new)s” now, everywhere.") % {"old": key, "new": new})
    return redirect("definition", kind, new)


@require_POST
@member_page("editor")
def delete(request: MemberRequest, kind: str, key: str) -> HttpResponse:
    path = pages.path_of(kind_named(kind), key)
    try:
        edits.delete(request.member.workspace_id, path, by=request.user.get_username(), now=now())
    except Refused as refusal:
        return _said(request, refusal, kind, key)
    messages.success(request, _("“%(key)s” is gone from the draft.") % {"key": key})
    return redirect("program")


@require_POST
@member_page("editor")
def undo(request: MemberRequest) -> HttpResponse:
    try:
        actions.undo(request.member.workspace_id, by=request.user.get_username(), now=now())
        messages.success(request, _("Your last change was taken back."))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("program")


def _said(request: MemberRequest, refusal: Refused, kind: str, key: str) -> HttpResponse:
    messages.warning(request, f"{refusal} {refusal.mend}".strip())
    return redirect("definition", kind, key)

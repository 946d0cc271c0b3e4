"""The program: reading it, writing it, releasing it, going back."""

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.console.clock import now
from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import program as pages
from milepost.console.pages.definitions import gather_definitions
from milepost.console.shell import fragment, page
from milepost.core.values import Refused
from milepost.program import actions, queries
from milepost.workspace.audit import record

_REASON = "reason:"  # how the form's fields for written reasons begin; the rule follows


@require_GET
@member_page()
def program(request: MemberRequest) -> HttpResponse:
    """Every definition of the draft, else of what is in force."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    content = gather_definitions(request.member.workspace_id, text, request.GET.get("program", ""))
    if "HX-Request" in request.headers:
        return fragment(request, "definitions_list.html", content)
    return page(request, "program.html", content, active="program")


@require_GET
@member_page()
def edit(request: MemberRequest) -> HttpResponse:
    return page(request, "program_edit.html", pages.gather_edit(request.member.workspace_id), active="program")


@require_POST
@member_page("editor")
def save(request: MemberRequest) -> HttpResponse:
    """Keeps what was typed, right or wrong, and says what is wrong with it. A draft that somebody else has changed
    since is only overwritten when asked to."""
    workspace_id, name = request.member.workspace_id, request.user.get_username()
    with transaction.atomic():
        theirs = pages.gather_conflict(workspace_id, request.POST.get("revision"), name)
        if theirs is not None and "over" not in request.POST:
            return fragment(request, "conflict.html", theirs, status=HTTPStatus.CONFLICT)
        actions.save_draft(workspace_id, _text(request), by=name, now=now())
    return fragment(request, "saved.html", pages.gather_edit(workspace_id))


@require_POST
@member_page("editor")
def discard(request: MemberRequest) -> HttpResponse:
    actions.discard_draft(request.member.workspace_id)
    messages.success(request, _("The draft was thrown away."))
    return redirect("program")


@require_http_methods(["GET", "POST"])
@member_page("editor")
def release(request: MemberRequest) -> HttpResponse:
    """What a release would change; sent, it releases."""
    workspace_id = request.member.workspace_id
    given = {name.removeprefix(_REASON): str(text) for name, text in request.POST.items() if name.startswith(_REASON)}
    if request.method == "GET":
        return page(request, "program_release.html", pages.gather_release(workspace_id, {}), active="program")
    try:
        number = _release(request, given)
    except Refused as refusal:
        content = pages.gather_release(workspace_id, given, str(refusal))
        return page(request, "program_release.html", content, active="program", status=refusal.status)
    messages.success(request, _("Release %(number)s is in force.") % {"number": number})
    return redirect("program")


def _release(request: MemberRequest, given: dict[str, str]) -> int:
    draft = queries.draft(request.member.workspace_id)
    if draft is None:
        raise Refused("no_draft", _("There is no draft to release."), status=409)
    pages.refuse_to_strand_people(request.member.workspace_id, draft.text)
    released = actions.apply(
        request.member.workspace_id,
        draft.text,
        by=request.user.get_username(),
        base=draft.base.digest,
        onto="onto" in request.POST,
        reasons={rule: text.strip() for rule, text in given.items() if text.strip()},
        now=now(),
    )
    _note(request, "program.release", f"release {released.number}")
    return released.number


def _note(request: MemberRequest, action: str, subject: str) -> None:
    record(request.member.workspace, now(), actor=request.user.get_username(), action=action, subject=subject)


@require_GET
@member_page()
def releases(request: MemberRequest) -> HttpResponse:
    return page(request, "program_releases.html", pages.gather_releases(request.member.workspace_id), active="program")


@require_GET
@member_page()
def one_release(request: MemberRequest, number: int) -> HttpResponse:
    content = pages.gather_one_release(request.member.workspace_id, number)
    return page(request, "program_one_release.html", content, active="program")


@require_POST
@member_page("editor")
def roll_back(request: MemberRequest, number: int) -> HttpResponse:
    name = request.user.get_username()
    released = actions.rollback(request.member.workspace_id, number, by=name, now=now())
    _note(request, "program.roll_back", f"release {released.number}, as release {number}")
    messages.success(
        request,
        _("Release %(number)s is in force: it says what release %(older)s said.")
        % {"number": released.number, "older": number},
    )
    return redirect("program")


def _text(request: MemberRequest) -> str:
    """What was typed, with the line ends that were typed: forms send CR LF."""
    return request.POST.get("text", "").replace("\r\n", "\n")

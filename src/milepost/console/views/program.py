"""The program: reading it, writing it, releasing it, going back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.console.member import MemberRequest, member_page
from milepost.console.pages import program as pages
from milepost.console.shell import fragment, page
from milepost.core.values import Refused
from milepost.log.clock import SYSTEM
from milepost.program import actions, queries

_REASON = "reason:"  # how the form's fields for written reasons begin; the rule follows


@require_GET
@member_page()
def program(request: MemberRequest) -> HttpResponse:
    return page(request, "program.html", pages.gather_program(request.member.workspace_id), active="program")


@require_GET
@member_page()
def edit(request: MemberRequest) -> HttpResponse:
    return page(request, "program_edit.html", pages.gather_edit(request.member.workspace_id), active="program")


@require_POST
@member_page("editor")
def save(request: MemberRequest) -> HttpResponse:
    """Keeps what was typed, right or wrong, and says what is wrong with it."""
    workspace_id = request.member.workspace_id
    actions.save_draft(workspace_id, _text(request), by=request.user.get_username(), now=SYSTEM.now())
    return fragment(request, "problems.html", pages.gather_edit(workspace_id))


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
    return actions.apply(
        request.member.workspace_id,
        draft.text,
        by=request.user.get_username(),
        base=draft.base.digest,
        onto="onto" in request.POST,
        reasons={rule: text.strip() for rule, text in given.items() if text.strip()},
        now=SYSTEM.now(),
    ).number


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
    now, name = SYSTEM.now(), request.user.get_username()
    released = actions.rollback(request.member.workspace_id, number, by=name, now=now)
    messages.success(
        request,
        _("Release %(number)s is in force: it says what release %(older)s said.")
        % {"number": released.number, "older": number},
    )
    return redirect("program")


def _text(request: MemberRequest) -> str:
    """What was typed, with the line ends that were typed: forms send CR LF."""
    return request.POST.get("text", "").replace("\r\n", "\n")

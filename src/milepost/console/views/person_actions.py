"""What a member does for one person. Each is a fact that the engine answers, or a task; each is noted in the audit."""

from collections.abc import Collection
from datetime import datetime, time

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from milepost.console.member import MemberRequest, member_page
from milepost.console.member_facts import say
from milepost.console.pages.person import roles_that_attest
from milepost.core import events
from milepost.core.program.document import Document
from milepost.core.values import Refused
from milepost.log import stores
from milepost.people.access import access_person
from milepost.people.erasure import ask as ask_to_forget
from milepost.program import queries as program
from milepost.runtime.snapshot import snapshot
from milepost.success import actions as success

_LONGEST_NOTE = 2000


@require_POST
@member_page("editor")
def open_task(request: MemberRequest, uid: int) -> HttpResponseBase:
    person = access_person(request.member.workspace_id, uid)
    due_at = _end_of_day(request.POST.get("due", ""))
    success.ask(
        request.member, person.id, request.POST.get("title", ""), due_at=due_at, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("The task is on your list."))
    return redirect("person", person.id)


@require_POST
@member_page()
def attest(request: MemberRequest, uid: int) -> HttpResponseBase:
    """A member vouches for a milestone that nothing in the product can see. The program says which roles may."""
    person = access_person(request.member.workspace_id, uid)
    document, key = _document(request), request.POST.get("milestone", "")
    _known(key, document.milestones)
    if request.member.role not in roles_that_attest(document, key):
        raise Refused("role", "The program lets others vouch for this milestone.", status=403)
    note = request.POST.get("note", "").strip()[:_LONGEST_NOTE]
    if not note:
        raise Refused("evidence", _("Say how you know."), path="note")
    said = {"milestone": key, "by": request.user.get_username(), "note": note}
    say(request.member, person, events.MILESTONE_ATTESTED, said, action="milestone.attest")
    messages.success(request, _("Noted, with you as the witness."))
    return redirect("person", person.id)


@require_POST
@member_page("editor")
def skip(request: MemberRequest, uid: int) -> HttpResponseBase:
    """Takes a milestone out of their plan."""
    person = access_person(request.member.workspace_id, uid)
    plan, key = snapshot(request.member.workspace_id, person.id).plan, request.POST.get("milestone", "")
    _known(key, {post.key for post in plan.posts} if plan else ())
    said = {"milestone": key, "by": request.user.get_username()}
    say(request.member, person, events.MILESTONE_SKIPPED, said, action="milestone.skip")
    messages.success(request, _("Left out of their plan; the dates move with it."))
    return redirect("person", person.id)


@require_POST
@member_page("editor")
def state_goal(request: MemberRequest, uid: int) -> HttpResponseBase:
    """States their goal for them, as they told it."""
    person = access_person(request.member.workspace_id, uid)
    key = request.POST.get("goal", "")
    _known(key, _document(request).goals)
    said = {"goal": key, "by": request.user.get_username()}
    say(request.member, person, events.GOAL_STATED, said, action="goal.state")
    messages.success(request, _("Their plan follows within a moment."))
    return redirect("person", person.id)


@require_POST
@member_page("owner")
def forget(request: MemberRequest, uid: int) -> HttpResponseBase:
    """Has them forgotten for good; whoever asks for it types the id, so that nobody is forgotten by a slip."""
    person = access_person(request.member.workspace_id, uid)
    if request.POST.get("typed", "").strip() != person.key:
        messages.error(request, _("That is not their id; nobody was forgotten."))
        return redirect("person", person.id)
    connected = stores.current()
    ask_to_forget(person.workspace_id, person.id, connected.clock.now(), actor=request.user.get_username())
    connected.link.wake()
    messages.success(request, _("They will be forgotten within a minute."))
    return redirect("people")


def _document(request: MemberRequest) -> Document:
    return program.current(request.member.workspace_id).document


def _known(key: str, among: Collection[str]) -> None:
    if key not in among:
        raise Refused("no_such_definition", "The program has no such definition.", status=404)


def _end_of_day(text: str) -> datetime | None:
    """The end of that day in the workspace's zone; None for no day. Raises Refused for what is no day."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Refused("due", _("This is not a day."), path="due")
    return timezone.make_aware(datetime.combine(day, time(23, 59)))

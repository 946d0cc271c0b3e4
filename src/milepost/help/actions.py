"""Writes of conversations: members answer, take over and close. Each ends in a fact."""

from datetime import datetime
from typing import Any

from django.db import transaction

from milepost.core.delivery.facts import own_fact
from milepost.core.events import CONVERSATION_CLOSED, QUESTION_REPLIED
from milepost.core.help.conversation import LONGEST_TEXT
from milepost.core.values import Refused
from milepost.help.models import Conversation, Post
from milepost.log import stores
from milepost.log.clock import new_id
from milepost.people.queries import person_view
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Member


def reply(member: Member, conversation: Conversation, text: str) -> None:
    """Answers the person: in the product, and by mail. Whoever answers first takes the conversation.

    Raises Refused for an empty or endless text, and for a member who may only look.
    """
    require_role(member, "editor")
    with transaction.atomic():
        if conversation.assignee_id is None:
            conversation.assignee = member
        _reply(conversation, text, by=_sign_in(member), name=member.user.get_full_name(), via="console")


def reply_by_key(conversation: Conversation, text: str, *, name: str = "") -> None:
    """Answers in the name of the team, or of whoever `name` says. Raises Refused for an empty or endless text."""
    with transaction.atomic():
        _reply(conversation, text, by="api", name=name[:200], via="api")


def assign(member: Member, conversation: Conversation, assignee: Member | None) -> None:
    """Says who answers. Raises Refused for somebody of another workspace."""
    require_role(member, "editor")
    if assignee is not None and assignee.workspace_id != conversation.workspace_id:
        raise Refused("not_found", "There is no such member.", status=404)
    now = stores.current().clock.now()
    with transaction.atomic():
        conversation.assignee = assignee
        conversation.save(update_fields=["assignee"])
        _note(conversation, now, _sign_in(member), "assign", {"to": _sign_in(assignee) if assignee else None})


def close(member: Member, conversation: Conversation) -> None:
    """Says that nothing is left to answer: what was paused goes on. Closing again changes nothing."""
    require_role(member, "editor")
    if conversation.status == Conversation.CLOSED:
        return
    now = stores.current().clock.now()
    with transaction.atomic():
        conversation.status = Conversation.CLOSED
        conversation.save(update_fields=["status"])
        _note(conversation, now, _sign_in(member), "close", {})
        _tell(conversation, CONVERSATION_CLOSED, {}, once=f"{conversation.number}:{now.isoformat()}", now=now)
    stores.current().link.wake()


def _reply(conversation: Conversation, text: str, *, by: str, name: str, via: str) -> None:
    """The fact is durable before the rows are committed: a failure in between leaves words that are told, not lost."""
    said, now = _checked(text), stores.current().clock.now()
    key = new_id()
    Post.objects.create(conversation=conversation, key=key, by=by, name=name, text=said, via=via, at=now)
    conversation.status, conversation.last_at = Conversation.ANSWERED, now
    conversation.save(update_fields=["status", "last_at", "assignee"])
    _note(conversation, now, by, "reply", {})
    _tell(conversation, QUESTION_REPLIED, {"text": said, "by": name}, once=key, now=now)
    stores.current().link.wake()


def _tell(conversation: Conversation, name: str, more: dict[str, Any], *, once: str, now: datetime) -> None:
    """A fact of the person whom the conversation is with; somebody who is gone is told nothing."""
    person = person_view(conversation.workspace_id, conversation.uid)
    if person is None:
        return
    fact = own_fact(
        name,
        workspace=conversation.workspace_id,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=once,
        properties={"conversation": conversation.number, **more},
    )
    stores.current().log.append([fact])


def _note(conversation: Conversation, now: datetime, actor: str, what: str, detail: dict[str, Any]) -> None:
    subject = str(conversation.number)
    record(conversation.workspace, now, actor=actor, action=f"conversation.{what}", subject=subject, detail=detail)


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refused("empty", "There is nothing in this answer.", path="text", mend="Write something.")
    if len(said) > LONGEST_TEXT:
        raise Refused("too_long", f"An answer has at most {LONGEST_TEXT} characters.", path="text")
    return said


def _sign_in(member: Member) -> str:
    return member.user.get_username()[:200]

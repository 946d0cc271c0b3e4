"""Conversations follow the facts; each is applied once, however often it is told."""

from collections.abc import Iterable, Sequence
from typing import Any

from milepost.core.events import ERASURE_ASKED, FEEDBACK_GIVEN, QUESTION_ASKED, Fact
from milepost.core.help.conversation import LONGEST_TEXT, conversation_number
from milepost.help.models import Conversation, Post


def on_facts(facts: Iterable[tuple[Fact, int]]) -> None:
    """Opens a conversation for each question, feedback and wish to be forgotten (with its person's uid). What is imported
    waits for nobody; only their own page says that somebody wants to be forgotten."""
    for fact, uid in facts:
        kind = _KINDS.get(fact.name)
        if kind is not None and fact.source != "import" and (kind != Conversation.ERASURE or fact.source == "milepost"):
            _open(fact, uid, kind)


def merge(workspace: int, uid: int, into: int) -> None:
    """What somebody asked was asked by whom they became."""
    Conversation.objects.filter(workspace_id=workspace, uid=uid).update(uid=into)


def erase(workspace: int, uids: Sequence[int]) -> None:
    """What these persons asked, and what they were answered, is gone."""
    Conversation.objects.filter(workspace_id=workspace, uid__in=uids).delete()


_KINDS = {
    QUESTION_ASKED: Conversation.QUESTION,
    FEEDBACK_GIVEN: Conversation.FEEDBACK,
    ERASURE_ASKED: Conversation.ERASURE,
}


def _open(fact: Fact, uid: int, kind: str) -> None:
    text = fact.properties.get("text")
    if not isinstance(text, str) or not text.strip():
        return
    page = fact.properties.get("page")
    row, made = Conversation.objects.get_or_create(
        workspace_id=fact.workspace,
        number=conversation_number(fact.workspace, fact.message_id),
        defaults={
            "uid": uid,
            "opened_at": fact.at,
            "last_at": fact.at,
            "page": page[:2000] if isinstance(page, str) else "",
            "kind": kind,
            **_about(fact, kind),
            "device": (fact.anonymous_id or "") if fact.user_id is None else "",
        },
    )
    if made:
        said = text.strip()[:LONGEST_TEXT]
        Post.objects.create(conversation=row, key=fact.message_id, text=said, via="in_app", at=fact.at)


def _about(fact: Fact, kind: str) -> dict[str, Any]:
    """What feedback says besides its words; what does not fit is left out."""
    if kind != Conversation.FEEDBACK:
        return {}
    mood, milestone = fact.properties.get("mood"), fact.properties.get("milestone")
    return {
        "mood": mood if mood in (1, 2, 3) else None,
        "contact": fact.properties.get("contact") is True,
        "milestone": milestone[:100] if isinstance(milestone, str) else "",
    }

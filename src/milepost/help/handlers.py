"""Conversations follow the facts; each is applied once, however often it is told."""

from collections.abc import Iterable

from milepost.core.events import QUESTION_ASKED, Fact
from milepost.core.help.conversation import LONGEST_TEXT, conversation_number
from milepost.help.models import Conversation, Post


def on_facts(facts: Iterable[tuple[Fact, int]]) -> None:
    """Opens a conversation for each question (with its person's uid). What is imported waits for nobody."""
    for fact, uid in facts:
        if fact.name == QUESTION_ASKED and fact.source != "import":
            _open(fact, uid)


def merge(workspace: int, uid: int, into: int) -> None:
    """What somebody asked was asked by whom they became."""
    Conversation.objects.filter(workspace_id=workspace, uid=uid).update(uid=into)


def _open(fact: Fact, uid: int) -> None:
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
            "device": (fact.anonymous_id or "") if fact.user_id is None else "",
        },
    )
    if made:
        said = text.strip()[:LONGEST_TEXT]
        Post.objects.create(conversation=row, key=fact.message_id, text=said, via="in_app", at=fact.at)

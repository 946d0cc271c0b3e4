"""Conversations by number."""

from milepost.core.values import number_of

LONGEST_TEXT = 5000


def conversation_number(workspace: int, message_id: str) -> int:
    """The conversation that the fact with this id opens; the same however often it is told. Below 2^53, so that a
    browser reads it without loss."""
    return number_of(workspace, "conversation", message_id) >> 10

"""The only way to get a conversation for somebody: not found and not yours look the same."""

from milepost.core.values import Refused
from milepost.help.models import Conversation
from milepost.workspace.models import Member


def access_conversation(member: Member, number: int) -> Conversation:
    """The conversation of the member's workspace. Raises Refused (404)."""
    return conversation_of(member.workspace_id, number)


def conversation_of(workspace_id: int, number: int) -> Conversation:
    """For whoever speaks for the whole workspace (its secret key). Raises Refused (404)."""
    found = Conversation.objects.filter(workspace_id=workspace_id, number=number).first()
    if found is None:
        raise Refused("no_such_conversation", "There is no such conversation.", status=404)
    return found

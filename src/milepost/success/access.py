"""The only way to get a task for somebody: not found and not yours look the same."""

from milepost.core.values import Refused
from milepost.success.models import Task
from milepost.workspace.models import Member


def access_task(member: Member, task_id: int) -> Task:
    """The task of the member's workspace. Raises Refused (404)."""
    return task_of(member.workspace_id, task_id)


def task_of(workspace_id: int, task_id: int) -> Task:
    """For whoever speaks for the whole workspace (its secret key). Raises Refused (404)."""
    found = Task.objects.filter(workspace_id=workspace_id, pk=task_id).first()
    if found is None:
        raise Refused("no_such_task", "There is no such task.", status=404)
    return found

"""What somebody of the team is asked to do for somebody."""

from typing import ClassVar

from django.db import models

#: What a task is `about` that comes of somebody's own wish to be forgotten.
ERASURE = "erasure"
#: The `uid` of a task that is about no one person.
NOBODY = 0


class Task(models.Model):
    """One thing to do, mostly for one person. `key` is the effect's: asked for again, it is the same task.

    `about` is the definition that asked for it (`obstacle:MILESTONE/KEY`, `journey:KEY`, `milestone:KEY`,
    `message:KEY`, `risk:KEY`, `segment:KEY`, `plan_template:KEY`, `content:KEY`), or `erasure`; `reason` why, in words,
    `outcome` what came of it.
    """

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    uid = models.BigIntegerField()
    title = models.CharField(max_length=300)
    about = models.CharField(max_length=300, default="")
    reason = models.TextField(default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    assignee = models.ForeignKey("workspace.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, default="")  # who of the team, by their sign-in
    outcome = models.TextField(default="")
    carried = models.JSONField(default=list)  # [{of, name, said}]: what whoever takes somebody over should know

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="a_task_key_is_used_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "created_at"], name="open_tasks", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(fields=["workspace", "uid"], name="tasks_of_a_person"),
        ]

"""Conversations with people, and what was said in them."""

from typing import ClassVar

from django.db import models


class Conversation(models.Model):
    """One question and everything that followed from it.

    `number` is derived from the fact that asked (`core.help.conversation_number`), so that asking again in a replay, or
    after a lost answer, is the same conversation. `device` is the anonymous id on which it was asked by somebody who had
    not proven who they are, else empty: all that an unsigned session may see of it. `kind` is what they came with; of
    feedback `mood` is 1 (bad) to 3 (good), `contact` whether they may be written to about it, and `milestone` where they
    were on their way.
    """

    OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
    STATUSES = (OPEN, ANSWERED, CLOSED)
    QUESTION, FEEDBACK, ERASURE = "question", "feedback", "erasure"

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField()
    uid = models.BigIntegerField()
    status = models.CharField(max_length=10, default=OPEN)  # open | answered | closed
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    assignee = models.ForeignKey("workspace.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    page = models.CharField(max_length=2000, default="")  # where they were when they asked
    device = models.CharField(max_length=255, default="")
    kind = models.CharField(max_length=10, default=QUESTION)  # question | feedback | erasure
    mood = models.PositiveSmallIntegerField(null=True)
    contact = models.BooleanField(default=True)
    milestone = models.CharField(max_length=100, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "number"], name="a_conversation_number_is_given_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "status", "-last_at"], name="conversations_by_status"),
            models.Index(fields=["workspace", "uid"], name="conversations_of_a_person"),
            models.Index(fields=["workspace", "device"], name="conversations_of_a_device"),
        ]


class Post(models.Model):
    """One thing that was said. `key` says which: the id of the fact that tells it. Absent: `by` is empty for what the
    person said, and for a member it is who of the team (their sign-in), `name` how the person sees them."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="posts")
    key = models.CharField(max_length=100)
    by = models.CharField(max_length=200, default="")
    name = models.CharField(max_length=200, default="")
    text = models.TextField()
    via = models.CharField(max_length=20, default="in_app")  # in_app | console | api
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "key"], name="a_post_is_kept_once")]
        ordering: ClassVar = ["at", "id"]

"""What the team writes: drafts, and releases that never change."""

from typing import ClassVar

from django.db import models


class Draft(models.Model):
    """The text being worked on; one a workspace in this release."""

    workspace = models.OneToOneField("workspace.Workspace", on_delete=models.CASCADE, related_name="draft")
    text = models.TextField()
    before = models.TextField(null=True)  # what one edit of a definition can be taken back to
    base = models.ForeignKey("Release", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, default="")


class Release(models.Model):
    """An immutable program: named by its digest, numbered for people. The highest number of a workspace is current."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    text = models.TextField()  # the YAML as typed, with its comments
    document = models.BinaryField()  # what `core.program.upcast` keeps of the documents
    base = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=200, default="")
    reasons = models.JSONField(default=dict)  # rule id → why it was released all the same

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "number"], name="a_release_number_is_given_once")
        ]

"""What the loop keeps: where it is, each subject's state, timers, intentions, and why it decided as it did.

Rows are written by SQL in `store.py`, many at a time; the models are their definition and how others read them.
"""

from typing import ClassVar

from django.db import models


class Position(models.Model):
    """How far a reader of the log has come."""

    reader = models.CharField(max_length=50, primary_key=True)
    seq = models.BigIntegerField(default=0)


class Conclusions(models.Model):
    """What a round has concluded, as JSON of its facts, until it is known to stand in the log."""

    body = models.BinaryField()


class SetAside(models.Model):
    """A fact, or a person's state, on which the loop made a mistake: kept for us to mend, so that all others go on."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)  # of the fact
    uid = models.BigIntegerField(null=True)  # of the person whose moment it was
    error = models.TextField()


class SubjectState(models.Model):
    """A person's state (`core.engine.state.State` as MessagePack), by uid. `wake_at`: when time alone may change it."""

    uid = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    release = models.PositiveIntegerField()
    wake_at = models.DateTimeField(null=True)
    body = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["wake_at"], name="states_by_wake", condition=models.Q(wake_at__isnull=False)),
            models.Index(fields=["workspace", "release", "uid"], name="states_by_release"),
        ]


class MilestoneReached(models.Model):
    """The projection of *Milestone Reached*: first instants under the current release; a recompute rewrites it."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    uid = models.BigIntegerField()
    milestone = models.CharField(max_length=100)
    at = models.DateTimeField()
    seq = models.BigIntegerField()  # of the fact that did it; -1 when time alone did
    release = models.PositiveIntegerField()
    retroactive = models.BooleanField(default=False)
    evidence = models.JSONField(default=dict)  # {"kind": "event", "fact": message id, …}
    test = models.BooleanField(default=False)  # a test did it: it counts for the person, and in no number

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "uid", "milestone"], name="a_milestone_is_reached_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "milestone", "at"], name="reached_by_time")]


class Decision(models.Model):
    """Why: one row for each decision that acted, changed something or was held by a limit."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    uid = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)  # milestone | content | message
    definition = models.CharField(max_length=100)
    outcome = models.CharField(max_length=20)  # reached | shown | sent | held | dropped
    release = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    reason = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "uid", "-at"], name="decisions_of_a_person")]


class StuckNow(models.Model):
    """The projection of what states say of obstacles, so that everybody who is stuck is found at once."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    uid = models.BigIntegerField()
    milestone = models.CharField(max_length=100)
    obstacle = models.CharField(max_length=100)
    at = models.DateTimeField()
    helped_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    help = models.CharField(max_length=120, default="")  # what came, as `kind:key`

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["uid", "milestone", "obstacle"], name="a_person_is_stuck_once_on_an_obstacle"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "milestone", "obstacle"], name="stuck_by_obstacle")]


class SegmentMember(models.Model):
    """The projection of who is in which segment now."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    segment = models.CharField(max_length=100)
    uid = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uid", "segment"], name="a_person_is_in_a_segment_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "segment", "-since"], name="members_by_segment")]


class OutboxEntry(models.Model):
    """The embedded outbox (`log.outbox`), beside the state so that one transaction writes both."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    kind = models.CharField(max_length=50)
    payload = models.BinaryField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="an_effect_key_is_used_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outbox_by_due", condition=models.Q(state__in=["waiting", "claimed"]))
        ]

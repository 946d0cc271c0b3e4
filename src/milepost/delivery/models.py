"""What was sent and shown, and to whom nothing may be sent."""

from typing import ClassVar

from django.db import models


class Delivery(models.Model):
    """One message to one person, from the first attempt to its end."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    uid = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    message = models.CharField(max_length=100)
    purpose = models.CharField(max_length=10)
    address = models.CharField(max_length=320)
    subject = models.TextField(default="")
    message_id = models.CharField(max_length=255, default="")
    status = models.CharField(max_length=20)  # sending | sent | retrying | failed | skipped
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)  # when its link was spent, for good
    opened_at = models.DateTimeField(null=True)  # when somebody, and no machine, first looked at it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="a_delivery_key_is_used_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-created_at", "id"], name="deliveries_by_time"),
            models.Index(fields=["workspace", "uid"], name="deliveries_of_a_person"),
        ]


class HostEndpoint(models.Model):
    """Where the host product takes requests for sample data, and what these are signed with: for a while also with the
    secret before, so that one can follow another without a gap."""

    workspace = models.OneToOneField("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=2000)
    #: The secrets, encrypted with the home folder's key.
    sealed = models.BinaryField()
    sealed_before = models.BinaryField(default=b"")
    turned_at = models.DateTimeField()  # since when the newer one is there
    gone_at = models.DateTimeField(null=True)  # when it said that it is gone for good


class SampleRequest(models.Model):
    """The host product was asked for the sample data of a template for one person. What failed is asked again under the
    same `request`, by which the host can tell that it has made them after all."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    request = models.CharField(max_length=64)
    uid = models.BigIntegerField()
    template = models.CharField(max_length=100)
    effect = models.CharField(max_length=300)  # the key of the effect that asks now, or asked last
    status = models.CharField(max_length=10)  # asking | made | failed | removed
    attempts = models.PositiveIntegerField(default=0)
    ids = models.JSONField(default=list)
    error = models.TextField(default="")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "request"], name="a_sample_request_is_made_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "uid", "template"], name="samples_of_a_person"),
            models.Index(fields=["workspace", "-asked_at"], name="samples_by_time"),
        ]


class Suppression(models.Model):
    """An address that must not be written to: a hard bounce, a complaint, or the person's own wish."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    purpose = models.CharField(max_length=10)  # all | care | marketing
    reason = models.CharField(max_length=30)  # unsubscribed | bounced | complained
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "address", "purpose"], name="an_address_is_suppressed_once"
            )
        ]


class Piece(models.Model):
    """An in-app piece for one person. `id` grows with time: a stream that was cut resumes after the last one it saw.

    `device` is the anonymous id on which it was made while the person was still anonymous, else empty: the only pieces
    that a stream without a signed identity may carry.
    """

    OPEN = ("waiting", "shown", "snoozed")
    CLOSED = ("completed", "dismissed", "refused", "ended")

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    uid = models.BigIntegerField()
    device = models.CharField(max_length=255, default="")
    content = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    body = models.BinaryField()  # JSON of what the browser draws, rendered at the decision (`core.delivery.piece`)
    status = models.CharField(max_length=10, default="waiting")
    step = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # rises when what it shows has changed
    snoozed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="a_piece_key_is_used_once")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "uid", "id"], name="pieces_of_a_person"),
            models.Index(fields=["workspace", "device", "id"], name="pieces_of_a_device"),
        ]


class LessonPassed(models.Model):
    """A lesson that somebody has finished who was signed for, and of whose quiz the server found the answers right: what a
    certificate rests on."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    uid = models.BigIntegerField()
    content = models.CharField(max_length=100)
    lesson = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "uid", "content", "lesson"], name="a_lesson_is_passed_once")
        ]

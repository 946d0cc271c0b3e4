"""Tenants, the people of a team and the keys that open a workspace's doors."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Workspace(models.Model):
    """One team's world. No row of another workspace exists for its members."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()
    #: A call that names a user and is not signed is refused.
    signed_only = models.BooleanField(default=False)
    #: How pieces look (`core.delivery.look`), as far as the team has said.
    look = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.slug


class Key(models.Model):
    """A key of the API. Looked up by its hash; kept encrypted too, so that `milepost keys` can print it."""

    WRITE, SECRET = "write", "secret"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=[(WRITE, "write"), (SECRET, "secret")])
    hash = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class IdentityKey(models.Model):
    """What the host product signs the ids of its users with: a secret that both sides have, or the public half of a key
    of its own. Several may be live at once, so that one can follow another without a gap."""

    SECRET, PUBLIC = "secret", "public"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="identity_keys")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=[(SECRET, "secret"), (PUBLIC, "public key")])
    #: The one algorithm in which tokens of this key are believed.
    algorithm = models.CharField(max_length=10)
    #: How tokens name the key.
    kid = models.CharField(max_length=100)
    #: The secret, or the public key as PEM, encrypted with the home folder's key.
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kid"], name="a_kid_names_one_key_of_a_workspace")
        ]


class Member(models.Model):
    """Somebody of the team in one workspace."""

    ROLES = ("owner", "editor", "viewer")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES])
    locale = models.CharField(max_length=10, default="", blank=True)
    #: The password that Milepost itself chose, encrypted, so that it can be shown until its owner changes it.
    first_password = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="a_user_is_one_member_of_a_workspace")
        ]


class AuditEntry(models.Model):
    """Who did what: each change that a member or a key made."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)


class Site(models.Model):
    """An origin of the customer's own on which members may edit pieces. `page` is the address that was opened there last;
    empty before the first time."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sites")
    origin = models.CharField(max_length=300)
    page = models.CharField(max_length=2000, default="", blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "origin"], name="an_origin_is_one_site_of_a_workspace")
        ]


class Editing(models.Model):
    """A member at work on a page of the customer's: the link that opens it is spent once (`begun_at`), and what comes of
    it is good for one origin, until it is over (`ended_at`)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=300)
    kind = models.CharField(max_length=30, default="")  # what is to be edited first; empty: the member chooses
    key = models.CharField(max_length=100, default="")
    made_at = models.DateTimeField(db_index=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

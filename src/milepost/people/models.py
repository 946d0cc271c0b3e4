"""Persons, their identities, accounts and memberships: a projection of the facts, rebuildable by replay."""

from typing import ClassVar

from django.db import models


class Person(models.Model):
    """`id` is derived from the first identity (`core.people.identity.uid_of`), so that a replay gives the same."""

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="people")
    #: The id by which the outside knows the person: the first user id, before that the anonymous id.
    key = models.CharField(max_length=255)
    user_id = models.CharField(max_length=255, null=True)
    name = models.CharField(max_length=255, default="")
    email = models.CharField(max_length=320, default="")
    traits = models.JSONField(default=dict)
    #: When each trait was written (`core.people.profile.WrittenAt`): a late fact does not overwrite a later one.
    traits_at = models.JSONField(default=dict)
    zone = models.CharField(max_length=64, default="")
    locale = models.CharField(max_length=35, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-last_seen_at", "id"], name="people_by_last_seen"),
            models.Index(fields=["workspace", "key"], name="people_by_key"),
            models.Index(fields=["workspace", "email"], name="people_by_email"),
        ]


class Identity(models.Model):
    """An id that leads to a person: a user id or an anonymous id."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # user | anonymous
    value = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    #: Somebody has opened a stream with the host product's signature for this user id. No projection: it guards one.
    proven = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind", "value"], name="an_id_leads_to_one_person")
        ]


class Account(models.Model):
    """Somebody who pays, or may pay: a company, a family, a person."""

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="accounts")
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=255, default="")
    traits = models.JSONField(default=dict)
    traits_at = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="an_account_key_is_used_once")
        ]


class Membership(models.Model):
    """What a person is in an account. Ending one role leaves the others, and all history, as they are.

    `since_seq` and `ended_seq` are the log's numbers of the facts that said so: whose account a fact is, and who hears of
    an account, goes by them, so that a replay comes to the same however many facts it takes at a time.
    """

    ROLES = ("user", "buyer", "admin", "employee")

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES])
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    since_seq = models.BigIntegerField(default=0)
    ended_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "account", "role"], name="a_role_is_held_once")
        ]


class Referral(models.Model):
    """The code in the link by which a person brings friends. It stays theirs, also when they turn out to be another."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="referrals")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "code"], name="a_referral_code_leads_to_one_person")
        ]


class Friend(models.Model):
    """Somebody who came by a friend's link, and is credited to that friend; once, however many links they follow."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="came_by")
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="friends")
    at = models.DateTimeField()


class Erasure(models.Model):
    """Somebody is to be forgotten, or was. Once it is done nothing here says who: `uid` is None then, and `facts` how many
    facts of theirs the log had."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    uid = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    facts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "uid"], name="a_person_waits_once_to_be_forgotten")
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="erasures_to_do", condition=models.Q(done_at__isnull=True))
        ]


class Forgotten(models.Model):
    """An id that was forgotten, and when, by its keyed hash (`people.erasure`): what comes later but happened before is
    not kept either, be it a client that was offline or an old export that is imported again."""

    workspace = models.ForeignKey("workspace.Workspace", on_delete=models.CASCADE, related_name="+")
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "hash"], name="an_id_was_forgotten_last_at_one_time")
        ]

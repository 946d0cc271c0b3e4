"""The host product's own server: where it is asked for something, and what these requests are signed with."""

import secrets as chance
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from msgspec import Struct

from milepost.core.delivery.webhook import written_secret
from milepost.core.values import Refused
from milepost.delivery.models import HostEndpoint
from milepost.delivery.outgoing import checked
from milepost.log.secrets import sealer
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Member

#: How long the secret before signs too.
_BOTH = timedelta(days=1)
_LENGTH = 32


class Host(Struct, frozen=True, kw_only=True):
    """`secrets`: the newest first."""

    url: str
    secrets: tuple[str, ...]


def host_of(workspace_id: int, now: datetime) -> Host | None:
    """None while nobody has named one, and once it has said that it is gone."""
    row = HostEndpoint.objects.filter(workspace_id=workspace_id, gone_at=None).first()
    if row is None:
        return None
    before = [_open(row.sealed_before)] if row.sealed_before and now - row.turned_at < _BOTH else []
    return Host(url=row.url, secrets=(_open(row.sealed), *before))


def endpoint_of(workspace_id: int) -> HostEndpoint | None:
    return HostEndpoint.objects.filter(workspace_id=workspace_id).first()


def name_host(member: Member, url: str, now: datetime) -> str:
    """The host is asked there from now on; the secret where there was none, else "". Raises Refused for an address that
    may not be sent to, and for who is no owner."""
    require_role(member, "owner")
    with transaction.atomic():
        fresh = keep_endpoint(member.workspace_id, checked(url), now)
        _note(member, now, "host.name", url.strip())
    return fresh


@transaction.atomic
def keep_endpoint(workspace_id: int, url: str, now: datetime) -> str:
    """The secret where there was none, else ""."""
    row = HostEndpoint.objects.select_for_update().filter(workspace_id=workspace_id).first()
    if row is not None:
        row.url, row.gone_at = url, None
        row.save(update_fields=["url", "gone_at"])
        return ""
    fresh = _new()
    HostEndpoint.objects.create(workspace_id=workspace_id, url=url, sealed=_sealed(fresh), turned_at=now)
    return fresh


@transaction.atomic
def turn_secret(member: Member, now: datetime) -> str:
    """A new secret, which is shown this once; the one before signs beside it for a day. Raises Refused where there is no
    host, and for who is no owner."""
    require_role(member, "owner")
    row = HostEndpoint.objects.select_for_update().filter(workspace_id=member.workspace_id).first()
    if row is None:
        raise Refused("no_host", "There is no address yet that could be signed for.", status=409)
    fresh = _new()
    row.sealed, row.sealed_before, row.turned_at = _sealed(fresh), row.sealed, now
    row.save(update_fields=["sealed", "sealed_before", "turned_at"])
    _note(member, now, "host.secret", row.url)
    return fresh


@transaction.atomic
def forget_host(member: Member, now: datetime) -> None:
    """Nobody is asked any more; the pages make their samples themselves. Doing it again changes nothing."""
    require_role(member, "owner")
    row = endpoint_of(member.workspace_id)
    if row is not None:
        row.delete()
        _note(member, now, "host.forget", row.url)


def close_host(workspace_id: int, now: datetime) -> None:
    """It has answered that it is gone: nothing is sent there until somebody names it anew."""
    HostEndpoint.objects.filter(workspace_id=workspace_id).update(gone_at=now)


def _new() -> str:
    return written_secret(chance.token_bytes(_LENGTH))


def _sealed(secret: str) -> bytes:
    return sealer(settings.SECRET_KEY).encrypt(secret.encode())


def _open(sealed: bytes | memoryview) -> str:
    return sealer(settings.SECRET_KEY).decrypt(bytes(sealed)).decode()


def _note(member: Member, now: datetime, action: str, subject: str) -> None:
    record(member.workspace, now, actor=member.user.get_username(), action=action, subject=subject[:300])

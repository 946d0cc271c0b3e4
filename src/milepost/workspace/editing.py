"""Editing on the customer's own page: a link is opened once, and what comes of it is a session of one member, on one
origin, for an hour.

1. The link's token is signed, good for two minutes and spent by its first use; so is nothing else made of it. It opens
   pages of its own workspace alone, which a page shows by its write key: else anybody could have a workspace, name somebody
   else's site as theirs, and send people links that draw their pieces there.
2. The session's token is signed and good for an hour; whoever holds it may do what the member may do *now*, and only from
   that origin: member, role and site are asked again with every request.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from milepost.core.values import Refused
from milepost.log.secrets import sealer
from milepost.workspace import keys
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Editing, Key, Member, Site
from milepost.workspace.sites import is_site, origin_of

LINK_LASTS = timedelta(minutes=2)
SESSION_LASTS = timedelta(hours=1)
_KEPT = timedelta(days=1)


def open_editing(member: Member, address: str, now: datetime, *, kind: str = "", key: str = "") -> str:
    """The token for the link to a page of the customer's. Raises Refused for a page that is on none of the workspace's
    sites, and for a member who may not edit."""
    require_role(member, "editor")
    origin = origin_of(address)
    if not is_site(member.workspace_id, origin):
        raise Refused(
            "no_site", f"{origin} is none of your sites.", mend="An owner adds it in the settings.", path="address"
        )
    with transaction.atomic():
        Editing.objects.filter(workspace_id=member.workspace_id, made_at__lt=now - _KEPT).delete()
        seen = {"page": address, "opened_at": now}
        Site.objects.update_or_create(workspace_id=member.workspace_id, origin=origin, defaults=seen)
        made = Editing.objects.create(
            workspace_id=member.workspace_id, member=member, origin=origin, kind=kind, key=key, made_at=now
        )
        record(member.workspace, now, actor=member.user.get_username(), action="editing.open", subject=origin)
    return _sealed("link", made, now)


def begin(token: str, origin: str, write_key: str, now: datetime) -> tuple[str, Editing]:
    """The session that the link opens, once, on a page with this key. Raises Refused: 401 for a link that is not ours, too
    old, or was used, 403 on a page of another workspace."""
    made = _found("link", token, LINK_LASTS, now)
    if made is None or made.origin != origin:
        raise _over()
    if keys.find(write_key, Key.WRITE) != made.workspace_id:
        mend = "Open it from the workspace whose write key the page has."
        raise Refused("other_workspace", "This page belongs to another workspace.", mend=mend, status=403)
    if not Editing.objects.filter(pk=made.pk, begun_at=None).update(begun_at=now):
        raise _over()
    return _sealed("session", made, now), made


def access_editing(token: str, origin: str, now: datetime) -> Editing:
    """The session of whoever asks, with its member as they are now. Raises Refused: 401 when it is over or was never
    ours, 403 from another origin, or when the member may not edit any more."""
    found = _found("session", token, SESSION_LASTS, now)
    if found is None or found.ended_at is not None:
        raise _over()
    if found.origin != origin or not is_site(found.workspace_id, origin):
        raise Refused("other_origin", "This session belongs to another site.", status=403)
    require_role(found.member, "editor")
    return found


def end(editing: Editing, now: datetime) -> None:
    Editing.objects.filter(pk=editing.pk, ended_at=None).update(ended_at=now)


def end_about(workspace_id: int, uids: Sequence[int]) -> None:
    """Nobody looks on the page for these persons any more: what was opened for one (its key is their number) is gone."""
    Editing.objects.filter(workspace_id=workspace_id, key__in=[str(uid) for uid in uids]).delete()


def _sealed(purpose: str, editing: Editing, now: datetime) -> str:
    body = msgspec.msgpack.encode((purpose, editing.pk))
    return sealer(settings.SECRET_KEY, "editing").encrypt_at_time(body, int(now.timestamp())).decode().rstrip("=")


def _found(purpose: str, token: str, lasts: timedelta, now: datetime) -> Editing | None:
    """Absent: None for a token that is not ours, is for something else or too old, and for a member who is none any
    more."""
    padded = token + "=" * (-len(token) % 4)
    try:
        body = sealer(settings.SECRET_KEY, "editing").decrypt_at_time(
            padded.encode(), int(lasts.total_seconds()), int(now.timestamp())
        )
    except (InvalidToken, ValueError):
        return None
    said, number = msgspec.msgpack.decode(body, type=tuple[str, int])
    if said != purpose:
        return None
    found = Editing.objects.select_related("member__user", "member__workspace").filter(pk=number).first()
    return found if found is not None and found.member.user.is_active else None


def _over() -> Refused:
    return Refused(
        "editing_over", "This link or session is over.", mend="Open the page again from Milepost.", status=401
    )

"""The customer's own sites: where members may edit pieces on the real page."""

import ipaddress
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from milepost.core.values import Refused
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Member, Site

_LONGEST = 2000


def origin_of(address: str) -> str:
    """The origin of a page's address, as browsers write it. Raises Refused for what is no page of the web, and for one
    that others could read on its way."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise _no_address() from error
    if parts.scheme not in ("http", "https") or not host or parts.username or len(address) > _LONGEST:
        raise _no_address()
    usual = {"http": 80, "https": 443}[parts.scheme]
    name = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, usual) else "")
    if parts.scheme == "http" and not _is_here(host) and origin != own_origin():
        raise Refused("insecure", "A page without https could be read on its way.", mend="Use its https:// address.")
    return origin


def own_origin() -> str:
    """Where this console is; the pages of an example stand there too."""
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def is_known(origin: str) -> bool:
    """Whether any workspace has this site: what a browser may be told before anybody said who they are."""
    return origin == own_origin() or Site.objects.filter(origin=origin).exists()


def is_site(workspace_id: int, origin: str) -> bool:
    return origin == own_origin() or Site.objects.filter(workspace=workspace_id, origin=origin).exists()


def sites(workspace_id: int) -> list[Site]:
    """The one that was opened last stands first."""
    found = Site.objects.filter(workspace=workspace_id).order_by("origin")
    return sorted(found, key=lambda site: site.opened_at.timestamp() if site.opened_at else 0, reverse=True)


def add_site(member: Member, address: str, now: datetime) -> str:
    """Lets members edit on this site; its origin. Raises Refused for what is no address, and for who is no owner."""
    require_role(member, "owner")
    origin = origin_of(address)
    with transaction.atomic():
        _, added = Site.objects.get_or_create(workspace_id=member.workspace_id, origin=origin)
        if added:
            _note(member, now, "site.add", origin)
    return origin


def remove_site(member: Member, origin: str, now: datetime) -> None:
    """Ends every editing there too: each request asks for the site again."""
    require_role(member, "owner")
    with transaction.atomic():
        if Site.objects.filter(workspace_id=member.workspace_id, origin=origin).delete()[0]:
            _note(member, now, "site.remove", origin)


def _note(member: Member, now: datetime, action: str, origin: str) -> None:
    record(member.workspace, now, actor=member.user.get_username(), action=action, subject=origin)


def _is_here(host: str) -> bool:
    """Whether it is this very machine: what is sent there goes over no wire."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _no_address() -> Refused:
    return Refused("address", "This is no address of a page.", path="address", mend="It begins with https://.")

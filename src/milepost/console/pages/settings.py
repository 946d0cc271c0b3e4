"""Settings: how to install, keys, the team, and who changed what."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from milepost.console.pages.install import Install, gather_install
from milepost.workspace import keys, queries
from milepost.workspace.models import AuditEntry, Key, Member, Site
from milepost.workspace.sites import own_origin, sites


@dataclass(frozen=True, slots=True)
class InstallPage:
    """`first_password`: they still sign in with the one that was printed."""

    install: Install
    first_password: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """Absent: `token` is empty where only the hint may be shown."""

    id: int
    kind: str
    hint: str
    token: str
    created_at: datetime
    is_last: bool


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Absent: `fresh` is the text of a key made just now, empty otherwise; it is shown this once."""

    rows: tuple[KeyRow, ...]
    fresh: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Absent: `invitation` is the link for somebody who was invited just now, empty otherwise."""

    members: tuple[Member, ...]
    roles: tuple[str, ...]
    invitation: str = ""
    invited: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class SitesPage:
    """`own` is where this console is; pieces are edited there without being asked."""

    sites: tuple[Site, ...]
    own: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: tuple[AuditEntry, ...]


def gather_install_page(member: Member) -> InstallPage:
    return InstallPage(gather_install(member.workspace), first_password=member.first_password is not None)


def gather_keys(workspace_id: int, *, fresh: str = "", error: str = "") -> KeysPage:
    live = queries.live_keys(workspace_id)
    return KeysPage(tuple(_key(key, live) for key in live), fresh, error)


def _key(key: Key, live: list[Key]) -> KeyRow:
    """A write key stands in every page of the product anyway; a secret key is never shown again."""
    is_last = sum(other.kind == key.kind for other in live) == 1
    return KeyRow(
        key.pk, key.kind, key.hint, keys.reveal(key) if key.kind == Key.WRITE else "", key.created_at, is_last
    )


def gather_team(workspace_id: int, *, invitation: str = "", invited: str = "", error: str = "") -> TeamPage:
    return TeamPage(tuple(queries.members(workspace_id)), Member.ROLES, invitation, invited, error)


def gather_audit(workspace_id: int) -> AuditPage:
    return AuditPage(tuple(queries.audit(workspace_id)))


def public_url(path: str) -> str:
    """The whole address of a path of this server, as others reach it."""
    return f"{settings.PUBLIC_URL}{path}"


def gather_sites(workspace_id: int, *, error: str = "") -> SitesPage:
    own = own_origin()
    return SitesPage(tuple(site for site in sites(workspace_id) if site.origin != own), own, error)

"""Signed identity: the keys by which the host product vouches for its users."""

from dataclasses import dataclass
from datetime import datetime

from milepost.core.values import Unavailable
from milepost.insights.signed import SignedCoverage, signed_coverage
from milepost.log import stores
from milepost.workspace import queries
from milepost.workspace.identity_actions import NewSecret
from milepost.workspace.models import IdentityKey, Member


@dataclass(frozen=True, slots=True)
class IdentityKeyRow:
    """Absent: `used_at` None: not used yet, or not since the last restart's first use; `revoked_at` None: it is live."""

    id: int
    name: str
    is_secret: bool
    algorithm: str
    kid: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """Absent: `coverage` None while the event store cannot be asked; `fresh` None unless a secret was made just now, which
    is shown this once. `given`: what was typed into a form that was not taken, `wrong` the field that it failed for."""

    rows: tuple[IdentityKeyRow, ...]
    signed_only: bool
    coverage: SignedCoverage | None
    fresh: NewSecret | None = None
    error: str = ""
    mend: str = ""
    wrong: str = ""
    given: dict[str, str] | None = None


def gather_identity(member: Member, now: datetime, **said: object) -> IdentityPage:
    rows = tuple(_row(key) for key in queries.identity_keys(member.workspace_id))
    coverage = _coverage(member.workspace_id, now)
    return IdentityPage(rows, member.workspace.signed_only, coverage, **said)  # type: ignore[arg-type] # the page's own fields


def _coverage(workspace_id: int, now: datetime) -> SignedCoverage | None:
    try:
        return signed_coverage(stores.current().events, workspace_id, now)
    except Unavailable:
        return None


def _row(key: IdentityKey) -> IdentityKeyRow:
    return IdentityKeyRow(
        id=key.pk,
        name=key.name,
        is_secret=key.kind == IdentityKey.SECRET,
        algorithm=key.algorithm,
        kid=key.kid,
        created_at=key.created_at,
        used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )

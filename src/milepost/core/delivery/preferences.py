"""How somebody wants to be treated: how often, not before when, and by what channels not at all.

They say so on a page of their own, and it is kept as their trait `preferences`:
`{pace: weekly, paused_until: 2026-12-31T00:00:00+00:00, off: [telegram]}`. Only what that page says counts: a browser may
write the trait, but not in Milepost's own name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

TRAIT = "preferences"
Pace = Literal["usual", "weekly", "monthly"]
PACES: tuple[Pace, ...] = get_args(Pace)
#: At most one message in so long.
GAPS: Mapping[str, timedelta] = {"weekly": timedelta(days=7), "monthly": timedelta(days=30)}
PAUSES = (7, 14, 30, 90)


class Preferences(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`off` are channels. Absent: `paused_until` None: no pause."""

    pace: Pace = "usual"
    paused_until: datetime | None = None
    off: tuple[str, ...] = ()


def preferences_of(traits: Mapping[str, Any]) -> Preferences:
    """Those of somebody with these traits; what cannot be read is as if it had never been said."""
    try:
        return msgspec.convert(traits.get(TRAIT) or {}, Preferences, strict=False)
    except msgspec.ValidationError:
        return Preferences()

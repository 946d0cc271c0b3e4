"""Facts: what happened, in the past tense, never edited.

A fact enters as a Segment call or as something that Milepost itself did, and every fact has one *name*: the event's for
`track`, and the names below for the other calls, so that a condition can ask for any of them with `did`.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

FactKind = Literal["track", "identify", "page", "screen", "group", "alias"]

#: The name of the fact that a Segment call leaves which carries no event name of its own.
NAME_OF_KIND: dict[FactKind, str] = {
    "identify": "Identified",
    "page": "Page Viewed",
    "screen": "Screen Viewed",
    "group": "Grouped",
    "alias": "Aliased",
}

#: Where a fact came from: a client just now, an import of the past, or Milepost itself.
Source = Literal["live", "import", "milepost"]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened.

    Shapes: `properties` are the event's, or the traits of `identify` and `group`. `context` is Segment's, as sent.
    Units: instants are aware UTC; `at` is corrected for the client's clock, `received_at` is the server's.
    Absent: `seq` is 0 until the log has numbered the fact; an identity that was not sent is None, never "".
    """

    workspace: int
    kind: FactKind
    name: str
    at: datetime
    received_at: datetime
    message_id: str
    seq: int = 0
    source: Source = "live"
    user_id: str | None = None
    anonymous_id: str | None = None
    group_id: str | None = None
    previous_id: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


# Names that Milepost itself writes. One table, so that what is emitted and what is asked for cannot drift apart.
MESSAGE_SENT = "Message Sent"
MESSAGE_FAILED = "Message Failed"
EMAIL_BOUNCED = "Email Bounced"
EMAIL_OPENED = "Email Opened"
EMAIL_CLICKED = "Email Link Clicked"
UNSUBSCRIBED = "Unsubscribed"
RESUBSCRIBED = "Resubscribed"
CONTENT_SHOWN = "Content Shown"
CONTENT_STEP_SEEN = "Content Step Seen"
CONTENT_COMPLETED = "Content Completed"
CONTENT_DISMISSED = "Content Dismissed"
CONTENT_SNOOZED = "Content Snoozed"
CONTENT_REFUSED = "Content Refused"  # "never show this again"
CONTENT_STARTED = "Content Started"  # asked for: milepost.start(key), or a deep link
TARGET_MISSING = "Target Missing"
MILESTONE_REACHED = "Milestone Reached"

#: Facts in Title Case are the truth; these are the snake_case names that exports and webhooks may ask for.
SNAKE_NAMES: dict[str, str] = {
    CONTENT_SHOWN: "flow_started",
    CONTENT_STEP_SEEN: "flow_step_seen",
    CONTENT_COMPLETED: "flow_completed",
    CONTENT_DISMISSED: "flow_ended",
    TARGET_MISSING: "tooltip_target_missing",
    MILESTONE_REACHED: "milestone_reached",
    "Page Viewed": "page_viewed",
}

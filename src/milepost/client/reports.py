"""What a browser reports about a piece, as facts."""

from datetime import datetime
from typing import Any

from milepost.client.tokens import Session
from milepost.core.delivery.report import Report, told_by
from milepost.core.events import Fact
from milepost.core.program.document import Document


def fact_of(report: Report, session: Session, document: Document, now: datetime, *, format: str | None = None) -> Fact:
    """`format`: the way in which the piece was drawn, where there are several."""
    return own_fact(session, report.fact, told_by(report, now, document, format=format), report.message_id, now)


def own_fact(session: Session, name: str, properties: dict[str, Any], message_id: str, now: datetime) -> Fact:
    """A fact about this session's person, told by Milepost itself."""
    return Fact(
        workspace=session.workspace,
        kind="track",
        name=name,
        at=now,
        received_at=now,
        message_id=message_id,
        source="milepost",
        user_id=session.user_id,
        anonymous_id=session.device,
        properties={key: value for key, value in properties.items() if value is not None},
        context={"test": True} if session.test else {},
    )

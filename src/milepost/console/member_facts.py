"""What a member says of a person becomes a fact, and an entry of the audit."""

from typing import Any

from django.db import transaction

from milepost.core.events import Fact
from milepost.log import stores
from milepost.log.clock import new_id
from milepost.people.models import Person
from milepost.workspace.audit import record
from milepost.workspace.models import Member


def say(member: Member, person: Person, name: str, properties: dict[str, Any], *, action: str) -> None:
    """Writes the fact down as if it had just happened; the engine answers it within a moment.

    Raises Unavailable when it cannot be kept; then nothing is noted either.
    """
    connected = stores.current()
    now = connected.clock.now()
    fact = Fact(
        workspace=member.workspace_id,
        kind="track",
        name=name,
        at=now,
        received_at=now,
        message_id=f"console:{new_id()}",
        source="milepost",
        user_id=person.user_id,
        anonymous_id=None if person.user_id else person.key,
        properties=properties,
    )
    with transaction.atomic():
        record(
            member.workspace,
            now,
            actor=member.user.get_username(),
            action=action,
            subject=person.key,
            detail=dict(properties),
        )
        connected.log.append([fact])
    connected.link.wake()

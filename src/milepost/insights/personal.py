"""How many people get what everybody gets."""

from datetime import datetime

from msgspec import Struct

from milepost.core.insights.reach import share_plan
from milepost.core.program.document import Document
from milepost.core.review.coverage import personal_conditions
from milepost.core.values import Undefined
from milepost.log.eventstore import Queried


class Personal(Struct, frozen=True, kw_only=True):
    """Numbers of people who began: all, and those who meet none of the conditions by which something comes to some people
    and not to others. Units: `share` 0..1 of them; Undefined while nobody has begun."""

    people: int
    by_default: int
    share: float | Undefined


def personal(store: Queried, workspace: int, document: Document, now: datetime) -> Personal:
    """Raises Unavailable."""
    plan = share_plan(personal_conditions(document), document, ws=workspace, as_of=now)
    [(people, met)] = store.query(plan.sql, plan.parameters)
    share = round((people - met) / people, 3) if people else Undefined("nobody has begun")
    return Personal(people=people, by_default=people - met, share=share)

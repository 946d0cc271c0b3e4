"""Questions to the event store, answered."""

from datetime import datetime

from milepost.core.conditions.types import Condition
from milepost.core.insights.conditions_sql import segment_sql
from milepost.core.insights.question import Answered, Question
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.log.eventstore import Queried


def ask(store: Queried, question: Question[Answered]) -> Answered:
    """The answer to `Activation`, `TimeToValue`, `Milestones`, `Funnel` or `Dropped`.

    Raises Refused when the question names what the program does not have.
    """
    plan = question.plan()
    return question.answer(plan, store.query(plan.sql, plan.parameters))


def members(
    store: Queried, condition: Condition, document: Document, *, workspace: int, as_of: datetime, of: Of = "persons"
) -> list[int]:
    """The uids of whom the condition is true as of the moment, in order."""
    plan = segment_sql(condition, document, ws=workspace, as_of=as_of, of=of)
    return [uid for (uid,) in store.query(plan.sql, plan.parameters)]

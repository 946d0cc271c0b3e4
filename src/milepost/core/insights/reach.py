"""How many people, or accounts, a condition has reached so far, and lately: what a release would change, in people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from milepost.core import events
from milepost.core.conditions.types import Any_, Condition
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Parameters, Plan
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.expand import expand


def reach_plan(
    condition: Condition, document: Document, *, ws: int, since: datetime, as_of: datetime, of: Of = "persons"
) -> Plan:
    """One row `(so far, since then)`: of how many the condition was true for the first time by `as_of`."""
    text = Text(document, ws=ws, as_of=as_of, of=of)
    return _counted(text, text.first_instants(expand(condition, document)), since)


def milestone_plan(
    key: str, document: Document, *, ws: int, since: datetime, as_of: datetime, of: Of = "persons"
) -> Plan:
    """The same of a milestone, by all of its evidence. Raises Refused for an unknown one."""
    text = Text(document, ws=ws, as_of=as_of, of=of)
    return _counted(text, f"select uid, ts from {text.reached(key)}", since)  # noqa: S608 - generated


def members_plan(condition: Condition, document: Document, *, ws: int, as_of: datetime, of: Of = "persons") -> Plan:
    """One row `(people)`: of how many the condition is true as of then."""
    text = Text(document, ws=ws, as_of=as_of, of=of)
    return text.plan(f"select count(*) from ({text.members(condition)})")  # noqa: S608 - generated


def share_plan(conditions: Sequence[Condition], document: Document, *, ws: int, as_of: datetime) -> Plan:
    """One row `(people, of them)`: who began the program, and of how many of them one of these conditions is true."""
    text = Text(document, ws=ws, as_of=as_of)
    members = text.members(Any_(of=tuple(conditions))) if conditions else "select 0 as uid where false"
    counts = f"count(*), count(*) filter (where uid in (select uid from ({members})))"  # noqa: S608 - generated
    return text.plan(f"select {counts} from {text.started()}")  # noqa: S608 - generated


def _counted(text: Text, instants: str, since: datetime) -> Plan:
    lately = text.parameters.add(since)
    counts = f"count(distinct uid), count(distinct uid) filter (where ts >= {lately})"
    return text.plan(f"select {counts} from ({instants})")  # noqa: S608 - generated


def runs_plan(keys: Iterable[str], *, ws: int) -> Plan:
    """Rows `(key, people)`: who is inside each of these journeys, by what they began and have not ended."""
    parameters = Parameters()
    names = ", ".join(parameters.add(key) for key in keys)
    began, ended = parameters.add(events.JOURNEY_STARTED), parameters.add(events.JOURNEY_ENDED)
    sql = f"""
with told as (
    select uid, event, properties ->> '$.journey' as journey, properties ->> '$.run' as run
    from facts where ws = {parameters.add(ws)} and event in ({began}, {ended})
)
select journey, count(distinct uid) from (
    select uid, journey, run from told where journey in ({names})
    group by uid, journey, run having count(*) filter (where event = {ended}) = 0
) group by journey
"""  # noqa: S608 - generated
    return parameters.plan(sql)

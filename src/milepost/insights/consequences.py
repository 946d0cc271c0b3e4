"""What a release would change, counted in the event store: who is reached, and who is inside of what would be gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from milepost.core.conditions.types import Condition, Goal
from milepost.core.insights.plan import Plan
from milepost.core.insights.reach import members_plan, milestone_plan, reach_plan, runs_plan
from milepost.core.program.document import Document
from milepost.core.review.consequences import (
    DAYS,
    STANDING,
    Concern,
    Consequence,
    Inside,
    Reach,
    concerns,
    consequence,
    removed,
)
from milepost.core.values import Refused
from milepost.log.eventstore import Queried

Count = Callable[[Concern, str, Condition | None, Document], Reach | None]


def consequences(store: Queried, workspace: int, old: Document, new: Document, now: datetime) -> list[Consequence]:
    """What changes for people, in the order of the document's sections. Raises Unavailable."""
    count = _counting(store, workspace, now)
    return [
        consequence(
            concern,
            count(concern, concern.was, concern.before, old),
            count(concern, concern.key, concern.after, new),
        )
        for concern in concerns(old, new)
    ]


def _counting(store: Queried, workspace: int, now: datetime) -> Count:
    where: dict[str, Any] = {"ws": workspace, "as_of": now}
    since = now - timedelta(days=DAYS)

    def count(concern: Concern, key: str, condition: Condition | None, document: Document) -> Reach | None:
        if concern.kind == "milestone":
            if key not in document.milestones:
                return None
            ever, lately = _row(milestone_plan(key, document, since=since, **where))
        elif condition is None:
            return None
        elif concern.kind in STANDING:
            [ever] = _row(members_plan(condition, document, **where))
            lately = ever
        else:
            ever, lately = _row(reach_plan(condition, document, since=since, **where))
        return Reach(ever=ever, lately=lately)

    def _row(plan: Plan) -> tuple[int, ...]:
        [row] = store.query(plan.sql, plan.parameters)
        return row

    return count


def inside(store: Queried, workspace: int, old: Document, new: Document, now: datetime) -> list[Inside]:
    """Who would be left nowhere: people with a goal, or on a journey, whose key would be gone. Raises Unavailable."""
    gone = removed(old, new)
    goals = [(key, members_plan(Goal(goal=key), old, ws=workspace, as_of=now)) for key in gone["goals"]]
    found = [
        Inside(section="goals", key=key, people=store.query(plan.sql, plan.parameters)[0][0]) for key, plan in goals
    ]
    for section in ("journeys", "cadences"):
        if gone[section]:
            plan = runs_plan(gone[section], ws=workspace)
            rows = store.query(plan.sql, plan.parameters)
            found += [Inside(section=section, key=key, people=people) for key, people in rows]
    return [each for each in found if each.people]


def refuse_to_strand(store: Queried, workspace: int, old: Document, new: Document, now: datetime) -> None:
    """Raises Refused when a release would leave people nowhere, with how many and how to mend it."""
    found = inside(store, workspace, old, new, now)
    if found:
        first = found[0]
        raise Refused(
            "people_inside",
            " ".join(each.words for each in found),
            mend=f"Write `moved: {{{first.key}: NEW-KEY}}`, with the {first.section.removesuffix('s')} they go on with.",
            path=f"{first.section}.{first.key}",
            status=409,
        )

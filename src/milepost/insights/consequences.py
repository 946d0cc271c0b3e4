"""What a release would change, counted in the event store: who is reached, and who is inside of what would be gone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from milepost.core.conditions.types import Condition, Goal
from milepost.core.insights.plan import Plan
from milepost.core.insights.reach import members_plan, milestone_plan, reach_plan, runs_plan
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
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
from milepost.insights.judged import SUBJECTS, judged, subject_for
from milepost.log.eventstore import Queried

Count = Callable[[Concern, str, Condition | None, Document], Reach | None]


def consequences(store: Queried, workspace: int, old: Folder, new: Folder, now: datetime) -> list[Consequence]:
    """What changes for people, and then for accounts, in the order of the document's sections. Raises Unavailable."""
    count = _counting(store, workspace, now)
    return [
        consequence(
            concern,
            count(concern, concern.was, concern.before, judged(old, concern.of)),
            count(concern, concern.key, concern.after, judged(new, concern.of)),
        )
        for concern in _concerns(old, new)
    ]


def _concerns(old: Folder, new: Folder) -> Iterator[Concern]:
    """Each by the rules of those whose it is, or was."""
    for of in SUBJECTS:
        for concern in concerns(judged(old, of), judged(new, of)):
            key = concern.key.partition("/")[0]
            if subject_for(new if key in new.owners else old, key) == of:
                yield replace(concern, of=of)


def _counting(store: Queried, workspace: int, now: datetime) -> Count:
    where: dict[str, Any] = {"ws": workspace, "as_of": now}
    since = now - timedelta(days=DAYS)

    def count(concern: Concern, key: str, condition: Condition | None, document: Document) -> Reach | None:
        if concern.kind == "milestone":
            if key not in document.milestones:
                return None
            ever, lately = _row(milestone_plan(key, document, since=since, of=concern.of, **where))
        elif condition is None:
            return None
        elif concern.kind in STANDING:
            [ever] = _row(members_plan(condition, document, of=concern.of, **where))
            lately = ever
        else:
            ever, lately = _row(reach_plan(condition, document, since=since, of=concern.of, **where))
        return Reach(ever=ever, lately=lately)

    def _row(plan: Plan) -> tuple[int, ...]:
        [row] = store.query(plan.sql, plan.parameters)
        return row

    return count


def inside(store: Queried, workspace: int, old: Folder, new: Folder, now: datetime) -> list[Inside]:
    """Who would be left nowhere: people with a goal, or on a journey, whose key would be gone. Raises Unavailable."""
    gone = removed(old.document, new.document)
    found = [_with_goal(store, workspace, old, key, now) for key in gone["goals"]]
    for section in ("journeys", "cadences"):
        if gone[section]:
            plan = runs_plan(gone[section], ws=workspace)
            rows = store.query(plan.sql, plan.parameters)
            found += [Inside(section=section, key=key, people=people) for key, people in rows]
    return [each for each in found if each.people]


def _with_goal(store: Queried, workspace: int, old: Folder, key: str, now: datetime) -> Inside:
    of = subject_for(old, key)
    plan = members_plan(Goal(goal=key), judged(old, of), ws=workspace, as_of=now, of=of)
    return Inside(section="goals", key=key, people=store.query(plan.sql, plan.parameters)[0][0], of=of)


def refuse_to_strand(store: Queried, workspace: int, old: Folder, new: Folder, now: datetime) -> None:
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

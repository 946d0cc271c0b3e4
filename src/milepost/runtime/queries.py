"""Reads of what the loop keeps: a person's milestones, decisions, timeline, and why something has not happened yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Min, Q
from msgspec import Struct

from milepost.core.engine import reasons
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.folder import Subject
from milepost.log.stores import Stores
from milepost.runtime import store
from milepost.runtime.models import (
    Decision,
    MilestoneReached,
    OutboxEntry,
    SegmentMember,
    SetAside,
    StuckNow,
    SubjectState,
)
from milepost.runtime.programs import program_of


class Moment(Struct, frozen=True, kw_only=True):
    """A line of a person's timeline: a fact, or a decision."""

    at: datetime
    what: Literal["fact", "decision"]
    title: str  # the fact's name, or the definition's key
    detail: dict[str, Any]
    kind: str = ""  # of a decision: milestone | content | message
    outcome: str = ""  # of a decision: reached | shown | sent | held | dropped | moved
    seq: int = 0


class StuckCount(Struct, frozen=True, kw_only=True):
    """Numbers of people. `unblocked`: reached the milestone after help."""

    ever: int
    now: int
    helped: int
    unblocked: int


def reached_counts(workspace_id: int, uids: Iterable[int]) -> dict[int, int]:
    """How many milestones each of these persons has reached; persons with none are missing."""
    counts: dict[int, int] = {}
    rows = MilestoneReached.objects.filter(workspace_id=workspace_id, uid__in=list(uids)).values_list("uid", flat=True)
    for uid in rows:
        counts[uid] = counts.get(uid, 0) + 1
    return counts


def latest_reached(workspace_id: int, limit: int) -> list[MilestoneReached]:
    """Who reached what lately, latest first; tests left out."""
    return list(MilestoneReached.objects.filter(workspace_id=workspace_id, test=False).order_by("-at")[:limit])


def reached_since(workspace_id: int, since: datetime) -> int:
    """How many milestones were reached from this instant on, by anybody; tests left out."""
    return MilestoneReached.objects.filter(workspace_id=workspace_id, test=False, at__gte=since).count()


def decisions(workspace_id: int, uid: int, limit: int = 100, subject: Subject = "person") -> list[Decision]:
    """What was decided for a person or an account, latest first, the reasons in words."""
    rows = Decision.objects.filter(workspace_id=workspace_id, uid=uid).order_by("-at", "-id")[:limit]
    return in_words(workspace_id, rows, subject)


def in_words(
    workspace_id: int, rows: Iterable[Decision], subject: Subject = "person", at_hand: Program | None = None
) -> list[Decision]:
    """These decisions, their reasons in words: they follow from what was noted and from the release that decided.
    `at_hand`: a release that the caller has read already."""
    decided = list(rows)
    programs = {at_hand.number: at_hand} if at_hand else {}
    programs |= {
        number: program_of(workspace_id, number) for number in {row.release for row in decided} - programs.keys()
    }
    for row in decided:
        program = programs[row.release]
        own = program.accounts or program if subject == "account" else program
        row.reason = reasons.in_words(row.reason, reasons.condition_of(own, row.reason))
    return decided


def timeline(
    stores: Stores,
    workspace_id: int,
    uid: int,
    *,
    before: datetime | None = None,
    limit: int = 50,
    subject: Subject = "person",
) -> list[Moment]:
    """Facts and decisions of a person or an account, latest first, those before a moment. The event store finds the
    facts; where it cannot be asked now, only the decisions are given. Raises Unavailable then."""
    rows = Decision.objects.filter(workspace_id=workspace_id, uid=uid)
    if before is not None:
        rows = rows.filter(at__lt=before)
    moments = [_of_decision(row) for row in in_words(workspace_id, rows.order_by("-at", "-id")[:limit], subject)]
    moments += [
        _of_fact(fact) for fact in facts_of(stores, workspace_id, uid, before=before, limit=limit, subject=subject)
    ]
    return sorted(moments, key=lambda moment: (moment.at, moment.what, moment.seq), reverse=True)[:limit]


def facts_of(
    stores: Stores,
    workspace_id: int,
    uid: int,
    *,
    before: datetime | None = None,
    limit: int = 50,
    subject: Subject = "person",
) -> list[Fact]:
    """The latest facts of a person or an account, latest first."""
    whose = "account" if subject == "account" else "uid"
    sql = f"SELECT seq FROM all_facts WHERE ws = $ws AND {whose} = $uid"  # noqa: S608 - our own words
    parameters: dict[str, Any] = {"ws": workspace_id, "uid": uid, "limit": limit}
    if before is not None:
        sql += " AND ts < $before"
        parameters["before"] = before.replace(tzinfo=None)
    numbers = stores.events.query(sql + " ORDER BY ts DESC, seq DESC LIMIT $limit", parameters)
    return sorted(stores.log.fetch([row[0] for row in numbers]), key=lambda fact: (fact.at, fact.seq), reverse=True)


def stuck_now(workspace_id: int, *, milestone: str = "", limit: int | None = 200) -> list[StuckNow]:
    """Who is stuck on what and has not got past it, latest first."""
    rows = StuckNow.objects.filter(workspace_id=workspace_id, resolved_at=None)
    if milestone:
        rows = rows.filter(milestone=milestone)
    return list(rows.order_by("-at", "id")[:limit])


def stuck_counts(workspace_id: int) -> dict[tuple[str, str], StuckCount]:
    """For each (milestone, obstacle) that anybody was ever stuck on: how many, how many are now, and what help did."""
    rows = StuckNow.objects.filter(workspace_id=workspace_id).values("milestone", "obstacle")
    helped, resolved = Q(helped_at__isnull=False), Q(resolved_at__isnull=False)
    counted = rows.annotate(
        ever=Count("id"),
        now=Count("id", filter=~resolved),
        helped=Count("id", filter=helped),
        unblocked=Count("id", filter=helped & resolved),
    )
    return {
        (row["milestone"], row["obstacle"]): StuckCount(
            ever=row["ever"], now=row["now"], helped=row["helped"], unblocked=row["unblocked"]
        )
        for row in counted
    }


def segment_sizes(workspace_id: int) -> dict[str, int]:
    """How many are in each segment now; one with nobody in it is missing."""
    rows = SegmentMember.objects.filter(workspace_id=workspace_id).values_list("segment")
    return dict(rows.annotate(Count("id")))


def has_facts(workspace_id: int) -> bool:
    """Whether anything has ever been applied."""
    return SubjectState.objects.filter(workspace_id=workspace_id).exists()


def position() -> int:
    """The number of the last fact that was applied."""
    return store.position()


def set_aside() -> int:
    """How many facts and states the loop could not take, and keeps for us to mend."""
    return SetAside.objects.count()


def backlog(now: datetime) -> tuple[int, float]:
    """How many effects wait to be carried out, and for how many seconds the oldest that is due has waited."""
    waiting = OutboxEntry.objects.filter(state__in=["waiting", "claimed"])
    oldest = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return waiting.count(), max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _of_decision(row: Decision) -> Moment:
    return Moment(
        at=row.at,
        what="decision",
        title=row.definition,
        kind=row.kind,
        outcome=row.outcome,
        detail=row.reason,
        seq=row.seq,
    )


def _of_fact(fact: Fact) -> Moment:
    return Moment(at=fact.at, what="fact", title=fact.name, detail=fact.properties, seq=fact.seq)


def reached_by_milestone(workspace_id: int) -> dict[str, int]:
    """How many people have reached each milestone, tests left out. Absent: one that nobody has is no key."""
    rows = MilestoneReached.objects.filter(workspace_id=workspace_id, test=False)
    return dict(rows.values_list("milestone").annotate(n=Count("uid")).order_by("milestone"))


def suppressed(workspace_id: int, since: datetime) -> list[tuple[str, str, str, int]]:
    """(kind, definition, why in words, how often) of what limits have held or dropped since then."""
    rows = Decision.objects.filter(workspace_id=workspace_id, outcome__in=("held", "dropped"), at__gte=since)
    counted = rows.values_list("kind", "definition", "reason__text").annotate(n=Count("id"))
    return list(counted.order_by("kind", "definition"))

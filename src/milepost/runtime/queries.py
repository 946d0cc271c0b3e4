"""Reads of what the loop keeps: a person's milestones, decisions, timeline, and why something has not happened yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Min, Q
from msgspec import Struct
from msgspec.structs import replace

from milepost.core.conditions.evaluate import END_OF_MOMENT, View, explain
from milepost.core.engine import state as states
from milepost.core.engine.knowledge import known, plan_of, today
from milepost.core.engine.state import Answer, Run, State, Stuck
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.content import Checklist
from milepost.core.program.kinds.goal import Goal
from milepost.core.success.personal import PersonalPlan, Told, personal_plan
from milepost.core.success.plan import Plan
from milepost.log import stores
from milepost.log.stores import Stores
from milepost.people.queries import person_view
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
from milepost.runtime.next_action import NextAction, next_step
from milepost.runtime.programs import current_program


class MilestoneView(Struct, frozen=True, kw_only=True):
    """One milestone of the current program for one person. Absent: `at` None: not reached yet."""

    key: str
    title: Any  # Text: the caller picks the language
    first_value: bool
    at: datetime | None = None
    retroactive: bool = False
    evidence: dict[str, Any] = {}
    reason: dict[str, Any] = {}  # {text, condition, …}; for one not reached: what is missing


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


class WhyNot(Struct, frozen=True, kw_only=True):
    """What has not happened to this person, and what stands in the way, computed now."""

    kind: str
    key: str
    reason: dict[str, Any]


def milestones(workspace_id: int, uid: int) -> list[MilestoneView]:
    """All milestones of the current program, in its order."""
    program = current_program(workspace_id)
    reached = {row.milestone: row for row in MilestoneReached.objects.filter(workspace_id=workspace_id, uid=uid)}
    reasons = _reasons(workspace_id, uid)
    state = _state(workspace_id, uid)
    return [_milestone(program, key, reached.get(key), reasons.get(key), state) for key in program.document.milestones]


def _milestone(
    program: Program, key: str, row: MilestoneReached | None, reason: dict[str, Any] | None, state: State | None
) -> MilestoneView:
    definition = program.document.milestones[key]
    rule = program.rules["milestone", key]
    if row is None:
        missing = _explained(rule, state, None)
        return MilestoneView(key=key, title=definition.title, first_value=definition.first_value, reason=missing)
    return MilestoneView(
        key=key,
        title=definition.title,
        first_value=definition.first_value,
        at=row.at,
        retroactive=row.retroactive,
        evidence=row.evidence,
        reason=reason or _explained(rule, state, (row.at, row.seq)),
    )


def reached_counts(workspace_id: int, uids: Iterable[int]) -> dict[int, int]:
    """How many milestones each of these persons has reached; persons with none are missing."""
    counts: dict[int, int] = {}
    rows = MilestoneReached.objects.filter(workspace_id=workspace_id, uid__in=list(uids)).values_list("uid", flat=True)
    for uid in rows:
        counts[uid] = counts.get(uid, 0) + 1
    return counts


def latest_reached(workspace_id: int, limit: int) -> list[MilestoneReached]:
    """Who reached what lately, latest first."""
    return list(MilestoneReached.objects.filter(workspace_id=workspace_id).order_by("-at")[:limit])


def reached_since(workspace_id: int, since: datetime) -> int:
    """How many milestones were reached from this instant on, by anybody."""
    return MilestoneReached.objects.filter(workspace_id=workspace_id, at__gte=since).count()


def decisions(workspace_id: int, uid: int, limit: int = 100) -> list[Decision]:
    """Latest first."""
    return list(Decision.objects.filter(workspace_id=workspace_id, uid=uid).order_by("-at", "-id")[:limit])


def timeline(
    stores: Stores, workspace_id: int, uid: int, *, before: datetime | None = None, limit: int = 50
) -> list[Moment]:
    """Facts and decisions of a person, latest first, those before a moment. The event store finds the facts; where it
    cannot be asked now, only the decisions are given. Raises Unavailable then."""
    rows = Decision.objects.filter(workspace_id=workspace_id, uid=uid)
    if before is not None:
        rows = rows.filter(at__lt=before)
    moments = [_of_decision(row) for row in rows.order_by("-at", "-id")[:limit]]
    moments += [_of_fact(fact) for fact in facts_of(stores, workspace_id, uid, before=before, limit=limit)]
    return sorted(moments, key=lambda moment: (moment.at, moment.what, moment.seq), reverse=True)[:limit]


def facts_of(
    stores: Stores, workspace_id: int, uid: int, *, before: datetime | None = None, limit: int = 50
) -> list[Fact]:
    """The latest facts of a person, latest first."""
    sql = "SELECT seq FROM facts WHERE ws = $ws AND uid = $uid"
    parameters: dict[str, Any] = {"ws": workspace_id, "uid": uid, "limit": limit}
    if before is not None:
        sql += " AND ts < $before"
        parameters["before"] = before.replace(tzinfo=None)
    numbers = stores.events.query(sql + " ORDER BY ts DESC, seq DESC LIMIT $limit", parameters)
    return sorted(stores.log.fetch([row[0] for row in numbers]), key=lambda fact: (fact.at, fact.seq), reverse=True)


def why_not(workspace_id: int, uid: int) -> list[WhyNot]:
    """For each rule of the current program that has not fired for this person: how far it is."""
    program, state = current_program(workspace_id), _state(workspace_id, uid)
    return [
        WhyNot(kind=rule.kind, key=rule.key, reason=_explained(rule, state, None))
        for rule in program.rules.values()
        if rule.kind != "start" and not _fired(rule, state)
    ]


def plan(workspace_id: int, uid: int) -> PersonalPlan | None:
    """The person's plan as it stands today; None while they have none."""
    state = _state(workspace_id, uid)
    return plan_of(current_program(workspace_id), state, stores.current().clock.now()) if state else None


def known_of(workspace_id: int, uid: int) -> dict[str, Any]:
    """What templates may say of the person now."""
    state = _state(workspace_id, uid)
    return known(current_program(workspace_id), state, stores.current().clock.now()) if state else {}


def checklist_plan(workspace_id: int, uid: int, checklist: Checklist) -> PersonalPlan | None:
    """What a checklist shows: the person's plan, or its own items as if they were the way to a goal."""
    if checklist.from_ == "goal":
        return plan(workspace_id, uid)
    program, now = current_program(workspace_id), stores.current().clock.now()
    state = _state(workspace_id, uid) or State(workspace=workspace_id, uid=uid)
    path = tuple(key for key in checklist.items if key in program.document.milestones)
    document = replace(program.document, goals={"": Goal(ask=checklist.title, milestones=path)})
    told = Told(reached=state.reached)
    return personal_plan(document, Plan(goal="", made_at=now), told, today(document, state, now))


def next_action(workspace_id: int, uid: int) -> NextAction | None:
    """The one thing for them to do now, in their language; None when nothing is left."""
    person = person_view(workspace_id, uid)
    document = current_program(workspace_id).document
    return next_step(document, plan(workspace_id, uid), person.locale if person else "")


def answers(workspace_id: int, uid: int) -> dict[str, Answer]:
    """The last answer to each question; what was taken back is missing."""
    state = _state(workspace_id, uid)
    return {key: answer for key, answer in state.answers.items() if answer.value is not None} if state else {}


def obstacles(workspace_id: int, uid: int) -> dict[str, Stuck]:
    """Where they were stuck, and what came of it, by `MILESTONE/OBSTACLE`."""
    state = _state(workspace_id, uid)
    return dict(state.stuck) if state else {}


def runs(workspace_id: int, uid: int) -> dict[str, Run]:
    """The journeys that they are inside of."""
    state = _state(workspace_id, uid)
    return dict(state.runs) if state else {}


def segments(workspace_id: int, uid: int) -> list[str]:
    """The segments that they are in now."""
    state = _state(workspace_id, uid)
    return list(state.segments) if state else []


def goal(workspace_id: int, uid: int) -> str:
    """The key of the goal that they stated last; empty while they have not."""
    state = _state(workspace_id, uid)
    return state.goal if state else ""


def stuck_now(workspace_id: int, *, milestone: str = "", limit: int = 200) -> list[StuckNow]:
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


def segment_members(workspace_id: int, segment: str, limit: int = 200) -> list[SegmentMember]:
    """Who is in a segment now, latest come first."""
    rows = SegmentMember.objects.filter(workspace_id=workspace_id, segment=segment)
    return list(rows.order_by("-since", "id")[:limit])


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


def _state(workspace_id: int, uid: int) -> State | None:
    row = SubjectState.objects.filter(workspace_id=workspace_id, uid=uid).first()
    return states.decode(bytes(row.body)) if row else None


def _fired(rule: Rule, state: State | None) -> bool:
    if state is None:
        return False
    return rule.key in state.reached if rule.kind == "milestone" else rule.name in state.fired


def _explained(rule: Rule, state: State | None, instant: tuple[datetime, int] | None) -> dict[str, Any]:
    """The rule's tree at an instant, or as things stood when something last happened to the person."""
    if state is None or state.last_at is None:
        return {"text": "Nothing is known of this person yet."}
    view = View(memory=state.memory, reached=state.reached, start=state.start)
    tree = explain(rule.condition, view, instant or (state.last_at, END_OF_MOMENT))
    return {"text": tree["text"], "condition": tree}


def _reasons(workspace_id: int, uid: int) -> dict[str, dict[str, Any]]:
    rows = Decision.objects.filter(workspace_id=workspace_id, uid=uid, kind="milestone", outcome="reached")
    return {row.definition: row.reason for row in rows.order_by("at")}


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
    """How many people have reached each milestone. Absent: one that nobody has is no key."""
    rows = MilestoneReached.objects.filter(workspace_id=workspace_id)
    return dict(rows.values_list("milestone").annotate(n=Count("uid")).order_by("milestone"))


def suppressed(workspace_id: int, since: datetime) -> list[tuple[str, str, str, int]]:
    """(kind, definition, why in words, how often) of what limits have held or dropped since then."""
    rows = Decision.objects.filter(workspace_id=workspace_id, outcome__in=("held", "dropped"), at__gte=since)
    counted = rows.values_list("kind", "definition", "reason__text").annotate(n=Count("id"))
    return list(counted.order_by("kind", "definition"))


def reached_at(workspace_id: int, milestones: Iterable[str]) -> dict[str, dict[int, datetime]]:
    """Milestone → uid → when it was reached."""
    found: dict[str, dict[int, datetime]] = {key: {} for key in milestones}
    rows = MilestoneReached.objects.filter(workspace_id=workspace_id, milestone__in=list(found))
    for milestone, uid, at in rows.values_list("milestone", "uid", "at"):
        found[milestone][uid] = at
    return found

"""One account as it stands now: its people, its traits, how far it is in the program for customers, and why."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.engine.attention import view_of
from milepost.core.engine.state import State
from milepost.core.program.expand import expand
from milepost.log import stores
from milepost.people.access import access_account
from milepost.people.models import Membership
from milepost.runtime import queries, store
from milepost.runtime.models import Decision
from milepost.runtime.programs import current_program
from milepost.runtime.snapshot import MilestoneView, Snapshot

#: From the decision to pay on: first to where it wanted to be, then on from there. A program for customers has no end.
Stage = Literal["not started", "onboarding", "ongoing care"]


class MemberView(Struct, frozen=True, kw_only=True):
    """A person in an account. `person` is the id by which the outside knows them; `roles` are those that they hold now,
    and empty for who has left."""

    uid: int
    person: str
    name: str
    roles: tuple[str, ...]
    since_at: datetime


class AccountView(Struct, frozen=True, kw_only=True, dict=True):
    """Absent: `started_at` is None before its program began; `milestones` is empty where no program is for customers."""

    uid: int
    key: str
    name: str
    traits: dict[str, Any]
    first_seen_at: datetime
    last_seen_at: datetime
    stage: Stage
    started_at: datetime | None
    goal: str
    segments: list[str]
    members: list[MemberView]
    milestones: list[MilestoneView]
    decisions: list[Decision]


def account_view(workspace_id: int, key: str) -> AccountView:
    """Raises Refused (404)."""
    account = access_account(workspace_id, key)
    snapshot = account_snapshot(workspace_id, account.id)
    return AccountView(
        uid=account.id,
        key=account.key,
        name=account.name or account.key,
        traits=account.traits,
        first_seen_at=account.first_seen_at,
        last_seen_at=account.last_seen_at,
        stage=stage_of(snapshot),
        started_at=snapshot.state.start[0] if snapshot and snapshot.state.start else None,
        goal=snapshot.state.goal if snapshot else "",
        segments=list(snapshot.segments) if snapshot else [],
        members=members(account.id),
        milestones=snapshot.milestones() if snapshot else [],
        decisions=queries.decisions(workspace_id, account.id, subject="account"),
    )


def account_snapshot(workspace_id: int, uid: int) -> Snapshot | None:
    """The account's state under the program for customers; None where there is no such program."""
    program = current_program(workspace_id).accounts
    if program is None:
        return None
    state = store.load([uid]).get(uid) or State(workspace=workspace_id, uid=uid, subject="account")
    return Snapshot(program=program, state=state, now=stores.current().clock.now())


def stage_of(snapshot: Snapshot | None) -> Stage:
    """Onboarding ends with what the program calls `onboarded`, else with the last milestone on the account's way (its
    goal's, else all of them). What repeats is no end."""
    if snapshot is None or snapshot.state.start is None:
        return "not started"
    document, state = snapshot.program.document, snapshot.state
    if document.onboarded is not None:
        now = (state.last_at or snapshot.now, END_OF_MOMENT)
        there = holds(expand(document.onboarded, document), view_of(document, state), now)
    else:
        goal = document.goals.get(state.goal)
        way = goal.milestones if goal else [key for key, each in document.milestones.items() if each.repeats is None]
        there = all(key in state.reached for key in way)
    return "ongoing care" if there else "onboarding"


def members(account: int) -> list[MemberView]:
    """Everybody who belongs or belonged to the account, who is in it now first."""
    rows = Membership.objects.filter(account_id=account).select_related("person").order_by("since_at", "id")
    people: dict[int, list[Membership]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    found = [_member(held) for held in people.values()]
    return sorted(found, key=lambda member: not member.roles)


def _member(held: list[Membership]) -> MemberView:
    person = held[0].person
    return MemberView(
        uid=person.id,
        person=person.key,
        name=person.name or person.email or person.key,
        roles=tuple(row.role for row in held if row.ended_at is None),
        since_at=held[0].since_at,
    )

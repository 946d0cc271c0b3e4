"""People and accounts: who they are, how far they are, and why."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from msgspec import Struct

from milepost.api.parameters import limit_of
from milepost.core.engine import state
from milepost.core.program.risks import segments_of
from milepost.core.success.personal import PersonalPlan
from milepost.core.values import Refused
from milepost.delivery import queries as delivery
from milepost.people import queries as people
from milepost.people.access import access_account, access_person
from milepost.people.models import Membership, Person
from milepost.program.queries import current
from milepost.runtime import audiences
from milepost.runtime import queries as runtime
from milepost.runtime.account_view import Stage, account_view
from milepost.runtime.goals import GoalRecord
from milepost.runtime.next_action import NextAction
from milepost.runtime.snapshot import MilestoneView, snapshot


class PersonLine(Struct, frozen=True, kw_only=True):
    """A person in a list."""

    id: str
    name: str
    email: str
    first_seen_at: datetime
    last_seen_at: datetime


class PeoplePage(Struct, frozen=True, kw_only=True):
    """`next`: the cursor of the following page; empty on the last one."""

    items: list[PersonLine]
    next: str


class Decision(Struct, frozen=True, kw_only=True):
    """Why something was done, held or left."""

    at: datetime
    kind: str
    definition: str
    outcome: str
    release: int
    reason: dict[str, Any]


class Role(Struct, frozen=True, kw_only=True):
    account: str
    role: str
    since_at: datetime
    ended_at: datetime | None


class Answer(Struct, frozen=True, kw_only=True):
    """The last answer to a question."""

    survey: str
    value: Any
    at: datetime


class Obstacle(Struct, frozen=True, kw_only=True):
    """Where somebody was stuck. Null: `helped_at` until help came (`help` is what, as `kind:key`), `resolved_at` until
    the milestone was reached."""

    milestone: str
    obstacle: str
    at: datetime
    helped_at: datetime | None
    resolved_at: datetime | None
    help: str


class Risk(Struct, frozen=True, kw_only=True):
    """A sign that somebody may leave, the last time that it was seen. Null: `recovered_at` until they have recovered."""

    risk: str
    at: datetime
    recovered_at: datetime | None


class PersonDetail(Struct, frozen=True, kw_only=True):
    """Everything that decides what somebody meets. `measures`: of each that anything is known of, its unit, baseline,
    target, day, and how it stands. Null: `goal` and `plan` while they have none, `next` when nothing is left."""

    id: str
    user_id: str | None
    identities: list[str]
    name: str
    email: str
    traits: dict[str, Any]
    locale: str
    time_zone: str
    first_seen_at: datetime
    last_seen_at: datetime
    roles: list[Role]
    goal: GoalRecord | None
    plan: PersonalPlan | None
    measures: dict[str, dict[str, Any]]
    next: NextAction | None
    answers: dict[str, Answer]
    obstacles: list[Obstacle]
    risks: list[Risk]
    segments: list[str]
    milestones: list[MilestoneView]
    decisions: list[Decision]
    deliveries: list[delivery.DeliveryView]


class Member(Struct, frozen=True, kw_only=True):
    person: str
    name: str
    role: str
    since_at: datetime
    ended_at: datetime | None


class AccountDetail(Struct, frozen=True, kw_only=True):
    """`stage` is where it is in the program for customers, `goal` the key of what it wants, empty while nobody has said.
    Null: `started_at` before the program began."""

    id: str
    name: str
    traits: dict[str, Any]
    first_seen_at: datetime
    last_seen_at: datetime
    stage: Stage
    started_at: datetime | None
    goal: str
    segments: list[str]
    members: list[Member]
    milestones: list[MilestoneView]
    decisions: list[Decision]


def list_people(workspace: int, parameters: QueryDict) -> PeoplePage:
    """People, latest seen first; `search` by name, e-mail or id, `segment`: only those who are in it now."""
    limit, start = limit_of(parameters), _offset(parameters.get("cursor", ""))
    found = people.search(workspace, parameters.get("search", ""))
    if segment := parameters.get("segment", ""):
        found = found.filter(id__in=_members(workspace, segment))
    rows = list(found[start : start + limit + 1])
    more = str(start + limit) if len(rows) > limit else ""
    return PeoplePage(items=[_line(row) for row in rows[:limit]], next=more)


def _members(workspace: int, segment: str) -> audiences.Uids:
    """Raises Refused (404) for a segment that the program does not have."""
    if segment not in segments_of(current(workspace).document):
        raise Refused("no_such_segment", f"There is no segment '{segment}'.", path="segment", status=404)
    return audiences.members(workspace, segment)


def one_person(workspace: int, parameters: QueryDict, id: str) -> PersonDetail:
    """One person by user id or anonymous id."""
    uid = people.uid_of_any(workspace, id)
    if uid is None:
        raise Refused("no_such_person", f"Nobody has the id '{id}'.", mend="Use a user id or anonymous id.", status=404)
    person = access_person(workspace, uid)
    standing = snapshot(workspace, person.id)
    return PersonDetail(
        id=person.key,
        user_id=person.user_id,
        identities=sorted(person.identities.values_list("value", flat=True)),
        name=person.name,
        email=person.email,
        traits=person.traits,
        locale=person.locale,
        time_zone=person.zone,
        first_seen_at=person.first_seen_at,
        last_seen_at=person.last_seen_at,
        roles=[_role(row) for row in person.memberships.select_related("account").order_by("since_at")],
        goal=standing.goal,
        plan=standing.plan,
        measures=standing.known().get("measure", {}),
        next=standing.next_action(person.locale),
        answers={key: _answer(each) for key, each in standing.answers.items()},
        obstacles=[_obstacle(name, each) for name, each in standing.obstacles.items()],
        risks=[Risk(risk=key, at=each.at, recovered_at=each.ended_at) for key, each in standing.state.risks.items()],
        segments=list(standing.segments),
        milestones=standing.milestones(),
        decisions=[_decision(row) for row in runtime.decisions(workspace, person.id)],
        deliveries=delivery.deliveries_of_person(workspace, person.id),
    )


def one_account(workspace: int, parameters: QueryDict, id: str) -> AccountDetail:
    """One account by its own id (`groupId`)."""
    account = access_account(workspace, id)
    rows = account.memberships.select_related("person").order_by("since_at")
    standing = account_view(workspace, id)
    return AccountDetail(
        id=account.key,
        name=account.name,
        traits=account.traits,
        first_seen_at=account.first_seen_at,
        last_seen_at=account.last_seen_at,
        stage=standing.stage,
        started_at=standing.started_at,
        goal=standing.goal,
        segments=standing.segments,
        milestones=standing.milestones,
        decisions=[_decision(row) for row in standing.decisions],
        members=[
            Member(
                person=row.person.key, name=row.person.name, role=row.role, since_at=row.since_at, ended_at=row.ended_at
            )
            for row in rows
        ],
    )


def _line(person: Person) -> PersonLine:
    return PersonLine(
        id=person.key,
        name=person.name,
        email=person.email,
        first_seen_at=person.first_seen_at,
        last_seen_at=person.last_seen_at,
    )


def _role(row: Membership) -> Role:
    return Role(account=row.account.key, role=row.role, since_at=row.since_at, ended_at=row.ended_at)


def _answer(answer: state.Answer) -> Answer:
    return Answer(survey=answer.survey, value=answer.value, at=answer.at)


def _obstacle(name: str, stuck: state.Stuck) -> Obstacle:
    milestone, _, obstacle = name.partition("/")
    return Obstacle(
        milestone=milestone,
        obstacle=obstacle,
        at=stuck.at,
        helped_at=stuck.helped_at,
        resolved_at=stuck.resolved_at,
        help=stuck.help,
    )


def _decision(row: Any) -> Decision:
    return Decision(
        at=row.at,
        kind=row.kind,
        definition=row.definition,
        outcome=row.outcome,
        release=row.release,
        reason=row.reason,
    )


def _offset(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Refused("cursor", "This cursor was not given by this list.", path="cursor", mend="Leave it out to begin.")
    return int(cursor or 0)

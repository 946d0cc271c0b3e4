"""The program in force, and what was sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec
from django.http import QueryDict
from msgspec import Raw, Struct

from milepost.api.parameters import limit_of
from milepost.core.conditions.words import describe
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Stage, Text
from milepost.core.program.kinds.milestone import Help, Milestone, Obstacle, Task
from milepost.delivery import queries as delivery
from milepost.program.queries import current
from milepost.runtime import queries as runtime


class ProgramDetail(Struct, frozen=True, kw_only=True):
    """`document` is the program as data, `text` the YAML as it was typed. Absent: number 0 is the empty program."""

    number: int
    digest: str
    released_at: datetime | None
    document: Raw
    text: str


class MilestoneOnMap(Struct, frozen=True, kw_only=True):
    """`title` is how the team reads it, `told` how the customer does. `goals` have it on their way, `needs` come before
    it. Units: `target` in seconds from the milestone before. Null: no target, no stage."""

    key: str
    title: Text
    told: Text
    kind: Literal["activity", "outcome"]
    stage: Stage | None
    first_value: bool
    target: float | None
    goals: list[str]
    needs: tuple[str, ...]
    tasks: tuple[Task, ...]
    obstacles: list[str]
    offer: str | None


class MilestoneMap(Struct, frozen=True, kw_only=True):
    """In the order of the program; the order of a goal's own way is its `milestones`."""

    goals: dict[str, tuple[str, ...]]
    milestones: list[MilestoneOnMap]


class ObstacleLine(Struct, frozen=True, kw_only=True):
    """`stuck`: how it is seen, in words; `help`: what answers it, first choice first. `status`: answered, unanswered, or
    accepted for the reason in `accepted`. `people`: how many were ever stuck on it, are now, were helped, and reached
    the milestone after help."""

    milestone: str
    obstacle: str
    title: Text
    stuck: str
    locus: Literal["inside", "outside"]
    lacks: Literal["ability", "motivation", "prompt"] | None
    help: tuple[Help, ...]
    status: Literal["answered", "unanswered", "accepted"]
    accepted: str
    people: runtime.StuckCount


class ObstacleLedger(Struct, frozen=True, kw_only=True):
    items: list[ObstacleLine]


def program(workspace: int, parameters: QueryDict) -> ProgramDetail:
    """The release in force."""
    release = current(workspace)
    return ProgramDetail(
        number=release.number,
        digest=release.digest,
        released_at=release.released_at,
        document=Raw(msgspec.json.encode(release.document)),
        text=release.text,
    )


def milestones(workspace: int, parameters: QueryDict) -> MilestoneMap:
    """What people achieve on the way to their goals, in order."""
    document = current(workspace).document
    return MilestoneMap(
        goals={key: goal.milestones for key, goal in document.goals.items()},
        milestones=[_on_map(document, key, each) for key, each in document.milestones.items()],
    )


def obstacles(workspace: int, parameters: QueryDict) -> ObstacleLedger:
    """What keeps people from each milestone, what is done about it, and how that goes."""
    return ObstacleLedger(items=list(_ledger(current(workspace).document, runtime.stuck_counts(workspace))))


def _on_map(document: Document, key: str, milestone: Milestone) -> MilestoneOnMap:
    return MilestoneOnMap(
        key=key,
        title=milestone.title,
        told=milestone.told or milestone.title,
        kind=milestone.kind,
        stage=milestone.stage,
        first_value=milestone.first_value,
        target=milestone.target.total_seconds() if milestone.target else None,
        goals=[name for name, goal in document.goals.items() if key in goal.milestones],
        needs=milestone.needs,
        tasks=milestone.tasks,
        obstacles=list(milestone.obstacles),
        offer=milestone.offer,
    )


def _ledger(document: Document, counts: dict[tuple[str, str], runtime.StuckCount]) -> Iterator[ObstacleLine]:
    for key, milestone in document.milestones.items():
        for name, obstacle in milestone.obstacles.items():
            yield ObstacleLine(
                milestone=key,
                obstacle=name,
                title=obstacle.title or name,
                stuck=describe(obstacle.stuck),
                locus=obstacle.locus,
                lacks=obstacle.lacks,
                help=obstacle.help,
                status=_status(obstacle),
                accepted=obstacle.accepted or "",
                people=counts.get((key, name), _NOBODY),
            )


_NOBODY = runtime.StuckCount(ever=0, now=0, helped=0, unblocked=0)


def _status(obstacle: Obstacle) -> Literal["answered", "unanswered", "accepted"]:
    if obstacle.accepted is not None:
        return "accepted"
    return "answered" if obstacle.help else "unanswered"


def deliveries(workspace: int, parameters: QueryDict) -> delivery.DeliveryPage:
    """Messages, newest first; `status` narrows them down."""
    return delivery.deliveries(
        workspace,
        cursor=parameters.get("cursor", ""),
        limit=limit_of(parameters),
        status=parameters.get("status", ""),
    )

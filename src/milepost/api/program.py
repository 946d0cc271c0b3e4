"""The program in force, and what was sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec
from django.http import HttpResponse, QueryDict
from msgspec import Raw, Struct, field

from milepost.api.parameters import limit_of
from milepost.core.conditions.words import describe
from milepost.core.program.document import Audience, Document
from milepost.core.program.folder import keys_of, program_key
from milepost.core.program.kinds.chart import Chart
from milepost.core.program.kinds.common import Stage, Text
from milepost.core.program.kinds.milestone import Help, Milestone, Obstacle, ProductChange, Severity, Task
from milepost.core.review.audit import Audit
from milepost.core.review.charts import ChartFunction, charted
from milepost.core.review.coverage import Coverage, coverage
from milepost.core.review.rule import Review
from milepost.core.review.tracking import Tracking, tracking
from milepost.core.success.responses import Response, responses_of
from milepost.delivery import queries as delivery
from milepost.insights.personal import Personal, personal
from milepost.insights.seen import seen_events
from milepost.log import stores
from milepost.program.audits import audit_release
from milepost.program.charts import chart_figure, format_named
from milepost.program.queries import current
from milepost.runtime import queries as runtime


class ProgramHead(Struct, frozen=True, kw_only=True):
    """One document of the workspace. `starts` is in words, and empty for one that is only `common` to the others;
    `definitions` are the keys that stand in it."""

    key: str
    name: str
    audience: Audience = field(name="for")
    common: bool
    starts: str
    definitions: list[str]


class ProgramDetail(Struct, frozen=True, kw_only=True):
    """`document` is all that is released as one piece of data, `text` the YAML as it was typed, `programs` the documents
    of which it is made. Absent: number 0 is the empty program."""

    number: int
    digest: str
    released_at: datetime | None
    document: Raw
    text: str
    programs: list[ProgramHead]


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
    """`stuck`: how it is seen, in words; `help`: what answers it, first choice first; `change`: what is done about it
    in the product (null: nothing), `responses` the types of both. `status`: answered, unanswered, or
    accepted for the reason in `accepted`. `people`: how many were ever stuck on it, are now, were helped, and reached
    the milestone after help."""

    milestone: str
    obstacle: str
    title: Text
    stuck: str
    locus: Literal["inside", "outside"]
    severity: Severity
    lacks: Literal["ability", "motivation", "prompt"] | None
    help: tuple[Help, ...]
    change: ProductChange | None
    responses: tuple[Response, ...]
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
        programs=[_head(each) for each in release.folder.documents],
    )


def _head(document: Document) -> ProgramHead:
    return ProgramHead(
        key=program_key(document),
        name=document.name,
        audience=document.audience,
        common=document.common,
        starts="" if document.common else describe(document.start),
        definitions=list(keys_of(document)),
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
                severity=obstacle.severity,
                lacks=obstacle.lacks,
                help=obstacle.help,
                change=obstacle.change,
                responses=responses_of(obstacle, document),
                status=_status(obstacle),
                accepted=obstacle.accepted or "",
                people=counts.get((key, name), _NOBODY),
            )


_NOBODY = runtime.StuckCount(ever=0, now=0, helped=0, unblocked=0)


def _status(obstacle: Obstacle) -> Literal["answered", "unanswered", "accepted"]:
    if obstacle.accepted is not None:
        return "accepted"
    return "answered" if obstacle.help or obstacle.change else "unanswered"


def deliveries(workspace: int, parameters: QueryDict) -> delivery.DeliveryPage:
    """Messages, newest first; `status` narrows them down."""
    return delivery.deliveries(
        workspace,
        cursor=parameters.get("cursor", ""),
        limit=limit_of(parameters),
        status=parameters.get("status", ""),
    )


class CoverageDetail(Struct, frozen=True, kw_only=True):
    """`coverage`: what is there for each stage, function, role, goal and language, and what is missing; `default`: how many
    people get what everybody gets."""

    coverage: Coverage
    default: Personal


def program_coverage(workspace: int, parameters: QueryDict) -> CoverageDetail:
    """What the program covers, and where its gaps are."""
    document, connected = current(workspace).document, stores.current()
    people = personal(connected.events, workspace, document, connected.clock.now())
    return CoverageDetail(coverage=coverage(document), default=people)


class ChartDetail(Struct, frozen=True, kw_only=True):
    """`functions`: those that people meet on it, step by step, and what explains each; nothing is a gap."""

    key: str
    chart: Chart
    functions: list[ChartFunction]


class ChartList(Struct, frozen=True, kw_only=True):
    items: list[ChartDetail]


def charts(workspace: int, parameters: QueryDict) -> ChartList:
    """The charts of how people go, and which functions on them nothing explains."""
    document = current(workspace).document
    met = list(charted(Review(document=document, lines={})))
    return ChartList(
        items=[
            ChartDetail(key=key, chart=chart, functions=[each for each in met if each.chart == key])
            for key, chart in document.charts.items()
        ]
    )


def chart_file(workspace: int, parameters: QueryDict, key: str, format: str) -> HttpResponse:
    """A chart as `svg`, `png` or `mmd` (Mermaid)."""
    made = format_named(format)
    figure = chart_figure(current(workspace).document, key, parameters.get("language", ""))
    return HttpResponse(made.write(figure), content_type=made.media)


def program_audit(workspace: int, parameters: QueryDict) -> Audit:
    """The score of the program in force against all checks, by area, and what to mend first."""
    return audit_release(current(workspace))


def program_tracking(workspace: int, parameters: QueryDict) -> Tracking:
    """The tracking plan beside what was seen: what never came, and what does not fit."""
    return tracking(current(workspace).document, seen_events(stores.current().events, workspace))

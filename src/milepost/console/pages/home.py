"""Home: are people getting to their first value, who is stuck on what, what needs a person today, what has changed since
the last release, and what was won."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from milepost.console.pages.inbox import Line, gather_inbox
from milepost.console.pages.insights import (
    Curve,
    Share,
    Trend,
    Unknown,
    activation,
    activation_by_week,
    share_of,
    time_to_value,
)
from milepost.console.pages.install import Install, gather_install
from milepost.console.pages.map_numbers import map_numbers
from milepost.console.pages.tasks import TaskRow, gather_tasks
from milepost.console.pages.words import every_title, titles
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.program.risks import SILENT_LEAVERS
from milepost.insights.judged import judged, subject_for, usual
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.program.queries import Released
from milepost.runtime import queries as runtime
from milepost.workspace.models import Member, Workspace

LATEST = 8
FEW = 4
NAMED = 3
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody has reached a milestone."""

    uid: int
    who: str
    milestone: str
    at: datetime
    first_value: bool


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A milestone of the map in small."""

    key: str
    title: str
    first_value: bool
    reach: Share | None


@dataclass(frozen=True, slots=True)
class SinceRelease:
    """The people who began since the release in force, beside those who began as long before it."""

    number: int
    released_at: datetime
    after: Share | Unknown
    before: Share | Unknown


@dataclass(frozen=True, slots=True)
class StuckOn:
    """An obstacle on which people are stuck now. Shapes: `people` are (uid, name) of the latest."""

    name: str
    title: str
    milestone: str
    n: int
    people: tuple[tuple[int, str], ...]
    counted: Of


@dataclass(frozen=True, slots=True)
class Today:
    """What needs a person: questions without an answer, and tasks; the first of each, and how many there are."""

    questions: tuple[Line, ...]
    waiting: int
    tasks: tuple[TaskRow, ...]
    to_do: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """`won` counts the milestones of the last 24 hours, `silent` newcomers who vanished (None: nobody looks for them).
    Absent: `since` None: nothing was released yet; `trend` while fewer
    than two weeks have anybody."""

    first_value: str
    counted: Of
    activation: Share | Unknown
    trend: Trend | None
    today: Today
    stuck: tuple[StuckOn, ...]
    waypoints: tuple[Waypoint, ...]
    won: int
    silent: int | None
    curve: Curve | Unknown
    since: SinceRelease | None
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class EmptyHome:
    """Before the first fact: how to send it. Absent: without a program nothing can be reached yet."""

    install: Install
    has_program: bool


def gather_home(member: Member, now: datetime) -> HomePage | EmptyHome:
    workspace = member.workspace
    if not runtime.has_facts(workspace.pk):
        return EmptyHome(gather_install(workspace), program.current(workspace.pk).number > 0)
    release = program.current(workspace.pk)
    document = release.document
    of = usual(release.folder)
    key = next((key for key, each in judged(release.folder, of).milestones.items() if each.first_value), "")
    rate, trend = activation_by_week(workspace, now)
    return HomePage(
        first_value=titles(document).get(("milestone", key), ""),
        counted=of,
        activation=rate,
        trend=trend,
        today=_today(member, now),
        stuck=_stuck(workspace.pk, release.folder),
        waypoints=_waypoints(workspace, release.folder, now),
        won=runtime.reached_since(workspace.pk, now - DAY),
        silent=None if document.silent is None else runtime.segment_sizes(workspace.pk).get(SILENT_LEAVERS, 0),
        curve=time_to_value(workspace, now),
        since=_since_release(workspace, release, now),
        arrivals=_arrivals(workspace.pk, document),
    )


def _today(member: Member, now: datetime) -> Today:
    tasks = gather_tasks(member, "", 0, now)
    inbox = gather_inbox(member, "open", "")
    return Today(inbox.lines[:FEW], inbox.waiting, tasks.rows[:FEW], tasks.count)


def _stuck(workspace_id: int, folder: Folder) -> tuple[StuckOn, ...]:
    """Where the most people are stuck first; obstacles that the program has accepted are left alone."""
    document = folder.document
    called = every_title(document)
    counts = {name: count.now for name, count in runtime.stuck_counts(workspace_id).items() if count.now}
    latest = runtime.stuck_now(workspace_id)
    names = people.names(workspace_id, {row.uid for row in latest})
    rows = (
        StuckOn(
            name=f"{milestone}/{obstacle}",
            title=called["obstacle", f"{milestone}/{obstacle}"],
            milestone=called["milestone", milestone],
            n=n,
            people=tuple(
                (row.uid, names.get(row.uid, ""))
                for row in latest
                if (row.milestone, row.obstacle) == (milestone, obstacle)
            )[:NAMED],
            counted=subject_for(folder, milestone),
        )
        for (milestone, obstacle), n in counts.items()
        if ("obstacle", f"{milestone}/{obstacle}") in called
        and not document.milestones[milestone].obstacles[obstacle].accepted
    )
    return tuple(sorted(rows, key=lambda row: -row.n)[:FEW])


def _waypoints(workspace: Workspace, folder: Folder, now: datetime) -> tuple[Waypoint, ...]:
    document = folder.document
    numbers = map_numbers(workspace, folder, "", now)
    if isinstance(numbers, Unknown):
        return ()
    called = titles(document)
    return tuple(
        Waypoint(
            key=key,
            title=called["milestone", key],
            first_value=milestone.first_value,
            reach=share_of(numbers.posts[key].reach) if key in numbers.posts else None,
        )
        for key, milestone in document.milestones.items()
    )


def _since_release(workspace: Workspace, release: Released, now: datetime) -> SinceRelease | None:
    if release.released_at is None:
        return None
    length = now - release.released_at
    return SinceRelease(
        number=release.number,
        released_at=release.released_at,
        after=activation(workspace, now, since=release.released_at),
        before=activation(workspace, now, since=release.released_at - length, until=release.released_at),
    )


def _arrivals(workspace_id: int, document: Document) -> tuple[Arrival, ...]:
    rows = runtime.latest_reached(workspace_id, LATEST)
    names = people.names(workspace_id, {row.uid for row in rows})
    called = titles(document)
    first = {key for key, each in document.milestones.items() if each.first_value}
    return tuple(
        Arrival(
            uid=row.uid,
            who=names.get(row.uid, ""),
            milestone=called.get(("milestone", row.milestone), row.milestone),
            at=row.at,
            first_value=row.milestone in first,
        )
        for row in rows
    )

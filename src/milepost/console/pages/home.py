"""Home: are people getting to their first value, how long does it take, and what has changed since the last release?"""

from dataclasses import dataclass
from datetime import datetime

from milepost.console.pages.insights import Activation, Curve, Unknown, activation, time_to_value
from milepost.console.pages.install import Install, gather_install
from milepost.console.pages.words import titles
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.runtime import queries as runtime
from milepost.workspace.models import Workspace

LATEST = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody has reached a milestone."""

    uid: int
    who: str
    milestone: str
    at: datetime
    first_value: bool


@dataclass(frozen=True, slots=True)
class SinceRelease:
    """The people who began since the release in force, beside those who began as long before it."""

    number: int
    released_at: datetime
    after: Activation | Unknown
    before: Activation | Unknown


@dataclass(frozen=True, slots=True)
class HomePage:
    """Absent: `since` None: nothing was released yet."""

    first_value: str
    activation: Activation | Unknown
    curve: Curve | Unknown
    since: SinceRelease | None
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class EmptyHome:
    """Before the first fact: how to send it. Absent: without a program nothing can be reached yet."""

    install: Install
    has_program: bool


def gather_home(workspace: Workspace, now: datetime) -> HomePage | EmptyHome:
    if not runtime.has_facts(workspace.pk):
        return EmptyHome(gather_install(workspace), program.current(workspace.pk).number > 0)
    document = program.current(workspace.pk).document
    key = next((key for key, each in document.milestones.items() if each.first_value), "")
    return HomePage(
        first_value=titles(document).get(("milestone", key), ""),
        activation=activation(workspace, now),
        curve=time_to_value(workspace, now),
        since=_since_release(workspace, now),
        arrivals=_arrivals(workspace.pk),
    )


def _since_release(workspace: Workspace, now: datetime) -> SinceRelease | None:
    release = program.current(workspace.pk)
    if release.released_at is None:
        return None
    length = now - release.released_at
    return SinceRelease(
        number=release.number,
        released_at=release.released_at,
        after=activation(workspace, now, since=release.released_at),
        before=activation(workspace, now, since=release.released_at - length, until=release.released_at),
    )


def _arrivals(workspace_id: int) -> tuple[Arrival, ...]:
    rows = runtime.latest_reached(workspace_id, LATEST)
    names = people.names(workspace_id, {row.uid for row in rows})
    document = program.current(workspace_id).document
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

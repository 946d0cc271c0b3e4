"""Accounts: all of them, and one with its people, how far it has come, what happened and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milepost.console.pages.people import Among
from milepost.console.pages.person import Post
from milepost.console.pages.tasks import TaskRow, task_rows
from milepost.console.pages.timeline import Timeline, timeline_of_account
from milepost.console.pages.words import in_our_language, shown
from milepost.core.program.document import Document
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.runtime import queries as runtime
from milepost.runtime.account_view import MemberView, Stage, account_view
from milepost.runtime.snapshot import MilestoneView
from milepost.success import queries as success

_MOST = 200


@dataclass(frozen=True, slots=True)
class AccountLine:
    key: str
    title: str
    members: int
    reached: int
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """Shapes: `milestones` is how many a customer has to reach; `more`: there are others, to be searched for. Absent:
    `among` None: all of them."""

    text: str
    rows: tuple[AccountLine, ...]
    milestones: int
    more: bool
    among: Among | None = None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Absent: `started_at` None before its program began; `posts` is empty where no program is for customers."""

    title: str
    key: str
    stage: Stage
    started_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    segments: tuple[str, ...]
    members: tuple[MemberView, ...]
    posts: tuple[Post, ...]
    timeline: Timeline
    tasks: tuple[TaskRow, ...]
    traits: tuple[tuple[str, str], ...]

    @property
    def reached(self) -> int:
        return sum(post.at is not None for post in self.posts)


def gather_accounts(workspace_id: int, text: str, among: Among | None = None) -> AccountsPage:
    """`text`: the beginning of a key, or a part of a name; empty for the latest seen."""
    rows = people.accounts(workspace_id, text)
    if among is not None:
        rows = rows.exclude(id__in=among.uids) if among.except_them else rows.filter(id__in=among.uids)
    found = rows[: _MOST + 1]
    counts = people.member_counts([row.id for row in found])
    reached = runtime.reached_counts(workspace_id, [row.id for row in found])
    folder = program.current(workspace_id).folder.for_accounts
    return AccountsPage(
        text=text,
        rows=tuple(
            AccountLine(row.key, row.name or row.key, counts.get(row.id, 0), reached.get(row.id, 0), row.last_seen_at)
            for row in found[:_MOST]
        ),
        milestones=len(folder.milestones) if folder else 0,
        more=len(found) > _MOST,
        among=among,
    )


def gather_account(workspace_id: int, key: str, now: datetime) -> AccountPage:
    """Raises Refused (404)."""
    standing = account_view(workspace_id, key)
    document = program.current(workspace_id).document
    following = next((each.key for each in standing.milestones if each.at is None), None)
    return AccountPage(
        title=standing.name,
        key=standing.key,
        stage=standing.stage,
        started_at=standing.started_at,
        first_seen_at=standing.first_seen_at,
        last_seen_at=standing.last_seen_at,
        segments=tuple(standing.segments),
        members=tuple(standing.members),
        posts=tuple(_post(each, document, is_next=each.key == following) for each in standing.milestones),
        tasks=task_rows(workspace_id, success.tasks_of(workspace_id, standing.uid), {}, now),
        timeline=timeline_of_account(workspace_id, standing.uid, document),
        traits=tuple((name, shown(value)) for name, value in sorted(standing.traits.items())),
    )


def _post(each: MilestoneView, document: Document, *, is_next: bool) -> Post:
    condition: dict[str, Any] = each.reason.get("condition", {})
    return Post(
        key=each.key,
        title=in_our_language(each.title, document),
        at=each.at,
        why=str(each.reason.get("text", "")),
        condition=condition,
        is_next=is_next,
        first_value=each.first_value,
        retroactive=each.retroactive,
    )

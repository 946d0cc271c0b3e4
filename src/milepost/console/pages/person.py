"""One person: who they are, how far they have come, what happened and why, and why something has not happened yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milepost.console.pages.timeline import Timeline, gather_timeline
from milepost.console.pages.words import in_our_language, shown, titles
from milepost.core.program.document import Document
from milepost.core.values import Refused
from milepost.people.access import access_person
from milepost.people.models import Person
from milepost.program import queries as program
from milepost.runtime import queries as runtime


@dataclass(frozen=True, slots=True)
class Post:
    """One milestone on this person's way. Absent: `at` is None until it is reached; `why` then says what is missing."""

    key: str
    title: str
    at: datetime | None
    why: str
    condition: dict[str, Any]
    is_next: bool
    first_value: bool
    retroactive: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Absent: `ended_at` is None while the role is held."""

    key: str
    title: str
    role: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece or message of the program, to ask why it has not come. Shapes: `kind` is content or message."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Absent: `email` is empty when it was never said; `identified` is False for a visitor whose name nobody knows."""

    uid: int
    title: str
    key: str
    email: str
    identified: bool
    first_seen_at: datetime
    last_seen_at: datetime
    posts: tuple[Post, ...]
    timeline: Timeline
    traits: tuple[tuple[str, str], ...]
    identities: tuple[tuple[str, str], ...]
    accounts: tuple[AccountRow, ...]
    waiting: tuple[Waiting, ...]

    @property
    def reached(self) -> int:
        return sum(post.at is not None for post in self.posts)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Absent: `condition` is empty when nothing is known of the person yet; `happened` when there is nothing to ask."""

    title: str
    why: str
    condition: dict[str, Any]
    happened: bool


def gather_person(workspace_id: int, uid: int) -> PersonPage:
    """Raises Refused (404)."""
    person = access_person(workspace_id, uid)
    document = program.current(workspace_id).document
    return PersonPage(
        uid=person.id,
        title=person.name or person.email or person.key,
        key=person.key,
        email=person.email,
        identified=person.user_id is not None,
        first_seen_at=person.first_seen_at,
        last_seen_at=person.last_seen_at,
        posts=_posts(workspace_id, person.id, document),
        timeline=gather_timeline(workspace_id, person.id),
        traits=tuple((name, shown(value)) for name, value in sorted(person.traits.items())),
        identities=tuple((each.kind, each.value) for each in person.identities.order_by("-kind", "id")),
        accounts=_accounts(person),
        waiting=tuple(
            Waiting(kind, key, title) for (kind, key), title in titles(document).items() if kind != "milestone"
        ),
    )


def gather_why_not(workspace_id: int, uid: int, kind: str, key: str) -> WhyNot:
    """What stands in the way of a definition for this person. Raises Refused (404)."""
    person = access_person(workspace_id, uid)
    called = titles(program.current(workspace_id).document)
    if (kind, key) not in called:
        raise Refused("no_such_definition", "The program has no such definition.", status=404)
    for each in runtime.why_not(workspace_id, person.id):
        if (each.kind, each.key) == (kind, key):
            return WhyNot(
                called[kind, key], str(each.reason.get("text", "")), each.reason.get("condition", {}), happened=False
            )
    return WhyNot(called[kind, key], "", {}, happened=True)


def _posts(workspace_id: int, uid: int, document: Document) -> tuple[Post, ...]:
    found = runtime.milestones(workspace_id, uid)
    ahead = next((each.key for each in found if each.at is None), None)
    return tuple(
        Post(
            key=each.key,
            title=in_our_language(each.title, document),
            at=each.at,
            why=str(each.reason.get("text", "")),
            condition=each.reason.get("condition", {}),
            is_next=each.key == ahead,
            first_value=each.first_value,
            retroactive=each.retroactive,
        )
        for each in found
    )


def _accounts(person: Person) -> tuple[AccountRow, ...]:
    held = person.memberships.select_related("account").order_by("ended_at", "since_at")
    return tuple(
        AccountRow(each.account.key, each.account.name or each.account.key, each.role, each.ended_at) for each in held
    )

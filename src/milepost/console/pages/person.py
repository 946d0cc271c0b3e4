"""One person: who they are, how far they have come, what happened and why, and why something has not happened yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from milepost.console.pages.person_way import Way, gather_way
from milepost.console.pages.timeline import Timeline, timeline_of
from milepost.console.pages.words import in_our_language, shown, titles
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.success.personal import Post as PlannedPost
from milepost.core.values import Refused
from milepost.people.access import access_person
from milepost.people.erasure import is_asked
from milepost.people.models import Person
from milepost.runtime.snapshot import MilestoneView, Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class Post:
    """One milestone on this person's way. `may_attest`: the reader may vouch for it.
    Absent: `at` is None until it is reached; `why` then says what is missing. `first_on` and `due_on` are None without a
    date."""

    key: str
    title: str
    at: datetime | None
    why: str
    condition: dict[str, Any]
    is_next: bool
    first_value: bool
    retroactive: bool
    first_on: date | None = None
    due_on: date | None = None
    late: bool = False
    skipped: bool = False
    in_plan: bool = False
    may_attest: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Absent: `ended_at` is None while the role is held."""

    key: str
    title: str
    role: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece or message that has not come yet, to ask why. Shapes: `kind` is content or message."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`is_leaving`: they are about to be forgotten. Absent: `email` is empty when it was never said; `identified` is False
    for a visitor whose name nobody knows."""

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
    way: Way
    goals: tuple[tuple[str, str], ...]
    goal: str
    is_leaving: bool

    @property
    def planned(self) -> tuple[Post, ...]:
        """The milestones of their plan; all of them while they have none."""
        own = tuple(post for post in self.posts if post.in_plan)
        return own or self.posts

    @property
    def besides(self) -> tuple[Post, ...]:
        """The program's other milestones."""
        return tuple(post for post in self.posts if post not in self.planned)

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


def gather_person(workspace_id: int, uid: int, role: str, now: datetime) -> PersonPage:
    """The page as a member of this role reads it. Raises Refused (404)."""
    person = access_person(workspace_id, uid)
    standing = snapshot(workspace_id, person.id)
    document, plan, missing = standing.program.document, standing.plan, _missing(standing)
    return PersonPage(
        uid=person.id,
        title=person.name or person.email or person.key,
        key=person.key,
        email=person.email,
        identified=person.user_id is not None,
        first_seen_at=person.first_seen_at,
        last_seen_at=person.last_seen_at,
        posts=_posts(standing, role),
        timeline=timeline_of(person, standing.program.document),
        traits=tuple((name, shown(value)) for name, value in sorted(person.traits.items())),
        identities=tuple((each.kind, each.value) for each in person.identities.order_by("-kind", "id")),
        accounts=_accounts(person),
        waiting=tuple(
            Waiting(kind, key, title)
            for (kind, key), title in titles(document).items()
            if kind != "milestone" and (kind, key) in missing
        ),
        way=gather_way(standing, now),
        goals=tuple((key, in_our_language(goal.ask, document)) for key, goal in document.goals.items()),
        goal=plan.goal if plan else "",
        is_leaving=is_asked(workspace_id, person.id),
    )


def gather_why_not(workspace_id: int, uid: int, kind: str, key: str) -> WhyNot:
    """What stands in the way of a definition for this person. Raises Refused (404)."""
    person = access_person(workspace_id, uid)
    standing = snapshot(workspace_id, person.id)
    called = titles(standing.program.document)
    if (kind, key) not in called:
        raise Refused("no_such_definition", "The program has no such definition.", status=404)
    reason = _missing(standing).get((kind, key))
    if reason is None:
        return WhyNot(called[kind, key], "", {}, happened=True)
    return WhyNot(called[kind, key], str(reason.get("text", "")), reason.get("condition", {}), happened=False)


def _missing(standing: Snapshot) -> dict[tuple[str, str], dict[str, Any]]:
    """What has not come to this person, with what stands in its way: for help that only milestones bring, that is what
    the first of them still waits for."""
    document = standing.program.document
    reasons = {(each.kind, each.key): each.reason for each in standing.why_not()}
    brought: dict[tuple[str, str], list[str]] = {}
    for key, milestone in document.milestones.items():
        for help_ in _brought_by(milestone):
            brought.setdefault(help_, []).append(key)
    for help_, milestones in brought.items():
        ahead = [reasons["milestone", key] for key in milestones if ("milestone", key) in reasons]
        if help_ not in reasons and not _has_own_rule(help_, document) and len(ahead) == len(milestones):
            reasons[help_] = ahead[0]
    return reasons


def _brought_by(milestone: Milestone) -> list[tuple[str, str]]:
    """The help with which a milestone is celebrated."""
    celebrate = milestone.celebrate or Celebrate()
    named = (("content", celebrate.content), ("message", celebrate.message))
    return [(kind, key) for kind, key in named if key is not None]


def _has_own_rule(help_: tuple[str, str], document: Document) -> bool:
    kind, key = help_
    definition = document.content[key] if kind == "content" else document.messages[key]
    return getattr(definition, "when", None) is not None


def _posts(standing: Snapshot, role: str) -> tuple[Post, ...]:
    """Those of their plan first, in its order, then the program's others."""
    document, plan = standing.program.document, standing.plan
    found = {each.key: each for each in standing.milestones()}
    planned = {post.key: post for post in plan.posts} if plan else {}
    order = [*(key for key in planned if key in found), *(key for key in found if key not in planned)]
    ahead = (key for key in order if found[key].at is None and not (key in planned and planned[key].skipped))
    following = next(ahead, None)
    return tuple(_post(found[key], planned.get(key), document, is_next=key == following, role=role) for key in order)


def _post(each: MilestoneView, planned: PlannedPost | None, document: Document, *, is_next: bool, role: str) -> Post:
    return Post(
        key=each.key,
        title=in_our_language(each.title, document),
        at=each.at,
        why=str(each.reason.get("text", "")),
        condition=each.reason.get("condition", {}),
        is_next=is_next,
        first_value=each.first_value,
        retroactive=each.retroactive,
        first_on=planned.first_on if planned else None,
        due_on=planned.due_on if planned else None,
        late=bool(planned and planned.late),
        skipped=bool(planned and planned.skipped),
        in_plan=planned is not None,
        may_attest=each.at is None and role in roles_that_attest(document, each.key),
    )


def roles_that_attest(document: Document, milestone: str) -> tuple[str, ...]:
    """Which roles of members may vouch for it; none where nobody can."""
    evidence = document.milestones[milestone].evidence
    return evidence.attested if evidence else ()


def _accounts(person: Person) -> tuple[AccountRow, ...]:
    held = person.memberships.select_related("account").order_by("ended_at", "since_at")
    return tuple(
        AccountRow(each.account.key, each.account.name or each.account.key, each.role, each.ended_at) for each in held
    )

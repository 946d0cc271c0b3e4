"""Writes of people: a batch of facts at a time, a handful of statements however many facts there are."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from msgspec import Struct

from milepost.core.events import Fact, vouched
from milepost.core.people import profile
from milepost.core.people.identity import Attribution, Id, IdKind, Known, attribute
from milepost.people.models import Friend, Identity, Membership, Person, Referral
from milepost.people.queries import account_of, batched

_DESCRIBE = (
    "UPDATE people_person SET traits = %s, traits_at = %s, zone = %s, locale = %s, user_id = %s, key = %s, name = %s,"
    " email = %s WHERE id = %s"
)


class Placed(Struct, frozen=True, kw_only=True):
    """Whose fact it is. Absent: `merged` None: nobody was merged; `account` None: the fact belongs to no account."""

    uid: int
    known: bool
    merged: int | None = None
    account: int | None = None
    zone: str = ""


class _Draft:
    """A person as this batch leaves them."""

    __slots__ = ("facts", "first", "key", "last", "locale", "new", "user_id", "workspace", "zone")

    def __init__(
        self, workspace: int, key: str, user_id: str | None, *, new: bool, zone: str = "", locale: str = ""
    ) -> None:
        self.workspace, self.key, self.user_id, self.new = workspace, key, user_id, new
        self.zone, self.locale = zone, locale  # as they were told last
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.facts: list[Fact] = []  # those that say something new about the person

    def hear(self, fact: Fact, zone: str) -> None:
        """Most facts carry the same zone and language as the one before; those are no news, and need no writing."""
        told = (zone or self.zone, profile.locale_of({}, fact.context) or self.locale)
        if fact.kind == "identify" or told != (self.zone, self.locale):
            self.facts.append(fact)
        self.zone, self.locale = told


def place(facts: Sequence[Fact]) -> list[Placed]:
    """Finds whose each fact is, in order; makes, joins and merges persons. Call it inside a transaction.

    Doing it again with the same facts changes nothing.
    """
    return _Census(facts).run()


class _Census:
    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.ids: dict[tuple[int, str, str], int] = {}
        self.people: dict[int, _Draft] = {}
        self.bound: list[tuple[int, str, str, int]] = []
        self.proven: set[tuple[int, str]] = set()  # user ids that the host product has signed
        self.signed: set[tuple[int, str]] = set()  # those of them of which this is news
        self._load()

    def run(self) -> list[Placed]:
        placed = [self._place(fact) for fact in self.facts]
        self._save()
        return placed

    def _load(self) -> None:
        wanted: dict[tuple[int, IdKind], set[str]] = defaultdict(set)
        for fact in self.facts:
            for kind, value in _ids_of(fact):
                wanted[fact.workspace, kind].add(value)
        for (workspace, kind), values in wanted.items():
            for chunk in batched(sorted(values)):
                self._load_ids(workspace, kind, chunk)

    def _load_ids(self, workspace: int, kind: str, values: Sequence[str]) -> None:
        marks = ",".join(["%s"] * len(values))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.value, i.proven, p.id, p.key, p.user_id, p.zone, p.locale"  # noqa: S608 - marks only
                " FROM people_identity i JOIN people_person p"
                f" ON p.id = i.person_id WHERE i.workspace_id = %s AND i.kind = %s AND i.value IN ({marks})",
                [workspace, kind, *values],
            )
            for value, proven, uid, key, user_id, zone, locale in cursor.fetchall():
                self.ids[workspace, kind, value] = uid
                if proven:
                    self.proven.add((workspace, value))
                self.people.setdefault(uid, _Draft(workspace, key, user_id, new=False, zone=zone, locale=locale))

    def _place(self, fact: Fact) -> Placed:
        found = attribute(fact, lambda kind, value: self._find(fact, kind, value))
        self._carry_out(fact, found)
        if fact.user_id and fact.source == "live" and vouched(fact):
            self._prove(fact.workspace, fact.user_id)
        person = self.people[found.uid]
        at = fact.at
        person.first = at if person.first is None else min(person.first, at)
        if fact.source not in ("milepost", "derived") and fact.context.get("active") is not False:
            person.last = at if person.last is None else max(person.last, at)
        zone = profile.zone_of(fact.properties if fact.kind == "identify" else {}, fact.context) or ""
        person.hear(fact, zone)
        return Placed(
            uid=found.uid,
            known=person.user_id is not None,
            merged=found.merge,
            account=account_of(fact),
            zone=zone,
        )

    def _find(self, fact: Fact, kind: IdKind, value: str) -> Known | None:
        uid = self.ids.get((fact.workspace, kind, value))
        if uid is None:
            return None
        proven = kind == "user" and (fact.workspace, value) in self.proven
        if fact.kind == "alias" and not proven:
            proven = Identity.objects.filter(person_id=uid, proven=True).exists()
        return Known(uid, self.people[uid].user_id, proven)

    def _prove(self, workspace: int, user_id: str) -> None:
        if (workspace, user_id) not in self.proven:
            self.proven.add((workspace, user_id))
            self.signed.add((workspace, user_id))

    def _carry_out(self, fact: Fact, found: Attribution) -> None:
        if found.new is not None:
            self.people[found.uid] = _Draft(fact.workspace, found.new, found.becomes, new=True)
        elif found.becomes is not None:
            self.people[found.uid].user_id = self.people[found.uid].key = found.becomes
            self.people[found.uid].facts.append(fact)
        for kind, value in found.bind:
            self.ids[fact.workspace, kind, value] = found.uid
            self.bound.append((fact.workspace, kind, value, found.uid))
        if found.merge is not None:
            self._merge(found.merge, found.uid)

    def _merge(self, other: int, into: int) -> None:
        self._save()
        merge_rows(self.people[into].workspace, other, into)
        self.ids = {key: into if uid == other else uid for key, uid in self.ids.items()}

    def _save(self) -> None:
        _insert_people([(uid, person) for uid, person in self.people.items() if person.new])
        _insert_ids(self.bound)
        for workspace, user_id in self.signed:
            prove(workspace, user_id)
        _touch([(uid, person) for uid, person in self.people.items() if not person.new and person.last])
        _describe({uid: person for uid, person in self.people.items() if person.facts})
        for person in self.people.values():
            person.new, person.facts, person.first, person.last = False, [], None, None
        self.bound, self.signed = [], set()


def _ids_of(fact: Fact) -> Iterable[Id]:
    if fact.user_id:
        yield "user", fact.user_id
    if fact.anonymous_id:
        yield "anonymous", fact.anonymous_id
    if fact.previous_id:
        yield "user", fact.previous_id
        yield "anonymous", fact.previous_id


def _insert_people(people: Sequence[tuple[int, _Draft]]) -> None:
    rows = [
        (uid, p.workspace, p.key, p.user_id, "", "", "{}", "{}", "", "", stamp(p.first), stamp(p.last or p.first))
        for uid, p in people
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO people_person (id, workspace_id, key, user_id, name, email, traits, traits_at, zone, locale,"
                " first_seen_at, last_seen_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT (id) DO NOTHING",
                rows,
            )


def _insert_ids(bound: Sequence[tuple[int, str, str, int]]) -> None:
    if bound:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO people_identity (workspace_id, kind, value, person_id, proven) VALUES (%s,%s,%s,%s,FALSE)"
                " ON CONFLICT (workspace_id, kind, value) DO NOTHING",
                bound,
            )


def _touch(people: Sequence[tuple[int, _Draft]]) -> None:
    rows = [(last, uid, last) for uid, p in people if (last := stamp(p.last))]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE people_person SET last_seen_at = %s WHERE id = %s AND last_seen_at < %s", rows)


def _describe(drafts: Mapping[int, _Draft]) -> None:
    """Writes down what facts say about people: traits, and what Milepost reads from them."""
    rows = Person.objects.in_bulk(drafts)
    for uid, row in rows.items():
        draft = drafts[uid]
        for fact in draft.facts:
            traits = {**fact.properties, **profile.consent_of(fact.context)} if fact.kind == "identify" else {}
            row.traits, row.traits_at = profile.written(row.traits, row.traits_at, traits, (fact.at, fact.seq))
            row.zone = profile.zone_of(row.traits, fact.context) or row.zone
            row.locale = profile.locale_of(row.traits, fact.context) or row.locale
        row.user_id, row.key = draft.user_id, draft.key
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_DESCRIBE, [_described(row) for row in rows.values()])


def _described(row: Person) -> tuple[Any, ...]:
    name, email = profile.name_of(row.traits), profile.email_of(row.traits)
    traits, traits_at = json.dumps(row.traits), json.dumps(row.traits_at)
    return traits, traits_at, row.zone, row.locale, row.user_id, row.key, name, email, row.id


def prove(workspace: int, user_id: str) -> None:
    """Notes that this user id has been signed for: from now on nobody becomes, or takes over, its person by `alias`."""
    Identity.objects.filter(workspace_id=workspace, kind="user", value=user_id, proven=False).update(proven=True)


def merge_rows(workspace: int, other: int, into: int) -> None:
    """One person's rows become another's: ids, traits (the later written wins), memberships. The old uid leads on."""
    kept, gone = Person.objects.get(id=into), Person.objects.get(id=other)
    for name, value in gone.traits.items():
        at, seq = gone.traits_at.get(name, ("", 0))
        if (at, seq) >= tuple(kept.traits_at.get(name, ("", 0))):
            kept.traits[name], kept.traits_at[name] = value, (at, seq)
    kept.first_seen_at = min(kept.first_seen_at, gone.first_seen_at)
    kept.last_seen_at = max(kept.last_seen_at, gone.last_seen_at)
    kept.name, kept.email = profile.name_of(kept.traits), profile.email_of(kept.traits)
    kept.zone, kept.locale = kept.zone or gone.zone, kept.locale or gone.locale
    kept.save()
    Identity.objects.filter(workspace_id=workspace, person_id=other).update(person_id=into)
    Person.objects.filter(merged_into_id=other).update(merged_into_id=into)
    Person.objects.filter(id=other).update(merged_into_id=into)
    Referral.objects.filter(person_id=other).update(person_id=into)
    if not Friend.objects.filter(person_id=into).exists():
        Friend.objects.filter(person_id=other).update(person_id=into)
    _unite_memberships(other, into)


def _unite_memberships(other: int, into: int) -> None:
    """Of one role that both had, what one of them ended goes on if the other began it later."""
    held = {(each.account_id, each.role): each for each in Membership.objects.filter(person_id=into)}
    for membership in Membership.objects.filter(person_id=other):
        mine = held.get((membership.account_id, membership.role))
        if mine is None:
            membership.person_id = into
            membership.save(update_fields=["person"])
            continue
        if mine.ended_at is not None and mine.ended_at < membership.since_at:
            mine.ended_at, mine.ended_seq = membership.ended_at, membership.ended_seq
            mine.save(update_fields=["ended_at", "ended_seq"])
        membership.delete()


def stamp(at: datetime | None) -> Any:
    """An instant as this database keeps it, for statements written by hand."""
    return None if at is None else _adapter()(at)


@cache
def _adapter() -> Callable[[datetime], Any]:
    """What the database's own adapter gives; for SQLite without its checks, which cost more than a decision."""
    if connection.vendor == "sqlite":
        return lambda at: (at if at.tzinfo is UTC else at.astimezone(UTC)).replace(tzinfo=None).isoformat(" ")
    adapt: Callable[[datetime], Any] = connection.ops.adapt_datetimefield_value
    return adapt

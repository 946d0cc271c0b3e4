"""What the engine has concluded of accounts, what SQL says of them and what can be read off the facts one by one is the
same, whoever of their people did it, whenever they joined or left and whoever turned out to be somebody else."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from milepost.core.conditions.naive import Subject
from milepost.core.events import Fact, FactKind
from milepost.core.insights.conditions_sql import first_true_sql
from milepost.core.insights.plan import instant
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, reached_of
from milepost.core.values import Instant
from milepost.people.accounts import account_id
from milepost.program.queries import current
from milepost.runtime import store
from tests.programs.gym import Gym
from tests.world import World

PROGRAM = """\
milepost: 1
name: Accounts
for: customer
support: {name: Anna, email: anna@example.com}
start: {did: Signed}
milestones:
  twice: {title: Twice, first_value: true, reached: {did: Used, at_least: 2, since: start}}
  often: {title: Often, reached: {did: Used, at_least: 2, within: 1d}}
  days: {title: On two days, reached: {did: Used, at_least: 2, distinct: day}}
  paid-up: {title: On Pro, reached: {trait: plan, is: pro}}
  first: {title: Used and then signed, reached: {sequence: [Used, Signed]}}
  silent: {title: Used twice and then not for a day, reached: [{reached: twice}, {not: {did: Used, within: 1d}}]}
"""
KEYS = ("twice", "often", "days", "paid-up", "first", "silent")
PEOPLE, ACCOUNTS = ("ann", "bo", "cy"), ("acme", "globex")
DAYS = 6


class Told(Struct, frozen=True):
    """Something that happens. Absent: who has no name yet is on the device `dev`; `account` where none is named."""

    kind: FactKind
    name: str
    who: str | None
    hours: int
    account: str | None = None
    properties: dict[str, Any] = {}


WHEN = st.integers(0, 2 * DAYS).map(lambda half: 12 * half)  # ties, and late facts, are common
WHO = st.sampled_from((*PEOPLE, None))
ACCOUNT = st.sampled_from(ACCOUNTS)
PLANS = st.sampled_from(({}, {"plan": "pro"}, {"plan": "free"}, {"plan": None}, {"timezone": "Pacific/Kiritimati"}))
JOINS = st.builds(Told, st.just("group"), st.just("Grouped"), WHO, WHEN, ACCOUNT, PLANS)
DOES = st.builds(Told, st.just("track"), st.sampled_from(("Used", "Used", "Signed")), WHO, WHEN)
NAMES_ONE = st.builds(Told, st.just("track"), st.sampled_from(("Used", "Signed")), WHO, WHEN, ACCOUNT)
LEAVES = st.builds(Told, st.just("track"), st.just("Account Removed User"), WHO, WHEN, ACCOUNT)
SIGNS_IN = st.builds(Told, st.just("identify"), st.just("Identified"), st.sampled_from(PEOPLE), WHEN)
#: The first few belong somewhere.
TEAM = [
    Told("group", "Grouped", who, 0, account) for who, account in (("ann", "acme"), ("bo", "acme"), (None, "globex"))
]
HISTORIES = st.lists(st.one_of(JOINS, DOES, DOES, DOES, NAMES_ONE, LEAVES, SIGNS_IN), min_size=6, max_size=14).map(
    lambda more: [*TEAM, *more]
)

_WHOSE = "select account, seq from facts where account in (select unnest($accounts::bigint[]))"
_numbers = count(1)


def _facts(world: World, history: list[Told], number: int) -> Iterator[Fact]:
    """Each example has people and accounts of its own. Whoever signs in does so on the device."""
    now = world.clock.now()
    for each in history:
        account = f"{each.account}-{number}" if each.account else None
        leaves = each.name == "Account Removed User"
        yield world.fact(
            each.name,
            f"{each.who}-{number}" if each.who else None,
            kind=each.kind,
            at=now - timedelta(days=DAYS + 1) + timedelta(hours=each.hours),
            anonymous_id=f"dev-{number}" if each.who is None or each.kind == "identify" else None,
            group_id=account if each.kind == "group" else None,
            context={"groupId": account} if account and each.kind == "track" and not leaves else {},
            properties={"group_id": account} if leaves else each.properties,
        )


def _of_accounts(facts: list[Fact]) -> dict[str, list[Fact]]:
    """The rule, fact by fact in the order of the log."""
    found: dict[str, list[Fact]] = defaultdict(list)
    belongs: dict[str, Held] = defaultdict(dict)
    became: dict[str, str] = {}
    for fact in facts:
        device = fact.anonymous_id
        if fact.user_id and device and device not in became:
            became[device] = fact.user_id
            _unite(belongs[fact.user_id], belongs.pop(device, {}))
        who = fact.user_id or became.get(str(device), str(device))
        if fact.name == "Account Removed User":
            _leave(belongs[who], fact.properties["group_id"], fact.at)
        if fact.group_id:
            _join(belongs[who], fact.group_id, fact.at)
        named = fact.group_id or fact.context.get("groupId")
        now = [account for account, (_, left) in belongs[who].items() if left is None]
        if named or len(now) == 1:
            found[named or now[0]].append(fact)
    return found


#: Account → when somebody joined it, and when they left it.
Held = dict[str, tuple[datetime, datetime | None]]


def _join(held: Held, account: str, at: datetime) -> None:
    joined, left = held.get(account, (at, None))
    if left is None or left < at:
        held[account] = (min(joined, at), None)


def _leave(held: Held, account: str, at: datetime) -> None:
    joined, left = held.get(account, (None, None))
    if joined is not None and left is None and joined <= at:
        held[account] = (joined, at)


def _unite(held: Held, others: Held) -> None:
    for account, (joined, left) in others.items():
        mine = held.get(account)
        if mine is None:
            held[account] = (joined, left)
        elif mine[1] is not None and mine[1] < joined:
            held[account] = (mine[0], left)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_the_engine_sql_and_the_twin_agree_on_what_every_account_has_reached(world: World, history: list[Told]) -> None:
    if current(world.workspace).number < 2:
        Gym.release(world, PROGRAM)
    number = next(_numbers)
    facts = []
    for fact in _facts(world, history, number):
        world.happens(fact)
        facts.append(next(one for one in world.stores.log.read(0, 10**6) if one.message_id == fact.message_id))
    document = current(world.workspace).folder.for_accounts
    assert document is not None

    reach = _of_accounts(facts)
    twins = {key: _twin(document, mine) for key, mine in reach.items()}
    uids = {account_id(world.workspace, f"{key}-{number}"): f"{key}-{number}" for key in ACCOUNTS}
    rows = world.stores.events.query(_WHOSE, {"accounts": list(uids)})
    assert {(uids[uid], seq) for uid, seq in rows} == {(key, one.seq) for key, mine in reach.items() for one in mine}
    engine = {uids[uid]: dict(state.reached) for uid, state in store.load(set(uids)).items()}
    assert engine == twins
    plan = first_true_sql(document, KEYS, ws=world.workspace, as_of=world.clock.now(), of="accounts")
    sql: dict[str, dict[str, Instant]] = {key: {} for key in twins}
    for key, uid, ts, seq in world.stores.events.query(plan.sql, plan.parameters):
        if uid in uids:
            sql[uids[uid]][key] = (instant(ts), seq)
    assert sql == twins


def _twin(document: Document, facts: list[Fact]) -> dict[str, Instant]:
    zones = [fact.properties["timezone"] for fact in facts if fact.kind == "group" and "timezone" in fact.properties]
    milestones = {key: reached_of(document, key) for key in KEYS}
    twin = Subject(facts, milestones, expand(document.start, document), zones[-1] if zones else "UTC")
    return {key: at for key in KEYS if (at := twin.reached(key)) is not None}

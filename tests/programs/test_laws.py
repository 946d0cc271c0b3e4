"""Laws over generated histories of three programs: a replay gives the same, and one budget of attention holds over all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from milepost.core import events
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import step
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_folder
from milepost.people.models import Person
from milepost.program.review import review
from milepost.runtime import store
from milepost.runtime.models import MilestoneReached, OutboxEntry, SubjectState
from tests.programs.documents import ALL
from tests.programs.gym import Gym
from tests.world import START, World

USERS, ACCOUNTS = ("bea", "ann", "tom"), ("gym", "club")

#: (minutes after the one before, who, what they do or what they say of an account)
HISTORY = st.lists(
    st.tuples(
        st.integers(-200, 3000),
        st.sampled_from(USERS),
        st.one_of(
            st.sampled_from(["Signed Up", "Meal Logged", "Trainer Added", "Contract Signed", "Hired", "Desk Set Up"]),
            st.tuples(
                st.sampled_from(ACCOUNTS),
                st.fixed_dictionaries(
                    {"role": st.sampled_from(["buyer", "admin", "user"])},
                    optional={"plan": st.sampled_from(["free", "pro"]), "had_trial": st.booleans()},
                ),
            ),
        ),
    ),
    min_size=1,
    max_size=25,
)


def facts_of(world: World, history: list[tuple[int, str, Any]]) -> list[Fact]:
    at, facts = START - timedelta(days=40), []
    for minutes, user, what in history:
        at += timedelta(minutes=minutes)
        if isinstance(what, str):
            facts.append(world.fact(what, user, at=at))
        else:
            account, traits = what
            facts.append(world.fact("Grouped", user, kind="group", group_id=account, properties=traits, at=at))
    return facts


@pytest.mark.django_db
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])  # shrinking would take minutes
@given(history=HISTORY, lumps=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_a_replay_of_the_log_gives_the_same_persons_and_accounts(
    history: list[tuple[int, str, Any]], lumps: list[int]
) -> None:
    """However the facts came in, the log alone says everything; delivering it again changes nothing."""
    with a_world() as lived:
        facts = facts_of(lived, history)
        while facts:
            lump = lumps[len(facts) % len(lumps)]
            lived.happens(*facts[:lump])
            facts = facts[lump:]
        log, first = lived.stores.log.read(0, 10_000), everything()
        lived.happens(*log)
        assert everything() == first
    with a_world() as replayed:
        replayed.happens(*log)
        assert everything() == first


@contextmanager
def a_world() -> Iterator[World]:
    """A workspace of three programs that leaves nothing behind."""
    with transaction.atomic():
        world = World()
        Gym.release(world, ALL)
        yield world
        world.stores.close()
        transaction.set_rollback(True)


def everything() -> dict[str, Any]:
    """States, milestones and intentions. What is numbered anew in each log is left out."""
    uids = list(SubjectState.objects.values_list("uid", flat=True))
    return {
        "states": {uid: asdict(state) for uid, state in store.load(uids).items()},
        "people": set(Person.objects.values_list("id", "key")),
        "milestones": set(MilestoneReached.objects.values_list("uid", "milestone", "at")),
        "effects": set(OutboxEntry.objects.values_list("key", "kind")),
    }


def program_of_many() -> Program:
    """Each kind of program has mails and pieces enough to drown somebody in."""
    limits = ("  email: {at_most: 2, per: 7d}", "  in_app: {at_most: 3, per: 1d}", "  total: {at_most: 4, per: 7d}", "")
    parts = ["name: Common\ncommon: true\nlimits:\n" + "\n".join(limits)]
    for kind in ("user", "customer", "employee"):
        own = [f"name: {kind}\nfor: {kind}\nmessages:\n"]
        own += [
            f"  {kind}-{n}: {{channel: email, purpose: care, subject: S, body: B, when: {{did: E{n}}}}}\n"
            for n in range(3)
        ]
        own += ["content:\n"]
        own += [
            f"  {kind}-guide-{n}: {{kind: guide, when: {{did: E{n}, at_least: 2}}, steps: [{{title: T}}]}}\n"
            for n in range(3)
        ]
        parts.append("".join(own))
    folder = review("---\n".join(parts)).folder
    assert folder is not None
    return compile_folder(folder, digest="x", number=1)


MANY = program_of_many()
CALLS = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.one_of(
            st.sampled_from(["E0", "E1", "E2"]),
            st.tuples(st.sampled_from(["content", "message"]), st.integers(0, 2)),
        ),
    ),
    max_size=40,
)


@given(calls=CALLS)
def test_one_budget_holds_over_all_programs_in_any_interleaving(calls: list[tuple[int, Any]]) -> None:
    """What a person does, what their account's program asks, and what time brings, in any order."""
    state, at, sent = State(workspace=1, uid=1), START, []
    for seq, (minutes, what) in enumerate(calls, start=1):
        at += timedelta(minutes=minutes)
        fact = asked(what, seq) if isinstance(what, tuple) else {"name": what, "source": "live"}
        told = Fact(
            workspace=1, kind="track", at=at, received_at=at, message_id=str(seq), seq=seq, user_id="ann", **fact
        )
        for given_ in (Given(at=at, known=True), Given(at=at, fact=told, known=True)):
            outcome = step(MANY, state, given_)
            state = outcome.state
            sent += [(at, effect.__struct_config__.tag) for effect in outcome.effects]
    for tag, at_most, length in (("send_message", 2, 7), ("show_content", 3, 1), (None, 4, 7)):
        times = [time for time, kind in sent if kind in ((tag,) if tag else ("send_message", "show_content"))]
        for place, time in enumerate(times):
            assert sum(other < time + timedelta(days=length) for other in times[place:]) <= at_most


def asked(what: tuple[str, int], seq: int) -> dict[str, Any]:
    kind, number = what
    key = f"customer-{number}" if kind == "message" else f"customer-guide-{number}"
    said = {"kind": kind, "key": key, "once": f"o{seq}", "account": "gym", "account_name": "Gym"}
    return {"name": events.ACCOUNT_HELP_DUE, "source": "milepost", "properties": said}

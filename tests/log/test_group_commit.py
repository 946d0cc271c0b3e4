"""Callers that come together share a transaction; each gets its own answer."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from milepost.core.events import Fact
from milepost.core.values import Unavailable
from milepost.log.commit import GroupCommit
from milepost.log.memory import MemoryLog

from .facts import fact, facts

pytestmark = pytest.mark.anyio


class SlowLog(MemoryLog):
    """Holds every transaction until it is let go, counts them, and fails for facts with certain names."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.go = threading.Event()

    def append(self, facts: Sequence[Fact]) -> list[int]:
        self.go.wait(10)
        self.calls.append(len(facts))
        if any(found.name == "Poison" for found in facts):
            raise ValueError("this fact cannot be written")
        if any(found.name == "Disk Full" for found in facts):
            raise Unavailable("The disk is full.", retry_after=7)
        return super().append(facts)


async def _entered(commit: GroupCommit, callers: int) -> None:
    while len(commit._queue) < callers:
        await asyncio.sleep(0.001)


async def test_callers_that_come_while_the_writer_is_busy_share_one_transaction() -> None:
    log = SlowLog()
    commit = GroupCommit(log, most_waiting=1000)
    first = asyncio.create_task(commit.append([fact("first")]))
    while not commit._waiting or commit._queue:
        await asyncio.sleep(0.001)
    others = [asyncio.create_task(commit.append(facts(f"c{n}", 2))) for n in range(20)]
    await _entered(commit, 20)
    log.go.set()
    assert await first == [1]
    assert [number for answer in await asyncio.gather(*others) for number in answer] == list(range(2, 42))
    assert log.calls == [1, 40]
    commit.close()


async def test_the_same_message_from_two_callers_at_once_has_one_number() -> None:
    commit = GroupCommit(MemoryLog(), most_waiting=1000)
    answers = await asyncio.gather(*(commit.append([fact("same")]) for _ in range(10)))
    assert sorted(number for [number] in answers) == [0] * 9 + [1]
    commit.close()


async def test_too_many_waiting_facts_send_the_next_caller_away_at_once() -> None:
    log = SlowLog()
    commit = GroupCommit(log, most_waiting=10)
    waiting = asyncio.create_task(commit.append(facts("a", 8)))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await commit.append(facts("b", 3))
    assert refused.value.retry_after == 1
    log.go.set()
    assert await waiting == list(range(1, 9))
    assert await commit.append(facts("b", 3)) == [9, 10, 11]
    commit.close()


async def test_a_call_larger_than_what_may_wait_is_taken_when_nothing_waits() -> None:
    commit = GroupCommit(MemoryLog(), most_waiting=10)
    assert len(await commit.append(facts("a", 50))) == 50
    commit.close()


async def test_one_callers_bad_fact_fails_that_caller_alone() -> None:
    log = SlowLog()
    commit = GroupCommit(log, most_waiting=1000)
    batches = [[fact("a")], [fact("b", name="Poison")], [fact("c")]]
    callers = [asyncio.create_task(commit.append(batch)) for batch in batches]
    await asyncio.sleep(0.02)
    log.go.set()
    good, bad, also_good = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(bad, ValueError)
    assert (good, also_good) == ([1], [2])
    commit.close()


async def test_a_full_disk_reaches_every_caller_of_its_transaction_and_the_next_may_succeed() -> None:
    log = SlowLog()
    log.go.set()
    commit = GroupCommit(log, most_waiting=1000)
    with pytest.raises(Unavailable) as refused:
        await commit.append([fact("a", name="Disk Full")])
    assert refused.value.retry_after == 7
    assert await commit.append([fact("b")]) == [1]
    commit.close()


async def test_a_caller_that_went_away_does_not_disturb_the_others_and_its_facts_are_kept() -> None:
    log = SlowLog()
    commit = GroupCommit(log, most_waiting=1000)
    gone = asyncio.create_task(commit.append([fact("a")]))
    other = asyncio.create_task(commit.append([fact("b")]))
    await asyncio.sleep(0.01)
    gone.cancel()
    log.go.set()
    assert len(await other) == 1
    commit.close()
    assert {found.message_id for found in log.read(0, 10)} == {"a", "b"}


async def test_the_engine_is_told_after_each_commit_and_not_before() -> None:
    log = MemoryLog()
    told: list[int] = []
    commit = GroupCommit(log, most_waiting=1000, on_stored=lambda: told.append(log.last()))
    await commit.append([fact("a")])
    await commit.append([fact("b")])
    assert told == [1, 2]
    commit.close()


async def test_what_waits_at_the_end_is_written_and_then_the_door_is_closed() -> None:
    log = SlowLog()
    commit = GroupCommit(log, most_waiting=1000)
    waiting = asyncio.create_task(commit.append([fact("a")]))
    await asyncio.sleep(0.01)
    log.go.set()
    commit.close()
    assert await waiting == [1]
    with pytest.raises(Unavailable):
        await commit.append([fact("b")])

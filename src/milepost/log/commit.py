"""Group commit: callers that come at the same time share one transaction, and so one wait for the disk.

There is no delay to gather them: while the writer is at the disk, those who come wait together.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Condition, Thread

from milepost.core.events import Fact
from milepost.core.values import Unavailable
from milepost.log.events import EventLog

#: A transaction ends with the caller that brings it to this many facts, so that nobody waits long for the others.
_FACTS_A_TRANSACTION = 5_000

#: What a caller gets: the number of each of its facts, or why not.
_Answer = list[int] | Exception


@dataclass(frozen=True, slots=True, eq=False)
class _Caller:
    facts: Sequence[Fact]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[list[int]]


class GroupCommit:
    def __init__(self, log: EventLog, *, most_waiting: int, on_stored: Callable[[], None] = lambda: None) -> None:
        """`most_waiting`: facts; above it callers are sent away at once. `on_stored` runs in the writer's thread."""
        self._log, self._most, self._on_stored = log, most_waiting, on_stored
        self._queue: deque[_Caller] = deque()
        self._waiting = 0  # facts, those that are being written included
        self._closed = False
        self._changed = Condition()
        self._writer = Thread(target=self._write_forever, name="log-writer", daemon=True)
        self._writer.start()

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """As EventLog.append. Raises Unavailable also when too many facts wait already; those were not stored."""
        loop = asyncio.get_running_loop()
        caller = _Caller(facts, loop, loop.create_future())
        self._enter(caller)
        return await caller.answer

    def close(self) -> None:
        """Writes what waits, then ends the writer. The log stays open."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._writer.join()

    def _enter(self, caller: _Caller) -> None:
        with self._changed:
            if self._closed:
                raise Unavailable("Milepost is shutting down; nothing was stored.", retry_after=1)
            if self._waiting and self._waiting + len(caller.facts) > self._most:
                raise Unavailable(f"{self._waiting} facts wait to be stored, no more are taken.", retry_after=1)
            self._queue.append(caller)
            self._waiting += len(caller.facts)
            self._changed.notify()

    def _write_forever(self) -> None:
        while group := self._next_group():
            answers = self._write(group)
            with self._changed:
                self._waiting -= sum(len(caller.facts) for caller in group)
            if any(isinstance(answer, list) for answer in answers):
                self._on_stored()
            _tell(zip(group, answers, strict=True))

    def _next_group(self) -> list[_Caller]:
        """Waits for callers; none means that all is written and the door is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            group: list[_Caller] = []
            count = 0
            while self._queue and count < _FACTS_A_TRANSACTION:
                group.append(self._queue.popleft())
                count += len(group[-1].facts)
            return group

    def _write(self, group: list[_Caller]) -> list[_Answer]:
        """One transaction; where it fails for a reason that may lie in one caller's facts, one transaction for each."""
        try:
            numbers = iter(self._log.append([fact for caller in group for fact in caller.facts]))
        except Unavailable as error:
            return [error] * len(group)
        except Exception as error:
            return [error] if len(group) == 1 else [self._write([caller])[0] for caller in group]
        return [[next(numbers) for _ in caller.facts] for caller in group]


def _tell(answers: Iterable[tuple[_Caller, _Answer]]) -> None:
    """Wakes each event loop once, however many callers wait in it."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[_Caller, _Answer]]] = {}
    for caller, answer in answers:
        loops.setdefault(caller.loop, []).append((caller, answer))
    for loop, told in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, told)


def _resolve(told: list[tuple[_Caller, _Answer]]) -> None:
    for caller, answer in told:
        if caller.answer.done():  # the caller went away; its facts are stored all the same
            continue
        if isinstance(answer, list):
            caller.answer.set_result(answer)
        else:
            caller.answer.set_exception(answer)

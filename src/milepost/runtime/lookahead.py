"""What the states need that come over to a new release next, looked up for many at a time: each look reads through the
columns of everybody."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import get_args

from msgspec import Struct

from milepost.core.events import Fact
from milepost.core.program.folder import Subject
from milepost.runtime.models import SubjectState
from milepost.runtime.programs import crossing, program_of
from milepost.runtime.projector import Projector

_AHEAD = 2_000


class Past(Struct, frozen=True):
    """The facts of these names that a subject had; `names` of None: of whatever name."""

    names: frozenset[str] | None
    facts: list[Fact]

    def answers(self, names: frozenset[str] | None) -> bool:
        return self.names is None or (names is not None and names <= self.names)


class Lookahead:
    """What was looked up stays true for a state that has not come over: with the next fact that it takes, it would have."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._release = (0, 0)
        self._pasts: dict[int, Past] = {}

    def next(self, workspace: int, number: int, most: int) -> dict[int, Past]:
        """The next states, by uid, that come over to this release of the workspace; none: all have."""
        old = SubjectState.objects.filter(workspace_id=workspace, release__lt=number).order_by("release", "uid")
        uids = list(old.values_list("uid", flat=True)[:most])
        if self._release != (workspace, number) or not uids or not self._pasts.keys() >= set(uids):
            self._release, self._pasts = (workspace, number), {}
            self._pasts.update(self._look_up(list(old.values_list("uid", "release")[:_AHEAD]), most))
        return {uid: self._pasts[uid] for uid in uids}

    def _look_up(self, rows: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[int, Past]]:
        """All that people ever did fills the memory: of whoever needs that, no more are looked up than are asked for."""
        for release, group in groupby(rows, key=itemgetter(1)):
            names = self._names(release)
            uids = [uid for uid, _ in group][: most if names is None else None]
            facts = {uid: Past(names, []) for uid in uids} if names == frozenset() else self._find(uids, names)
            yield from facts.items()

    def _names(self, release: int) -> frozenset[str] | None:
        """The names of all facts that any state of that release may lack. Accounts that no program is for lack none."""
        workspace, number = self._release
        subjects: tuple[Subject, ...] = get_args(Subject) if program_of(workspace, number).accounts else ("person",)
        asked = [crossing(workspace, release, number, subject).names_at_most for subject in subjects]
        known = [names for names in asked if names is not None]
        return frozenset().union(*known) if len(known) == len(asked) else None

    def _find(self, uids: Sequence[int], names: frozenset[str] | None) -> dict[int, Past]:
        """A uid is a person's or an account's: of one of the two nothing is found."""
        persons = self._projector.history(self._release[0], uids, names)
        accounts = self._projector.history_of_accounts(self._release[0], uids, names)
        return {uid: Past(names, persons[uid] + accounts[uid]) for uid in uids}

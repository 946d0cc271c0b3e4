"""What the states need that come over to a new release next, looked up for many at a time: each look reads through the
columns of everybody."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, get_args

from django.db.models import Q
from msgspec import Struct

from milepost.core.events import Fact
from milepost.core.program.folder import Subject
from milepost.runtime.models import SubjectState
from milepost.runtime.programs import crossing, program_of
from milepost.runtime.projector import Projector

if TYPE_CHECKING:
    from django.db.models import QuerySet

_AHEAD = 2_000
_PATIENCE = 0.005  # seconds that the loop waits for what is being read


class Past(Struct, frozen=True):
    """The facts of these names that a subject had; `names` of None: of whatever name."""

    names: frozenset[str] | None
    facts: list[Fact]

    def answers(self, names: frozenset[str] | None) -> bool:
        return self.names is None or (names is not None and names <= self.names)


class Lookahead:
    """Reads in a thread of its own, while the loop goes on: it takes longer than a fact may wait.

    What was looked up stays true for a state that has not come over: with the next fact that it takes, it would have.
    """

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="lookahead")
        self._begin(0, 0)

    def _begin(self, workspace: int, number: int) -> None:
        self._release = workspace, number
        self._pasts: dict[int, Past] = {}
        self._coming: Future[dict[int, Past]] | None = None
        self._until = (0, 0)  # the release and uid of the last state that was read, or is being read, for

    def next(self, workspace: int, number: int, most: int) -> dict[int, Past] | None:
        """Some of the next states, by uid, that come over to this release of the workspace; none: all have. None: what they
        need is being read."""
        if self._release != (workspace, number):
            self._begin(workspace, number)
        old = SubjectState.objects.filter(workspace_id=workspace, release__lt=number).order_by("release", "uid")
        uids = list(old.values_list("uid", flat=True)[:most])
        if not uids:
            self._begin(workspace, number)
            return {}
        if not self._pasts.keys() >= set(uids):
            self._take_in(uids, old, most)
        if self._coming is None:
            self._coming = self._read(old, most)
        found = {uid: self._pasts[uid] for uid in uids if uid in self._pasts}
        if not found and self._coming is None:  # whoever is left stands where it has been read already
            self._begin(workspace, number)
        return found or None

    def _take_in(self, uids: Sequence[int], old: "QuerySet[SubjectState]", most: int) -> None:
        """What comes takes the place of what has been used, once it is there."""
        coming = self._coming = self._coming or self._read(old, most)
        if coming is None or not wait([coming], timeout=_PATIENCE).done:
            return
        self._coming, release, self._release = None, self._release, (0, 0)
        self._pasts = {uid: self._pasts[uid] for uid in uids if uid in self._pasts} | coming.result()
        self._release = release  # else it would begin anew

    def _read(self, old: "QuerySet[SubjectState]", most: int) -> Future[dict[int, Past]] | None:
        """Begins to read for those of one release who come next; None where nobody does. All that people ever did fills the
        memory: of whoever needs that, no more are looked up than are asked for."""
        release, uid = self._until
        following = old.filter(Q(release=release, uid__gt=uid) | Q(release__gt=release))
        rows = list(following.values_list("release", "uid")[:_AHEAD])
        if not rows:
            return None
        names = self._names(rows[0][0])
        uids = [uid for release, uid in rows if release == rows[0][0]][: most if names is None else None]
        self._until = (rows[0][0], uids[-1])
        self._projector.flush()
        return self._reader.submit(self._look_up, self._release[0], uids, names)

    def _names(self, release: int) -> frozenset[str] | None:
        """The names of all facts that any state of that release may lack. Accounts that no program is for lack none."""
        workspace, number = self._release
        subjects: tuple[Subject, ...] = get_args(Subject) if program_of(workspace, number).accounts else ("person",)
        asked = [crossing(workspace, release, number, subject).names_at_most for subject in subjects]
        known = [names for names in asked if names is not None]
        return frozenset().union(*known) if len(known) == len(asked) else None

    def _look_up(self, workspace: int, uids: Sequence[int], names: frozenset[str] | None) -> dict[int, Past]:
        """A uid is a person's or an account's: of one of the two nothing is found."""
        if names == frozenset():
            return {uid: Past(names, []) for uid in uids}
        persons = self._projector.projected(workspace, uids, names)
        accounts = self._projector.projected_of_accounts(workspace, uids, names)
        return {uid: Past(names, persons[uid] + accounts[uid]) for uid in uids}

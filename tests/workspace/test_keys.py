import asyncio
import threading
from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries

from milepost.core.values import Refused
from milepost.workspace import keys, queries, remembered
from milepost.workspace.actions import Bootstrap, bootstrap, create_key, revoke_key
from milepost.workspace.models import AuditEntry, Key, Workspace
from milepost.workspace.remembered import Remembered

from .conftest import NOW

pytestmark = pytest.mark.django_db


class Watch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    watch = Watch()
    monkeypatch.setattr(remembered, "monotonic", watch)
    keys.forget()
    yield watch
    keys.forget()


def test_a_key_opens_its_workspace_and_only_doors_of_its_kind(start: Bootstrap) -> None:
    assert start.write_key.startswith("mpw_") and start.secret_key.startswith("mps_")
    assert keys.find(start.write_key, Key.SECRET) is None
    assert keys.find(start.secret_key, Key.WRITE) is None


@pytest.mark.parametrize("token", ["", "mpw_", "mpw_" + "x" * 32, "mpw_\x00", "mpw_\ud800", "nonsense", "Ω" * 5000])
def test_an_unknown_key_opens_nothing(start: Bootstrap, token: str) -> None:
    assert keys.find(token, Key.WRITE) is None


def test_a_revoked_key_is_refused_within_a_second_by_processes_that_knew_it(
    start: Bootstrap, workspace: Workspace, watch: Watch
) -> None:
    assert keys.find(start.write_key, Key.WRITE) == workspace.pk
    Key.objects.filter(kind=Key.WRITE).update(revoked_at=NOW)  # another process: this one's memory is not told
    watch.seconds += 1.0
    assert keys.find(start.write_key, Key.WRITE) is None


def test_a_new_key_works_within_a_second_although_it_was_unknown(workspace: Workspace, watch: Watch) -> None:
    token = create_key(workspace, Key.WRITE, NOW, actor="owner@milepost.local")
    Key.objects.filter(hash=keys._hash(token)).update(revoked_at=NOW)
    assert keys.find(token, Key.WRITE) is None
    Key.objects.filter(hash=keys._hash(token)).update(revoked_at=None)
    watch.seconds += 1.0
    assert keys.find(token, Key.WRITE) == workspace.pk


def test_the_database_is_asked_once_a_second_for_a_key_and_for_a_wrong_one(
    start: Bootstrap, watch: Watch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        for _ in range(10):
            keys.find(start.write_key, Key.WRITE)
            keys.find("mpw_wrong", Key.WRITE)


def test_asking_for_endless_wrong_keys_does_not_fill_the_memory() -> None:
    answers = Remembered(str, seconds=60, size=100)
    for key in range(1_000):
        assert answers.get(key) == str(key)
    assert len(answers._answers) <= 100


@pytest.mark.django_db(transaction=True)
def test_keys_are_found_from_threads_and_from_an_event_loop() -> None:
    start = bootstrap(NOW)
    found: list[int | None] = []

    async def ask() -> None:
        found.append(keys.find(start.write_key, Key.WRITE))

    keys.forget()
    thread = threading.Thread(target=lambda: found.append(keys.find(start.write_key, Key.WRITE)))
    thread.start()
    thread.join()
    keys.forget()
    asyncio.run(ask())
    assert found == [start.workspace_id, start.workspace_id]


def test_the_last_key_of_a_kind_stays_until_there_is_another(start: Bootstrap, workspace: Workspace) -> None:
    [old] = queries.live_keys(workspace.pk, Key.WRITE)
    with pytest.raises(Refused, match="Create a new one first"):
        revoke_key(workspace, old.pk, NOW, actor="owner@milepost.local")
    new = create_key(workspace, Key.WRITE, NOW, actor="owner@milepost.local")
    revoke_key(workspace, old.pk, NOW, actor="owner@milepost.local")
    revoke_key(workspace, old.pk, NOW, actor="owner@milepost.local")
    keys.forget()
    assert keys.find(start.write_key, Key.WRITE) is None
    assert keys.find(new, Key.WRITE) == workspace.pk


def test_nobody_revokes_the_key_of_another_workspace(workspace: Workspace, other: Workspace) -> None:
    [key] = queries.live_keys(workspace.pk, Key.WRITE)
    with pytest.raises(Refused) as refused:
        revoke_key(other, key.pk, NOW, actor="somebody@other.example")
    assert refused.value.status == 404


def test_making_and_revoking_a_key_leaves_a_trace_without_the_key(start: Bootstrap, workspace: Workspace) -> None:
    token = create_key(workspace, Key.WRITE, NOW, actor="owner@milepost.local")
    revoke_key(workspace, queries.live_keys(workspace.pk, Key.WRITE)[0].pk, NOW, actor="owner@milepost.local")
    trail = queries.audit(workspace.pk)
    assert [entry.action for entry in trail] == ["key.revoke", "key.create", "workspace.create"]
    assert token not in str(list(AuditEntry.objects.values()))
    assert all(start.write_key not in entry.subject for entry in trail)


def test_there_is_no_third_kind_of_key(workspace: Workspace) -> None:
    with pytest.raises(Refused, match="write and secret"):
        create_key(workspace, "master", NOW, actor="owner@milepost.local")

"""The loop: from the log to states, pieces, intentions and reasons, in the order of what happened."""

from datetime import timedelta

from milepost.core.engine.state import decode
from milepost.delivery.models import Piece
from milepost.people.queries import uid_of_any
from milepost.runtime import store
from milepost.runtime.loop import Runtime
from milepost.runtime.models import Decision, MilestoneReached, OutboxEntry, SetAside, SubjectState
from milepost.runtime.programs import current_program
from milepost.runtime.snapshot import snapshot
from milepost.runtime.wiring import Followed
from tests.world import PROGRAM, World


def pieces() -> list[tuple[str, str]]:
    return list(Piece.objects.order_by("id").values_list("content", "status"))


def reached(world: World, user: str) -> dict[str, str]:
    uid = uid_of_any(world.workspace, user)
    assert uid is not None
    rows = MilestoneReached.objects.filter(uid=uid)
    return {row.milestone: row.at.isoformat() for row in rows}


def test_a_fact_becomes_a_milestone_a_piece_and_a_reason(world: World) -> None:
    world.happens(world.fact("Signed Up"), world.fact("Meal Logged"))

    assert reached(world, "ann") == {"first-meal": "2026-05-04T09:00:00+00:00"}
    assert pieces() == [("add-food", "ended"), ("hooray", "waiting")]
    assert list(OutboxEntry.objects.filter(kind="send_message").values_list("state", flat=True)) == ["waiting"]
    uid = uid_of_any(world.workspace, "ann")
    assert uid is not None
    (view, _) = snapshot(world.workspace, uid).milestones()
    assert view.reason["text"].startswith("Meal Logged: 1 of 1")


def test_a_loop_that_starts_again_goes_on_where_it_was(world: World) -> None:
    world.happens(world.fact("Signed Up"))
    other = Runtime(world.stores, world.outbox, world.loop._wiring, current_program)
    world.stores.log.append([world.fact("Meal Logged")])
    other.catch_up()

    assert "first-meal" in reached(world, "ann")
    assert Decision.objects.filter(definition="add-food").count() == 1


def test_the_projection_catches_up_with_what_was_applied_before_it_ended(world: World) -> None:
    world.happens(world.fact("Signed Up"), world.fact("Meal Logged"))
    from milepost.log.duckdb_store import DuckDBEventStore
    from milepost.runtime.projector import Projector

    empty = DuckDBEventStore(":memory:")
    Projector(world.stores.log, empty).recover(store.position())
    question = "SELECT uid, event, ts FROM facts ORDER BY seq"
    assert empty.query(question, {}) == world.stores.events.query(question, {})


def test_an_imported_history_reaches_milestones_and_tells_nobody(world: World) -> None:
    past = world.clock.now() - timedelta(days=400)
    world.happens(
        world.fact("Signed Up", at=past, source="import"),
        world.fact("Meal Logged", at=past + timedelta(hours=1), source="import"),
    )

    assert reached(world, "ann") == {"first-meal": (past + timedelta(hours=1)).isoformat()}
    assert pieces() == [] and not OutboxEntry.objects.exists() and not Decision.objects.exists()


def test_two_devices_of_one_person_are_celebrated_once(world: World) -> None:
    world.happens(world.fact("Meal Logged", user=None, anonymous_id="phone"))
    world.happens(world.fact("Meal Logged", user="ann", anonymous_id="laptop"))
    world.happens(world.fact("Signed Up", user="ann", anonymous_id="phone"))
    world.happens(world.fact("Meal Logged", user="ann"))

    assert reached(world, "ann")["three-meals"] == "2026-05-04T09:00:00+00:00"
    hoorays = Piece.objects.filter(content="hooray")
    assert {piece.uid for piece in hoorays} == {uid_of_any(world.workspace, "ann")}
    assert SubjectState.objects.count() == 1
    merged = world.stores.events.query("SELECT count(DISTINCT uid), count(*) FROM facts", {})
    assert merged == [(1, 4)]


def test_a_new_release_counts_the_past_and_tells_nobody(world: World) -> None:
    world.happens(world.fact("Signed Up"), world.fact("Recipe Saved"))
    before = Decision.objects.count()
    world.release(
        PROGRAM.replace(
            "\ncontent:",
            "\n  saved:\n    title: Saved\n    target: 1d\n    reached: {did: Recipe Saved}\n"
            "    celebrate: {content: hooray}\ncontent:",
            1,
        )
    )
    world.loop.catch_up()

    assert set(reached(world, "ann")) == {"saved"}
    assert MilestoneReached.objects.get().retroactive and Decision.objects.count() == before
    assert ("hooray", "waiting") not in pieces()
    (row,) = SubjectState.objects.all()
    assert row.release == 2 and decode(bytes(row.body)).release == 2


def test_a_milestone_that_a_release_removes_is_no_longer_reached(world: World) -> None:
    world.happens(world.fact("Meal Logged"))
    world.release(PROGRAM.replace("three-meals", "three").replace("did: Meal Logged}", "did: Meal Cooked}"))
    world.loop.catch_up()

    assert reached(world, "ann") == {}


def test_a_fact_older_than_the_memory_is_answered_from_the_log(world: World) -> None:
    start = world.clock.now()
    for hour in range(0, 300 * 24, 24):
        world.stores.log.append([world.fact("Meal Logged", at=start + timedelta(hours=hour))])
    world.clock.set(start + timedelta(hours=300 * 24))
    world.loop.catch_up()
    assert "three-meals" not in reached(world, "ann")

    late = [world.fact("Meal Logged", at=start + timedelta(hours=1, minutes=m)) for m in (1, 2)]
    world.happens(*late)
    assert reached(world, "ann")["three-meals"] == (start + timedelta(hours=1, minutes=2)).isoformat()


def test_workspaces_do_not_touch(world: World) -> None:
    from milepost.workspace.models import Workspace

    other = Workspace.objects.create(slug="other", name="Other", created_at=world.clock.now())
    import msgspec

    foreign = msgspec.structs.replace(world.fact("Meal Logged"), workspace=other.pk)
    world.happens(foreign, world.fact("Signed Up"))

    assert not MilestoneReached.objects.exists()
    assert uid_of_any(other.pk, "ann") != uid_of_any(world.workspace, "ann")


def test_a_fact_that_the_loop_cannot_take_is_set_aside_and_all_others_go_on(world: World) -> None:
    import msgspec

    def stumble(facts: object) -> Followed:
        if any(fact.name == "Cursed" for fact, _ in facts):  # type: ignore[attr-defined]  # (fact, uid) pairs
            raise ZeroDivisionError("cursed")
        return Followed(touched=set())

    wiring = msgspec.structs.replace(world.loop._wiring, on_facts=stumble)
    loop = Runtime(world.stores, world.outbox, wiring, current_program)
    world.stores.log.append([world.fact("Signed Up"), world.fact("Cursed"), world.fact("Meal Logged")])
    loop.catch_up()

    (aside,) = SetAside.objects.all()
    assert aside.seq == 2 and "cursed" in aside.error
    assert "first-meal" in reached(world, "ann") and store.position() == 3

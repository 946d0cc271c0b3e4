"""Who may enter, and which pieces they see, read from the database."""

import asyncio
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from milepost.client.feed import Admission, Recipient, StoredFeed
from milepost.client.tokens import LIFETIME, Session
from milepost.core.values import Refused
from milepost.delivery.models import Delivery, Piece
from milepost.delivery.tokens import DeepLink
from milepost.log.clock import ManualClock
from milepost.people.models import Identity, Person
from milepost.workspace import identity, keys
from milepost.workspace.actions import Bootstrap, bootstrap
from milepost.workspace.identity_actions import create_secret, revoke_identity_key
from milepost.workspace.models import Workspace
from tests.client.stage import DEVICE, OTHER_DEVICE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARIA, EVE = 101, 102


@pytest.fixture
def start(transactional_db: None) -> Bootstrap:
    keys.forget()
    identity.forget()
    start = bootstrap(NOW)
    for uid, user in ((MARIA, "maria"), (EVE, "eve")):
        person = Person.objects.create(
            id=uid, workspace_id=start.workspace_id, key=user, user_id=user, first_seen_at=NOW, last_seen_at=NOW
        )
        Identity.objects.create(workspace_id=start.workspace_id, kind="user", value=user, person=person)
    return start


def put(start: Bootstrap, uid: int, device: str = "", **fields: object) -> int:
    made = Piece.objects.create(
        workspace_id=start.workspace_id,
        key=f"k{Piece.objects.count()}",
        uid=uid,
        device=device,
        content="add-food",
        kind="guide",
        body=b'{"kind":"guide"}',
        created_at=NOW,
        changed_at=NOW,
        **fields,
    )
    return int(made.pk)


def look(start: Bootstrap, user: str | None = None, device: str = DEVICE, now: datetime = NOW) -> list[int]:
    session = Session(start.workspace_id, device, user, NOW + LIFETIME)
    _, pieces = asyncio.run(StoredFeed(ManualClock(now)).look(session))
    return [piece.id for piece in pieces]


def test_a_signed_session_sees_what_is_its_person_s_and_nothing_else(start: Bootstrap) -> None:
    mine, of_my_device, hers = put(start, MARIA), put(start, MARIA, DEVICE), put(start, EVE)
    assert look(start, "maria") == [mine, of_my_device]
    assert look(start, "eve") == [hers]
    assert look(start, "nobody-yet") == []


def test_an_unsigned_session_sees_only_what_was_made_on_its_device(start: Bootstrap) -> None:
    put(start, MARIA)
    here = put(start, MARIA, DEVICE)
    put(start, MARIA, OTHER_DEVICE)
    assert look(start) == [here]
    assert look(start, device="a0000000-0000-4000-8000-000000000000") == []


def test_a_piece_that_was_put_off_comes_back_in_its_time(start: Bootstrap) -> None:
    number = put(start, MARIA, status="snoozed", snoozed_until=NOW + timedelta(hours=1))
    assert look(start, "maria") == []
    assert look(start, "maria", now=NOW + timedelta(hours=1)) == [number]


def test_what_is_over_is_not_shown(start: Bootstrap) -> None:
    for status in Piece.CLOSED:
        put(start, MARIA, status=status)
    assert look(start, "maria") == []


def key_of(start: Bootstrap) -> int:
    return next(identity.ring(start.workspace_id).secrets()).id


def session_of(start: Bootstrap, user: str | None, device: str = DEVICE) -> Session:
    return Session(start.workspace_id, device, user, NOW + LIFETIME, key=key_of(start) if user else None)


def admit(*given: object) -> Admission:
    return asyncio.run(StoredFeed(ManualClock(NOW)).admit(*given))  # type: ignore[arg-type]


def test_the_write_key_opens_its_workspace_and_the_secret_key_nothing_here(start: Bootstrap) -> None:
    assert admit(start.write_key, None, "") == Admission(start.workspace_id)
    for wrong in (start.secret_key, "mpw_none", ""):
        with pytest.raises(Refused) as refused:
            admit(wrong, None, "")
        assert (refused.value.code, refused.value.status) == ("invalid_key", 401)


def test_only_the_host_s_signature_vouches_for_a_user(start: Bootstrap) -> None:
    good = identity.sign(start.workspace_id, "maria")
    assert admit(start.write_key, "maria", good) == Admission(start.workspace_id, "maria", key=key_of(start))
    assert admit(start.write_key, "maria", "") == Admission(start.workspace_id)
    for user, signature in (("eve", good), ("maria", good[:-1]), ("maria", good.upper()), (None, good), ("", good)):
        with pytest.raises(Refused) as refused:
            admit(start.write_key, user, signature)
        assert (refused.value.code, refused.value.status) == ("bad_signature", 401)


def a_link(start: Bootstrap, uid: int = MARIA, delivery: str = "d1") -> DeepLink:
    return DeepLink(start.workspace_id, uid, delivery, "add-food", NOW + timedelta(days=7))


def a_delivery(start: Bootstrap, uid: int = MARIA) -> None:
    Delivery.objects.create(
        workspace_id=start.workspace_id,
        key="d1",
        uid=uid,
        channel="email",
        message="tip",
        purpose="care",
        created_at=NOW,
    )


def test_a_session_lasts_as_long_as_its_token_is_believed_though_clocks_differ(start: Bootstrap) -> None:
    key = next(identity.ring(start.workspace_id).secrets())
    expired = int((NOW - timedelta(seconds=30)).timestamp())
    token = jwt.encode({"sub": "maria", "exp": expired}, key.secret, algorithm="HS256", headers={"kid": key.kid})
    admitted = asyncio.run(StoredFeed(ManualClock(NOW)).admit(start.write_key, "maria", token))
    assert (admitted.until, admitted.key) == (NOW + timedelta(seconds=30), key.id)


def test_who_was_signed_for_by_a_key_that_was_revoked_is_sent_away_at_once(start: Bootstrap) -> None:
    """And nobody else: neither who was signed for by another key, nor who has no name."""
    workspace, feed = Workspace.objects.get(), StoredFeed(ManualClock(NOW))
    maria, nameless = session_of(start, "maria"), session_of(start, None)
    made = create_secret(workspace, "Second", NOW, actor="me")
    by_another = hmac.new(made.secret.encode(), b"maria", "sha256").hexdigest()
    other = Session(workspace.pk, DEVICE, "maria", NOW + LIFETIME, key=admit(start.write_key, "maria", by_another).key)
    feed.check(maria)
    revoke_identity_key(workspace, key_of(start), NOW, actor="me")
    with pytest.raises(Refused) as refused:
        feed.check(maria)
    assert (refused.value.code, refused.value.status) == ("revoked_key", 401)
    for session in (nameless, other):
        feed.check(session)


def test_that_a_key_lives_is_asked_of_the_database_no_more_than_once_a_second(
    start: Bootstrap, django_assert_num_queries: Any
) -> None:
    session, feed = session_of(start, "maria"), StoredFeed(ManualClock(NOW))
    with django_assert_num_queries(0):
        for _ in range(100):
            feed.check(session)


def test_a_recipient_is_named_as_the_outside_knows_them(start: Bootstrap) -> None:
    device = Person.objects.create(
        id=9, workspace_id=start.workspace_id, key=DEVICE, first_seen_at=NOW, last_seen_at=NOW
    )
    Identity.objects.create(workspace_id=start.workspace_id, kind="anonymous", value=DEVICE, person=device)
    a_delivery(start)
    feed = StoredFeed()
    of_maria, of_device, of_nobody = (
        asyncio.run(feed.sent(a_link(start, uid))) or pytest.fail("It was sent.") for uid in (MARIA, 9, 10)
    )
    assert of_maria.recipient == Recipient("maria", None) and of_maria.message == "tip"
    assert of_device.recipient == Recipient(None, DEVICE) and of_nobody.recipient is None
    here, elsewhere, signed_in = (
        Session(start.workspace_id, device, user, NOW + LIFETIME)
        for device, user in ((DEVICE, None), (OTHER_DEVICE, None), (OTHER_DEVICE, "maria"))
    )
    assert of_device.is_own(here) and not of_device.is_own(elsewhere)
    assert of_maria.is_own(signed_in) and not of_maria.is_own(here)


@pytest.mark.req("R91")
def test_a_link_that_was_spent_is_spent_however_long_ago(start: Bootstrap) -> None:
    a_delivery(start)
    asyncio.run(StoredFeed(ManualClock(NOW)).spend(a_link(start)))
    asyncio.run(StoredFeed(ManualClock(NOW + timedelta(days=20))).spend(a_link(start)))
    assert Delivery.objects.get().clicked_at == NOW
    assert asyncio.run(StoredFeed().sent(a_link(start))) is None
    assert asyncio.run(StoredFeed().sent(a_link(start, delivery="of somebody else"))) is None


def test_a_piece_says_which_version_of_it_this_is(start: Bootstrap) -> None:
    put(start, MARIA, version=3)
    session = Session(start.workspace_id, DEVICE, "maria", NOW + LIFETIME)
    [piece] = asyncio.run(StoredFeed(ManualClock(NOW)).look(session))[1]
    assert piece.version == 3


def test_somebody_s_code_is_theirs_on_every_device(start: Bootstrap) -> None:
    def code(user: str | None, device: str) -> str | None:
        return asyncio.run(StoredFeed().code(Session(start.workspace_id, device, user, NOW + LIFETIME)))

    assert code("maria", DEVICE) == code("maria", OTHER_DEVICE) != code("eve", DEVICE)
    assert code(None, DEVICE) is None and code("nobody", DEVICE) is None

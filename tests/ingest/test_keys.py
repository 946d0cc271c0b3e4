"""The keys of a real workspace at the door of ingest."""

import time

import pytest

from milepost.ingest.app import Ingest
from milepost.workspace import keys
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import Key

from .conftest import NOW, Door, Nobody


@pytest.mark.django_db(transaction=True)
def test_a_write_key_opens_a_secret_key_does_not_and_a_revoked_one_is_shut_out_within_a_second(door: Door) -> None:
    start = bootstrap(NOW)
    door.front.app = Ingest(door.commit, lambda token: keys.find(token, Key.WRITE), door.clock, Nobody())
    call = {"userId": "ann", "event": "A"}
    assert door.post("/v1/track", call, key=start.secret_key).status_code == 401
    assert door.post("/v1/track", call, key=start.write_key).status_code == 200
    assert door.facts()[0].workspace == start.workspace_id

    Key.objects.filter(kind=Key.WRITE).update(revoked_at=NOW)  # as another process does
    time.sleep(1.05)
    assert door.post("/v1/track", call, key=start.write_key).status_code == 401
    assert len(door.facts()) == 1

"""Signed requests: as the specification's own example has it, and nothing that only looks like one."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.core.delivery import webhook
from milepost.core.values import Refused

#: The example that the specification's own libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = webhook.written_secret(b"k" * 32)


def test_a_request_is_signed_as_the_specification_has_it() -> None:
    headers = webhook.headers_of(ID, BODY, [SECRET], AT)
    assert headers == {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNED}


def test_while_a_secret_follows_another_both_sign_and_either_is_enough() -> None:
    headers = webhook.headers_of(ID, BODY, [OTHER, SECRET], AT)
    assert headers["webhook-signature"].split()[1] == SIGNED
    for secret in (OTHER, SECRET):
        assert webhook.verified_id(headers, BODY, secret, AT) == ID


@pytest.mark.parametrize(
    ("change", "body", "secret", "late"),
    [
        ({}, b'{"test":2432232314}', SECRET, 0),
        ({}, BODY, OTHER, 0),
        ({}, BODY, SECRET, 301),
        ({}, BODY, SECRET, -301),
        ({"webhook-id": "msg_other"}, BODY, SECRET, 0),
        ({"webhook-id": ""}, BODY, SECRET, 0),
        ({"webhook-timestamp": "1614265331"}, BODY, SECRET, 0),
        ({"webhook-timestamp": "soon"}, BODY, SECRET, 0),
        ({"webhook-timestamp": "9" * 400}, BODY, SECRET, 0),
        ({"webhook-signature": ""}, BODY, SECRET, 0),
        ({"webhook-signature": SIGNED.removeprefix("v1,")}, BODY, SECRET, 0),
        ({"webhook-signature": "v1a,é"}, BODY, SECRET, 0),
    ],
)
def test_anything_else_is_turned_away(change: dict[str, str], body: bytes, secret: str, late: int) -> None:
    headers = webhook.headers_of(ID, BODY, [SECRET], AT) | change
    with pytest.raises(Refused) as refused:
        webhook.verified_id(headers, body, secret, AT + timedelta(seconds=late))
    assert refused.value.status == 401

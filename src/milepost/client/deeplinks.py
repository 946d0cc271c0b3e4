"""The link of a message, followed into the product: the SDK spends its token once, and a guide may begin there.

A token is spent for good: its delivery says when it was. Until that is written down, the id of the fact that it leaves
tells two visits at once apart: the log keeps one fact of an id.
"""

from datetime import datetime

import msgspec
from msgspec import Struct, structs

from milepost.client.feed import Sent
from milepost.client.reports import own_fact
from milepost.client.tokens import Session
from milepost.core import events
from milepost.core.events import Fact
from milepost.core.values import Refused, digest
from milepost.delivery.tokens import DeepLink, unseal_deep_link


class _Spend(Struct, frozen=True):
    token: str


def read(body: bytes, session: Session, now: datetime) -> DeepLink:
    """Raises Refused for a token that was not sealed here, for another workspace, or too long ago."""
    try:
        token = msgspec.json.decode(body, type=_Spend).token
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This spends no link: {error}.") from error
    link = unseal_deep_link(token, now)
    if link is None or link.workspace != session.workspace:
        raise Refused("bad_link", "This link is not one of ours, or it is too old.", status=404)
    return link


def facts_of(link: DeepLink, sent: Sent, session: Session, now: datetime) -> list[Fact]:
    """The click of whoever the mail went to, and the guide that was asked for by whoever sits at this browser.

    The click says on which device it ended, and whether that is the recipient's own: so it is matched with a session.
    """
    spent = digest([link.workspace, link.delivery])
    told = {
        "delivery": link.delivery,
        "message": sent.message,
        "resource": sent.resource,
        "device": session.device,
        "own": sent.is_own(session),
    }
    facts = []
    if sent.recipient:
        click = own_fact(session, events.EMAIL_CLICKED, told, f"click:{spent}", now)
        who = sent.recipient
        facts.append(structs.replace(click, user_id=who.user_id, anonymous_id=who.anonymous_id))
    if link.start:
        facts.append(own_fact(session, events.CONTENT_STARTED, {"content": link.start}, f"start:{spent}", now))
    return facts

"""What messages do, counted person by person."""

from typing import Any

from hypothesis import given, settings

from milepost.core import events
from milepost.core.insights.messages import LEADS_NOWHERE, NOT_SENT, MessageDid, Messages
from milepost.core.insights.statistics import rate
from milepost.core.values import Undefined
from milepost.insights.ask import ask
from tests.insights.story import People, Person, lives, people_of, periods
from tests.insights.tables import Facts


@settings(max_examples=30, deadline=None)
@given(periods(), lives("messages", 12))
def test_messages_are_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = Messages(**period)
    answer = ask(Facts(people), asked)
    assert [one.message for one in answer.messages] == ["hello", "news"]
    for did in answer.messages:
        _check(did, people_of(asked, people))


def _check(did: MessageDid, everybody: list[Person]) -> None:
    sent = {one: found for one in everybody if (found := one.did_inside(events.MESSAGE_SENT, message=did.message))}
    assert (did.sent, did.sends) == (len(sent), sum(len(found) for found in sent.values()))
    assert did.failed == sum(bool(one.did_inside(events.MESSAGE_FAILED, message=did.message)) for one in everybody)
    for share, event in (
        (did.bounced, events.EMAIL_BOUNCED),
        (did.opened, events.EMAIL_OPENED),
        (did.clicked, events.EMAIL_CLICKED),
    ):
        n = sum(
            any(each.at >= found[0].at for each in one.did(event, message=did.message)) for one, found in sent.items()
        )
        assert share == rate(n, len(sent), NOT_SENT)
    if did.message == "news":
        assert (did.serves, did.reached.value) == (None, Undefined(LEADS_NOWHERE))
        return
    waiting = [at for one, found in sent.items() if (at := one.reached("meal")) is None or at >= found[0].at]
    assert did.reached == rate(sum(at is not None for at in waiting), len(waiting), NOT_SENT)

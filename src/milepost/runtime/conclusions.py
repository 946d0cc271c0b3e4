"""What a round concludes, for the readers of the log.

It is kept in the transaction that writes the states, appended to the log once that is committed, and forgotten with the
next round. So a round that is rolled back has told nothing, whatever the next attempt decides; and one that was ended
before it could tell tells it when the loop resumes. Ids follow from keys: told twice, it stands in the log once.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.core.delivery.facts import own_fact
from milepost.core.engine.effects import RecordFact
from milepost.core.events import Fact, as_test
from milepost.people.accounts import fact_about
from milepost.people.queries import PersonView, person_views
from milepost.runtime.models import Conclusions

_decoder = msgspec.json.Decoder(list[Fact])


def facts_of(concluded: Sequence[RecordFact]) -> list[Fact]:
    """The conclusions as facts of whom they are about; of those who are gone nothing is told."""
    people = person_views({(each.workspace, each.person) for each in concluded})
    found = (_fact(each, people.get((each.workspace, each.person))) for each in concluded)
    return [fact for fact in found if fact is not None]


def _fact(concluded: RecordFact, person: PersonView | None) -> Fact | None:
    said: dict[str, Any] = {"at": concluded.at, "once": concluded.key, "properties": concluded.about}
    if person is None:
        fact = fact_about(concluded.workspace, concluded.person, concluded.name, **said)
        return None if fact is None else replace(fact, source="derived")
    said |= {"user_id": person.user_id, "anonymous_id": person.key}
    fact = own_fact(concluded.name, workspace=concluded.workspace, **said)
    if concluded.test:
        fact = as_test(fact)
    return replace(fact, kind="identify") if concluded.trait else replace(fact, source="derived")


def keep(facts: Sequence[Fact]) -> None:
    """Keeps these in the transaction that is open, and forgets what was kept before: it has been told."""
    forget()
    if facts:
        Conclusions.objects.create(body=msgspec.json.encode(facts))


def kept() -> list[Fact]:
    return [fact for row in Conclusions.objects.order_by("id") for fact in _decoder.decode(bytes(row.body))]


def forget() -> None:
    Conclusions.objects.all().delete()

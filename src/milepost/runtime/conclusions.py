"""What a round concludes, for the readers of the log.

It is kept in the transaction that writes the states, appended to the log once that is committed, and forgotten with the
next round. So a round that is rolled back has told nothing, whatever the next attempt decides; and one that was ended
before it could tell tells it when the loop resumes. Ids follow from keys: told twice, it stands in the log once.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from milepost.core.delivery.facts import own_fact
from milepost.core.engine.effects import RecordFact
from milepost.core.events import Fact
from milepost.people.queries import PersonView, person_views
from milepost.runtime.models import Conclusions

_decoder = msgspec.json.Decoder(list[Fact])


def facts_of(concluded: Sequence[RecordFact]) -> list[Fact]:
    """The conclusions as facts of whom they are about; of those who are gone nothing is told."""
    people = person_views({(each.workspace, each.person) for each in concluded})
    found = ((each, people.get((each.workspace, each.person))) for each in concluded)
    return [_fact(each, person) for each, person in found if person is not None]


def _fact(concluded: RecordFact, person: PersonView) -> Fact:
    fact = own_fact(
        concluded.name,
        workspace=concluded.workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=concluded.at,
        once=concluded.key,
        properties=concluded.about,
    )
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

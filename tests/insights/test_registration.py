"""What filling in a form costs people, counted person by person."""

from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.events import Fact
from milepost.core.insights.registration import NOBODY_BEGAN, Registration
from milepost.core.insights.statistics import rate
from milepost.core.program.kinds.content import Form
from milepost.core.values import Refused
from milepost.insights.ask import ask
from tests.conditions.worlds import INSTANTS, fact
from tests.insights.story import DOCUMENT, People, Person, people_of, periods
from tests.insights.tables import Facts

STORY = replace(
    DOCUMENT,
    content={"join": Form(title="Join", on="#join"), "pay": Form(title="Pay", on="#pay", sent="Paid")},
)
_FIELD = st.fixed_dictionaries(
    {"name": st.sampled_from(["name", "email", None])},
    optional={
        "seconds": st.sampled_from([0, 0.5, 12, "long"]),
        "corrections": st.integers(0, 2),
        "errors": st.lists(st.sampled_from(["typeMismatch", "tooShort"]), max_size=2),
    },
)
_ABOUT = st.fixed_dictionaries(
    {"form": st.sampled_from(["join", "pay", "gone"])},
    optional={"last": st.sampled_from(["name", "email"]), "fields": st.lists(_FIELD, max_size=3) | st.just("none")},
)
_HAPPENED = st.tuples(
    st.sampled_from([events.FORM_STARTED, events.FORM_STARTED, events.FORM_SUBMITTED, events.FORM_ABANDONED])
    | st.sampled_from(["Signed Up", "Paid"]),
    _ABOUT,
    INSTANTS,
)


@st.composite
def lives(draw: st.DrawFn) -> People:
    people = draw(st.lists(st.lists(_HAPPENED, max_size=8), min_size=1, max_size=4))
    return {
        uid: [fact(name, at, seq, about) for seq, (name, about, at) in enumerate(parts, 1)]
        for uid, parts in enumerate(people, 1)
    }


class Attempts:
    """What one person did with one form, from the first beginning in the period on. Absent: None for who did not begin."""

    def __init__(self, person: Person, form: str) -> None:
        begun = person.did_inside(events.FORM_STARTED, form=form)
        self.began = bool(begun)
        after = [one for one in person.facts if begun and one.at >= begun[0].at]
        mine = [one for one in after if one.properties.get("form") == form]
        self.sent = [one for one in mine if one.name == events.FORM_SUBMITTED]
        self.ends = [one for one in mine if one.name in (events.FORM_SUBMITTED, events.FORM_ABANDONED)]
        self.taken = any(one.name == STORY.content[form].sent for one in after)  # type: ignore[union-attr] # a form
        self.waited = (self.sent[0].at - begun[0].at).total_seconds() if self.sent else None
        self.fields = [entry for one in self.ends for entry in _fields(one)]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [entry for entry in self.fields if entry["name"] == name]

    def stopped_at(self, name: str) -> bool:
        said = [one for one in self.ends if one.properties.get("last") is not None]
        return not self.sent and not self.taken and bool(said) and said[-1].properties["last"] == name


def _fields(one: Fact) -> list[dict[str, Any]]:
    given = one.properties.get("fields")
    return [entry for entry in given if entry["name"] is not None] if isinstance(given, list) else []


def _number(entry: dict[str, Any], name: str) -> float:
    value = entry.get(name, 0)
    return value if isinstance(value, int | float) else 0


@settings(max_examples=15, deadline=None)
@given(periods(), lives())
@pytest.mark.req("R80")
def test_a_form_is_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = Registration(**{**period, "document": STORY})
    answer = ask(Facts(people), asked)
    for form in answer.forms:
        began = [did for one in people_of(asked, people) if (did := Attempts(one, form.form)).began]
        assert (form.n, form.sent, form.taken) == (
            len(began),
            rate(sum(bool(one.sent) for one in began), len(began), NOBODY_BEGAN),
            rate(sum(one.taken for one in began), len(began), NOBODY_BEGAN),
        )
        assert form.silent == sum(not one.ends and not one.taken for one in began)
        waited = [one.waited for one in began if one.waited is not None]
        assert form.seconds == median(waited) if waited else not isinstance(form.seconds, float)
        assert {field.name for field in form.fields} == {each["name"] for one in began for each in one.fields}
        for field in form.fields:
            came = [one for one in began if one.of(field.name)]
            entries = [one.of(field.name) for one in came]
            assert (field.people, field.stopped.count) == (
                len(came),
                sum(one.stopped_at(field.name) for one in came),
            )
            assert field.seconds == median(sum(_number(each, "seconds") for each in one) for one in entries)
            assert field.wrong.count == sum(any(each.get("errors") for each in one) for one in entries)
            assert field.corrected.count == sum(any(each.get("corrections") for each in one) for one in entries)
            assert {fault.kind: fault.people for fault in field.faults} == {
                kind: sum(any(kind in each.get("errors", ()) for each in one) for one in entries)
                for kind in {kind for one in entries for each in one for kind in each.get("errors", ())}
            }


def test_a_form_that_nobody_watches_cannot_be_asked_for(period: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="no such form"):
        ask(Facts({}), Registration(**period, form="join"))


@pytest.fixture
def period() -> dict[str, Any]:
    from tests.conditions.worlds import BASE

    return {"workspace": 1, "document": DOCUMENT, "from_": BASE, "to": BASE, "as_of": BASE}

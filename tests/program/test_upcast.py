"""Releases of older formats are read for good: what an older Milepost has kept means today what it meant then."""

from pathlib import Path

import msgspec
import pytest

from milepost.core.program.codec import digest_of
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Growth
from milepost.core.program.upcast import FORMAT, keep, read_kept
from tests.program.documents import document_of
from tests.program.story import STORY

FROZEN = Path(__file__).parent / "frozen"
#: The example as it was typed and kept when issues 2 and 3 were done: the digest that it had then, and has now.
TYPED = {2: "7ab83e6cdc8436f94c006ba6091618c5", 3: "13468fa4b656417c99e237de615df1b6"}


@pytest.mark.parametrize("issue", TYPED)
def test_what_was_typed_then_means_the_same_today(issue: int) -> None:
    document = document_of((FROZEN / f"calorie-counter-{issue}.yaml").read_bytes())
    assert digest_of(document) == TYPED[issue]


@pytest.mark.parametrize("issue", TYPED)
def test_what_was_kept_then_is_read_as_what_was_typed_then(issue: int) -> None:
    [kept] = read_kept((FROZEN / f"calorie-counter-{issue}.release.json").read_bytes())
    assert kept == document_of((FROZEN / f"calorie-counter-{issue}.yaml").read_bytes())


def test_the_frozen_release_cannot_be_read_without_its_upcast() -> None:
    raw = (FROZEN / "calorie-counter-3.release.json").read_bytes()
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw, type=Document)
    [document] = read_kept(raw)
    growth = document.milestones["first-day-in-budget"].more_use
    assert isinstance(growth, Growth) and isinstance(growth.text, dict)
    assert growth.text["en"].startswith("Three finished days")


def test_what_is_kept_today_says_its_format_and_is_read_again() -> None:
    documents = (document_of(STORY), document_of("name: Common\ncommon: true\n"))
    kept = keep(documents)
    assert msgspec.json.decode(kept)["format"] == FORMAT
    assert read_kept(kept) == documents


def test_several_documents_of_the_first_format_are_a_list() -> None:
    document = document_of(STORY)
    assert read_kept(msgspec.json.encode([document, document])) == (document, document)

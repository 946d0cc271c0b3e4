"""Why a number is not known is said in the reader's language."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from milepost.console.pages.unknown_words import AREAS, REASONS, why_unknown
from milepost.core import insights
from milepost.core.review import audit
from milepost.core.values import Undefined

#: What the constants of the insights are called that say why there is no number.
REASON = re.compile(r"(NOBODY|NONE|NOT|NO|NOTHING|LEADS)(_[A-Z]+)*")


def named_reasons() -> Iterator[str]:
    """The reasons that the insights give by name."""
    for module in pkgutil.iter_modules(insights.__path__):
        held = vars(importlib.import_module(f"{insights.__name__}.{module.name}"))
        for reason in (held[name] for name in held if REASON.fullmatch(name)):
            yield from reason.values() if isinstance(reason, dict) else [reason] if isinstance(reason, str) else []


def test_every_reason_of_the_insights_and_every_area_of_the_audit_has_its_words() -> None:
    named = set(named_reasons())
    assert "nobody was stuck" in named and named <= set(REASONS)
    assert set(AREAS) == set(audit.AREAS.values())


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_said_in_the_language_of_the_reader(reason: str) -> None:
    with translation.override("en"):
        assert why_unknown(Undefined(reason)) == reason
    with translation.override("ru"):
        assert why_unknown(Undefined(reason)) != reason


def test_a_share_that_is_not_reached_is_said_with_its_number() -> None:
    with translation.override("en"):
        assert why_unknown(Undefined("not reached yet by 75%")) == "not reached yet by 75%"
    with translation.override("ru"):
        assert "75%" in why_unknown(Undefined("not reached yet by 75%"))
    assert why_unknown(Undefined("")) == ""

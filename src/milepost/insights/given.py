"""What stands behind the `?` of a request, as values. Everything wrong is refused with its name.

Shapes: parameters are `name → values`, as `QueryDict.lists` gives them; an empty value is as good as none.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from milepost.core.conditions.types import Condition, Did, InSegment, Reached
from milepost.core.insights.firsts import ONBOARDED
from milepost.core.insights.zones import midnight
from milepost.core.program.condition_codec import read_condition
from milepost.core.program.document import Document
from milepost.core.program.problems import Place, Problem
from milepost.core.values import Refused, parse_duration, utc

Parameters = Mapping[str, Sequence[str]]

_BEFORE = timedelta(days=30)
_DIGITS = 4
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Given:
    """The parameters of one question about one program. `now` is the moment of asking; `tz` that of the workspace."""

    def __init__(
        self, parameters: Parameters, document: Document, *, now: datetime, tz: str = "UTC", back: timedelta = _BEFORE
    ) -> None:
        self._parameters, self.document = parameters, document
        self._now, self._tz, self._back = now, tz, back

    def text(self, name: str, usual: str = "") -> str:
        values = [value for value in self._parameters.get(name, ()) if value]
        return values[-1] if values else usual

    def period(self, workspace: int) -> dict[str, Any]:
        """The fields of `core.insights.question.Period`. Absent: `to` and `as_of` are now, `from` so long before `to`."""
        tz = self.text("tz", self._tz)
        to = self.instant("to") or self._now
        return {
            "workspace": workspace,
            "document": self.document,
            "from_": self.instant("from") or to - self._back,
            "to": to,
            "as_of": self.instant("as_of") or self._now,
            "tz": tz,
        }

    def choice(self, name: str, *known: str) -> Any:
        """One of these words; the first where nothing is given."""
        value = self.text(name, known[0])
        if value not in known:
            raise Refused(name, f"`{name}` is {' or '.join(f'`{word}`' for word in known)}.", path=name)
        return value

    def number(self, name: str, usual: int) -> int:
        text = self.text(name, str(usual))
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            raise Refused(name, f"`{name}` is a whole number.", path=name)
        return int(text)

    def length(self, name: str, usual: str) -> timedelta:
        return parse_duration(self.text(name, usual))

    def condition(self, name: str) -> Condition | None:
        """None where nothing is given."""
        text = self.text(name)
        return _condition(text, name, self.document) if text else None

    def conditions(self, name: str) -> tuple[Condition, ...]:
        """One for each time that the parameter is given."""
        return tuple(_condition(text, name, self.document) for text in self._parameters.get(name, ()) if text)

    def instant(self, name: str) -> datetime | None:
        """A day alone begins at its midnight in the question's zone."""
        text = self.text(name)
        try:
            if _DAY.fullmatch(text):
                return midnight(date.fromisoformat(text), self.text("tz", self._tz))
            return utc(datetime.fromisoformat(text.replace(" ", "+"))).astimezone(UTC) if text else None
        except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
            mend = "Write 2026-05-01T09:00:00Z."
            raise Refused(name, f"`{name}` is not an ISO 8601 time: '{text}'.", path=name, mend=mend) from error


def _condition(text: str, name: str, document: Document) -> Condition:
    """`Meal Logged`, `milestone:KEY`, `segment:KEY`, `onboarded`, or a condition as in a program, in JSON."""
    if text[:1] in "{[":
        return _typed(text, name)
    kind, _, key = text.partition(":")
    if kind == "milestone" and key:
        return Reached(milestone=key)
    if kind == "segment" and key:
        if key not in document.segments:
            raise Refused("unknown_segment", f"There is no segment '{key}'.", path=name)
        return InSegment(segment=key)
    if text in ("onboarded", ONBOARDED):
        return _onboarded(document, name)
    return Did(name=text)


def _onboarded(document: Document, name: str) -> Condition:
    if document.onboarded is None:
        mend = "Write `onboarded:` into the program."
        raise Refused("onboarded", "The program does not say who is onboarded.", path=name, mend=mend)
    return document.onboarded


def _typed(text: str, name: str) -> Condition:
    problems: list[Problem] = []
    try:
        condition: Condition = read_condition(msgspec.json.decode(text.encode()), Place({}, problems))
    except msgspec.DecodeError as error:
        raise Refused("condition", f"`{name}` is not JSON: {error}.", path=name) from error
    if problems:
        first = problems[0]
        raise Refused("condition", f"{first.path} {first.message}".strip(), path=name, mend=first.mend)
    return condition

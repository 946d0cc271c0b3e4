"""What stands behind the `?` of a request, as values. Everything wrong is refused with its name.

Shapes: parameters are `name → values`, as `QueryDict.lists` gives them; an empty value is as good as none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from milepost.core.conditions.types import All, Any_, Condition, Did, InSegment, Not, Reached
from milepost.core.insights.firsts import ONBOARDED
from milepost.core.insights.subjects import Of
from milepost.core.insights.zones import midnight
from milepost.core.program.condition_codec import read_condition
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.program.problems import Place, Problem
from milepost.core.values import Refused, parse_duration, utc
from milepost.insights.judged import SUBJECTS, by_program, judged, of_persons, subjects_named, usual

Parameters = Mapping[str, Sequence[str]]

_BEFORE = timedelta(days=30)
_DIGITS = 4
#: The parameters that may be conditions.
_CONDITIONS = ("step", "among", "begins", "did", "paid")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Given:
    """The parameters of one question about the programs of a workspace. `now` is the moment of asking; `tz` that of the
    workspace."""

    def __init__(
        self, parameters: Parameters, folder: Folder, *, now: datetime, tz: str = "UTC", back: timedelta = _BEFORE
    ) -> None:
        self._parameters, self.folder = parameters, folder
        self._now, self._tz, self._back = now, tz, back

    @cached_property
    def of(self) -> Of:
        """Who is counted: whom the question says (`of`), else who reaches what it names, else the usual ones."""
        said: set[Of] = {self.choice("of", *SUBJECTS)} if self.text("of") else set()
        named = subjects_named(self.folder, self._keys())
        if len(said | named) > 1 and self.folder.for_accounts is not None:
            mend = "Ask about one of the two, and name what they reach."
            raise Refused("of", "This asks about accounts and about people at once.", path="of", mend=mend)
        return next(iter(said or named), usual(self.folder))

    @property
    def document(self) -> Document:
        """What they are judged by."""
        return judged(self.folder, self.of)

    def _keys(self) -> Iterator[str]:
        """The definitions that the question names."""
        yield self.text("milestone")
        for name in _CONDITIONS:
            for text in self._parameters.get(name, ()):
                yield from _keys_in(_read(text, name))

    def text(self, name: str, usual: str = "") -> str:
        values = [value for value in self._parameters.get(name, ()) if value]
        return values[-1] if values else usual

    def period(self, workspace: int) -> dict[str, Any]:
        """The fields of `core.insights.question.Period`. Absent: `to` and `as_of` are now, `from` so long before `to`."""
        return {**self._period(workspace), **by_program(self.folder, self.of)}

    def _period(self, workspace: int) -> dict[str, Any]:
        tz = self.text("tz", self._tz)
        to = self.instant("to") or self._now
        return {
            "workspace": workspace,
            "from_": self.instant("from") or to - self._back,
            "to": to,
            "as_of": self.instant("as_of") or self._now,
            "tz": tz,
        }

    def period_of_persons(self, workspace: int) -> dict[str, Any]:
        """The same for what only persons do, whichever program it is of."""
        return {**self._period(workspace), **of_persons(self.folder)}

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
        return self._condition(text, name) if text else None

    def conditions(self, name: str) -> tuple[Condition, ...]:
        """One for each time that the parameter is given."""
        return tuple(self._condition(text, name) for text in self._parameters.get(name, ()) if text)

    def _condition(self, text: str, name: str) -> Condition:
        condition = _read(text, name)
        if isinstance(condition, InSegment) and condition.segment not in self.document.segments:
            raise Refused("unknown_segment", f"There is no segment '{condition.segment}'.", path=name)
        return _onboarded(self.document, name) if condition == Reached(milestone=ONBOARDED) else condition

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


def _read(text: str, name: str) -> Condition:
    """`Meal Logged`, `milestone:KEY`, `segment:KEY`, `onboarded`, or a condition as in a program, in JSON."""
    if text[:1] in "{[":
        return _typed(text, name)
    kind, _, key = text.partition(":")
    if kind == "milestone" and key:
        return Reached(milestone=key)
    if kind == "segment" and key:
        return InSegment(segment=key)
    return Reached(milestone=ONBOARDED) if text in ("onboarded", ONBOARDED) else Did(name=text)


def _keys_in(condition: Condition) -> Iterator[str]:
    """The milestones and segments that it names."""
    match condition:
        case All() | Any_():
            for part in condition.of:
                yield from _keys_in(part)
        case Not():
            yield from _keys_in(condition.of)
        case Reached():
            yield condition.milestone
        case InSegment():
            yield condition.segment


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

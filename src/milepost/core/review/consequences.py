"""What a release would change for people: which conditions it touches, and the sentence with the numbers.

A release looks forward. A milestone that is defined anew is found again in everything that has happened, so that its reach
changes at once and nobody is told; a message, a piece, a journey or an offer comes to whoever meets its condition from then
on. Of those nobody knows the number yet: said is how many met it in the last thirty days.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.conditions.types import Condition
from milepost.core.conditions.words import describe
from milepost.core.insights.subjects import Of
from milepost.core.program.codec import encode_value
from milepost.core.program.document import Document
from milepost.core.program.kinds.journey import DayStart
from milepost.core.program.kinds.milestone import Help, Obstacle

Kind = Literal["milestone", "segment", "message", "content", "obstacle", "journey", "cadence", "offer"]
#: Kinds of which people are counted as of now: they come and go.
STANDING: tuple[Kind, ...] = ("segment",)
DAYS = 30


class Concern(Struct, frozen=True, kw_only=True):
    """A definition that a release changes for people. `before` and `after` are its conditions (None: there was, or will be,
    none), `gets` what they get by it. `was`: its key before. `of`: whose it is."""

    kind: Kind
    key: str
    was: str
    before: Condition | None
    after: Condition | None
    gets: str = ""
    of: Of = "persons"

    @property
    def path(self) -> str:
        if self.kind == "obstacle":
            milestone, _, name = self.key.partition("/")
            return f"milestones.{milestone}.obstacles.{name}"
        return f"{_SECTIONS[self.kind]}.{self.key}"


class Reach(Struct, frozen=True, kw_only=True):
    """Numbers of people: ever (for a segment: now), and of those in the last thirty days."""

    ever: int
    lately: int


class Consequence(Struct, frozen=True, kw_only=True):
    """What becomes of it, with `words` for people. Absent: `before` or `after` where there is no condition."""

    path: str
    kind: Kind
    before: Reach | None
    after: Reach | None
    words: str


_SECTIONS: dict[Kind, str] = {
    "milestone": "milestones",
    "segment": "segments",
    "message": "messages",
    "content": "content",
    "journey": "journeys",
    "cadence": "cadences",
    "offer": "offers",
}


def concerns(old: Document, new: Document) -> Iterator[Concern]:
    """Everything with a condition that is new, gone, or says something else; what is only renamed is not."""
    was = {key: before for before, key in new.moved.items()}
    for kind in _SECTIONS:
        held, holds = _of(old, kind), _of(new, kind)
        for key, (after, said, gets) in holds.items():
            source = key if key in held else was.get(key, key)
            before, said_before, _ = held.pop(source, (None, None, ""))
            if said != said_before:
                yield Concern(kind=kind, key=key, was=source, before=before, after=after, gets=gets)
        for key, (before, _, gets) in held.items():
            yield Concern(kind=kind, key=key, was=key, before=before, after=None, gets=gets)
    yield from _obstacles(old, new)


def _of(document: Document, kind: Kind) -> dict[str, tuple[Condition | None, object, str]]:
    """key → (condition, everything that says whom it comes to, what they get)."""
    found: dict[str, tuple[Condition | None, object, str]] = {}
    for key, held in getattr(document, _SECTIONS[kind]).items():
        if kind == "milestone":
            found[key] = (held.reached, (held.reached, held.evidence), "")
        elif kind == "segment":
            found[key] = (held, held, "")
        else:
            condition = _condition(held)
            if condition is not None:
                found[key] = (condition, condition, key)
    return found


def _condition(held: object) -> Condition | None:
    """When it comes. A journey that begins on a day has no condition that could be counted."""
    found = next((value for name in ("when", "starts", "eligible") if (value := getattr(held, name, None))), None)
    return None if isinstance(found, DayStart) else found


def _obstacles(old: Document, new: Document) -> Iterator[Concern]:
    held, holds = _obstacles_of(old), _obstacles_of(new)
    for key, after in holds.items():
        before = held.pop(key, None)
        if before is None or (before.stuck, before.help) != (after.stuck, after.help):
            stuck = before.stuck if before else None
            yield Concern(kind="obstacle", key=key, was=key, before=stuck, after=after.stuck, gets=_help(after))
    for key, before in held.items():
        yield Concern(kind="obstacle", key=key, was=key, before=before.stuck, after=None, gets=_help(before))


def _obstacles_of(document: Document) -> dict[str, Obstacle]:
    return {
        f"{key}/{name}": obstacle
        for key, milestone in document.milestones.items()
        for name, obstacle in milestone.obstacles.items()
    }


def _help(obstacle: Obstacle) -> str:
    return " or ".join(_way(each) for each in obstacle.help) or "no help"


def _way(help_: Help) -> str:
    bare = encode_value(replace(help_, as_=None))
    name, value = next(iter(bare.items()), ("", ""))
    return {"ask_support": "a question from support", "peers": "their peers"}.get(name, f"'{value}'")


def consequence(concern: Concern, before: Reach | None, after: Reach | None) -> Consequence:
    """The sentence, once the people are counted."""
    if concern.kind == "milestone":
        said = _of_milestone(concern, before, after)
    elif concern.kind == "segment":
        said = _of_segment(concern, before, after)
    else:
        said = _of_prompt(concern, before, after)
    return Consequence(
        path=concern.path, kind=concern.kind, before=before, after=after, words=f"{concern.path}: {said}"
    )


def _of_milestone(concern: Concern, before: Reach | None, after: Reach | None) -> str:
    quiet = "Nobody is told about the past."
    if after is None:
        return f"{_people(before, concern.of)} have reached it; that is no longer counted."
    if before is None:
        return f"{_people(after, concern.of)} have reached it already. {quiet}"
    if before.ever == after.ever:
        return f"{_people(after, concern.of)} have reached it, as before. {quiet}"
    change = f"{abs(after.ever - before.ever):,} {'more' if after.ever > before.ever else 'fewer'}"
    return f"reached by {_people(before, concern.of)} before, by {after.ever:,} with this release ({change}). {quiet}"


def _of_segment(concern: Concern, before: Reach | None, after: Reach | None) -> str:
    if after is None:
        return f"{_people(before, concern.of)} are in it; it will be gone."
    if before is None:
        return f"{_people(after, concern.of)} will be in it."
    return f"{_people(before, concern.of)} are in it now, {after.ever:,} will be."


def _of_prompt(concern: Concern, before: Reach | None, after: Reach | None) -> str:
    if after is None or concern.after is None:
        got = f"{_people(before, concern.of, lately=True)} got {concern.gets}"
        return f"{got} in the last {DAYS} days; from now on nobody will."
    instead = "" if before is None or concern.before == concern.after else f", in place of {before.lately:,}"
    who = f"{_people(after, concern.of, lately=True)} in the last {DAYS} days"
    month = f"{who}; as many a month will now get {concern.gets}{instead}."
    past = f"Those before them ({after.ever:,} in all) are not written to about the past."
    return f"“{describe(concern.after)}” was true of {month} {past}"


def _people(reach: Reach | None, of: Of, *, lately: bool = False) -> str:
    count = 0 if reach is None else reach.lately if lately else reach.ever
    return f"{count:,} {_ONE_AND_MORE[of][count != 1]}"


_ONE_AND_MORE: dict[Of, tuple[str, str]] = {"persons": ("person", "people"), "accounts": ("account", "accounts")}


# --- what people are inside of ---------------------------------------------------------------------------------------


def removed(old: Document, new: Document) -> dict[str, list[str]]:
    """Section → keys of goals, journeys and cadences that are gone, and that `moved` leads nowhere."""
    return {
        section: [key for key in getattr(old, section) if not _is_there(key, section, new)]
        for section in ("goals", "journeys", "cadences")
    }


def _is_there(key: str, section: str, new: Document) -> bool:
    """By its own key, or by where a chain of renames leads."""
    there, seen = getattr(new, section), set[str]()
    while key not in there and key in new.moved and key not in seen:
        seen.add(key)
        key = new.moved[key]
    return key in there


class Inside(Struct, frozen=True, kw_only=True):
    """People, or accounts, who would be left nowhere by a release."""

    section: str
    key: str
    people: int
    of: Of = "persons"

    @property
    def words(self) -> str:
        people = f"{self.people:,} {_ONE_AND_MORE[self.of][self.people != 1]} {'is' if self.people == 1 else 'are'}"
        return f"{self.section}.{self.key}: {people} inside. Say where they go: `moved: {{{self.key}: NEW-KEY}}`."

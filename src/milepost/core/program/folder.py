"""The documents of a workspace: any number of programs and what is common to them, checked and released together.

1. Keys are unique within the workspace, so that all readers look a definition up by its key alone: in `document`, which
   joins all of them. A folder of one document is that document.
2. A condition that says `start` means the start of the program that it stands in. The first program's is `start`; each
   further one's is kept like a milestone whose key is `@start:PROGRAM`.
3. Persons get the rules of the programs for users and employees, accounts those of the programs for customers
   (`for_persons`, `for_accounts`). In a program for customers `trait` means the account's, since that is its subject.
4. What a program for customers wants its people to see or read goes through their own attention: persons know its pieces,
   messages and offers, without the rules by which they come.
5. A person's milestone that a program for customers asks for, or the other way round, is another subject's: a program for
   users sees *Account Milestone Reached*; the other way is an error of `check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import fields, replace

from milepost.core import events
from milepost.core.conditions.types import START, All, DaysSince, Did, Reached, Test, Trait
from milepost.core.program.document import EMPTY, Document
from milepost.core.program.kinds.content import STANDING, Briefing, Checklist, Survey
from milepost.core.program.kinds.journey import Day, DayStart

Subject = Literal["person", "account"]

#: Before the key of a program: its start among the milestones.
STARTED = f"{START}:"
_ACCOUNT = "account."
_SINCE_START, _MILESTONE, _TRAIT = "start", "milestone:", "trait:"
_UNWORDLY = re.compile(r"[\W_]+")


class Joined(Document, frozen=True, kw_only=True):
    """Several documents as one, for whoever looks something up by its key; nobody types it. Its own `name`, `audience`,
    `start` and `timezone` are those of the first program. `starts`: `@start:PROGRAM` → when each further one starts;
    `stands`: key of a definition → name of the program that it stands in."""

    starts: dict[str, Any] = field(default_factory=dict)
    stands: dict[str, str] = field(default_factory=dict)


class Folder(Struct, frozen=True, kw_only=True, dict=True):
    """Shapes: `documents` in the order of their files; at least one."""

    documents: tuple[Document, ...]

    @property
    def programs(self) -> tuple[Document, ...]:
        """Those that are no mere store of common things."""
        return tuple(document for document in self.documents if not document.common)

    @cached_property
    def document(self) -> Document:
        """All of them as one."""
        first = _first(self.documents)
        return _joined([_said(document, self, first) for document in self.documents], of=self.documents)

    @cached_property
    def typed(self) -> Document:
        """The same as it was typed: `start` says nothing of whose."""
        return _joined(self.documents, of=self.documents)

    @cached_property
    def for_persons(self) -> Document:
        """What a person's rules are made of."""
        mine = [document for document in self.documents if _is_of_persons(document)]
        said = [_said(document, self, _first(mine)) for document in mine]
        lent = [_lent(document) for document in self.documents if not _is_of_persons(document)]
        return _joined([*said, *lent], of=mine)

    @cached_property
    def for_accounts(self) -> Document | None:
        """What an account's rules are made of; None where no program is for customers."""
        customers = [document for document in self.programs if subject_of(document) == "account"]
        if not customers:
            return None
        common = [document for document in self.documents if document.common]
        said = [_of_account(_said(document, self, _first(customers))) for document in (*customers, *common)]
        return _joined(said, of=customers)

    @cached_property
    def owners(self) -> dict[str, str]:
        """Key of a definition → key of the program that it stands in."""
        return {key: program_key(document) for document in self.documents for key in keys_of(document)}

    def of(self, key: str) -> Document:
        """All of them as one, under the name and zone of the program in which this definition stands."""
        if len(self.documents) == 1:
            return self.document
        owner = self.owner(key)
        return replace(self.document, name=owner.name, timezone=_shared([owner, self.document], "timezone"))

    def owner(self, key: str) -> Document:
        """The document in which this definition stands; the first one for a key that is not there."""
        wanted = self.owners.get(key)
        return next((each for each in self.documents if program_key(each) == wanted), self.documents[0])


NOTHING = Folder(documents=(EMPTY,))


def subject_of(document: Document) -> Subject:
    """Who goes through the program: a person, or an account."""
    return "account" if document.audience == "customer" else "person"


def program_key(document: Document) -> str:
    """By which the program is known among those of the workspace. Example: `Calorie counter` → `calorie-counter`."""
    return document.key or _UNWORDLY.sub("-", document.name.casefold()).strip("-") or "program"


def keys_of(document: Document) -> Iterator[str]:
    """The keys of all definitions of the document."""
    for section in DEFINITIONS:
        yield from getattr(document, section)


def starts_of(document: Document) -> dict[str, Any]:
    """`@start:PROGRAM` → condition, of the further programs; nothing for a document of its own."""
    return document.starts if isinstance(document, Joined) else {}


def stands_in(document: Document, key: str) -> str:
    """The name of the program that this definition stands in."""
    return document.stands.get(key, document.name) if isinstance(document, Joined) else document.name


def _sections() -> tuple[str, ...]:
    return tuple(each.name for each in fields(Document) if each.default_factory is dict)


#: The fields of a document that go from keys to something.
SECTIONS = _sections()
#: Those of them whose keys are definitions' own.
DEFINITIONS = tuple(name for name in SECTIONS if name not in ("consent", "facts", "engagement", "moved"))
#: What is said once for the workspace: by the common document, else by the first that says something of it.
SHARED = ("locales", "support", "limits")
#: What each program says of itself; of several as one, the first's is taken.
_HEAD = ("milepost", "name", "key", "audience", "common", "start")
#: Everything else: the first program's word, else whatever is said of it.
_SINGLE = tuple(each.name for each in fields(Document) if each.name not in (*SECTIONS, *SHARED, *_HEAD))


def _is_of_persons(document: Document) -> bool:
    return document.common or subject_of(document) == "person"


def _first(documents: Iterable[Document]) -> Document | None:
    return next((document for document in documents if not document.common), None)


def _joined(parts: Sequence[Document], of: Iterable[Document]) -> Document:
    """`of`: those whose programs begin for the subject."""
    if len(parts) == 1:
        return parts[0]
    begin = {program_key(document) for document in of}
    programs = [part for part in parts if not part.common and program_key(part) in begin]
    first, *further = programs or [EMPTY]
    common_first = sorted(parts, key=lambda part: not part.common)
    said: dict[str, Any] = {name: _shared(common_first, name) for name in SHARED}
    said |= {name: _shared([first, *common_first], name) for name in _SINGLE}
    said |= {name: _united(getattr(part, name) for part in parts) for name in SECTIONS}
    said |= {name: getattr(first, name) for name in _HEAD}
    starts = {STARTED + program_key(each): each.start for each in further}
    return Joined(**said, starts=starts, stands={key: part.name for part in parts for key in keys_of(part)})


def _shared(parts: Iterable[Document], name: str) -> Any:
    default = getattr(EMPTY, name)
    return next((value for part in parts if (value := getattr(part, name)) != default), default)


def _united(sections: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """All keys. Of what two say about the same one, the first counts; facts, which have keys of their own, are united."""
    united: dict[str, Any] = {}
    for section in sections:
        for key, value in section.items():
            known = united.get(key)
            united[key] = {**value, **known} if isinstance(known, dict) and isinstance(value, dict) else known or value
    return united


# --- what a condition means where it stands --------------------------------------------------------------------------


def _said(document: Document, folder: Folder, first: Document | None) -> Document:
    """The document, saying for itself what it means: its own start, and milestones of accounts."""
    if len(folder.documents) == 1:
        return document
    accounts = {key for other in folder.programs if subject_of(other) == "account" for key in other.milestones}
    theirs = accounts if subject_of(document) == "person" else set[str]()
    head = first if first is not None and not document.common else None
    key = None if head is None or program_key(head) == program_key(document) else program_key(document)
    said: Document = _changed(document, lambda node: _meant(node, key, theirs)) if key or theirs else document
    return said if said.goals or said.common else _with_rhythm(said, f"{STARTED}{key}" if key else START)


def _with_rhythm(document: Document, start: str) -> Document:
    """Without goals of its own, a program asks its regular questions from its own start on."""
    asked = {
        key: replace(piece, when=Reached(milestone=start))
        for key, piece in document.content.items()
        if isinstance(piece, Survey) and piece.every is not None and piece.when is None
    }
    return replace(document, content={**document.content, **asked}) if asked else document


def _meant(node: Any, program: str | None, theirs: set[str]) -> Any:
    since = getattr(node, "since", None)
    if program is not None and isinstance(node, (*STANDING, Briefing)) and node.when is None:
        return replace(node, when=Reached(milestone=f"{STARTED}{program}"))
    if program is not None and isinstance(node, Did | DaysSince | Reached) and since == _SINCE_START:
        return replace(node, since=f"{_MILESTONE}{STARTED}{program}")
    if program is not None and isinstance(node, DayStart) and node.date is not None:
        begun = Reached(milestone=f"{STARTED}{program}")
        return replace(node, if_=begun if node.if_ is None else All(of=(begun, node.if_)))
    if isinstance(node, Reached) and node.milestone in theirs and node.since is None:
        where = {"milestone": Test("is", node.milestone)}
        return Did(name=events.ACCOUNT_MILESTONE_REACHED, where=where, within=node.within)
    return node


def _of_account(document: Document) -> Document:
    """The document with `trait` meaning the account's."""
    said: Document = _changed(document, _account_trait)
    return said


def _account_trait(node: Any) -> Any:
    if isinstance(node, Trait) and not node.name.startswith(_ACCOUNT):
        return replace(node, name=_ACCOUNT + node.name)
    if isinstance(node, Day) and node.trait is not None and not node.trait.startswith(_ACCOUNT):
        return replace(node, trait=_ACCOUNT + node.trait)
    if isinstance(node, DaysSince) and node.since.startswith(_TRAIT) and _ACCOUNT not in node.since:
        return replace(node, since=f"{_TRAIT}{_ACCOUNT}{node.since.removeprefix(_TRAIT)}")
    return node


def _lent(document: Document) -> Document:
    """What persons need of a program for customers: pieces, messages and offers, without what makes them come by
    themselves."""
    resting = (*STANDING, Briefing, Checklist)
    return Document(
        name=document.name,
        key=document.key,
        audience=document.audience,
        content={key: _at_rest(piece) for key, piece in document.content.items() if not isinstance(piece, resting)},
        messages={key: _at_rest(message) for key, message in document.messages.items()},
        offers={key: _at_rest(offer) for key, offer in document.offers.items()},
        articles=document.articles,
        templates=document.templates,
        measures=document.measures,
        moved=document.moved,
    )


#: What makes something come, or an offer fit: it is said of the account, which has looked at it.
_BY_ITSELF = ("when", "unless", "every", "eligible", "taken")


def _at_rest(definition: Any) -> Any:
    names = {name for name in _BY_ITSELF if getattr(definition, name, None) is not None}
    return replace(definition, **dict.fromkeys(names)) if names else definition


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with every struct inside it as `change` makes it; what stays the same is the same object."""
    if isinstance(value, Struct):
        held = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _changed(item, change) for name, item in held.items()}
        other = {name: item for name, item in new.items() if item is not held[name]}
        return change(replace(value, **other) if other else value)
    if isinstance(value, dict):
        items = {key: _changed(item, change) for key, item in value.items()}
        return items if any(items[key] is not value[key] for key in value) else value
    if isinstance(value, tuple):
        parts = tuple(_changed(item, change) for item in value)
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    return value

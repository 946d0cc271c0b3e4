"""What is wrong between the programs of a workspace, and with what does not belong into a program of its kind."""

from collections.abc import Iterator

from milepost.core.conditions.types import Reached
from milepost.core.program.document import Audience, Document
from milepost.core.program.folder import DEFINITIONS, SECTIONS, SHARED, program_key, subject_of
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import STANDING, Briefing, Checklist
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Help, Milestone
from milepost.core.review.names import CALLED
from milepost.core.review.rule import Found, Review, Rule

_PEOPLE: dict[Audience, str] = {"user": "users", "customer": "customers", "employee": "employees"}
#: What a common document may hold.
_COMMON = {"consent", "facts", "functions", "measures", "articles", "content", "templates", "segments", "moved"}
#: What concerns selling: (type, field).
_SALES = {
    (Milestone, "offer"),
    (Milestone, "upgrade"),
    (Milestone, "cross_sell"),
    (Milestone, "more_use"),
    (Help, "offer"),
    (Celebrate, "buyers"),
}
#: What has a plan of tasks for both sides, which a user of a product has not.
_PLANNED = ("plan_templates",)


def keys_beside(review: Review) -> Iterator[Found]:
    """Keys that a definition of another document has."""
    for other, lines in review.beside:
        for section in DEFINITIONS:
            taken = set(getattr(other, section))
            for mine in DEFINITIONS:
                for key in taken.intersection(getattr(review.mine, mine)):
                    place = f"on line {lines[section, key]}" if (section, key) in lines else "there"
                    called = CALLED.get(section, section.rstrip("s"))
                    yield Found(
                        (mine, key),
                        f"'{key}' is already the key of a {called} of '{other.name}', {place}.",
                    )


def programs_beside(review: Review) -> Iterator[Found]:
    for other, lines in review.beside:
        if program_key(other) == program_key(review.mine):
            line = lines.get((), 0)
            yield Found(("key",), f"There is another program '{program_key(other)}', on line {line}.")


def said_twice(review: Review) -> Iterator[Found]:
    for other, lines in review.beside:
        for name in (*SHARED, "consent"):
            if (name,) in lines and (name,) in review.lines and getattr(review.mine, name) != getattr(other, name):
                yield Found((name,), f"`{name}` stands in '{other.name}' too, on line {lines[name,]}.")


def not_common(review: Review) -> Iterator[Found]:
    if not review.mine.common:
        return
    for section in SECTIONS:
        if section not in _COMMON and getattr(review.mine, section):
            yield Found((section,), f"`{section}` belong to a program, and this document is none.")
    for key, piece in review.mine.content.items():
        if str(piece.__struct_config__.tag) != "term":
            yield Found(("content", key), f"'{key}' belongs to a program; only terms are common.")
    if ("start",) in review.lines:
        yield Found(("start",), "What is common to all programs does not start.")


def other_kinds(review: Review) -> Iterator[Found]:
    """Rules that belong to a program of another kind."""
    mine = review.mine
    if mine.common:
        return
    if mine.audience == "employee":
        yield from _sales(review)
    if mine.audience == "user":
        yield from _plans(review)
    if subject_of(mine) == "account":
        yield from _pages(mine)
        yield from _milestones_of_persons(review)


def _sales(review: Review) -> Iterator[Found]:
    for key in review.mine.offers:
        yield Found(("offers", key), f"'{key}' is an offer: {_belongs('customer', 'user')}")
    for node in review.nodes:
        if (type(node.holder), node.name) in _SALES and node.value:
            yield Found(node.path, f"`{node.path[-1]}` sells something: {_belongs('customer', 'user')}")
    for key, message in review.mine.messages.items():
        if isinstance(message, Message) and message.purpose == "marketing":
            yield Found(("messages", key, "purpose"), f"'{key}' is marketing: {_belongs('customer', 'user')}")
    for leaf in review.leaves:
        if _is_of_account(getattr(leaf.node, "name", "")):
            yield Found(leaf.path, f"`account` asks for who pays: {_belongs('customer', 'user')}")


def _is_of_account(name: object) -> bool:
    return isinstance(name, str) and name.startswith("account.")


def _plans(review: Review) -> Iterator[Found]:
    for section in _PLANNED:
        for key in getattr(review.mine, section, {}):
            yield Found((section, key), f"'{key}' plans tasks for both sides: {_belongs('customer', 'employee')}")


def _pages(mine: Document) -> Iterator[Found]:
    for key, piece in mine.content.items():
        if isinstance(piece, (*STANDING, Briefing, Checklist)):
            kind = str(piece.__struct_config__.tag)
            yield Found(
                ("content", key),
                f"'{key}' is a {kind}, which stands in a person's page: {_belongs('user', 'employee')}",
                _TICKED if isinstance(piece, Checklist) else "",
            )


_TICKED = (
    "Write it into a program for users, over milestones that are `reached: {reached: KEY}`: each is ticked for every "
    "member once their account has reached KEY."
)


def _milestones_of_persons(review: Review) -> Iterator[Found]:
    """An account does not reach what a person reaches."""
    theirs = {
        key: other
        for other, _ in review.beside
        if not other.common and subject_of(other) == "person"
        for key in other.milestones
    }
    for leaf in review.leaves:
        key = leaf.node.milestone if isinstance(leaf.node, Reached) else ""
        if key in theirs:
            mend = "Ask for what its people do: `{did: …, at_least: 3}`."
            yield Found(leaf.path, f"'{key}' is reached by persons of '{theirs[key].name}', not by an account.", mend)


def _belongs(*kinds: Audience) -> str:
    return f"it belongs into a program for {' or '.join(_PEOPLE[kind] for kind in kinds)}."


RULES = (
    Rule(
        id="key-taken-beside",
        level="error",
        why="Keys are unique within the workspace: what was done for somebody is told by them.",
        mend="Give one of them another key.",
        find=keys_beside,
    ),
    Rule(
        id="program-taken",
        level="error",
        why="Programs are told from one another by their key, which is made of the name where none is typed.",
        mend="Give one of them another name, or a `key:`.",
        find=programs_beside,
    ),
    Rule(
        id="said-twice",
        level="error",
        why="A person has one language, one contact and one budget of attention, over all programs.",
        mend="Say it once, in the document that is `common: true`.",
        find=said_twice,
    ),
    Rule(
        id="not-common",
        level="error",
        why="A common document holds what programs share; whoever goes through something goes through a program.",
        mend="Move it into a program.",
        find=not_common,
    ),
    Rule(
        id="other-kind",
        level="error",
        why="Users, customers and employees are onboarded to different things; mixing them harms all of them.",
        mend="Move it into a program of that kind, or change `for:`.",
        find=other_kinds,
    ),
)

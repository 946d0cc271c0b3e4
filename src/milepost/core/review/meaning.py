"""Errors of meaning: what can be read but not be carried out."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from milepost.core import events
from milepost.core.conditions.types import (
    Answered,
    ContentWas,
    DaysSince,
    Did,
    MessageWas,
    Reached,
    Sequence_,
    Trait,
)
from milepost.core.program.kinds.content import Action, Formats, Invite, Video, Way
from milepost.core.program.kinds.goal import Function
from milepost.core.program.kinds.limits import Support
from milepost.core.program.kinds.message import Link
from milepost.core.program.kinds.milestone import Growth
from milepost.core.program.kinds.offer import Offer
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import STEPS, Found, Leaf, Review, Rule
from milepost.core.values import Refused, parse_duration

_PURPOSES = ("care", "marketing")
#: Facts with which a program of each audience usually begins.
_STARTS: dict[str, frozenset[str]] = {
    "user": frozenset({"Signed Up", "Trial Started"}),
    "customer": frozenset({"Subscription Started", "Payment Succeeded", "Contract Signed", "Order Completed"}),
    "employee": frozenset({"Hired", "Offer Accepted", "Employment Started"}),
}
#: Where something stands that people click.
_ADDRESSES = {
    (Link, "url"),
    (Action, "url"),
    (Way, "url"),
    (Video, "url"),
    (Invite, "url"),
    (Offer, "url"),
    (Growth, "url"),
    (Formats, "video"),
    (Formats, "live"),
    (Formats, "pdf"),
    (Function, "url"),
    (Support, "community"),
}
#: Conclusion → what asks for it.
_CONCLUDED = {
    events.MILESTONE_REACHED: "`reached: KEY`",
    events.SEGMENT_ENTERED: "`segment: KEY`",
    events.SEGMENT_LEFT: "`not: {segment: KEY}`",
    events.PLAN_MADE: "`goal: KEY`",
    events.PLAN_MOVED: "a condition on the milestones",
    events.OBSTACLE_DETECTED: "what the obstacle's `stuck` asks for",
    events.OBSTACLE_RESOLVED: "`reached: KEY`",
    events.JOURNEY_STARTED: "what the journey's `starts` asks for",
    events.JOURNEY_ENDED: "what the journey's `ends` asks for",
    events.CHECK_IN_MISSED: "`not: {answered: KEY, …}` or `days_since`",
}
_AUDIENCES = {"user": "users", "customer": "customers", "employee": "employees"}


def unbounded(review: Review) -> Iterator[Found]:
    """What is true from the very beginning, in a condition that latches."""
    deadlines = [leaf.path for leaf in review.leaves if _latches(leaf.path) and _is_deadline(leaf)]
    for leaf in review.leaves:
        operator = _true_at_once(leaf) if _latches(leaf.path) and leaf.path[-2:-1] != (STEPS,) else None
        if operator and not any(_beside(leaf.path, deadline) for deadline in deadlines):
            yield Found(leaf.path, f"`{operator}` without a window is true before anything has happened.")


def _is_deadline(leaf: Leaf) -> bool:
    """Whether it turns true at a moment that comes of itself."""
    match leaf.node:
        case DaysSince(gte=int()):
            return not leaf.negated
        case Trait(test=test):
            return not leaf.negated and test.op == "before"
    return False


def _beside(path: Path, deadline: Path) -> bool:
    """Whether both have to hold: the deadline stands in a list of which all must hold, and this somewhere in it."""
    *group, place = deadline
    return isinstance(place, int) and group[-1] != "any" and path[: len(group)] == tuple(group)


def uncounted_opens(review: Review) -> Iterator[Found]:
    """A condition on the opening of a letter that does not tell."""
    for leaf in review.leaves:
        if isinstance(leaf.node, MessageWas) and leaf.node.was == "opened":
            message = review.document.messages.get(leaf.node.message)
            if message is not None and not message.count_opens:
                yield Found(leaf.path, f"Nobody counts who opens '{leaf.node.message}', so this is never true.")


def _latches(path: Path) -> bool:
    """Whether what stands here is kept from its first true instant."""
    return path[0] == "start" or (path[0] == "milestones" and path[2] in ("reached", "evidence"))


def _true_at_once(leaf: Leaf) -> str | None:
    """The operator that makes the absence of something true, if it has no window."""
    match leaf.node:
        case Did(within=None, at_most=int()):
            return "at_most"
        case Did(within=None, exactly=int()):
            return "exactly"
        case (
            Did(within=None)
            | Reached(within=None)
            | Sequence_()
            | MessageWas(within=None)
            | ContentWas(within=None)
            | Answered(answers={})
        ) if leaf.negated:
            return "not"
    return None


def purposes(review: Review) -> Iterator[Found]:
    consent = review.document.consent
    for purpose in consent:
        if purpose not in _PURPOSES:
            yield Found(
                ("consent", purpose),
                f"'{purpose}' is no purpose that can be refused.",
                did_you_mean(purpose, _PURPOSES),
            )
    for key, message in review.document.messages.items():
        if message.purpose == "marketing" and message.channel not in consent.get("marketing", ()):
            yield Found(("messages", key, "purpose"), f"Nobody is asked for marketing by {message.channel}.")


def limits(review: Review) -> Iterator[Found]:
    for channel in ("email", "in_app", "telegram", "total"):
        limit, path = getattr(review.document.limits, channel), ("limits", channel)
        if (limit.at_most is None) != (limit.per is None):
            yield Found(path, "`at_most` and `per` belong together.")
        elif limit.per not in (None, "session") and not _is_duration(limit.per):
            yield Found((*path, "per"), f"'{limit.per}' is neither a length of time nor `session`.")


def _is_duration(text: str) -> bool:
    try:
        return bool(parse_duration(text))
    except (Refused, OverflowError):
        return False


def unsafe_links(review: Review) -> Iterator[Found]:
    for node in review.nodes:
        address = (type(node.holder), node.name) in _ADDRESSES and node.value
        if isinstance(address, str) and not _is_safe(address):
            yield Found(node.path, f"'{address}' is no address that may be opened.")


def _is_safe(url: str) -> bool:
    if url.startswith("/"):
        return not url.startswith(("//", "/\\"))
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def audience(review: Review) -> Iterator[Found]:
    """A beginning that belongs to another kind of program."""
    mine = review.document.audience
    for leaf in review.leaves_of(review.document.start, ("start",)):
        for other, names in _STARTS.items():
            if isinstance(leaf.node, Did) and other != mine and leaf.node.name in names:
                message = (
                    f"'{leaf.node.name}' begins the program of {_AUDIENCES[other]}; this one is for {_AUDIENCES[mine]}."
                )
                yield Found(("start",), message)


def unknown_properties(review: Review) -> Iterator[Found]:
    """Properties that the tracking plan does not know, of facts that it does."""
    facts = review.document.facts
    for leaf in review.leaves:
        if isinstance(leaf.node, Did) and (known := facts.get(leaf.node.name)) is not None:
            for step, name in _properties(leaf.node):
                if name not in known:
                    message = f"'{leaf.node.name}' has no property '{name}' in the tracking plan."
                    yield Found((*leaf.path, *step), message, did_you_mean(name, known))


def _properties(did: Did) -> Iterator[tuple[Path, str]]:
    """The properties that are asked for, with where they stand."""
    yield from ((("where", name), name) for name in did.where)
    if did.distinct not in (None, "day"):
        yield ("distinct",), str(did.distinct)


def derived_facts(review: Review) -> Iterator[Found]:
    """What Milepost concludes is no fact that a condition could see; most of it has an operator of its own."""
    for leaf in review.leaves:
        if isinstance(leaf.node, Did) and (instead := _CONCLUDED.get(leaf.node.name)):
            said = f"'{leaf.node.name}' is concluded by Milepost, and no condition sees it."
            yield Found(leaf.path, said, f"Ask for {instead} instead.")


RULES = (
    Rule(
        id="derived-fact",
        level="error",
        why="Decisions do not read conclusions: what follows from facts would then follow from itself.",
        mend="Ask for it with its own operator.",
        find=derived_facts,
    ),
    Rule(
        id="unbounded",
        level="error",
        why="A milestone is kept from its first true instant, and what has not happened yet is true at once.",
        mend="Add `within: 7d` to it, or a deadline beside it such as {days_since: start, gte: 7}.",
        find=unbounded,
    ),
    Rule(
        id="opens-not-counted",
        level="error",
        area="measuring",
        why="A letter fetches nothing from anywhere unless it is asked to: people are not watched by default.",
        mend="Add `count_opens: true` to the message, or ask for `was: clicked`.",
        find=uncounted_opens,
    ),
    Rule(
        id="consent",
        level="error",
        why="Marketing is sent only to people who were asked and said yes.",
        mend="Add the channel under `consent: {marketing: [email]}`, or change the message's purpose.",
        find=purposes,
        needs=("consent",),
    ),
    Rule(
        id="limit-form",
        level="error",
        why="A limit is a number in a window.",
        mend="Write `{at_most: 4, per: 7d}` or `{at_most: 2, per: session}`.",
        find=limits,
        needs=("limits",),
    ),
    Rule(
        id="unsafe-link",
        level="error",
        why="What people click must lead into the product, and nowhere that runs a script.",
        mend="Write a path that begins with / or an address that begins with https://.",
        find=unsafe_links,
    ),
    Rule(
        id="audience",
        level="error",
        why="Users and customers are onboarded to different things at different times; mixing them harms both.",
        mend="Change `for:`, or begin with what this audience does.",
        find=audience,
        needs=("for", "start"),
    ),
    Rule(
        id="unknown-property",
        level="error",
        area="measuring",
        why="A condition on a property that is never sent is never true.",
        mend="Add the property under `facts:`, or name one that is there.",
        find=unknown_properties,
        needs=("facts",),
    ),
)

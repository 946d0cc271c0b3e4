"""What a good onboarding needs: some of it asks for a written reason, the rest is worth a thought."""

from collections.abc import Iterator

from milepost.core import events
from milepost.core.conditions.types import DaysSince, Did, Trait
from milepost.core.program.kinds.chart import ChartStep
from milepost.core.program.kinds.content import STANDING
from milepost.core.program.problems import did_you_mean, nearest
from milepost.core.review.links import links
from milepost.core.review.rule import Found, Leaf, Review, Rule
from milepost.core.review.unused import unused

_MOST_STEPS = 5
#: (section, field) of the conditions that begin something for somebody.
_TRIGGERS = {("content", "when"), ("messages", "when"), ("journeys", "starts"), ("cadences", "starts")}
OWN_FACTS = frozenset(
    value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)
) | frozenset(events.NAME_OF_KIND.values())


def no_contact(review: Review) -> Iterator[Found]:
    if review.document.support is None:
        yield Found((), "There is no contact card.")


def nothing_measured(review: Review) -> Iterator[Found]:
    if not review.document.milestones:
        yield Found((), "There is no milestone, so nothing is measured.")


def no_first_value(review: Review) -> Iterator[Found]:
    milestones = review.document.milestones
    if milestones and not any(milestone.first_value for milestone in milestones.values()):
        yield Found(("milestones",), "No milestone is the first value.")


def no_success_event(review: Review) -> Iterator[Found]:
    """Guides that lead to no milestone, and journeys that can end without one."""
    served = links(review)
    for key, guide in review.guides():
        if guide.serves is None:
            yield Found(("content", key), f"The guide '{key}' leads to no milestone.")
    flows = [("journeys", key, "ends", each.ends) for key, each in review.document.journeys.items()]
    flows += [("cadences", key, "stops", each.stops) for key, each in review.document.cadences.items()]
    for section, key, field, aim in flows:
        called = f"The {section.removesuffix('s')} '{key}'"
        mend = f"Add `{field}:` with what it is for, such as {{reached: first-meal}}."
        if aim is None:
            yield Found((section, key), f"{called} has no goal of its own.", mend)
        elif (section, key) not in served:
            yield Found((section, key, field), f"{called} ends without the success of any milestone.", mend)


def no_target_time(review: Review) -> Iterator[Found]:
    for key, milestone in review.document.milestones.items():
        if milestone.target is None:
            yield Found(("milestones", key), f"'{key}' has no target time.")


def long_guides(review: Review) -> Iterator[Found]:
    for key, guide in review.guides():
        if len(guide.steps) > _MOST_STEPS:
            yield Found(("content", key, "steps"), f"The guide has {len(guide.steps)} steps.")


def several_at_once(review: Review) -> Iterator[Found]:
    """Pieces that come to the same people at the same moment on the same pages, and no gap keeps them apart."""
    if review.document.limits.in_app.gap is not None:
        return
    seen: dict[tuple[str, str], str] = {}
    for key, piece in review.document.content.items():
        when = getattr(piece, "when", None)
        if when is not None and not isinstance(piece, STANDING):
            moment = (str(when), str(piece.page.url))
            if moment in seen:
                message = f"'{key}' comes at the same moment as '{seen[moment]}'."
                yield Found(("content", key, "when"), message)
            seen.setdefault(moment, key)


def calendar_only(review: Review) -> Iterator[Found]:
    """Triggers that turn true because time passed, whatever somebody did."""
    first = next(iter(review.document.milestones), None)
    instead = f"{{reached: {first}}}" if first else "{did: Signed Up}"
    for path, condition in review.conditions():
        leaves = list(review.leaves_of(condition, path))
        if (path[0], path[-1]) in _TRIGGERS and leaves and not any(map(_waits_for_a_fact, leaves)):
            yield Found(path, "Only time triggers this.", f"Start it from what people do, for example {instead}.")


def _waits_for_a_fact(leaf: Leaf) -> bool:
    match leaf.node:
        case Did(at_most=int()) | Did(exactly=0):
            return leaf.negated
        case Trait():
            return leaf.node.test.op not in ("before", "after")
        case DaysSince():
            return False
    return not leaf.negated


def never_used(review: Review) -> Iterator[Found]:
    """What no definition names and nothing else triggers."""
    said = {
        "messages": ("Nothing sends '{}'.", "Add `when:`, or name it under `celebrate:`."),
        "content": ("Nothing shows '{}'.", ""),
    }
    for section, key in unused(review):
        message, mend = said.get(section, ("Nothing offers '{}'.", "Name it where it helps, or remove it."))
        yield Found((section, key), message.format(key), mend)


def serves_nothing(review: Review) -> Iterator[Found]:
    for key, message in review.document.messages.items():
        if message.when is not None and message.serves is None:
            yield Found(("messages", key), f"'{key}' serves no milestone.")


def no_caps(review: Review) -> Iterator[Found]:
    document = review.document
    if document.messages and document.limits.email.at_most is None:
        yield Found(("limits", "email"), "Nothing limits how many mails somebody gets.")
    if document.messages and document.limits.email.quiet is None:
        yield Found(
            ("limits", "email"), "There are no quiet hours.", 'Write `limits: {email: {quiet: "21:00–08:00"}}`.'
        )
    if document.content and document.limits.in_app.at_most is None:
        mend = "Write `limits: {in_app: {at_most: 2, per: session}}`."
        yield Found(("limits", "in_app"), "Nothing limits how many pieces somebody sees.", mend)


def untracked_facts(review: Review) -> Iterator[Found]:
    known = {*review.document.facts, *OWN_FACTS}
    asked = [(leaf.path, leaf.node.name) for leaf in review.leaves if isinstance(leaf.node, Did)]
    drawn = [((*path, "did"), step.did) for path, step in review.held(ChartStep) if step.did is not None]
    for path, name in (*asked, *drawn):
        if review.document.facts and name not in known:
            guess = did_you_mean(name, known) if nearest(name, known) else ""
            yield Found(path, f"The tracking plan does not know '{name}'.", guess)


RULES = (
    Rule(
        id="no-contact",
        level="reason",
        area="team",
        why="People who get stuck must know whom to ask, where and when; the card stands in every message and piece.",
        mend="Add `support: {name: …, email: …, hours: …}`.",
        find=no_contact,
    ),
    Rule(
        id="nothing-measured",
        level="reason",
        area="measuring",
        why="What is not measured cannot get better: without a milestone nobody can tell whether this helps.",
        mend="Add a milestone that is reached by what people do.",
        find=nothing_measured,
    ),
    Rule(
        id="no-first-value",
        level="reason",
        area="measuring",
        why="Time to first value is the number that onboarding is for; something must stop its clock.",
        mend="Add `first_value: true` to the milestone at which people first get what they came for.",
        find=no_first_value,
    ),
    Rule(
        id="no-success-event",
        level="reason",
        area="links",
        why="A flow that does not contain the moment of success can be finished without having helped.",
        mend="Add `serves:` with the milestone that it leads to.",
        find=no_success_event,
    ),
    Rule(
        id="no-target-time",
        level="warning",
        area="measuring",
        why="Without a target nobody can say who is late, and help comes by chance.",
        mend="Add `target: 1d`, counted from the program's start.",
        find=no_target_time,
    ),
    Rule(
        id="long-guide",
        level="warning",
        area="attention",
        why="With each step fewer people stay: as published, 72 % finish a tour of three steps, 16 % one of seven.",
        mend="Keep the steps without which the first success is impossible.",
        find=long_guides,
    ),
    Rule(
        id="several-at-once",
        level="warning",
        area="attention",
        why="Of two things on top of one another people close both.",
        mend="Let one wait for the other, or write `limits: {in_app: {gap: 3m}}`.",
        find=several_at_once,
        needs=("limits", "content"),
    ),
    Rule(
        id="calendar-only",
        level="warning",
        area="guidance",
        why="A series by the calendar says the same to those who are done and those who are stuck.",
        mend="Start it from what people do.",
        find=calendar_only,
    ),
    Rule(
        id="never-used",
        level="warning",
        area="links",
        why="What nothing triggers is work that reaches nobody.",
        mend="Name it under `celebrate:` of a milestone, or remove it.",
        find=never_used,
    ),
    Rule(
        id="serves-nothing",
        level="warning",
        area="links",
        why="A message that serves a milestone stops when it is reached; one that serves none goes out all the same.",
        mend="Add `serves:` with the milestone that it leads to.",
        find=serves_nothing,
    ),
    Rule(
        id="no-caps",
        level="warning",
        area="attention",
        why="Too much at once is the most common mistake, and it costs the attention that the next message needs.",
        mend="Write `limits: {email: {at_most: 4, per: 7d}}`.",
        find=no_caps,
    ),
    Rule(
        id="untracked-fact",
        level="warning",
        area="measuring",
        why="A fact that is not in the tracking plan is often only misspelt, and then never comes.",
        mend="Add it under `facts:`.",
        find=untracked_facts,
    ),
)

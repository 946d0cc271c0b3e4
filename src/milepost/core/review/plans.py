"""Plan templates, decks, briefings, and what is done about risks and obstacles: what the types alone cannot tell."""

from collections.abc import Iterator
from itertools import pairwise

from milepost.core.delivery.language import say
from milepost.core.program.growth import GROWTH
from milepost.core.program.kinds.content import Briefing, Question, Survey
from milepost.core.program.kinds.deck import Deck
from milepost.core.program.kinds.plan_template import PlanTask, PlanTemplate
from milepost.core.program.problems import Path, did_you_mean, nearest
from milepost.core.program.risks import SILENT_LEAVERS
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.success.hand_offs import can_end
from milepost.core.success.responses import OUTSIDE, responses_of

_LONGEST_BRIEFING = 150  # words, both parts: a minute of reading
_ONLY_OF: dict[str, tuple[str, ...]] = {
    "invite": ("call", "training"),
    "every": ("check_in",),
    "survey": ("check_in",),
    "done": ("task", "training"),
    "content": ("training", "task"),
}


def plan_forms(review: Review) -> Iterator[Found]:
    for key, template in review.document.plan_templates.items():
        path: Path = ("plan_templates", key)
        if not any(phase.tasks for phase in template.phases):
            yield Found((*path, "phases"), f"'{key}' has nothing to do in it.", "Add a phase with `tasks:`.")
        for place, task in _tasks(template, path):
            yield from _task_form(task, place)


def _tasks(template: PlanTemplate, path: Path) -> Iterator[tuple[Path, PlanTask]]:
    for number, phase in enumerate(template.phases):
        for index, task in enumerate(phase.tasks):
            yield (*path, "phases", number, "tasks", index), task


def _task_form(task: PlanTask, path: Path) -> Iterator[Found]:
    for name, kinds in _ONLY_OF.items():
        if getattr(task, name) and task.do not in kinds:
            yield Found((*path, name), f"A {task.do} has no `{name}`.", f"Write `do: {kinds[0]}`, or remove it.")
    if task.do == "check_in" and (task.survey is None or task.every is None):
        yield Found(path, "A check-in asks something, at a rhythm.", "Write `{do: check_in, every: 14d, survey: KEY}`.")
    if task.do != "check_in" and task.title is None:
        yield Found(path, "It does not say what is to be done.", "Add `title:`.")


def asked_twice(review: Review) -> Iterator[Found]:
    """Questions that one host asks and the next one asks again, or that were asked before anybody met them."""
    for key, template in review.document.plan_templates.items():
        asked = _asked_elsewhere(template, review) if template.hand_offs else {}
        for path, survey in _surveys(template, ("plan_templates", key)):
            for question in _questions(survey, review):
                known = asked.setdefault(_wording(question, review), survey)
                if known != survey or _again(survey, template):
                    yield Found(path, f"'{question.key}' was asked before, in '{known}'.")
                    break


def _asked_elsewhere(template: PlanTemplate, review: Review) -> dict[str, str]:
    """Wording → survey, of what is asked once, by itself, and by no host of the plan. A number is asked again to see how
    it has changed."""
    hosts = {survey for _, survey in _surveys(template, ())}
    pieces = ((key, survey) for key, survey in review.pieces(Survey) if key not in hosts)
    once = [(key, survey) for key, survey in pieces if survey.when is not None and survey.every is None]
    return {_wording(each, review): key for key, survey in once for each in survey.questions if not each.measure}


def _surveys(template: PlanTemplate, path: Path) -> Iterator[tuple[Path, str]]:
    """What is asked along the way, each where it is asked first; of how it goes at each hand-off there is nothing to
    carry."""
    seen: set[str] = set()
    for place, task in _tasks(template, path):
        if task.survey is not None and task.survey not in seen:
            seen.add(task.survey)
            yield (*place, "survey"), task.survey
    if template.hand_offs is not None and template.hand_offs.ask is not None:
        yield (*path, "hand_offs", "ask"), template.hand_offs.ask


def _again(survey: str, template: PlanTemplate) -> bool:
    """Whether two hosts ask with the same survey."""
    hosts = [
        (task.owner or phase.owner or template.owner).role
        for phase in template.phases
        for task in phase.tasks
        if task.survey == survey
    ]
    return len(set(hosts)) > 1


def _questions(survey: str, review: Review) -> tuple[Question, ...]:
    content = review.document.content.get(survey)
    return content.questions if isinstance(content, Survey) else ()


def _wording(question: Question, review: Review) -> str:
    return " ".join(say(question.ask, (review.document.locales.default,)).casefold().split())


def hand_offs(review: Review) -> Iterator[Found]:
    """Hosts without a name between whom somebody is passed on, and hosts who keep them for ever."""
    for key, template in review.document.plan_templates.items():
        if template.hand_offs is None:
            continue
        for number, (phase, later) in enumerate(pairwise(template.phases)):
            if phase.owner is None or later.owner is None:
                place: Path = ("plan_templates", key, "phases", number if phase.owner is None else number + 1)
                yield Found(place, "Nobody is named who takes them over here.", "Add `owner:` to the phase.")
            if not can_end(phase):
                place = ("plan_templates", key, "phases", number, "tasks")
                yield Found(place, "Nothing here is ever done, so nobody is handed over.", "Add a task, or a call.")


def deck_forms(review: Review) -> Iterator[Found]:
    for path, deck in review.held(Deck):
        if not deck.pages:
            yield Found((*path, "pages"), "The deck has no page.", "Add `pages: [goal, milestones]`.")
        for name in ("pages", "formats"):
            given = getattr(deck, name)
            if len(set(given)) < len(given):
                yield Found((*path, name), f"The same stands twice under `{name}`.", "Keep one of them.")


def briefings(review: Review) -> Iterator[Found]:
    found = list(review.pieces(Briefing))
    for key, _ in found[1:]:
        yield Found(
            ("content", key), f"'{found[0][0]}' is a briefing already.", "Let people read one, before they begin."
        )
    for key, briefing in found:
        words = sum(
            len(say(text, (review.document.locales.default,)).split())
            for text in (briefing.body, briefing.if_something_goes_wrong)
        )
        if words > _LONGEST_BRIEFING:
            yield Found(("content", key), f"The briefing has {words} words.", "Keep what nobody may begin without.")


def reserved(review: Review) -> Iterator[Found]:
    if review.document.silent is not None and SILENT_LEAVERS in review.document.segments:
        yield Found(("segments", SILENT_LEAVERS), f"'{SILENT_LEAVERS}' is what `silent` says.")


def outside_help(review: Review) -> Iterator[Found]:
    """What happens outside the product is answered with the product alone."""
    for key, milestone in review.document.milestones.items():
        for name, obstacle in milestone.obstacles.items():
            responses = set(responses_of(obstacle, review.document))
            if obstacle.locus == "outside" and responses and not responses & OUTSIDE:
                yield Found(
                    ("milestones", key, "obstacles", name), f"'{name}' is outside the product, its help is not."
                )


def growth(review: Review) -> Iterator[Found]:
    """Offers at a milestone that nobody could be made."""
    for key, milestone in review.document.milestones.items():
        for name in GROWTH:
            given = getattr(milestone, name)
            if given is None:
                continue
            path: Path = ("milestones", key, name)
            extra = [field for field in ("url", "eligible", "button") if getattr(given, field) is not None]
            if given.offer is not None and extra:
                yield Found((*path, extra[0]), f"The offer '{given.offer}' says that itself.", "Remove it here.")
            elif given.url is None and extra:
                yield Found(path, "An offer leads somewhere.", "Add `url:`.")
            elif isinstance(given.text, str) and _is_meant(given.text, review):
                yield Found(
                    path, f"There is no offer '{given.text}'.", did_you_mean(given.text, review.document.offers)
                )
            elif (given.url or given.offer) and (milestone.celebrate is None or milestone.celebrate.content is None):
                yield Found(path, "The offer has no place to stand.", "Add `celebrate: {content: …}` to the milestone.")


def _is_meant(text: str, review: Review) -> bool:
    """Whether a single word is nearly the key of an offer."""
    offers = review.document.offers
    return text not in offers and text == text.casefold() and " " not in text and nearest(text, offers) is not None


RULES = (
    Rule(
        id="plan-form",
        level="error",
        area="team",
        why="A plan is kept by what is to be done, by whom, and until when.",
        mend="Write it as the reference of PlanTask shows.",
        find=plan_forms,
    ),
    Rule(
        id="asked-twice",
        level="error",
        area="attention",
        why="Who is passed on and asked the same again learns that nobody listened.",
        mend="Let the first host ask, and `carry: [answers]`.",
        find=asked_twice,
        needs=("plan_templates", "content"),
    ),
    Rule(
        id="unnamed-host",
        level="error",
        area="team",
        why="Between two hosts nobody may stand alone: each of them has a name.",
        mend="Add `owner:` to the phase.",
        find=hand_offs,
        needs=("plan_templates",),
    ),
    Rule(
        id="deck-form",
        level="error",
        why="A deck is pages in an order.",
        mend="Write `{pages: [goal, milestones], formats: [pdf]}`.",
        find=deck_forms,
    ),
    Rule(
        id="long-briefing",
        level="warning",
        area="words",
        why="A briefing is what has to be known before the first step; what is long is clicked away unread.",
        mend="Move the rest into an article.",
        find=briefings,
    ),
    Rule(
        id="reserved-segment",
        level="error",
        why="What a program says of silent leavers is a segment of that name.",
        mend="Give your segment another key.",
        find=reserved,
    ),
    Rule(
        id="outside-help",
        level="warning",
        area="obstacles",
        why="Cake at work is not helped by a tour of the product.",
        mend="Add an article, a reminder, `peers: true` or `ask_support: true`.",
        find=outside_help,
        needs=("content",),
    ),
    Rule(
        id="growth-form",
        level="error",
        why="An offer that leads nowhere, or stands nowhere, is never made.",
        mend="Write words, the key of an offer, or `{text: …, url: …, eligible: …}`.",
        find=growth,
        needs=("offers",),
    ),
)

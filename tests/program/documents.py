"""Documents of every shape that can be typed, and a small one to begin with."""

from datetime import time, timedelta
from typing import Any

from hypothesis import strategies as st

from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Condition,
    Did,
    Not,
    Reached,
    Sequence_,
    Test,
    Trait,
)
from milepost.core.program.document import Document
from milepost.core.program.kinds import goal
from milepost.core.program.kinds.chart import Chart, ChartStep, Onward
from milepost.core.program.kinds.common import AnswerRef, Celebrate, Fatigue
from milepost.core.program.kinds.content import (
    Action,
    Advance,
    Announcement,
    Article,
    Banner,
    Briefing,
    Celebration,
    Checklist,
    EmptyState,
    Formats,
    Guide,
    Hint,
    Invite,
    Modal,
    Page,
    Question,
    ResourceCenter,
    Step,
    Survey,
    Template,
    Term,
)
from milepost.core.program.kinds.deck import Deck
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Journey,
    OpenTask,
    Pause,
    ReEntry,
    Send,
    Show,
    Wait,
)
from milepost.core.program.kinds.lifecycle import Lifecycle, Tiers
from milepost.core.program.kinds.limits import Limit, Limits, Locales, Quiet, Support
from milepost.core.program.kinds.message import Link, Message
from milepost.core.program.kinds.milestone import Evidence, Growth, Help, Milestone, Obstacle, ProductChange, Task
from milepost.core.program.kinds.offer import Offer
from milepost.core.program.kinds.plan_template import Expectation, HandOffs, Owner, Phase, PlanTask, PlanTemplate
from milepost.core.program.kinds.risk import Decline, Risk, Silent
from milepost.program.yaml_text import read
from tests.conditions.named import operators

SMALL = """\
milepost: 1
name: Small
support: {name: Anna, email: anna@example.com}
limits:
  email: {at_most: 4, per: 7d, quiet: "21:00–08:00"}
  in_app: {at_most: 2, per: session}
milestones:
  first-meal:
    title: First meal
    reached: {did: Meal Logged}
    first_value: true
    target: 1d
    celebrate: {content: confetti, message: praise}
content:
  add-food:
    kind: guide
    serves: first-meal
    steps:
      - {title: Search, on: "#search", advance: {on: input}}
  confetti: {kind: celebration, title: Done}
messages:
  praise: {channel: email, purpose: care, subject: Well done, body: You did it.}
"""

#: Words that YAML 1.1, or a careless reader, takes for something else than text.
TRAPS = (
    "no",
    "yes",
    "on",
    "off",
    "null",
    "~",
    "true",
    "21:00",
    "2026-05-01",
    "1e3",
    "0o17",
    "0x1F",
    "1_000",
    "",
    " ",
    ".5",
)

_letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
texts = st.one_of(
    st.sampled_from(TRAPS), st.text(_letters, max_size=20), st.just("two\nlines\n"), st.just("# no comment: x")
)
keys = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
lengths = st.integers(1, 10**7).map(lambda seconds: timedelta(seconds=seconds))
counts = st.integers(0, 1000)
numbers = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(-1e9, 1e9, allow_nan=False))
scalars = st.one_of(texts, numbers, st.booleans())
languages = st.one_of(texts, st.dictionaries(st.sampled_from(["en", "ru", "no"]), texts, min_size=1))


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


tests = st.one_of(
    st.builds(Test, st.sampled_from(["is", "is_not", "contains"]), scalars),
    st.builds(Test, st.just("in"), st.lists(scalars, min_size=1, max_size=3)),
    st.builds(Test, st.sampled_from(["gt", "gte", "lt", "lte"]), numbers),
    st.builds(Test, st.just("exists"), st.booleans()),
    st.builds(
        Test, st.sampled_from(["before", "after"]), st.sampled_from(["2026-05-01", "3d ago", "2026-05-01T10:00:00Z"])
    ),
)
sinces = optional(st.sampled_from(["start", "goal", "milestone:a", "2026-05-01"]))
dids = st.builds(
    lambda count, **rest: Did(**count, **rest),
    count=st.one_of(
        st.just({}), *(st.fixed_dictionaries({name: counts}) for name in ("at_least", "at_most", "exactly"))
    ),
    name=texts,
    distinct=optional(texts),
    within=optional(lengths),
    since=sinces,
    where=st.dictionaries(texts, tests, max_size=2),
)
steps_of_sequence = st.builds(Did, name=texts, where=st.dictionaries(texts, tests, max_size=1))
test_of_number = st.builds(Test, st.sampled_from(["gt", "lte"]), numbers)
#: Question keys are small words; `survey` and the names of tests mean something else there.
answered = st.one_of(
    st.builds(Answered, survey=keys, answers=st.dictionaries(keys.map("q-{}".format), tests, max_size=2)),
    st.builds(Answered, survey=keys, answers=tests.map(lambda test: {ONLY_QUESTION: test})),
)
named = operators(lambda section: keys, answered, test_of_number, optional(lengths), counts)
leaves = st.one_of(
    dids,
    named,
    st.builds(
        Sequence_, steps=st.lists(steps_of_sequence, min_size=2, max_size=3).map(tuple), within=optional(lengths)
    ),
    st.builds(Trait, name=texts | texts.map("account.{}".format), test=tests),
    st.builds(Reached, milestone=keys, within=optional(lengths), since=sinces),
)


def _inside(children: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(All, of=several), st.builds(Any_, of=several), st.builds(Not, of=children))


conditions = st.recursive(leaves, _inside, max_leaves=3)
several_keys = st.lists(keys, max_size=2).map(tuple)
stages = optional(st.sampled_from(["quick win", "habit", "sign-up"]))
pages = st.builds(
    Page,
    url=st.one_of(texts, st.lists(texts, max_size=2).map(tuple)),
    element=optional(texts),
    focus=optional(texts),
    first_visit=st.booleans(),
    error=optional(texts),
)
fatigues = st.builds(Fatigue, at_most=counts, per=lengths)
celebrates = st.builds(
    Celebrate,
    content=optional(keys),
    message=optional(keys),
    buyers=optional(keys),
    owner=st.booleans(),
    not_more_than=optional(fatigues),
)
steps = st.builds(
    Step,
    title=languages,
    body=languages,
    on=optional(st.one_of(texts, st.lists(texts, max_size=2).map(tuple))),
    advance=st.builds(Advance, on=st.sampled_from(["next", "click", "input", "event"]), event=optional(texts)),
)
guides = st.builds(
    Guide,
    steps=st.lists(steps, max_size=3).map(tuple),
    title=languages,
    when=optional(conditions),
    page=pages,
    serves=optional(keys),
    resource=optional(texts),
    unless=optional(conditions),
    level=st.sampled_from([None, "beginner", "advanced"]),
    formats=optional(st.builds(Formats, text=optional(keys), video=optional(texts))),
)
celebrations = st.builds(Celebration, title=languages, body=languages, confetti=st.booleans(), page=pages)
against = st.builds(Test, st.sampled_from(["gte", "lt"]), st.sampled_from(["last", "baseline", "target"]))
questions = st.builds(
    Question,
    key=keys,
    ask=languages,
    kind=st.sampled_from(["goal", "motive", "choice", "multi", "interests", "text", "number", "date", "stars", "nps"]),
    options=st.dictionaries(texts, languages, max_size=2),
    hint=optional(languages),
    optional=st.booleans(),
    unit=optional(languages),
    at_least=optional(counts),
    at_most=optional(counts),
    measure=optional(keys),
    if_=st.dictionaries(keys, st.one_of(tests, against), max_size=2),
)
surveys = st.builds(
    Survey,
    title=languages,
    questions=st.lists(questions, max_size=2).map(tuple),
    thanks=optional(languages),
    when=optional(conditions),
    every=optional(lengths),
    remind=optional(keys),
    praise=optional(celebrates),
    page=pages,
    stage=stages,
)
checklists = st.builds(
    Checklist, title=languages, from_=st.sampled_from([None, "goal"]), items=several_keys, when=optional(conditions)
)
actions = st.builds(Action, text=languages, use_template=optional(keys), start=optional(keys), url=optional(texts))
empty_states = st.builds(
    EmptyState, on=texts, title=languages, actions=st.lists(actions, max_size=2).map(tuple), serves=optional(keys)
)
invites = st.builds(
    Invite, title=languages, url=texts, button=languages, when=optional(conditions), page=pages, serves=optional(keys)
)
passive = {"when": optional(conditions), "unless": optional(conditions), "page": pages, "serves": optional(keys)}
others = st.one_of(
    st.builds(Hint, title=languages, on=texts, as_=st.sampled_from(["beacon", "inline"]), **passive),
    st.builds(Term, text=languages, explain=languages, on=st.lists(texts, max_size=2).map(tuple), **passive),
    st.builds(Banner, title=languages, place=st.sampled_from(["top", "bottom"]), action=optional(actions), **passive),
    st.builds(Announcement, title=languages, body=languages, action=optional(actions), **passive),
    st.builds(Modal, title=languages, body=languages, button=languages, **passive),
    st.builds(Briefing, title=languages, body=languages, if_something_goes_wrong=languages, **passive),
    st.builds(ResourceCenter, title=languages, items=several_keys, **passive),
)
pieces = st.one_of(guides, celebrations, surveys, checklists, empty_states, invites, others)

evidences = st.builds(
    Evidence,
    self_report=optional(answered),
    measure=optional(conditions),
    imported=optional(conditions),
    attested=st.lists(texts, max_size=2).map(tuple),
)
helps = st.builds(
    Help,
    guide=optional(keys),
    offer=optional(keys),
    ask_support=st.booleans(),
    peers=st.booleans(),
    as_=st.sampled_from([None, "facilitator", "spark", "signal"]),
)
obstacles = st.builds(
    Obstacle,
    stuck=conditions,
    title=optional(languages),
    lacks=st.sampled_from([None, "ability"]),
    locus=st.sampled_from(["inside", "outside"]),
    severity=st.sampled_from(["low", "medium", "high"]),
    change=optional(st.builds(ProductChange, title=languages, done_on=optional(texts))),
    help=st.lists(helps, max_size=2).map(tuple),
    accepted=optional(texts),
)
growths = optional(
    st.one_of(
        st.builds(Growth, text=languages, url=optional(texts), eligible=optional(conditions)),
        st.builds(Growth, offer=keys),
    )
)
tasks = st.builds(Task, title=languages, owner=st.sampled_from(["person", "team"]), done=optional(conditions))
milestones = st.builds(
    Milestone,
    title=languages,
    reached=optional(conditions),
    evidence=optional(evidences),
    kind=st.sampled_from(["activity", "outcome"]),
    told=optional(languages),
    first_value=st.booleans(),
    repeats=st.sampled_from([None, "day", "every time"]),
    target=optional(lengths),
    stage=stages,
    effort=optional(lengths),
    needs=several_keys,
    tasks=st.lists(tasks, max_size=1).map(tuple),
    celebrate=optional(celebrates),
    offer=optional(keys),
    more_use=growths,
    upgrade=growths,
    obstacles=st.dictionaries(keys, obstacles, max_size=2),
)
messages = st.builds(
    Message,
    channel=st.just("email"),
    purpose=st.sampled_from(["service", "care", "marketing"]),
    subject=languages,
    body=languages,
    when=optional(conditions),
    unless=optional(conditions),
    link=optional(st.builds(Link, text=languages, url=texts, start=optional(keys))),
    serves=optional(keys),
    resource=optional(texts),
)
plain = st.recursive(
    st.one_of(st.none(), scalars),
    lambda children: st.one_of(st.lists(children, max_size=2), st.dictionaries(texts, children, max_size=2)),
    max_leaves=4,
)
data = st.dictionaries(texts, plain, max_size=2)
templates = st.builds(Template, title=languages, data=data, by_goal=st.dictionaries(keys, data, max_size=2))
answers = optional(st.builds(AnswerRef, answer=keys))
goals = st.builds(
    goal.Goal,
    ask=languages,
    milestones=several_keys,
    measure=optional(keys),
    statement=answers,
    expects=answers,
    if_=st.dictionaries(keys, conditions, max_size=1),
)
motives = st.builds(goal.Motive, title=languages, inferred=optional(conditions))
risks = st.one_of(
    st.builds(Risk, stall=lengths, task=optional(languages), message=optional(keys)),
    st.builds(Risk, decline=st.builds(Decline, of=texts, days=counts, silent_for=lengths)),
    st.builds(Risk, when=conditions, recovered=optional(conditions)),
)
owners = st.builds(Owner, role=texts)
plan_tasks = st.builds(
    PlanTask,
    do=st.sampled_from(["call", "task", "training", "check_in"]),
    title=optional(languages),
    due=optional(lengths),
    owner=optional(owners),
    invite=st.booleans(),
    done=optional(conditions),
    every=optional(lengths),
    survey=optional(keys),
)
phases = st.builds(Phase, title=languages, tasks=st.lists(plan_tasks, max_size=2).map(tuple), owner=optional(owners))
plan_templates = st.builds(
    PlanTemplate,
    starts=conditions,
    owner=owners,
    phases=st.lists(phases, max_size=2).map(tuple),
    expects=st.lists(st.builds(Expectation, what=languages, by=owners, due=optional(lengths)), max_size=1).map(tuple),
    hand_offs=optional(st.builds(HandOffs, at_most=lengths, ask=optional(keys))),
)
decks = st.builds(
    Deck,
    pages=st.lists(st.sampled_from(["goal", "contact"]), max_size=2).map(tuple),
    formats=st.just(("pdf", "web")),
    title=optional(languages),
)
measures = st.builds(
    goal.Measure,
    unit=languages,
    better=st.sampled_from(["up", "down"]),
    title=optional(languages),
    baseline=answers,
    target=answers,
    by=answers,
)
functions = st.builds(goal.Function, milestones=several_keys, title=optional(languages), url=optional(texts))
pauses = st.builds(Pause, until=optional(conditions), at_most=optional(lengths), for_=optional(lengths))


def _branch(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Branch]:
    ways = st.lists(children, max_size=2).map(tuple)
    return st.builds(Branch, if_=conditions, then=ways, else_=ways)


journey_steps = st.recursive(
    st.one_of(
        st.builds(Send, send=keys),
        st.builds(Show, show=keys),
        st.builds(Wait, wait=pauses),
        st.builds(OpenTask, task=languages),
    ),
    _branch,
    max_leaves=4,
)
journeys = st.builds(
    Journey,
    starts=conditions,
    steps=st.lists(journey_steps, max_size=2).map(tuple),
    ends=optional(conditions),
    re_entry=st.one_of(
        st.sampled_from(["once", "every time"]),
        st.builds(ReEntry, once_per=texts),
        st.builds(ReEntry, after=lengths),
    ),
    title=optional(languages),
)
cadences = st.builds(
    Cadence,
    starts=conditions,
    every=st.sampled_from(["daily", "twice a week", "weekly", "every two weeks"]),
    series=several_keys,
    stops=optional(conditions),
    at=st.sampled_from(["10:00", "08:30"]),
)
offers = st.builds(
    Offer,
    title=languages,
    why=languages,
    url=texts,
    button=optional(languages),
    eligible=optional(conditions),
    not_more_than=fatigues,
    taken=optional(conditions),
)
articles = st.builds(
    Article, title=languages, body=languages, functions=several_keys, reviewed_on=optional(texts), page=pages
)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
limits = st.builds(
    Limit,
    at_most=optional(counts),
    per=optional(st.sampled_from(["session", "7d"])),
    gap=optional(lengths),
    quiet=optional(st.builds(Quiet, times, times)),
)
charts = st.builds(
    Chart,
    title=optional(languages),
    steps=st.dictionaries(
        keys,
        st.builds(
            ChartStep,
            title=optional(languages),
            did=optional(texts),
            reached=optional(keys),
            functions=several_keys,
            next=st.lists(st.builds(Onward, to=keys, label=optional(languages)), max_size=2).map(tuple),
        ),
        max_size=2,
    ),
)
sections = {
    "audience": st.sampled_from(["user", "customer", "employee"]),
    "start": conditions,
    "timezone": texts,
    "locales": st.builds(Locales, default=texts, others=st.lists(texts, max_size=2).map(tuple)),
    "support": st.builds(Support, name=languages, email=texts, telegram=optional(texts), hours=optional(languages)),
    "consent": st.dictionaries(st.sampled_from(["care", "marketing"]), st.just(("email",)), max_size=2),
    "limits": st.builds(Limits, email=limits, in_app=limits, telegram=limits, total=limits),
    "facts": st.dictionaries(
        texts, st.dictionaries(texts, st.sampled_from(["text", "number"]), max_size=2), max_size=2
    ),
    "functions": st.dictionaries(keys, functions, max_size=2),
    "measures": st.dictionaries(keys, measures, max_size=2),
    "goals": st.dictionaries(keys, goals, max_size=2),
    "milestones": st.dictionaries(keys, milestones, max_size=2),
    "content": st.dictionaries(keys, pieces, max_size=2),
    "messages": st.dictionaries(keys, messages, max_size=2),
    "articles": st.dictionaries(keys, articles, max_size=2),
    "journeys": st.dictionaries(keys, journeys, max_size=2),
    "cadences": st.dictionaries(keys, cadences, max_size=1),
    "offers": st.dictionaries(keys, offers, max_size=1),
    "templates": st.dictionaries(keys, templates, max_size=1),
    "segments": st.dictionaries(keys, conditions, max_size=2),
    "onboarded": conditions,
    "lifecycle": st.builds(Lifecycle, activated=optional(conditions), advanced=optional(conditions)),
    "tiers": st.builds(Tiers, regular=optional(conditions), power=optional(conditions)),
    "motives": st.dictionaries(keys, motives, max_size=2),
    "risk": st.dictionaries(keys, risks, max_size=2),
    "silent": optional(st.builds(Silent, after=lengths, seen=optional(conditions), message=optional(keys))),
    "plan_templates": st.dictionaries(keys, plan_templates, max_size=1),
    "decks": st.dictionaries(keys, decks, max_size=1),
    "charts": st.dictionaries(keys, charts, max_size=1),
    "moved": st.dictionaries(keys, keys, max_size=2),
}


def _with(names: list[str]) -> st.SearchStrategy[Document]:
    return st.builds(Document, name=texts, **{name: sections[name] for name in names})


#: A few sections at a time: what is in one does not change how another is read.
documents = st.lists(st.sampled_from(sorted(sections)), max_size=4, unique=True).flatmap(_with)


def document_of(text: str | bytes) -> Document:
    """What a text says that has to be readable."""
    document = read(text).document
    assert document is not None
    return document

"""The document: everything a team has decided about its onboarding, as one frozen value."""

from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Any_, Condition, Did
from milepost.core.program.kinds.chart import Chart
from milepost.core.program.kinds.common import Channel, Definition
from milepost.core.program.kinds.content import Article, Content, Template
from milepost.core.program.kinds.deck import Deck
from milepost.core.program.kinds.experiment import Experiment
from milepost.core.program.kinds.goal import Function, Goal, Measure, Motive
from milepost.core.program.kinds.journey import Cadence, Journey
from milepost.core.program.kinds.lifecycle import Lifecycle, Tiers
from milepost.core.program.kinds.limits import Limits, Locales, Support
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.program.kinds.offer import Offer
from milepost.core.program.kinds.plan_template import PlanTemplate
from milepost.core.program.kinds.risk import Risk, Silent

Audience = Literal["user", "customer", "employee"]
PropertyType = Literal["text", "number", "boolean", "date", "list", "object"]


#: With what a program of each kind begins where it does not say: the first step into the product, the decision to pay, the
#: first day at work.
STARTS: dict[Audience, Condition] = {
    "user": Did(name="Signed Up"),
    "customer": Any_(of=(Did(name="Subscription Started"), Did(name="Contract Signed"))),
    "employee": Any_(of=(Did(name="Started Work"), Did(name="Hired"))),
}


class Document(Definition, frozen=True, kw_only=True):
    """One program of one kind. Keys are unique within the workspace; a `moved` key keeps its history.

    `key` names the program among those of the workspace; without it, its name does. A document that is `common` is no
    program: it holds what all of them share. `start` is when the program begins for somebody; it has no end.
    """

    milepost: Literal[1] = 1
    name: str
    key: str | None = None
    audience: Audience = field(name="for", default="user")
    common: bool = False
    start: Condition = STARTS["user"]
    timezone: str = "UTC"
    locales: Locales = Locales()
    support: Support | None = None
    #: Purposes that need a yes, and their channels.
    consent: dict[str, tuple[Channel, ...]] = field(default_factory=dict)
    limits: Limits = Limits()
    facts: dict[str, dict[str, PropertyType]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    motives: dict[str, Motive] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    content: dict[str, Content] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    cadences: dict[str, Cadence] = field(default_factory=dict)
    experiments: dict[str, Experiment] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    segments: dict[str, Condition] = field(default_factory=dict)
    silent: Silent | None = None
    plan_templates: dict[str, PlanTemplate] = field(default_factory=dict)
    decks: dict[str, Deck] = field(default_factory=dict)
    charts: dict[str, Chart] = field(default_factory=dict)
    risk: dict[str, Risk] = field(default_factory=dict)
    #: Who counts as onboarded: over milestones, measures and what people do, never "the tour was finished".
    onboarded: Condition | None = None
    #: What counts how much as engagement: the name of a fact → its weight.
    engagement: dict[str, float] = field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle()
    tiers: Tiers = Tiers()
    moved: dict[str, str] = field(default_factory=dict)


EMPTY = Document(name="Empty program")

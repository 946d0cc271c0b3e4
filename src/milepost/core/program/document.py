"""The document: everything a team has decided about its onboarding, as one frozen value."""

from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Condition, Did
from milepost.core.program.kinds.common import Definition
from milepost.core.program.kinds.content import Article, Content, Template
from milepost.core.program.kinds.goal import Function, Goal, Measure
from milepost.core.program.kinds.journey import Cadence, Journey
from milepost.core.program.kinds.limits import Limits, Locales, Support
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.program.kinds.offer import Offer

Audience = Literal["user", "customer", "employee"]
PropertyType = Literal["text", "number", "boolean", "date", "list", "object"]


class Document(Definition, frozen=True, kw_only=True):
    """One program of one kind. Keys are unique within the workspace; a `moved` key keeps its history."""

    milepost: Literal[1] = 1
    name: str
    audience: Audience = field(name="for", default="user")
    start: Condition = Did(name="Signed Up")
    timezone: str = "UTC"
    locales: Locales = Locales()
    support: Support | None = None
    #: Purposes that need a yes, and their channels.
    consent: dict[str, tuple[Literal["email", "in_app"], ...]] = field(default_factory=dict)
    limits: Limits = Limits()
    facts: dict[str, dict[str, PropertyType]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    content: dict[str, Content] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    cadences: dict[str, Cadence] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    segments: dict[str, Condition] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)


EMPTY = Document(name="Empty program")

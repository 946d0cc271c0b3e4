"""The kinds of definition that a program is made of: where each stands, what it is called, and what it is made of."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds import (
    chart,
    content,
    deck,
    experiment,
    goal,
    journey,
    limits,
    message,
    milestone,
    offer,
    plan_template,
    risk,
)
from milepost.core.values import Refused

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """Shapes: `section` is the key in the document; `tag` is what stands under `kind:` of a piece of content. `alone`:
    there is one of it, without a key of its own. `type` is its Struct, or what a condition may be."""

    name: str
    section: str
    type: Any
    icon: str
    one: Words
    many: Words
    why: Words
    tag: str = ""
    alone: bool = False


KINDS = (
    Kind("goal", "goals", goal.Goal, "target", _("Goal"), _("Goals"), _("What people want to achieve, in their words.")),
    Kind("motive", "motives", goal.Motive, "flame", _("Motive"), _("Motives"),
         _("Why people come: asked or inferred, and what their plan depends on.")),
    Kind("milestone", "milestones", milestone.Milestone, "flag", _("Milestone"), _("Milestones"),
         _("A step towards a goal that can be seen, what holds people back from it, and what helps.")),
    Kind("measure", "measures", goal.Measure, "scale", _("Measure"), _("Measures"), _("A number that people care about.")),
    Kind("function", "functions", goal.Function, "zap", _("Function"), _("Functions"),
         _("Something that your product can do, and the milestones that it helps with.")),
    Kind("guide", "content", content.Guide, "milestone", _("Guide"), _("Guides"),
         _("Shows how to do a task, step by step."),
         tag="guide"),
    Kind("checklist", "content", content.Checklist, "list-checks", _("Checklist"), _("Checklists"),
         _("Milestones to tick: the personal plan, or a list of your own."), tag="checklist"),
    Kind("survey", "content", content.Survey, "message-square-quote", _("Survey"), _("Surveys"),
         _("Questions, asked once or at a rhythm."), tag="survey"),
    Kind("celebration", "content", content.Celebration, "party-popper", _("Celebration"), _("Celebrations"),
         _("Marks a small win at the moment of the win."), tag="celebration"),
    Kind("empty-state", "content", content.EmptyState, "circle-dashed", _("Empty state"), _("Empty states"),
         _("Stands where there is nothing yet, and offers a beginning."), tag="empty state"),
    Kind("invite", "content", content.Invite, "user-round", _("Invitation"), _("Invitations"), _("Asks to bring a friend."),
         tag="invite"),
    Kind("hint", "content", content.Hint, "lightbulb", _("Hint"), _("Hints"),
         _("Says something about one thing on the page, to whoever looks."), tag="hint"),
    Kind("term", "content", content.Term, "circle-help", _("Term"), _("Terms"),
         _("A word of your product, explained where it stands."), tag="term"),
    Kind("banner", "content", content.Banner, "tag", _("Banner"), _("Banners"), _("A line across the page."), tag="banner"),
    Kind("announcement", "content", content.Announcement, "sparkles", _("Announcement"), _("Announcements"),
         _("Something is new."), tag="announcement"),
    Kind("modal", "content", content.Modal, "circle-alert", _("Must-read"), _("Must-reads"),
         _("What has to be read before anything else is done."), tag="modal"),
    Kind("briefing", "content", content.Briefing, "shield-check", _("Briefing"), _("Briefings"),
         _("The rules before somebody begins, and what to do if something goes wrong."), tag="briefing"),
    Kind("resource-center", "content", content.ResourceCenter, "life-buoy", _("Resource center"), _("Resource centers"),
         _("Everything to learn from in one place."), tag="resource center"),
    Kind("course", "content", content.Course, "graduation-cap", _("Course"), _("Courses"),
         _("Lessons at one’s own pace, with a quiz and a certificate."), tag="course"),
    Kind("form", "content", content.Form, "text-cursor-input", _("Form"), _("Forms"),
         _("A form of your product that is watched: where people stop, and what takes them long."), tag="form"),
    Kind("deck-piece", "content", content.DeckPiece, "monitor", _("Deck in the product"), _("Decks in the product"),
         _("A deck, opened page by page."), tag="deck"),
    Kind("message", "messages", message.Message, "mail", pgettext_lazy("kind of definition", "Message"), _("Messages"),
         _("A mail that leaves the product.")),
    Kind("article", "articles", content.Article, "file-text", _("Article"), _("Articles"),
         _("Help that can be looked up.")),
    Kind("journey", "journeys", journey.Journey, "route", _("Journey"), _("Journeys"),
         _("Steps over time, begun by what people do and left when their goal is met.")),
    Kind("cadence", "cadences", journey.Cadence, "calendar", _("Cadence"), _("Cadences"), _("A series at a rhythm.")),
    Kind("experiment", "experiments", experiment.Experiment, "git-compare", _("Experiment"), _("Experiments"),
         _("Variants of a message, a piece or a journey, and what decides which is better.")),
    Kind("offer", "offers", offer.Offer, "gift", _("Offer"), _("Offers"), _("More use, or a paid plan, when it helps.")),
    Kind("template", "templates", content.Template, "copy", _("Sample data"), _("Sample data"),
         _("What your product makes for somebody to begin with.")),
    Kind("plan-template", "plan_templates", plan_template.PlanTemplate, "list-checks", _("Plan template"),
         _("Plan templates"), _("Who does what by when, for an account or a new hire.")),
    Kind("deck", "decks", deck.Deck, "monitor", _("Deck"), _("Decks"), _("A plan as pages to show.")),
    Kind("chart", "charts", chart.Chart, "map", _("Chart"), _("Charts"),
         _("How people go through your product, and which functions they meet where.")),
    Kind("risk", "risk", risk.Risk, "trending-down", _("Risk"), _("Risks"),
         _("A sign that somebody may leave, and what the team does about it.")),
    Kind("segment", "segments", Condition, "shapes", _("Segment"), _("Segments"), _("A condition with a name.")),
    Kind("start", "start", Condition, "log-in", _("Beginning"), _("Beginning"), _("What begins the program for somebody."),
         alone=True),
    Kind("support", "support", limits.Support, "life-buoy", _("Contact card"), _("Contact card"),
         _("Whom to ask: it stands in every message and piece."), alone=True),
    Kind("limits", "limits", limits.Limits, "pause", _("Limits"), _("Limits"), _("How much is too much."), alone=True),
    Kind("silent", "silent", risk.Silent, "moon", _("Silent leavers"), _("Silent leavers"),
         _("Newcomers who vanish without a word."), alone=True),
    Kind("locales", "locales", limits.Locales, "languages", _("Languages"), _("Languages"),
         _("In which languages texts are."),
         alone=True),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
CONTENT = {kind.tag: kind for kind in KINDS if kind.tag}


def kind_named(name: str) -> Kind:
    """Raises Refused (404) for a kind that there is not."""
    if name not in BY_NAME:
        raise Refused("no_such_kind", "There is no such kind of definition.", status=404)
    return BY_NAME[name]


def kind_of(section: str, value: Any) -> Kind | None:
    """The kind of a definition by where it stands. Absent: None for a piece of content of no known kind."""
    if section == "content":
        return CONTENT.get(str(value.get("kind"))) if isinstance(value, dict) else None
    return next((kind for kind in KINDS if kind.section == section), None)


def blank(kind: Kind) -> Any:
    """What a new definition begins with."""
    if kind.tag:
        return {"kind": kind.tag}
    return {"channel": "email", "purpose": "care"} if kind.name == "message" else {}

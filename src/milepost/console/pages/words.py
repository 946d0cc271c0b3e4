"""Words of the program and of facts, as a page shows them."""

import re
from typing import Any

import msgspec
from django.utils import translation

from milepost.core.delivery.language import preferences, say
from milepost.core.program.document import Document
from milepost.core.program.growth import offers_of
from milepost.core.program.kinds.common import Text
from milepost.core.program.risks import segments_of

_VARIABLE = re.compile(r"{{-?\s*(?:\w+\.)*(\w+)[^}]*}}")
_TAG = re.compile(r"{%.*?%}", re.DOTALL)

#: (kind, key) → what a definition is called.
Titles = dict[tuple[str, str], str]


def in_our_language(text: Text, document: Document) -> str:
    """A program's text in the language of whoever reads the page, else in the program's own."""
    return say(text, preferences(translation.get_language() or "", document.locales.default))


def titles(document: Document) -> Titles:
    """What each definition is called: its title or subject, else its key."""
    found: Titles = {}
    for key, milestone in document.milestones.items():
        found["milestone", key] = in_our_language(milestone.title, document)
    for key, content in document.content.items():
        found["content", key] = readable(in_our_language(content.title, document)) if content.title else key
    for key, message in document.messages.items():
        found["message", key] = readable(in_our_language(message.subject, document))
    return found


def every_title(document: Document) -> Titles:
    """What everything is called that a person may meet: also goals, articles, offers, journeys, obstacles, questions."""
    found = titles(document)
    found |= {("survey", key): title for (kind, key), title in found.items() if kind == "content"}
    for key, goal in document.goals.items():
        found["goal", key] = in_our_language(goal.ask, document)
    for key, article in document.articles.items():
        found["article", key] = readable(in_our_language(article.title, document))
    for key, offer in offers_of(document).items():
        found["offer", key] = readable(in_our_language(offer.title, document))
    for key, journey in (document.journeys | document.cadences).items():
        found["journey", key] = in_our_language(journey.title, document) if journey.title else spoken(key)
    for key in document.risk:
        found["risk", key] = spoken(key)
    for key in segments_of(document):
        found["segment", key] = spoken(key)
    for key, template in document.plan_templates.items():
        found["plan_template", key] = in_our_language(template.title, document) if template.title else spoken(key)
    for key, milestone in document.milestones.items():
        for name, obstacle in milestone.obstacles.items():
            title = in_our_language(obstacle.title, document) if obstacle.title else spoken(name)
            found["obstacle", f"{key}/{name}"] = title
    return found


def spoken(key: str) -> str:
    """A key read as words."""
    return key.replace("-", " ").capitalize()


def condition_titles(document: Document) -> dict[str, str]:
    """What the definitions are called that a condition names: milestones by key, others by `KIND:KEY`."""
    found = {f"{kind}:{key}": title for (kind, key), title in titles(document).items()}
    for key, goal in document.goals.items():
        found[f"goal:{key}"] = in_our_language(goal.ask, document)
    for key, measure in document.measures.items():
        found[f"measure:{key}"] = in_our_language(measure.title, document) if measure.title else key
    milestones = {key: found[f"milestone:{key}"] for key in document.milestones}
    return found | milestones


def readable(template: str) -> str:
    """A Liquid text for people: `Hello {{ person.first_name | default: "you" }}` → `Hello ‹first name›`."""
    named = _VARIABLE.sub(lambda found: f"‹{found[1].replace('_', ' ')}›", template)
    return _TAG.sub("", named)


def shown(value: Any) -> str:
    """A value of a trait or property as text: a word as it is, the rest as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

"""Every offer of a program: those that it defines, and those that follow from what a milestone says of more use, an
upgrade, or what goes well with it."""

from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Growth, Milestone
from milepost.core.program.kinds.offer import Offer

GROWTH = ("upgrade", "more_use", "cross_sell")


def offers_of(document: Document) -> dict[str, Offer]:
    """All offers by key. One that stands at a milestone has the key `MILESTONE/upgrade` (or `more_use`, `cross_sell`)."""
    found = dict(document.offers)
    for key, milestone in document.milestones.items():
        for name in GROWTH:
            if (offer := _own(getattr(milestone, name), document)) is not None:
                found[f"{key}/{name}"] = offer
    return found


def offers_at(document: Document, milestone: str) -> tuple[str, ...]:
    """What may be offered when this milestone is reached, first choice first."""
    definition = document.milestones[milestone]
    named = [definition.offer, *(_key(milestone, name, definition, document) for name in GROWTH)]
    return tuple(dict.fromkeys(key for key in named if key is not None))


def named_offer(growth: Growth, document: Document) -> str | None:
    """The offer of the program that is meant, if one is."""
    if growth.offer is None and isinstance(growth.text, str) and growth.text in document.offers:
        return growth.text
    return growth.offer


def _key(milestone: str, name: str, definition: Milestone, document: Document) -> str | None:
    growth: Growth | None = getattr(definition, name)
    if growth is None:
        return None
    own = f"{milestone}/{name}" if _own(growth, document) is not None else None
    return named_offer(growth, document) or own


def _own(growth: Growth | None, document: Document) -> Offer | None:
    """The offer that these words are; None where they are only words."""
    if growth is None or growth.text is None or growth.url is None or named_offer(growth, document) is not None:
        return None
    return Offer(title=growth.text, why="", url=growth.url, button=growth.button, eligible=growth.eligible)

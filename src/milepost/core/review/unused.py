"""What no definition names and nothing else triggers."""

from collections.abc import Iterator

from milepost.core.program.kinds.content import STANDING, Briefing, Checklist, Content, Guide, Survey
from milepost.core.review.names import named_by_fields, named_by_variants
from milepost.core.review.rule import Review


def unused(review: Review) -> Iterator[tuple[str, str]]:
    """(section, key) of messages, pieces, offers and templates that reach nobody. A guide can be started from anywhere."""
    document = review.document
    named = (*named_by_fields(review), *named_by_variants(review))
    used = {(section, name.key) for name in named for section in name.sections}
    for key, message in document.messages.items():
        if message.when is None and ("messages", key) not in used:
            yield "messages", key
    for key, piece in document.content.items():
        if not isinstance(piece, Guide) and not comes_by_itself(piece) and ("content", key) not in used:
            yield "content", key
    for section in ("offers", "templates"):
        yield from ((section, key) for key in getattr(document, section) if (section, key) not in used)


def comes_by_itself(piece: Content) -> bool:
    if isinstance(piece, Checklist) and piece.from_ == "goal":
        return True
    if isinstance(piece, Survey) and piece.every is not None:
        return True
    return isinstance(piece, (*STANDING, Briefing)) or getattr(piece, "when", None) is not None

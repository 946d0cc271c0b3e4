"""Pages that open without the product: a deck as it was last made for its person, and the certificate of a course that
they have passed. There is none before."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Course, DeckPiece
from milepost.delivery.lessons import is_certified
from milepost.delivery.models import Piece
from milepost.delivery.tokens import Showing, seal

#: For how long a deck is shown after its person last had it before their eyes; a certificate is for good.
DECK_SHOWN = timedelta(days=90)


def page_url(who: Showing) -> str:
    return f"{settings.PUBLIC_URL}/k/{seal(who)}"


def showing(who: Showing, now: datetime) -> Piece | None:
    """What stands on this page now."""
    rows = Piece.objects.filter(_to_be_seen(now), workspace_id=who.workspace, uid=who.uid, content=who.content)
    piece = rows.order_by("-id").first()
    return piece if piece is None or piece.kind != "course" or is_certified(piece) else None


def page_links(workspace: int, uid: int, document: Document, now: datetime) -> dict[str, dict[str, dict[str, str]]]:
    """`deck.KEY.url` and `course.KEY.url` of a letter, for each of the program's that is there to be seen."""
    kinds = {key: type(piece) for key, piece in document.content.items() if isinstance(piece, DeckPiece | Course)}
    if not kinds:
        return {}
    rows = Piece.objects.filter(_to_be_seen(now), workspace_id=workspace, uid=uid, content__in=kinds)
    seen = {row.content for row in rows if row.kind != "course" or is_certified(row)}
    links = {key: {"url": page_url(Showing(workspace, uid, key))} for key in seen}
    return {
        "deck": {key: link for key, link in links.items() if kinds[key] is DeckPiece},
        "course": {key: link for key, link in links.items() if kinds[key] is Course},
    }


def _to_be_seen(now: datetime) -> Q:
    return Q(kind="deck", changed_at__gt=now - DECK_SHOWN) | Q(kind="course", status="completed")

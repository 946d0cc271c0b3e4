"""The one list: which effect is carried out by whom, and who joins the loop's transaction."""

from collections.abc import Sequence

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import EndContent, SendMessage, ShowContent
from milepost.core.events import Fact
from milepost.delivery import handlers
from milepost.runtime.wiring import Wiring


def _on_facts(facts: Sequence[tuple[Fact, int]]) -> set[tuple[int, int]]:
    """Pieces follow what browsers report; whose did."""
    reports = [(fact, uid) for fact, uid in facts if fact.source == "milepost" and "piece" in fact.properties]
    if reports:
        handlers.piece_facts(reports)
    return {(fact.workspace, uid) for fact, uid in reports}


def _end_content(effect: EndContent, attempt: int) -> Outcome:
    handlers.end_pieces(effect.workspace, effect.person, effect.contents)
    return Done()


WIRING = Wiring(
    effects={"show_content": ShowContent, "end_content": EndContent, "send_message": SendMessage},
    handlers={
        "show_content": lambda effect, attempt: handlers.show_content(effect),
        "end_content": _end_content,
        "send_message": handlers.send_message,
    },
    local=frozenset({"show_content", "end_content"}),
    on_facts=_on_facts,
    on_merge=handlers.merge_pieces,
)

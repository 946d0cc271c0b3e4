"""Sample data: the host product is asked to make it, and pieces show how that went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core import events
from milepost.core.engine.patience import IN_APP
from milepost.core.events import Fact

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

_WENT = frozenset({events.TEMPLATE_USED, events.TEMPLATE_FAILED, events.TEMPLATE_REMOVED})


def follow(work: Work, fact: Fact) -> None:
    """Only somebody whose user id is proven has something that a host could put samples into."""
    if work.given.retroactive or work.state.subject == "account":
        return
    if fact.name in _WENT and isinstance(template := fact.properties.get("template"), str):
        work.desk.refresh(*work.program.showing.get(template, ()))
    elif fact.name == events.CONTENT_ACTED and fact.source == "milepost" and fact.user_id:
        _pressed(work, fact)


def _pressed(work: Work, fact: Fact) -> None:
    template, piece = fact.properties.get("action"), fact.properties.get("piece")
    if not isinstance(piece, int) or work.given.at - fact.at > IN_APP:
        return
    if isinstance(template, str) and template in work.program.document.templates:
        work.desk.ask_host(template, piece, fact.message_id)

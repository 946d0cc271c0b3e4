"""Which people, or accounts, a list is limited to, as its address says it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from milepost.console.pages.people import Among
from milepost.console.pages.words import Titles, every_title
from milepost.core.values import Refused
from milepost.insights.judged import subject_for
from milepost.program import queries as program
from milepost.runtime import audiences


def among_whom(workspace_id: int, parameters: Mapping[str, str]) -> Among | None:
    """None: everybody. Raises Refused (404) for something that the program does not have."""
    folder = program.current(workspace_id).folder
    for name, read in _KINDS.items():
        key = parameters.get(name)
        if key:
            of = subject_for(folder, key.partition("/")[0])
            return replace(read(workspace_id, key, every_title(folder.document)), of=of)
    return None


def _reached(workspace_id: int, key: str, called: Titles) -> Among:
    text = _("Reached “%(title)s”") % {"title": _title(called, "milestone", key)}
    return Among(text, {"reached": key}, audiences.reached(workspace_id, key))


def _ahead(workspace_id: int, key: str, called: Titles) -> Among:
    text = _("Not yet at “%(title)s”") % {"title": _title(called, "milestone", key)}
    return Among(text, {"ahead": key}, audiences.reached(workspace_id, key), except_them=True)


def _stuck(workspace_id: int, key: str, called: Titles) -> Among:
    text = _("Stuck now: %(title)s") % {"title": _title(called, "obstacle", key)}
    milestone, _slash, obstacle = key.partition("/")
    return Among(text, {"stuck": key}, audiences.stuck(workspace_id, milestone, obstacle))


def _segment(workspace_id: int, key: str, called: Titles) -> Among:
    text = _("In the segment “%(title)s”") % {"title": _title(called, "segment", key)}
    return Among(text, {"segment": key}, audiences.members(workspace_id, key))


_KINDS: dict[str, Callable[[int, str, Titles], Among]] = {
    "reached": _reached,
    "ahead": _ahead,
    "stuck": _stuck,
    "segment": _segment,
}


def _title(called: Titles, kind: str, key: str) -> str:
    if (kind, key) not in called:
        raise Refused("no_such_definition", "The program has no such definition.", status=404)
    return called[kind, key]

"""The tracking plan as text: the `facts:` section of a program, and what is to say about it."""

from collections.abc import Iterator

from milepost.core.program.document import PropertyType
from milepost.core.review.tracking import Tracking
from milepost.core.values import Refused
from milepost.program.part import has, own_text, with_own_text
from milepost.program.writing import dump_part, merged
from milepost.program.yaml_text import load

_PATH = ("facts",)
Facts = dict[str, dict[str, PropertyType]]


def plan_text(found: Tracking) -> str:
    """The section as it could stand in the program; what was not seen, and what does not fit, as comments behind it."""
    return "\n".join([dump_part({"facts": found.proposed}).rstrip("\n"), *_notes(found)]) + "\n"


def _notes(found: Tracking) -> Iterator[str]:
    for title, lines in (
        ("Never seen", found.unseen),
        ("Never sent with its event", found.never_sent),
        ("Sent otherwise than planned (kept all the same)", [misfit.words for misfit in found.misfits]),
    ):
        if lines:
            yield from (f"# {title}:", *(f"#   {line}" for line in lines))


def with_facts(text: str, facts: Facts) -> str:
    """A program's text with this plan; everything else stays as it was typed, comments too.

    Raises Refused for a text that cannot be read, or that is several documents.
    """
    loaded = load(text)
    if loaded.problems or not isinstance(loaded.data, dict):
        raise Refused(
            "not_yaml", "The text cannot be read as one program; mend it first.", mend="`milepost check` says where."
        )
    typed = own_text(text, loaded, _PATH) if has(loaded, _PATH) else ""
    return with_own_text(text, loaded, _PATH, merged(typed, loaded.data.get("facts") or {}, facts))

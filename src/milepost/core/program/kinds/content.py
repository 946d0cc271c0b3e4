"""In-app pieces: guides and celebrations."""

from typing import Literal

from msgspec import UNSET, UnsetType

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Stage, Text


class Page(Definition, frozen=True, kw_only=True):
    """Where a piece may stand: `url` is a path with `*` for anything, matched against the path and query."""

    url: str | tuple[str, ...] = "*"


class Advance(Definition, frozen=True, kw_only=True):
    """What moves a step on: the button `next`, a click on or an input into the target, or a fact by name."""

    on: Literal["next", "click", "input", "event"] = "next"
    event: str | None = None


class Step(Definition, frozen=True, kw_only=True):
    """One anchored step. `on` is a CSS selector, or several, best first; without one the card stands on its own."""

    title: Text
    body: Text = ""
    on: str | tuple[str, ...] | None = None
    advance: Advance = Advance()


class Guide(Definition, frozen=True, kw_only=True, tag="guide", tag_field="kind"):
    """Shows how to do a task, one step after another. `when`: offered at the first moment this is true."""

    steps: tuple[Step, ...]
    title: Text | UnsetType = UNSET
    when: Condition | None = None
    page: Page = Page()
    serves: str | None = None  # the milestone that it leads to; reaching it ends the guide
    stage: Stage | None = None


class Celebration(Definition, frozen=True, kw_only=True, tag="celebration", tag_field="kind"):
    """Marks a small win at the moment of the win."""

    title: Text
    body: Text = ""
    button: Text | UnsetType = UNSET
    confetti: bool = True


Content = Guide | Celebration

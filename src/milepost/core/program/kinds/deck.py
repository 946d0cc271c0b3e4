"""Decks: a plan as pages to show and to take along."""

from typing import Literal

from milepost.core.program.kinds.common import Definition, Text

Page = Literal[
    "goal", "milestones", "first-steps", "contact", "expectations", "measures", "functions", "team", "progress"
]


class Deck(Definition, frozen=True, kw_only=True):
    """A personal plan, or the plan of an account, as `pages` in this order, in each of these `formats`."""

    pages: tuple[Page, ...]
    formats: tuple[Literal["pdf", "pptx", "web"], ...] = ("web",)
    title: Text | None = None

"""Charts: the way of a person through the product, as the team understands it, before anything is written for it."""

from msgspec import field

from milepost.core.program.kinds.common import Definition, Text


class Onward(Definition, frozen=True, kw_only=True):
    """Where it goes on from a step of a chart; `label` says for whom, or when. In a file also just the key of the step."""

    to: str
    label: Text | None = None


class ChartStep(Definition, frozen=True, kw_only=True):
    """A place on the way: a fact (`did`) or a milestone (`reached`), or just words. `functions` are those of the product
    that somebody meets here and that have to be explained; `next` is where people go on."""

    title: Text | None = None
    did: str | None = None
    reached: str | None = None
    functions: tuple[str, ...] = ()
    next: tuple[Onward, ...] = ()


class Chart(Definition, frozen=True, kw_only=True):
    """How somebody goes through the product, step by step; the first one is where it begins. It decides nothing: it shows
    which functions have to be explained, and where on the way."""

    title: Text | None = None
    steps: dict[str, ChartStep] = field(default_factory=dict)

"""A journey as a drawing: boxes from top to bottom, its ways side by side. Units: those of the drawing, about a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milepost.console.pages.conditions import in_words
from milepost.console.pages.moments import begins, waits
from milepost.console.pages.words import in_our_language
from milepost.core.program.document import EMPTY
from milepost.core.program.kinds.journey import Branch, Journey, JourneyStep, OpenTask, Repeat, Send, Show, Split, Wait

WIDTH, HEIGHT, GAP, SIDE = 216, 52, 26, 20
_LETTERS = 32

Steps = tuple[JourneyStep, ...]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """`kind` is start, end, or the word of its step (`send`, `wait`); `lines` are what fits into it, `whole` all of it."""

    kind: str
    x: float
    y: float
    lines: tuple[str, ...]
    whole: str

    @property
    def written(self) -> list[tuple[float, float, str]]:
        """Where each line stands: its middle, and its baseline."""
        first = self.y + HEIGHT / 2 + (5 if len(self.lines) == 1 else -4)
        return [(self.x + WIDTH / 2, first + 17 * place, line) for place, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Line:
    """From a box to the next one; `word` stands beside a branch."""

    path: str
    word: str = ""
    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Flow:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float

    @property
    def view(self) -> str:
        return f"-1 -1 {self.width + 2:g} {self.height + 2:g}"


def flow_of(journey: Journey, called: dict[str, str]) -> Flow:
    drawing = _Drawing(called)
    width = drawing.width_of(journey.steps)
    middle = width / 2
    start = drawing.box("start", middle, 0, begins(journey.starts, called))
    tips = drawing.steps(journey.steps, middle, HEIGHT + GAP, [start])
    last = max(y for _x, y in tips) + GAP
    drawing.join(tips, middle, last)
    drawing.box("end", middle, last, _end(journey, called))
    return Flow(tuple(drawing.boxes), tuple(drawing.lines), width, last + HEIGHT)


def _end(journey: Journey, called: dict[str, str]) -> str:
    over = [in_words(each, called) for each in (journey.ends, journey.leaves) if each is not None]
    return _("Left as soon as %(condition)s") % {"condition": _(" or ").join(over)} if over else _("End")


class _Drawing:
    def __init__(self, called: dict[str, str]) -> None:
        self._called = called
        self.boxes: list[Box] = []
        self.lines: list[Line] = []

    def width_of(self, steps: Steps) -> float:
        return max([WIDTH, *(sum(self._widths(each)) + SIDE * (len(_ways(each)) - 1) for each in steps)])

    def _widths(self, step: JourneyStep) -> list[float]:
        return [self.width_of(way) for _word, way in _ways(step)]

    def box(self, kind: str, x: float, y: float, text: str) -> Point:
        """Draws a box with its top at `y`; where its bottom is."""
        self.boxes.append(Box(kind, x - WIDTH / 2, y, _wrapped(text), text))
        return x, y + HEIGHT

    def steps(self, steps: Steps, x: float, y: float, tips: list[Point]) -> list[Point]:
        """Draws steps below one another; the ends from which it goes on."""
        for step in steps:
            self.join(tips, x, y)
            end = self.box(_KINDS[type(step)], x, y, self._words(step))
            tips = self._side_by_side(step, x, end) if _ways(step) else [end]
            y = max(each for _x, each in tips) + GAP
        return tips

    def _side_by_side(self, step: JourneyStep, x: float, end: Point) -> list[Point]:
        widths, tips = self._widths(step), []
        left = x - (sum(widths) + SIDE * (len(widths) - 1)) / 2
        for (word, way), width in zip(_ways(step), widths, strict=True):
            below = (left + width / 2, end[1] + GAP)
            self.lines.append(Line(_path(end, *below), word, (x + below[0]) / 2, end[1] + GAP / 2 - 3))
            tips += self.steps(way, *below, []) if way else [below]
            left += width + SIDE
        return tips

    def join(self, tips: Sequence[Point], x: float, y: float) -> None:
        self.lines += [Line(_path(tip, x, y)) for tip in tips]

    def _words(self, step: JourneyStep) -> str:
        match step:
            case Send():
                return _("Send “%(title)s”") % {"title": self._called.get(f"message:{step.send}", step.send)}
            case Show():
                return _("Show “%(title)s”") % {"title": self._called.get(f"content:{step.show}", step.show)}
            case Wait():
                return waits(step.wait, self._called)
            case Branch():
                return in_words(step.if_, self._called) + "?"
            case Split():
                return _("By chance")
            case Repeat():
                return self._rounds(step)
            case OpenTask():
                return in_our_language(step.task, EMPTY)

    def _rounds(self, step: Repeat) -> str:
        if step.repeat.until is None:
            return _("%(count)s times") % {"count": step.repeat.at_most}
        until = in_words(step.repeat.until, self._called)
        return _("Until %(condition)s, at most %(count)s times") % {"condition": until, "count": step.repeat.at_most}


_KINDS = {
    Send: "send",
    Show: "show",
    Wait: "wait",
    Branch: "if",
    Split: "split",
    Repeat: "repeat",
    OpenTask: "task",
}


def _ways(step: JourneyStep) -> list[tuple[str, Steps]]:
    """The ways on from a step, each with the word beside its line."""
    if isinstance(step, Branch):
        return [(_("yes"), step.then), (_("no"), step.else_)]
    if isinstance(step, Split):
        shares = sum(step.split.values()) or 1
        return [
            (f"{arm} {round(100 * weight / shares)} %", step.arms.get(arm, ())) for arm, weight in step.split.items()
        ]
    return [("", step.repeat.steps)] if isinstance(step, Repeat) else []


def _path(start: Point, x: float, y: float) -> str:
    middle = (start[1] + y) / 2
    return f"M{start[0]:g} {start[1]:g}V{middle:g}H{x:g}V{y:g}"


def _wrapped(text: str) -> tuple[str, ...]:
    """Two lines that fit into a box."""
    first, rest = text, ""
    if len(text) > _LETTERS:
        cut = text.rfind(" ", 0, _LETTERS)
        cut = cut if cut > 0 else _LETTERS
        first, rest = text[:cut], text[cut:].strip()
    return (first, rest if len(rest) <= _LETTERS else f"{rest[: _LETTERS - 1]}…") if rest else (first,)

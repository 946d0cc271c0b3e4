"""A journey as a drawing: boxes from top to bottom, branches side by side. Units: those of the drawing, about a pixel."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from milepost.console.pages.conditions import in_words
from milepost.console.pages.words import in_our_language
from milepost.console.templatetags.console import duration
from milepost.core.program.document import EMPTY
from milepost.core.program.kinds.journey import Branch, Journey, JourneyStep, OpenTask, Send, Show, Wait

WIDTH, HEIGHT, GAP, SIDE = 216, 52, 26, 20
_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Box:
    """`kind` is start, end, send, show, wait, if or task; `lines` are what fits into it, `whole` all of it."""

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
    ends = drawing.box("start", middle, 0, _("When %(condition)s") % {"condition": in_words(journey.starts, called)})
    tips = drawing.steps(journey.steps, middle, HEIGHT + GAP, [ends])
    goal = in_words(journey.ends, called) if journey.ends else ""
    last = max(y for _x, y in tips) + GAP
    drawing.join(tips, middle, last)
    drawing.box("end", middle, last, _("Left as soon as %(condition)s") % {"condition": goal} if goal else _("End"))
    return Flow(tuple(drawing.boxes), tuple(drawing.lines), width, last + HEIGHT)


class _Drawing:
    def __init__(self, called: dict[str, str]) -> None:
        self._called = called
        self.boxes: list[Box] = []
        self.lines: list[Line] = []

    def width_of(self, steps: tuple[JourneyStep, ...]) -> float:
        branches = [each for each in steps if isinstance(each, Branch)]
        return max([WIDTH, *(self.width_of(each.then) + SIDE + self.width_of(each.else_) for each in branches)])

    def box(self, kind: str, x: float, y: float, text: str) -> tuple[float, float]:
        """Draws a box with its top at `y`; where its bottom is."""
        self.boxes.append(Box(kind, x - WIDTH / 2, y, _wrapped(text), text))
        return x, y + HEIGHT

    def steps(
        self, steps: tuple[JourneyStep, ...], x: float, y: float, tips: list[tuple[float, float]]
    ) -> list[tuple[float, float]]:
        """Draws steps below one another; the ends from which it goes on."""
        for step in steps:
            self.join(tips, x, y)
            end = self.box(_kind(step), x, y, self._words(step))
            tips = self._branches(step, x, end) if isinstance(step, Branch) else [end]
            y = max(each for _x, each in tips) + GAP
        return tips

    def _branches(self, step: Branch, x: float, end: tuple[float, float]) -> list[tuple[float, float]]:
        left, right = self.width_of(step.then), self.width_of(step.else_)
        first = x - (left + SIDE + right) / 2 + left / 2
        second = first + left / 2 + SIDE + right / 2
        tips: list[tuple[float, float]] = []
        for steps, column, word in ((step.then, first, _("yes")), (step.else_, second, _("no"))):
            below = (column, end[1] + GAP)
            self.lines.append(Line(_path(end, *below), word, (x + column) / 2, end[1] + GAP / 2 - 3))
            tips += self.steps(steps, column, below[1], []) if steps else [below]
        return tips

    def join(self, tips: list[tuple[float, float]], x: float, y: float) -> None:
        self.lines += [Line(_path(tip, x, y)) for tip in tips]

    def _words(self, step: JourneyStep) -> str:
        if isinstance(step, Send):
            return _("Send “%(title)s”") % {"title": self._called.get(f"message:{step.send}", step.send)}
        if isinstance(step, Show):
            return _("Show “%(title)s”") % {"title": self._called.get(f"content:{step.show}", step.show)}
        if isinstance(step, Wait):
            return self._wait(step)
        if isinstance(step, Branch):
            return in_words(step.if_, self._called) + "?"
        return in_our_language(step.task, EMPTY)

    def _wait(self, step: Wait) -> str:
        pause = step.wait
        if pause.for_ is not None:
            return _("Wait %(length)s") % {"length": duration(pause.for_)}
        until = in_words(pause.until, self._called) if pause.until else ""
        if pause.at_most is None:
            return _("Wait until %(condition)s") % {"condition": until}
        return _("Wait until %(condition)s, at most %(length)s") % {
            "condition": until,
            "length": duration(pause.at_most),
        }


def _kind(step: JourneyStep) -> str:
    kinds = {Send: "send", Show: "show", Wait: "wait", Branch: "if", OpenTask: "task"}
    return kinds[type(step)]


def _path(start: tuple[float, float], x: float, y: float) -> str:
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

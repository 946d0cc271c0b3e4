"""What is drawn: boxes, what stands in them, and the arrows between them."""

from typing import Literal

from msgspec import Struct


class Line(Struct, frozen=True, kw_only=True):
    """A line inside a box. `mark`: a function that something explains, or that nothing does; `said`: what is told of it to
    whoever asks."""

    text: str
    mark: Literal["", "explained", "missing"] = ""
    said: str = ""


class Box(Struct, frozen=True, kw_only=True):
    """`note` is what it is beside its title; `href` where it leads, on a page."""

    key: str
    title: str
    note: str = ""
    lines: tuple[Line, ...] = ()
    milestone: bool = False
    href: str = ""


class Arrow(Struct, frozen=True, kw_only=True):
    start: str
    end: str
    label: str = ""


class Figure(Struct, frozen=True, kw_only=True):
    """Boxes in the order in which they are read; arrows between boxes that are there. `description`: the whole of it in
    words, for who does not see it."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    description: str = ""

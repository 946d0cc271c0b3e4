"""A figure as the text of a Mermaid flow chart. Whatever people typed is written so that it can only be text."""

import re

import msgspec

from milepost.core.program.drawing.figure import Box, Figure, Line

_PLAIN = re.compile(r"[^\w \-.,?]|_")


def mermaid(figure: Figure) -> str:
    names = {box.key: f"n{place}" for place, box in enumerate(figure.boxes)}
    lines = ["---", f"title: {msgspec.json.encode(figure.title).decode()}", "---", "flowchart TD"]
    lines += [f"  {names[box.key]}{_node(box)}" for box in figure.boxes]
    for arrow in figure.arrows:
        label = f'|"{_told(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {names[arrow.start]} -->{label} {names[arrow.end]}")
    return "\n".join([*lines, ""])


def _node(box: Box) -> str:
    texts = [_told(each) for each in (box.title, box.note) if each] + [_line(each) for each in box.lines]
    label = f'"{"<br/>".join(texts)}"'
    return f"([{label}])" if box.milestone else f"[{label}]"


def _line(line: Line) -> str:
    sign = {"explained": "✓ ", "missing": "❗ "}.get(line.mark, "")
    return sign + _told(line.text)


def _told(text: str) -> str:
    """Letters, digits and spaces as they are; every other character by its number, which no grammar reads."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))

"""How pieces look in one workspace: colours for light and dark pages, the roundness of corners, a font of the page's own.

Only tokens of this list are known, and what they may hold is checked letter by letter, since it becomes a stylesheet. Texts
have to be readable: contrast is WCAG's, 4.5 to 1.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from milepost.core.values import Refused

#: Token → what it is on a light page, and on a dark one.
COLOURS = {
    "accent": ("#1f6f54", "#6cc5a1"),
    "on-accent": ("#ffffff", "#0c1a14"),
    "surface": ("#fffdfa", "#1b2420"),
    "ink": ("#1d2622", "#eef2ef"),
    "muted": ("#5d6a64", "#a3b1aa"),
    "line": ("#e7e4dc", "#313d37"),
    "tint": ("#eaf3ee", "#24352d"),
}
THEMES = ("light", "dark")
RADIUS, LARGEST_RADIUS = 14, 32
LEAST_CONTRAST = 4.5
#: Which texts stand on which grounds.
_READ = (("ink", "surface"), ("muted", "surface"), ("accent", "surface"), ("accent", "tint"), ("on-accent", "accent"))
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_FONT = re.compile(r"(?:\"[\w -]+\"|[\w-]+(?: [\w-]+)*)(?:, ?(?:\"[\w -]+\"|[\w-]+(?: [\w-]+)*))*\Z")
_LONGEST_FONT = 200


class Look(Struct, frozen=True, kw_only=True):
    """Shapes: `light` and `dark` are token → #rrggbb. Absent: what is not said is Milepost's own; an empty `font` too."""

    light: Mapping[str, str] = {}
    dark: Mapping[str, str] = {}
    radius: int | None = None
    font: str = ""

    def colour(self, theme: str, token: str) -> str:
        said: str | None = getattr(self, theme).get(token)
        return said or COLOURS[token][THEMES.index(theme)]


class Faint(Struct, frozen=True, kw_only=True):
    """A text that cannot be read well enough. `contrast` is rounded down."""

    theme: str
    text: str
    ground: str
    contrast: float


def read_look(said: Mapping[str, str]) -> Look:
    """What a form or a request says, `light-accent` and so on; what equals Milepost's own is left out. Raises Refused."""
    themes = {theme: dict(_colours(said, theme)) for theme in THEMES}
    return Look(**themes, radius=_radius(said.get("radius", "")), font=_font(said.get("font", "")))


def faint(look: Look) -> list[Faint]:
    """Every pair of text and ground whose contrast is too low."""
    found = []
    for theme in THEMES:
        for text, ground in _READ:
            ratio = contrast(look.colour(theme, text), look.colour(theme, ground))
            if ratio < LEAST_CONTRAST:
                found.append(Faint(theme=theme, text=text, ground=ground, contrast=int(ratio * 10) / 10))
    return found


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def stylesheet(look: Look) -> str:
    """The tokens as custom properties of the page, in a layer: what the page's own styles say goes before. Absent: empty
    where nothing is said. Browsers without `light-dark()` keep Milepost's own colours."""
    colours = "".join(_both(look, token) for token in COLOURS if token in look.light or token in look.dark)
    rest = f"--milepost-radius:{look.radius}px;" if look.radius is not None else ""
    rest += f"--milepost-font:{look.font};" if look.font else ""
    parts = [f":root{{{rest}}}"] if rest else []
    parts += [f"@supports (color:light-dark(#000,#fff)){{:root{{{colours}}}}}"] if colours else []
    return f"@layer milepost{{{''.join(parts)}}}" if parts else ""


def _both(look: Look, token: str) -> str:
    return f"--milepost-{token}:light-dark({look.colour('light', token)},{look.colour('dark', token)});"


def _colours(said: Mapping[str, str], theme: str) -> Iterator[tuple[str, str]]:
    for token, own in COLOURS.items():
        colour = said.get(f"{theme}-{token}", "").strip().lower()
        if colour and not _COLOUR.match(colour):
            raise Refused(
                "no_colour", f"'{colour}' is no colour.", mend="Write it as #1f6f54.", path=f"{theme}-{token}"
            )
        if colour and colour != own[THEMES.index(theme)]:
            yield token, colour


def _radius(said: str) -> int | None:
    text = said.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_RADIUS):
        raise Refused("no_radius", f"A radius is a number of pixels, 0 to {LARGEST_RADIUS}.", path="radius")
    return None if int(text) == RADIUS else int(text)


def _font(said: str) -> str:
    text = said.strip()
    if text and (len(text) > _LONGEST_FONT or not _FONT.match(text)):
        mend = 'Names with commas between them: "Source Sans 3", sans-serif.'
        raise Refused("no_font", "These are no names of fonts.", mend=mend, path="font")
    return text


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def look_of(kept: Any) -> Look:
    """Out of what was kept of it."""
    return Look(**kept) if kept else Look()

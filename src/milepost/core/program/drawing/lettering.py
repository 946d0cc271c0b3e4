"""How wide text is, without a font: near enough to break lines and to keep them inside their boxes."""

from unicodedata import category, east_asian_width

_BEFORE = frozenset("เแโใไ")  # vowels of Thai that are written before the letter that they belong to
_NARROW, _WIDE = frozenset("fijlrtI.,:;!|'()[] -"), frozenset("mwMWЖШЩЮжшщюMW@%")


def width_of(text: str, size: float) -> float:
    return size * sum(map(_width, text))


def _width(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.0
    if category(letter) == "Mn":  # a mark stands on the letter before it: no line begins with one
        return 0.0
    if letter in _NARROW:
        return 0.34
    return 0.9 if letter in _WIDE else 0.68 if letter.isupper() else 0.58


def broken(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """The text in at most so many lines of this width; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        line = _first(rest, size, width)
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if rest:
        lines[-1] = _short(f"{lines[-1]} {rest}", size, width)
    return tuple(lines)


def _first(text: str, size: float, width: float) -> str:
    """As many words as fit; of a word that is wider than the line, as many letters."""
    if width_of(text, size) <= width:
        return text
    fits = next(end for end in range(1, len(text) + 1) if width_of(text[: end + 1], size) > width)
    space = text.rfind(" ", 0, fits + 1)
    return text[:space] if space > 0 else _whole(text[:fits])


def _whole(letters: str) -> str:
    """Without a vowel at the end that belongs to the letter after it."""
    return letters[:-1] if len(letters) > 1 and letters[-1] in _BEFORE else letters


def _short(text: str, size: float, width: float) -> str:
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"

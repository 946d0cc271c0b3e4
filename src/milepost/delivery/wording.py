"""Liquid in what a team writes: variables, conditions and loops, within limits; nothing of the host can be reached.

1. What `{{ … }}` gives is text: it is escaped for Markdown, so that a name can never become a link, a heading or HTML.
2. A variable without a value leaves nothing, takes the blank or comma before it along, and is reported.
3. Tags that include files or build text out of text are not there.
4. Numbers are written as the language of the text writes them; `{{ n | pluralize: "day", "days" }}` gives its form.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, TextIO

from liquid import Environment, RenderContext
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.echo_tag import EchoTag
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate
from msgspec import Struct

from milepost.core.values import Refused
from milepost.program.numerals import decimal, plural

_GONE, _END = "\ufdd0", "\ufdd1"  # noncharacters: they cannot come from outside, `_clean` removes them
_EMPTY = re.compile(rf"(?:^{_GONE}[^{_END}]*{_END},?[ \t]*|,?[ \t]*{_GONE}[^{_END}]*{_END})", re.MULTILINE)
_NAME = re.compile(rf"{_GONE}([^{_END}]*){_END}")
_MARKDOWN = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
#: An address of the web inside a text; a sign that ends a sentence is not part of it.
_ADDRESS = re.compile(r"(https?://[^\s<>\"{}]*[^\s<>\"{}.,;:!?)'])")
#: Controls, surrogates, noncharacters, and the marks that turn the direction of the text around them.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_NOT_OFFERED = (
    "tablerow",
    "capture",
    "cycle",
    "increment",
    "decrement",
    "liquid",
    "include",
    "render",
    "ifchanged",
    "doc",
)


class Said(Struct, frozen=True):
    """The text, and the names of variables in it that had no value."""

    text: str
    missing: tuple[str, ...] = ()


def plain(source: str, variables: Mapping[str, Any], language: str = "en") -> Said:
    """One line of plain text (a subject, a title)."""
    said = _render(source, variables, language, markdown=False)
    return Said(clean(said.text), said.missing)


def markdown(source: str, variables: Mapping[str, Any], language: str = "en") -> Said:
    """Markdown in which every value stands for itself. Raises Refused for a template that cannot be rendered."""
    return _render(source, variables, language, markdown=True)


def quoted(text: str, *, links: bool = False) -> str:
    """Markdown that says what somebody has typed, line by line; nothing in it is markup, or Liquid. With `links`,
    addresses of the web can be followed: only for those whom we trust with them."""
    lines = (_quoted_line(line, links) for line in text.splitlines())
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "  \n", "\n".join(lines)).strip()


def _quoted_line(line: str, links: bool) -> str:
    parts = _ADDRESS.split(clean(line)) if links else [clean(line)]
    return "".join(f"<{part}>" if number % 2 else _MARKDOWN.sub(r"\\\1", part) for number, part in enumerate(parts))


def clean(text: str) -> str:
    """The text in one line, without what is invisible or turns other text around."""
    return " ".join(_UNFIT.sub(" ", text).split())


def _render(source: str, variables: Mapping[str, Any], language: str, *, markdown: bool) -> Said:
    try:
        text = _template(source, language, markdown).render(**variables)
    except LiquidError as error:
        raise Refused("template", f"The template cannot be rendered: {error}", mend="Mend its Liquid.") from error
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise Refused("template", f"The template cannot be rendered: {type(error).__name__}") from error
    return Said(_EMPTY.sub("", text), tuple(dict.fromkeys(_NAME.findall(text))))


@lru_cache(maxsize=256)
def _template(source: str, language: str, markdown: bool) -> BoundTemplate:
    return _environment(language, _MarkdownNode if markdown else _PlainNode).from_string(source)


class _PlainNode(OutputNode):
    """Writes a value as it is; one that is not there leaves a mark with its name."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = clean(self._said(self.expression.evaluate(context), context.env))
        return buffer.write(self.written(text) if text else f"{_GONE}{clean(str(self.expression))}{_END}")

    def _said(self, value: object, environment: Environment) -> str:
        if isinstance(value, float | Decimal) and isinstance(environment, _Spoken):
            return decimal(environment.language, value)
        return to_liquid_string(value, autoescape=False)

    def written(self, text: str) -> str:
        return text


class _MarkdownNode(_PlainNode):
    __slots__ = ()

    def written(self, text: str) -> str:
        return _MARKDOWN.sub(r"\\\1", text)


class _Spoken(Environment):
    """Of one language, with bounds on what a template may cost; a mistake in one must not hold up everybody's mail."""

    loop_iteration_limit = 1_000
    output_stream_limit = 200_000
    local_namespace_limit = 200_000
    context_depth_limit = 20
    language = "en"


@lru_cache(maxsize=256)
def _environment(language: str, node: type[OutputNode]) -> Environment:
    environment = _Spoken()
    environment.language = language
    environment.filters["pluralize"] = partial(plural, language)
    for base in (Output, EchoTag):
        environment.add_tag(type(base.__name__, (base,), {"node_class": node}))
    for name in _NOT_OFFERED:
        del environment.tags[name]
    return environment

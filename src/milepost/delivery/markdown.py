"""Markdown that people write, as safe HTML and as plain text that reads well by itself. Both come from one parse."""

from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_SCHEMES = {"http", "https", "mailto", "tel", "tg"}
_TAGS = {
    "p",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "strong",
    "em",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "hr",
    "img",
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}


class Markdown:
    """One parsed text. `base` is what links without a host are relative to; without one they stay as they are (in a
    page of the product they lead to that product)."""

    def __init__(self, source: str, base: str = "") -> None:
        self._parser = _parser()
        self._base = base
        self._tokens = self._parser.parse(source)
        for token in self._tokens:
            for child in token.children or ():
                self._absolute(child.attrs)
        self._tree = SyntaxTreeNode(self._tokens)

    def html(self) -> str:
        """Sanitised: no scripts, styles, handlers or schemes but those of links and mail, whatever the text holds."""
        return nh3.clean(
            self._parser.renderer.render(self._tokens, self._parser.options, {}),
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        ).strip()

    def text(self) -> str:
        return "\n\n".join(_block(node) for node in self._tree.children)

    def _absolute(self, attributes: dict[str, Any]) -> None:
        for name in ("href", "src"):
            if self._base and name in attributes:
                attributes[name] = absolute(str(attributes[name]), self._base)


def absolute(url: str, base: str) -> str:
    """The address with host and scheme; empty for one that no link may have."""
    joined = urljoin(f"{base}/", url.strip())
    return joined if urlsplit(joined).scheme.lower() in _SCHEMES else ""


@lru_cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "heading":
            title = _inline(node)
            return f"{title}\n{('=' if node.tag == 'h1' else '-') * min(len(title), 60)}"
        case "bullet_list" | "ordered_list":
            return "\n".join(_item(node, number) for number in range(len(node.children)))
        case "blockquote":
            return _indented("\n\n".join(map(_block, node.children)), "> ", "> ")
        case "fence" | "code_block":
            return _indented(node.content.rstrip("\n"), "    ", "    ")
        case "hr":
            return "* * *"
    return _inline(node)


def _item(items: SyntaxTreeNode, number: int) -> str:
    ordered = items.type == "ordered_list"
    mark = f"{int(items.attrs.get('start', 1)) + number}. " if ordered else "- "
    return _indented("\n".join(map(_block, items.children[number].children)), mark, " " * len(mark))


def _indented(text: str, first: str, rest: str) -> str:
    return first + text.replace("\n", f"\n{rest}")


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline" | "image":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node)
    return "".join(map(_inline, node.children))


def _link(node: SyntaxTreeNode) -> str:
    """The words, then where they lead: on a line of its own where the link stands alone, else in brackets."""
    words, url = "".join(map(_inline, node.children)), str(node.attrs["href"])
    if url in (words, f"mailto:{words}"):
        return words
    alone = node.parent is not None and len(node.parent.children) == 1
    return f"{words}:\n{url}" if alone else f"{words} ({url})"

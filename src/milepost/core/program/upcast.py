"""Releases as they are kept, and how those of older formats are read.

A release is immutable: its bytes stay as they were written. When a type changes so that they can no longer be read, the
change is written down here, once, as a function from plain data of the format before it to the one after it; the newest
format is what `Document` says. Fixtures of each older format are frozen in `tests/program/frozen`.

What people type needs no such function as long as the short forms of `codec` read what was typed before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from milepost.core.program.document import Document

Plain = dict[str, Any]
#: A document of one format → of the next.
Upcast = Callable[[Plain], Plain]

_GROWTH = ("more_use", "upgrade", "cross_sell")


def _growth_in_words(document: Plain) -> Plain:
    """What more somebody could use was only words: a text, or one by language. Now words are one way of saying it."""
    milestones = {key: _with_growth(milestone) for key, milestone in document.get("milestones", {}).items()}
    return {**document, "milestones": milestones} if milestones else document


def _with_growth(milestone: Plain) -> Plain:
    return {**milestone, **{name: {"text": milestone[name]} for name in _GROWTH if name in milestone}}


#: The upcast at place n leads from format n + 1 to n + 2.
UPCASTS: tuple[Upcast, ...] = (_growth_in_words,)
FORMAT = len(UPCASTS) + 1


class _Kept(Struct, frozen=True):
    format: int
    documents: Raw


_KEPT = msgspec.json.Decoder(_Kept)
_DOCUMENTS = msgspec.json.Decoder(tuple[Document, ...])


def keep(documents: Sequence[Document]) -> bytes:
    """The documents of a release, to be kept for good."""
    return msgspec.json.encode({"format": FORMAT, "documents": tuple(documents)})


def read_kept(kept: bytes) -> tuple[Document, ...]:
    """The documents of a release that any version of Milepost has kept.

    Raises msgspec.ValidationError for what a newer version has kept.
    """
    try:
        found = _KEPT.decode(kept)
    except msgspec.ValidationError:  # format 1: the document itself, without a word about its format; or a list of them
        found = _Kept(format=1, documents=Raw(kept if kept.lstrip().startswith(b"[") else b"[" + kept + b"]"))
    if found.format == FORMAT:
        return _DOCUMENTS.decode(found.documents)
    plain = msgspec.json.decode(found.documents)
    for upcast in UPCASTS[found.format - 1 :]:
        plain = [upcast(document) for document in plain]
    return _DOCUMENTS.decode(msgspec.json.encode(plain))

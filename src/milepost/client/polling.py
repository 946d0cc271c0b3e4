"""The open pieces for whoever holds no stream: asked for now and then, with what the last answer said (`since`).

`since` names what the asker holds, piece by piece; nothing is kept of it here, so that any process can answer.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from milepost.client.feed import OpenPiece
from milepost.core.values import Refused

#: A piece's number → its status, step and version.
_Held = dict[int, tuple[str, int, int]]
_decoder = msgspec.msgpack.Decoder(_Held)


class Pieces(Struct, frozen=True, kw_only=True):
    """`open`: the numbers of everything open; what the asker holds besides is over. `pieces`: those that are new or have
    changed, all of them without a `since`. `since` is given back when asking again."""

    open: list[int]
    pieces: Sequence[OpenPiece]
    since: str


def news(pieces: Sequence[OpenPiece], since: str) -> Pieces:
    """Raises Refused for a `since` that was not given here."""
    held, now = _read(since), {piece.id: _state(piece) for piece in pieces}
    changed = [piece for piece in pieces if held.get(piece.id) != now[piece.id]]
    return Pieces(open=list(now), pieces=changed, since=_written(now))


def _state(piece: OpenPiece) -> tuple[str, int, int]:
    return piece.status, piece.step, piece.version


def _written(held: _Held) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(held)).decode().rstrip("=")


def _read(since: str) -> _Held:
    try:
        return _decoder.decode(urlsafe_b64decode(since + "=" * (-len(since) % 4))) if since else {}
    except (ValueError, msgspec.DecodeError) as error:
        raise Refused("bad_since", "This `since` was not given here.", mend="Leave it out to begin.") from error

"""The SDK's files, read once, compressed once and served from memory.

The loader keeps its name, so browsers ask for it again after five minutes (and get a 304); chunks stand in a folder that is
named by the hash of them all, and never change.
"""

import gzip
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from milepost.client.http import CORS, Header, Scope, Send, header, respond
from milepost.core.values import Refused

_TYPES = {".js": b"text/javascript; charset=utf-8", ".map": b"application/json"}
_FOR_EVER = b"public, max-age=31536000, immutable"
_FOR_MINUTES = b"public, max-age=300, stale-while-revalidate=86400"


class Asset(Struct, frozen=True):
    plain: bytes
    packed: bytes
    etag: str
    headers: tuple[Header, ...]


class Assets:
    """The files under one folder, by path relative to it."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            str(path.relative_to(folder)): _load(path, hashed=path.parent != folder)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }

    async def serve(self, name: str, scope: Scope, send: Send) -> None:
        asset = self._files.get(name)
        if asset is None:
            raise Refused("not_found", "There is no such file of the SDK.", mend="Build it: make setup.", status=404)
        if asset.etag in header(scope, b"if-none-match"):
            return await respond(send, 304, b"", asset.headers)
        packed = "gzip" in header(scope, b"accept-encoding")
        body = asset.packed if packed else asset.plain
        coding = ((b"content-encoding", b"gzip"),) if packed else ()
        return await respond(send, 200, b"" if scope["method"] == "HEAD" else body, (*asset.headers, *coding))


def _load(path: Path, *, hashed: bool) -> Asset:
    plain = path.read_bytes()
    etag = f'"{blake2b(plain, digest_size=12).hexdigest()}"'
    headers = (
        (b"content-type", _TYPES[path.suffix]),
        (b"cache-control", _FOR_EVER if hashed else _FOR_MINUTES),
        (b"etag", etag.encode()),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        *CORS,
    )
    return Asset(plain, gzip.compress(plain, 9, mtime=0), etag, headers)

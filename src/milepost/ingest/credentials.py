"""Where a request may carry its write key: Basic, Bearer, the query (for `sendBeacon`), the body."""

import binascii
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import parse_qs


def keys_outside(headers: dict[bytes, bytes], query: bytes) -> Iterator[str]:
    """The keys that stand in headers and query, most usual first."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        key = _from_header(authorization)
        if key:
            yield key
    if query:
        yield from parse_qs(query.decode("latin-1"), max_num_fields=100).get("writeKey", ())


def _from_header(value: bytes) -> str:
    scheme, _, credentials = value.partition(b" ")
    credentials = credentials.strip()
    match scheme.lower():
        case b"basic":
            return _user_of(credentials)
        case b"bearer":
            return credentials.decode("latin-1")
        case _:
            return ""


def _user_of(credentials: bytes) -> str:
    """The user name; old clients leave out the colon after it, some the padding."""
    try:
        plain = b64decode(credentials + b"==")
    except binascii.Error:
        return ""
    return plain.partition(b":")[0].decode("latin-1")

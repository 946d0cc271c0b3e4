"""Requests to servers that somebody else has named: what a team types as an address must not lead into our own network.

1. The name is looked up once, and the address that was found good is the one that is connected to: what a name says a
   moment later does not count.
2. Addresses that are not of the public internet are refused, but for the hosts of `MILEPOST_PRIVATE_HOSTS` and for the
   address of this Milepost itself.
3. Nothing is followed: a redirect is an answer like any other. No proxy of the environment is asked.
4. One deadline holds for all of it, from the connection to the last byte, and an answer has a largest size.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from msgspec import Struct

from milepost.core.values import Refused, Unavailable
from milepost.log.clock import monotonic

if TYPE_CHECKING:
    import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 2000
LARGEST_ANSWER = 65_536
SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}
#: IPv4 inside IPv6 by a translator of the network: what it leads to is the last four bytes.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class Answer(Struct, frozen=True, kw_only=True):
    """Units: `retry_after` in seconds. Absent: None where the other side asks for no pause, or for one until a date."""

    status: int
    body: bytes
    retry_after: int | None = None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def checked(url: str) -> str:
    """The address, if a request may be sent there at all. Raises Refused for what is none, and for one that others could
    read on its way. Where its name leads is asked when something is sent."""
    parts = _parts(url)
    if parts.scheme == "http" and not _is_ours(parts.hostname or "", _port(parts), ()):
        raise Refused("insecure", "What is sent there could be read on its way.", mend="Use its https:// address.")
    return url.strip()


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Sends JSON. Raises Refused where nothing may be sent, and Unavailable when there was no answer in time."""
    import httpcore

    from milepost.delivery.guarded import Guarded

    parts, backend = _parts(checked(url)), Guarded(address_of, monotonic() + seconds)
    context = ssl.create_default_context()
    sent = {"Host": parts.netloc, "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend, ssl_context=context) as pool,
            pool.stream("POST", url.strip(), headers=list(sent.items()), content=body) as answer,
        ):
            return Answer(status=answer.status, body=_read(answer), retry_after=_retry_after(answer.headers))
    except httpcore.TimeoutException as error:
        raise Unavailable(f"{parts.hostname} did not answer in {seconds:g} seconds.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
        raise Unavailable(f"{parts.hostname} cannot be reached: {error}.") from error


def address_of(host: str, port: int) -> str:
    """The one address to connect to. Raises Refused for a host inside our network, Unavailable for an unknown one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"{host} is not known by this name.") from error
    address = str(found[0][4][0])
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if all(map(_is_public, addresses)) or _is_ours(host, port, addresses):
        return address
    raise Refused(
        "private_address",
        f"{host} is inside a private network.",
        mend="Whoever runs this Milepost may name it in MILEPOST_PRIVATE_HOSTS.",
    )


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        is_address = bool(parts.scheme in _PORTS and parts.hostname and parts.hostname.isascii() and parts.port != 0)
    except ValueError:
        is_address = False
    if not is_address or len(url) > LONGEST_URL or parts.username is not None or any(map(str.isspace, url.strip())):
        raise Refused("address", "This is no address that can be sent to.", path="url", mend="It begins with https://.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _is_public(address: Address) -> bool:
    """Addresses inside other addresses count as what they lead to."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _TRANSLATED:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def _is_ours(host: str, port: int, addresses: Iterable[Address]) -> bool:
    """Whether whoever runs this Milepost has allowed it by name or by network, or it is this Milepost."""
    own = urlsplit(settings.PUBLIC_URL)
    allowed = settings.PRIVATE_HOSTS
    if host.lower() in allowed or (host, port) == (own.hostname, own.port or _PORTS.get(own.scheme)):
        return True
    networks = [ipaddress.ip_network(each) for each in allowed if "/" in each]
    known = list(addresses) or [address for address in [_literal(host)] if address]
    return bool(known) and all(any(each in network for network in networks) for each in known)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _read(answer: "httpcore.Response") -> bytes:
    body = bytearray()
    for part in answer.iter_stream():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise Refused("too_large", f"The answer is larger than {LARGEST_ANSWER} bytes.")
    return bytes(body)


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    given = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return int(given) if given.isdigit() and len(given) < 9 else None

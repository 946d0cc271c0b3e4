"""Which mail server, and how to speak with it: what MILEPOST_EMAIL_URL says.

smtp://[user:password@]host[:port][?starttls=…&timeout=…&from=…&unsubscribe=…]
smtps://…
"""

from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct

from milepost.core.values import Refused

StartTls = Literal["auto", "required", "never"]
_PORTS = {"smtp": 25, "smtps": 465}
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_OPTIONS = {"starttls", "timeout", "from", "unsubscribe"}


class Server(Struct, frozen=True, kw_only=True):
    """Units: `timeout` in seconds, for connecting and for each command. Absent: `sender` is the address that the server
    wants mail to come from (else the support contact's); `leave` takes requests to unsubscribe by mail."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: StartTls = "auto"
    timeout: float = 15.0
    sender: str = ""
    leave: str = ""

    @property
    def trusts_the_wire(self) -> bool:
        """Whether a password may be sent in the clear: it never leaves this machine, or somebody said so."""
        return self.host in _LOCAL or self.starttls == "never"

    @property
    def checks_the_certificate(self) -> bool:
        """TLS that is merely offered is taken as it comes (better than none, RFC 7435), except beside a password."""
        return self.tls or self.starttls == "required" or bool(self.user and not self.trusts_the_wire)


def server_of(url: str) -> Server | None:
    """None for an empty setting. Raises Refused, naming what is wrong, without telling the password."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _wrong("It must look like smtp://user:password@mail.example.com:587 or smtps://…")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := options.keys() - _OPTIONS:
        raise _wrong(f"It knows {', '.join(sorted(_OPTIONS))}, but not {', '.join(sorted(unknown))}.")
    return Server(
        host=parts.hostname,
        port=_port(url) or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=_starttls(options.get("starttls", "auto")),
        timeout=_timeout(options.get("timeout", "15")),
        sender=options.get("from", ""),
        leave=options.get("unsubscribe", ""),
    )


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError as error:
        raise _wrong("The port must be a number up to 65535.") from error


def _starttls(text: str) -> StartTls:
    match text:
        case "auto" | "required" | "never":
            return text
    raise _wrong("starttls is auto, required or never.")


def _timeout(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as error:
        raise _wrong("timeout is a number of seconds.") from error
    if not 0 < seconds <= 300:
        raise _wrong("timeout is between 0 and 300 seconds.")
    return seconds


def _wrong(why: str) -> Refused:
    return Refused("email_url", "MILEPOST_EMAIL_URL cannot be used.", mend=why)

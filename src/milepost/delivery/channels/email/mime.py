"""The message on the wire: RFC 5322 with text and HTML, and headers that mail programs act upon.

Everything is ASCII (quoted-printable, base64, encoded words), so that no server on the way has to change a byte and
break the relay's DKIM signature. No value can begin a header of its own: line ends are gone before it gets here, and
`EmailMessage` refuses them.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from urllib.parse import quote

from milepost.core.delivery.facts import safe_digest
from milepost.core.values import Refused
from milepost.delivery.channel import Outgoing
from milepost.delivery.wording import clean


class _Policy(EmailPolicy):
    """Folds as usual, but never encodes an address to unsubscribe at: mail programs do not decode it there."""

    def fold(self, name: str, value: str) -> str:
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".replace(", ", ",\r\n ")
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")


_POLICY = _Policy(linesep="\r\n")
_LONGEST_ADDRESS, _LONGEST_LOCAL_PART = 254, 64


def address_of(text: str, name: str = "") -> Address:
    """The one address in the text, its domain as it goes over the wire. Raises Refused for anything else."""
    local, at, domain = text.strip().rpartition("@")
    try:
        wire = domain.encode("idna").decode("ascii")
        address = Address(clean(name), local, wire)
    except (ValueError, UnicodeError, IndexError) as error:
        raise _no_address(text) from error
    if not (at and local and wire) or _unfit(local, wire):
        raise _no_address(text)
    return address


def compose(message: Outgoing, *, sender: str, leave: str, host: str, now: datetime) -> EmailMessage:
    """Raises Refused when an address in it is none. `sender` is the From address, `host` names the sending side."""
    origin, to = address_of(sender, message.sender), address_of(message.address, message.recipient)
    only_ascii = (origin.addr_spec + to.addr_spec).isascii()
    mail = EmailMessage(policy=_POLICY if only_ascii else _POLICY.clone(utf8=True))
    mail["From"] = origin
    mail["To"] = to
    mail["Reply-To"] = address_of(message.reply_to, message.sender)
    mail["Subject"] = clean(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.key, origin.domain or host)
    mail["List-Unsubscribe"] = _ways_out(message, leave)
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Milepost-Key"] = safe_digest(message.key)
    mail.set_content(message.text, charset="utf-8", cte=_encoding(message.text))
    mail.add_alternative(message.html, subtype="html", charset="utf-8", cte=_encoding(message.html))
    mail["Content-Language"] = message.language
    mail.set_boundary(f"={safe_digest(message.key)}=")
    return mail


def message_id(key: str, domain: str) -> str:
    """The same in every attempt, so that a receiver can tell a repetition."""
    return f"<{safe_digest(key)}@{domain}>"


def _ways_out(message: Outgoing, leave: str) -> str:
    ways = [f"<{message.unsubscribe_url}>"]
    if leave:
        ways.append(f"<mailto:{leave}?subject={quote(f'unsubscribe {message.unsubscribe_token}')}>")
    return ", ".join(ways)


def _encoding(text: str) -> str:
    """Readable on the wire where it is mostly ASCII, short where it is not."""
    return "quoted-printable" if len(text.encode()) < 1.2 * len(text) else "base64"


def _unfit(local: str, domain: str) -> bool:
    whole = len(local) + 1 + len(domain)
    if whole > _LONGEST_ADDRESS or len(local.encode()) > _LONGEST_LOCAL_PART:
        return True
    return any(sign.isspace() or sign in '<>,;:"()[]\\@' or not sign.isprintable() for sign in local + domain)


def _no_address(text: str) -> Refused:
    return Refused("address", f"'{clean(text)[:80]}' is not an e-mail address.")

"""One conversation with a mail server, kept open between messages and bounded in time whatever the server does."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Any

from milepost.core.delivery.replies import Stage, judge
from milepost.delivery.channel import Later, Receipt, Rejected
from milepost.delivery.channels.email.server import Server
from milepost.log.clock import monotonic

#: A server may need long to look through a whole message, and hanging up on it makes doubles (RFC 5321 §4.5.3.2.6).
_PATIENCE_WITH_CONTENT = 4
_PATIENCE_WITH_ALL = 8
#: An open connection that was not used for so long is not tried again: its server, or a firewall, has forgotten it.
_IDLE = 30.0


class _Line(smtplib.SMTP):
    """Shows itself before it waits for the greeting, so that the watchdog can hang up there too."""

    def __init__(self, shown: Callable[[smtplib.SMTP], None], host: str, port: int, **options: Any) -> None:
        self._shown = shown
        super().__init__(host, port, **options)

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        self._shown(self)
        return super().connect(*where, **how)


class _SecretLine(_Line, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class Conversation:
    """Belongs to one thread."""

    def __init__(self, server: Server, own_name: str) -> None:
        self._server, self._own_name = server, own_name
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> Receipt:
        """Hands the message over. Raises Later or Rejected; the connection is closed then, and opened anew next time.

        A hang-up before the server's last word counts as not taken (RFC 5321 §4.2.5): it may become a double, never a
        loss.
        """
        try:
            with self._watched():
                smtp = self._open()
                reply = self._hand_over(smtp, mail, sender, recipient)
        except (Later, Rejected):
            self.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Later(f"{self._where()}: {_words(error)}") from error
        self._used_at = monotonic()
        return Receipt(reference=str(mail["Message-ID"]), reply=reply)

    def close(self) -> None:
        """Hangs up; politeness is not worth waiting for."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None and self._is_alive(self._smtp):
            return self._smtp
        self.close()
        smtp = self._connect()
        self._secure(smtp)
        self._sign_in(smtp)
        return smtp

    def _is_alive(self, smtp: smtplib.SMTP) -> bool:
        if monotonic() - self._used_at > _IDLE:
            return False
        try:
            return smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        options: dict[str, Any] = {"local_hostname": self._own_name, "timeout": server.timeout}
        try:
            if server.tls:
                return _SecretLine(self._keep, server.host, server.port, context=self._trust(), **options)
            return _Line(self._keep, server.host, server.port, **options)
        except smtplib.SMTPConnectError as error:
            raise self._refusal("connect", error.smtp_code, error.smtp_error) from error

    def _keep(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def _secure(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        smtp.ehlo_or_helo_if_needed()
        if server.tls or server.starttls == "never":
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._trust())
            smtp.ehlo()
        elif server.starttls == "required" or (server.user and not server.trusts_the_wire):
            raise Later(
                f"{self._where()} offers no STARTTLS; nothing is sent in the clear. Allow it with ?starttls=never."
            )

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if not self._server.user:
            return
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPResponseException as error:
            raise self._refusal("sign_in", error.smtp_code, error.smtp_error) from error

    def _hand_over(self, smtp: smtplib.SMTP, mail: EmailMessage, sender: str, recipient: str) -> str:
        content = mail.as_bytes()
        self._expect("sender", smtp.mail(sender, self._options(smtp, content, sender + recipient)))
        self._expect("recipient", smtp.rcpt(recipient))
        _set_timeout(smtp, self._server.timeout * _PATIENCE_WITH_CONTENT)
        try:
            return self._expect("content", smtp.data(content))
        except smtplib.SMTPDataError as error:
            raise self._refusal("content", error.smtp_code, error.smtp_error) from error
        finally:
            _set_timeout(smtp, self._server.timeout)

    def _options(self, smtp: smtplib.SMTP, content: bytes, addresses: str) -> list[str]:
        options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(content):
            raise Rejected(f"{self._where()} takes {limit} bytes, and the message has {len(content)}.")
        if addresses.isascii():
            return options
        if not smtp.has_extn("smtputf8"):
            raise Rejected(f"{self._where()} cannot write to an address with letters beyond ASCII (no SMTPUTF8).")
        smtp.command_encoding = "utf-8"
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]

    def _expect(self, stage: Stage, reply: tuple[int, bytes]) -> str:
        """The server's words when it agrees."""
        code, words = reply
        if code not in _AGREES[stage]:
            raise self._refusal(stage, code, words)
        return words.decode("utf-8", "replace")

    def _refusal(self, stage: Stage, code: int, words: bytes | str) -> Later | Rejected:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        message = f"{self._where()} answered {code} {' '.join(text.split())[:300]} ({_STAGES[stage]})"
        verdict = judge(stage, code, text)
        return Later(message) if verdict == "later" else Rejected(message, dead=verdict == "dead_address")

    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self._server.checks_the_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Time-outs of a socket begin anew with every byte; this one does not, so that a server that drips cannot hold
        the thread."""
        watchdog = threading.Timer(self._server.timeout * _PATIENCE_WITH_ALL, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def _hang_up(self) -> None:
        sock = self._smtp and self._smtp.sock
        if sock:
            with suppress(OSError):  # it is closed already
                sock.shutdown(socket.SHUT_RDWR)

    def _where(self) -> str:
        return f"{self._server.host}:{self._server.port}"


_AGREES: dict[Stage, tuple[int, ...]] = {"sender": (250,), "recipient": (250, 251, 252), "content": (250,)}
_STAGES: dict[Stage, str] = {
    "connect": "on connecting",
    "sign_in": "to the sign-in",
    "sender": "to the sender",
    "recipient": "to the recipient",
    "content": "to the message",
}


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib calls a time-out a hang-up
        return "it did not answer in time."
    match error:
        case ConnectionRefusedError():
            return "nothing listens there."
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return "it hung up in the middle."
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be trusted ({error.verify_message})."
    return " ".join(str(error).split())[:300] or type(error).__name__

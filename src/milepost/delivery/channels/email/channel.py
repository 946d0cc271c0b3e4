"""The channel: composes a mail and hands it to the server that MILEPOST_EMAIL_URL names."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from milepost.core.program.kinds.message import Message
from milepost.core.values import Refused
from milepost.delivery.channel import Later, Outgoing, Receipt, Rejected
from milepost.delivery.channels.email.letter import write_letter
from milepost.delivery.channels.email.mime import address_of, compose
from milepost.delivery.channels.email.server import Server, server_of
from milepost.delivery.channels.email.smtp import Conversation
from milepost.delivery.rendering import Occasion, believable, contact_card
from milepost.delivery.tokens import DeepLink, Opening, Subscription, seal
from milepost.log import stores
from milepost.log.failpoints import failpoint
from milepost.people.queries import PersonView

NO_SERVER = "No mail server is configured. Set MILEPOST_EMAIL_URL."
LINK_LIVES = timedelta(days=30)


class EmailChannel:
    """Keeps one conversation open for each thread that sends. The setting is read anew for every message."""

    def __init__(self) -> None:
        self._local = threading.local()

    def address_of(self, person: PersonView) -> str:
        try:
            address_of(person.email)
        except Refused:
            return ""
        return person.email.strip()

    def write(self, message: Message, occasion: Occasion, person: PersonView, key: str) -> Outgoing:
        contact = contact_card(occasion)
        if contact is None:
            raise Refused("no_sender", "The program names nobody whom a mail could come from.", mend="Add `support`.")
        address, uid = self.address_of(person), person.uid
        start = message.link.start if message.link and message.link.start else ""
        leave = seal(Subscription(occasion.effect.workspace, uid, "email", address, message.purpose))
        mark = seal(DeepLink(occasion.effect.workspace, uid, key, start, occasion.effect.at + LINK_LIVES))
        way_out = f"{settings.PUBLIC_URL}/u/{leave}"
        seen = seal(Opening(occasion.effect.workspace, key)) if message.count_opens else ""
        letter = write_letter(
            message,
            occasion,
            public_url=settings.PUBLIC_URL,
            unsubscribe_url=way_out,
            mark=mark,
            picture_url=f"{settings.PUBLIC_URL}/o/{seen}.gif" if seen else "",
        )
        return Outgoing(
            key=key,
            address=address,
            recipient=believable(person.name),
            sender=contact.name,
            reply_to=contact.email,
            unsubscribe_url=way_out,
            unsubscribe_token=leave,
            **msgspec.structs.asdict(letter),
        )

    def send(self, outgoing: Outgoing) -> Receipt:
        try:
            server = server_of(settings.EMAIL_URL)
        except Refused as error:
            raise Later(str(error)) from error
        if server is None:
            raise Later(NO_SERVER)
        return self._hand_over(outgoing, server)

    def _hand_over(self, outgoing: Outgoing, server: Server) -> Receipt:
        host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        sender = server.sender or outgoing.reply_to
        now = stores.current().clock.now()
        try:
            mail = compose(outgoing, sender=sender, leave=server.leave, host=host, now=now)
            recipient = address_of(outgoing.address).addr_spec
        except Refused as error:
            raise Rejected(str(error)) from error
        receipt = self._conversation(server, host).send(mail, address_of(sender).addr_spec, recipient)
        # From here to the commit of the delivery lies the one moment in which dying makes a double: the server has
        # the mail, and nobody but it knows. The second copy has the same Message-ID.
        failpoint("mail.accepted")
        return receipt

    def _conversation(self, server: Server, host: str) -> Conversation:
        kept: tuple[Server, Conversation] | None = getattr(self._local, "kept", None)
        if kept is None or kept[0] != server:
            if kept is not None:
                kept[1].close()
            kept = (server, Conversation(server, _own_name(host)))
            self._local.kept = kept
        return kept[1]


def _own_name(host: str) -> str:
    """How we greet (RFC 5321 §4.1.3); asking the name service for our own name can take many seconds."""
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdigit() else host

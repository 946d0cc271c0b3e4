"""A member's answer on its way to who asked: at once in the product, and by mail."""

from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import asdict

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.delivery.piece import ReplyBody
from milepost.core.engine.effects import DeliverReply, Effect, SendMessage, ShowReply
from milepost.core.program.kinds.message import Message
from milepost.delivery import wording
from milepost.delivery.actions import REPLY, UNSETTLED, begin_delivery, make_reply
from milepost.delivery.channels import CHANNELS
from milepost.delivery.channels.in_app.drawing import frame
from milepost.delivery.handlers import attempt_message, told
from milepost.delivery.markdown import Markdown
from milepost.delivery.rendering import Occasion, contact_card, zone_of
from milepost.log import stores
from milepost.people.languages import interface_language
from milepost.people.queries import PersonView, person_view
from milepost.program.queries import release

_SHORT = 60


class Reply(Struct, frozen=True, kw_only=True):
    """`key` names these words for good. Absent: `by` is empty where the member has no name that people see; `device`
    unless the question was asked on it by somebody who had not proven who they are."""

    key: str
    question: str
    text: str
    by: str
    device: str
    asked_at: datetime


def show_reply(effect: ShowReply, reply: Reply | None) -> Outcome:
    """Makes the piece that brings the answer. An answer that nobody gave is not shown."""
    person = person_view(effect.workspace, effect.person)
    if person is None or reply is None:
        return Done(note="Nobody has said this, or there is nobody to tell.")
    occasion = _occasion(effect, person)
    language = interface_language(occasion.languages[0])
    with translation.override(language):
        body = ReplyBody(
            key=effect.key,
            kind="reply",
            content=REPLY,
            title=_("%(name)s has answered you") % {"name": _who(reply, occasion)},
            body_html=Markdown(wording.quoted(reply.text, links=True)).html(),
            page={"url": ("*",), "element": None, "focus": None, "first_visit": False, "error": None},
            question=reply.question,
            by=_who(reply, occasion),
            conversation=effect.conversation,
            **frame("reply", occasion, language),
        )
    make_reply(effect, person.uid, body, reply.device, stores.current().clock.now())
    return Done()


def deliver_reply(effect: DeliverReply, reply: Reply | None, attempt: int) -> Outcome:
    """Sends the answer by mail, unless that has been settled before; where no address is known, the product has it."""
    person = person_view(effect.workspace, effect.person)
    if person is None or reply is None:
        return Done(note="Nobody has said this, or there is nobody to tell.")
    address, now = CHANNELS["email"].address_of(person), stores.current().clock.now()
    if not address:
        return Done(note="No e-mail address is known; the answer is in the product.")
    sending = _as_message(effect, person, reply)
    occasion = _occasion(sending, person)
    message = _letter(reply, occasion)
    delivery = begin_delivery(sending, person, message, address, attempt=attempt, now=now)
    if delivery.status in UNSETTLED:
        return attempt_message(delivery, message, occasion, person, now)
    return told(delivery, person)


def _occasion(effect: Effect, person: PersonView) -> Occasion:
    document = release(effect.workspace, effect.release).document
    return Occasion(document=document, effect=effect, milestone=None, person=person)


def _as_message(effect: DeliverReply, person: PersonView, reply: Reply) -> SendMessage:
    common = {name: value for name, value in asdict(effect).items() if name in Effect.__struct_fields__}
    common |= {"key": f"{person.uid}:reply:{reply.key}", "properties": {"question": _shortened(reply.question)}}
    return SendMessage(**common, message=REPLY)


def _letter(reply: Reply, occasion: Occasion) -> Message:
    """The words as Markdown in which everything stands for itself, and below them what they answer."""
    with translation.override(interface_language(occasion.languages[0])):
        asked = _("You asked on %(day)s:") % {"day": date_format(reply.asked_at.astimezone(zone_of(occasion)))}
    question = "\n".join(f"> {line}" for line in wording.quoted(reply.question).splitlines())
    signed = f"\n\n{wording.quoted(reply.by)}" if reply.by else ""
    body = f"{wording.quoted(reply.text, links=True)}{signed}\n\n{wording.quoted(asked)}\n\n{question}\n"
    return Message(channel="email", purpose="service", subject="Re: {{ event.question }}", body=body)


def _who(reply: Reply, occasion: Occasion) -> str:
    contact = contact_card(occasion)
    return wording.clean(reply.by) or (contact.name if contact else occasion.document.name)


def _shortened(question: str) -> str:
    """The question in a line that fits into a subject."""
    line = wording.clean(question)
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1].rsplit(' ', 1)[0]}…"

"""The words of the debug panel on the customer's page, in the member's language. `sdk/src/debug/words.ts` names them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {
    "title": _("Milepost: debug"),
    "test": _("Test mode"),
    "testing": _("Test mode is on"),
    "again": _("Look again"),
    "close": _("Close"),
    "who": _("Who is here"),
    "user": _("User"),
    "signed": _("{user} (signed)"),
    "unsigned": _("{user} (not signed)"),
    "refused": _("{user} (not signed: it is refused here)"),
    "nobody": _("nobody has signed in"),
    "device": _("Device"),
    "of_link": _("Explained for (by the link)"),
    "known": _("Known as"),
    "unknown": _("not known yet"),
    "connection": _("Connection"),
    "waiting": _("Waiting to be sent"),
    "pieces": _("Pieces"),
    "no_pieces": _("The program has no content."),
    "sent": _("Sent last"),
    "nothing": _("Nothing since the panel was opened."),
    "skewed": _("the clock is {n} s off"),
    "policy": _("the page's policy blocks something"),
    "unreached": _("the server is not reached"),
    "own_stream": _("each tab has a stream of its own"),
    "held_stream": _("a tab of this browser holds the stream"),
    "no_stream": _("no stream"),
    "open": _("may be shown here"),
    "elsewhere": _("open, but not on this page: {why}"),
    "besides": _("and on this page: {why}"),
    "address": _("the address is none of {what}"),
    "element": _("nothing matches {what}"),
    "focus": _("it waits for the focus in {what}"),
    "first_visit": _("it is for the first view of this path"),
    "event": _("it waits for the event {what}"),
}


def words() -> dict[str, str]:
    return {key: str(text) for key, text in _WORDS.items()}

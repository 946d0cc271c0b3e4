"""The product itself: channels, messages, decisions and the standing meetings of a team, kept in the visitor's session and
nowhere else."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_noop

from milepost.core.values import Refused
from milepost.log.clock import new_id

GENERAL = "general"
#: What two colleagues have written before anybody else came: (who, what).
_BEFORE = (
    ("Ines", gettext_noop("Welcome! Ask anything here, somebody always knows.")),
    ("Marek", gettext_noop("Shall we stop the Monday round? Everything is written here anyway.")),
)
#: The meetings that the team has when it comes: (name, minutes a week).
_STANDING = ((gettext_noop("Monday round"), 60), (gettext_noop("Status call"), 30), (gettext_noop("Planning"), 90))
_MOST_CHANNELS, _MOST_MESSAGES = 12, 60

Message = dict[str, Any]
#: What Milepost is told: the name of a fact and its properties.
Told = tuple[str, dict[str, Any]]


def channels(session: SessionBase) -> list[str]:
    return list(_kept(session))


def messages(session: SessionBase, channel: str) -> list[Message]:
    """Raises Refused for a channel that is not there."""
    kept = _kept(session)
    if channel not in kept:
        raise Refused("no_such_channel", "There is no such channel.", mend="Choose one from the list.", status=404)
    return kept[channel]


def send(session: SessionBase, channel: str, who: str, text: str) -> Told:
    said = _said(text, 500, "There is nothing to send.")
    _keep(session, channel, [*messages(session, channel), _message(who, said)])
    return "Message Posted", {"channel": channel}


def open_channel(session: SessionBase, name: str) -> tuple[str, Told]:
    """The new channel's key, and what is told of it; one that is there stays as it is."""
    key = slugify(_said(name, 40, "A channel needs a name."), allow_unicode=True)[:40] or GENERAL
    if key not in _kept(session):
        _keep(session, key, [])
    return key, ("Channel Created", {"name": key})


def decide(session: SessionBase, channel: str, message: str) -> Told:
    """From now on this message is what the team has decided."""
    found = messages(session, channel)
    if message not in (each["id"] for each in found):
        raise Refused("no_such_message", "There is no such message.", mend="Choose one of this channel.", status=404)
    _keep(session, channel, [{**each, "decision": each["decision"] or each["id"] == message} for each in found])
    return "Decision Made", {"channel": channel}


def decisions(session: SessionBase) -> list[Message]:
    kept = _kept(session)
    return [{**each, "channel": channel} for channel in kept for each in kept[channel] if each["decision"]]


def meetings(session: SessionBase) -> list[dict[str, Any]]:
    if "meetings" not in session:
        session["meetings"] = [
            {"id": new_id()[:8], "name": gettext(name), "minutes": minutes} for name, minutes in _STANDING
        ]
    return list(session["meetings"])


def replace_meeting(session: SessionBase, meeting: str) -> Told:
    """The meeting is over for good: its round is written from now on."""
    kept = meetings(session)
    found = next((each for each in kept if each["id"] == meeting), None)
    if found is None:
        raise Refused("no_such_meeting", "There is no such meeting.", mend="Choose one from the list.", status=404)
    session["meetings"] = [each for each in kept if each is not found]
    return "Meeting Replaced", {"minutes": found["minutes"]}


def _message(who: str, text: str) -> Message:
    return {"id": new_id()[:8], "who": who, "text": text, "decision": False}


def _kept(session: SessionBase) -> dict[str, list[Message]]:
    if "channels" not in session:
        session["channels"] = {GENERAL: [_message(who, gettext(text)) for who, text in _BEFORE]}
    return dict(session["channels"])


def _keep(session: SessionBase, channel: str, found: list[Message]) -> None:
    kept = {**_kept(session), channel: found[-_MOST_MESSAGES:]}
    session["channels"] = dict(list(kept.items())[:_MOST_CHANNELS])


def _said(text: str, most: int, problem: str) -> str:
    said = " ".join(text.split())[:most]
    if not said:
        raise Refused("nothing_said", problem, mend="Type a few letters.")
    return said

"""The words on pieces and on the help itself, in the reader's language. `{name}` is filled in by the browser.

Some parts of the browser have the same words in English (the tables named ENGLISH).
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Kind = Literal[
    "guide", "celebration", "survey", "checklist", "empty_state", "invite", "article", "reply", "help",
    "hint", "term", "banner", "announcement", "modal", "briefing", "resource_center", "deck", "course", "form",
]  # fmt: skip
Words = Mapping[str, str | Promise]

_CLOSE: Words = {"close": _("Close")}
_HELP: Words = {"help": _("Do you need help?")}
_DONE: Words = {"done": _("Done")}
_TO_AND_FRO: Words = {"next": _("Next"), "back": _("Back"), **_DONE}
_PUT_OFF: Words = {"later": _("Remind me later"), "never": _("Don’t show this again")}
#: Around every card that stands by itself.
_CARD: Words = {**_CLOSE, **_HELP, **_PUT_OFF}
_OFFER: Words = {"decline": _("No, thank you")}
#: On every card that is there to be read, and beside every beacon: one part of the browser draws all of these.
_READ: Words = {**_CARD, **_DONE, **_OFFER, "emergency": _("If something goes wrong")}
_BEACON: Words = {**_CLOSE, **_HELP, "explain": _("Explain: {title}")}

_PAGES: Words = {
    **_CLOSE,
    **_HELP,
    **_TO_AND_FRO,
    "page_of": _("Page {n} of {total}"),
    "watch": _("Watch"),
    "start": _("Show me how"),
    "right": _("That is right."),
    "wrong": _("Not quite. Try again."),
    "by_itself": _("Open as a page"),
    "certificate": _("Your certificate"),
}

LABELS: Mapping[Kind, Words] = {
    "guide": {
        **_CARD,
        **_TO_AND_FRO,
        "skip": _("Skip this step"),
        "step": _("Step {n} of {total}"),
        "play": _("Play the video"),
        "watch": _("Watch it on its own page"),
    },
    "celebration": {**_CLOSE, **_HELP, **_DONE, **_OFFER, "goal": _("Your goal: “{goal}”")},
    "survey": {
        **_CARD,
        **_TO_AND_FRO,
        "question": _("Question {n} of {total}"),
        "skip_question": pgettext_lazy("a question", "Skip"),
        "required": _("Please answer this one; the rest builds on it."),
        "wrong_number": _("Please write a number."),
        "out_of_range": _("Please give a number between {least} and {most}."),
        "at_least": _("Please give a number that is at least {least}."),
        "at_most": _("Please give a number that is at most {most}."),
        "thanks": _("Thank you!"),
        "step": _("Step {n} of {total}"),
        "move_up": _("Move up: {text}"),
        "move_down": _("Move down: {text}"),
        "place": _("{text}: place {n} of {total}"),
    },
    "checklist": {
        **_PUT_OFF,
        **_HELP,
        "fold": _("Fold up"),
        "progress": _("{n} of {total} done"),
        "all_done": _("All done. Well done!"),
        "start": _("Show me how"),
        "open": pgettext_lazy("a page", "Open"),
        "skip_item": _("Skip this"),
        "skipped": pgettext_lazy("a step of a plan", "Skipped"),
        "done_item": pgettext_lazy("a step of a plan", "Done"),
        "next_item": pgettext_lazy("a step of a plan", "Next"),
        "undo": _("Undo"),
        "due": _("by {day}"),
        "set_date": _("Set a date"),
        "save": _("Save"),
        "owner": _("with {name}"),
    },
    "empty_state": {
        **_CLOSE,
        **_HELP,
        "asking": _("One moment…"),
        "failed": _("That did not work. Please try again."),
    },
    "invite": {
        **_CARD,
        "copy": _("Copy the link"),
        "copied": _("Copied"),
        "share": _("Share"),
        "link": _("Your link"),
    },
    "article": _READ,
    "announcement": _READ,
    "modal": _READ,
    "briefing": _READ,
    "form": {},
    "hint": {**_BEACON, **_DONE},
    "term": _BEACON,
    "banner": _CLOSE,
    "resource_center": {**_CLOSE, **_HELP},
    "deck": _PAGES,
    "course": _PAGES,
    "reply": {
        **_CLOSE,
        **_HELP,
        **_DONE,
        "replied": _("{name} has answered"),
        "your_question": _("You asked"),
        "ask_on": _("Ask further"),
    },
    "help": {
        **_CLOSE,
        **_HELP,
        "back": _("Back"),
        "help_title": pgettext_lazy("the title of the help", "Help"),
        "loading": _("One moment…"),
        "no_help": _("The help cannot be reached just now."),
        "try_again": _("Try again"),
        "what_next": _("What next?"),
        "start": _("Show me how"),
        "open": pgettext_lazy("a page", "Open"),
        "ask": _("Ask a question"),
        "ask_hint": _("Write what you would like to know"),
        "send": _("Send"),
        "asked": _("Thank you, your question is on its way."),
        "asked_who": _("{name} will answer you here and by mail."),
        "asked_when": _("Answers come {hours}."),
        "asked_later": _("It is sent as soon as there is a connection."),
        "requests": _("Your questions"),
        "feedback": _("Give feedback"),
        "feedback_hint": _("What is good, what is in your way?"),
        "mood": _("How is it so far?"),
        "mood_1": pgettext_lazy("a mood", "Bad"),
        "mood_2": pgettext_lazy("a mood", "So-so"),
        "mood_3": pgettext_lazy("a mood", "Good"),
        "may_contact": _("You may write to me about it"),
        "fed_back": _("Thank you, we read every word."),
        "preferences": _("Language, mail and how often we write"),
        "articles": _("Articles"),
        "search": _("Search the articles"),
        "nothing_found": _("No article about that. Ask us, above."),
        "how": _("How support works"),
        "community": _("Talk with others"),
        "status_open": pgettext_lazy("a question", "Open"),
        "status_answered": pgettext_lazy("a question", "Answered"),
        "status_closed": pgettext_lazy("a question", "Closed"),
    },
}


def labels(kind: Kind) -> dict[str, str]:
    """The words that this kind needs, in the active language."""
    return {**_said(kind, get_language())}


@cache
def _said(kind: Kind, language: str | None) -> dict[str, str]:
    """`language` is the active one."""
    return {key: str(word) for key, word in LABELS[kind].items()}

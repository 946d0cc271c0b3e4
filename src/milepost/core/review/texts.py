"""What is to say about the texts: missing, not translated, without thanks. How they read is in `words`."""

import re
from collections.abc import Iterator

from milepost.core.delivery.language import first_said
from milepost.core.program.document import Document
from milepost.core.program.kinds.journey import Send
from milepost.core.program.problems import did_you_mean
from milepost.core.review.rule import Found, Review, Rule

_THANKS = re.compile(
    r"thank|спасибо|благодар|dzięk|dank|merci|gracias|obrigad|grazie|tak for|tack|kiitos|děkuj|teşekkür"
    r"|ขอบคุณ|谢|謝|ありがとう|감사",
    re.IGNORECASE,
)


def missing_texts(review: Review) -> Iterator[Found]:
    default = review.document.locales.default
    for path, text in review.texts():
        if isinstance(text, dict) and not text.get(default, "").strip():
            yield Found(path, f"The text is missing in '{default}', the default language.", f"Add `{default}:`.")
        elif isinstance(text, str) and not text.strip() and path[-1] in ("title", "subject", "name", "text"):
            yield Found(path, "The text is empty.")


def not_translated(review: Review) -> Iterator[Found]:
    locales = review.document.locales
    for path, text in review.texts():
        if isinstance(text, dict):
            missing = [other for other in locales.others if not text.get(other, "").strip()]
            if missing:
                yield Found(path, f"The text is not there in {', '.join(missing)}.")


def unknown_languages(review: Review) -> Iterator[Found]:
    locales = review.document.locales
    known = (locales.default, *locales.others)
    for path, text in review.texts():
        for language in text if isinstance(text, dict) else ():
            if language not in known:
                yield Found(
                    (*path, language), f"'{language}' is no language of this program.", did_you_mean(language, known)
                )


def no_thanks(review: Review) -> Iterator[Found]:
    """A message sent at the very beginning that does not say thank you."""
    document = review.document
    for key in sorted(_first_messages(document)):
        body = first_said(document.messages[key].body)
        texts = body.values() if isinstance(body, dict) else (body,)
        if any(text.strip() and not _THANKS.search(text) for text in texts):
            yield Found(("messages", key, "body"), "The first message does not say thank you for signing up.")


def _first_messages(document: Document) -> set[str]:
    """What is sent when the program starts, by itself or as the first step of a journey."""
    own = {key for key, message in document.messages.items() if message.when == document.start}
    begun = (
        journey.steps[0] for journey in document.journeys.values() if journey.starts == document.start and journey.steps
    )
    sent = {step.send for step in begun if isinstance(step, Send)}
    return own | (sent & document.messages.keys())


RULES = (
    Rule(
        id="missing-text",
        level="error",
        area="words",
        why="Somebody would see an empty place: the default language is what everybody else falls back to.",
        mend="Write the text.",
        find=missing_texts,
        needs=("locales",),
    ),
    Rule(
        id="not-translated",
        level="warning",
        area="personal",
        why="People of that language see the default language instead.",
        mend="Translate it, or take the language out of `locales`.",
        find=not_translated,
    ),
    Rule(
        id="unknown-language",
        level="warning",
        area="personal",
        why="A text in a language that the program does not have is never shown.",
        mend="Add the language under `locales: {others: […]}`.",
        find=unknown_languages,
    ),
    Rule(
        id="no-thanks",
        level="warning",
        area="words",
        why="Signing up has cost time; whoever is thanked for it is more willing to give some more.",
        mend="Begin with a thank-you in every language.",
        find=no_thanks,
    ),
)

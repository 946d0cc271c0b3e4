"""What several kinds of definition share."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

#: A text, or the same text in several languages. `locales.default` of the program must be among them.
PlainText = str | dict[str, str]


class Variants(Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """Several texts, of which each person is told one: an experiment in one line (`{variants: {a: …, b: …}}`). All texts of
    a definition that have variants are one experiment: the same names go together. Written down as a list, so that it
    cannot be mistaken for a text by language."""

    variants: dict[str, PlainText]


#: A text, a text by language, or variants of it.
Text = str | dict[str, str] | Variants

#: What a step is for: the seven stages of an onboarding, then what comes after it.
Stage = Literal["motivation", "value", "sign-up", "setup", "education", "quick win", "support", "habit", "expansion"]
SEVEN: tuple[Stage, ...] = ("motivation", "value", "sign-up", "setup", "education", "quick win", "support")

Channel = Literal["email", "in_app", "telegram"]


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every definition is: frozen, keyword-only, refusing what it does not know."""


class AnswerRef(Definition, frozen=True, kw_only=True):
    """The person's own words: what they answered to this question, in whatever survey it stands."""

    answer: str


class Fatigue(Definition, frozen=True, kw_only=True):
    at_most: int = 1
    per: timedelta = timedelta(days=30)


class Celebrate(Definition, frozen=True, kw_only=True):
    """What marks a milestone: a piece in the product, a message, or both. `buyers`: a message to those who pay for the
    person's account; `owner`: a task for the team; `not_more_than`: how often at most, where the milestone repeats."""

    content: str | None = None
    message: str | None = None
    buyers: str | None = None
    owner: bool = False
    not_more_than: Fatigue | None = None

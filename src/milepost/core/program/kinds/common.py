"""What several kinds of definition share."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

#: A text, or the same text in several languages. `locales.default` of the program must be among them.
Text = str | dict[str, str]

#: What a step is for: the seven stages of an onboarding, then what comes after it.
Stage = Literal["motivation", "value", "sign-up", "setup", "education", "quick win", "support", "habit", "expansion"]
SEVEN: tuple[Stage, ...] = ("motivation", "value", "sign-up", "setup", "education", "quick win", "support")

Channel = Literal["email", "in_app"]


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

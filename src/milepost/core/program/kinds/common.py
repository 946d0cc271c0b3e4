"""What several kinds of definition share."""

from typing import Literal

from msgspec import Struct

#: A text, or the same text in several languages. `locales.default` of the program must be among them.
Text = str | dict[str, str]

Stage = Literal["motivation", "value", "sign-up", "setup", "education", "quick win", "support", "habit", "expansion"]


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every definition is: frozen, keyword-only, refusing what it does not know."""

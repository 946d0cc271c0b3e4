"""Which of a text's languages somebody gets: their own, else its base language, else the program's default."""

from milepost.core.program.kinds.common import PlainText, Text, Variants

_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}


def preferences(locale: str, default: str) -> tuple[str, ...]:
    """Languages to try, best first. Example: ('de-AT', 'en') → ('de-AT', 'de', 'en')."""
    tags = (locale, base(locale), default, base(default))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def base(tag: str) -> str:
    """Example: 'pt-BR' → 'pt'."""
    return tag.replace("_", "-").split("-")[0].lower()


def first_said(text: Text) -> PlainText:
    """The text itself; of variants the first, for whoever has none (a page of the team, a reader outside the loop)."""
    return next(iter(text.variants.values()), "") if isinstance(text, Variants) else text


def language_of(text: Text, wanted: tuple[str, ...]) -> str:
    """The language in which the text can be said, of those wanted. A plain string is in the default language."""
    said = first_said(text)
    if isinstance(said, str):
        return wanted[-1]
    known = {tag.lower(): tag for tag in said}
    return next((known[tag.lower()] for tag in wanted if tag.lower() in known), next(iter(said), wanted[-1]))


def say(text: Text, wanted: tuple[str, ...]) -> str:
    """The text in the best language that it has. Absent: a text in no language is empty."""
    said = first_said(text)
    return said if isinstance(said, str) else said.get(language_of(said, wanted), "")


def direction(language: str) -> str:
    """The `dir` of HTML: 'rtl' or 'ltr'."""
    return "rtl" if base(language) in _RIGHT_TO_LEFT else "ltr"

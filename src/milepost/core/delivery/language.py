"""Which of a text's languages somebody gets: their own, else its base language, else the program's default."""

from milepost.core.program.kinds.common import Text

_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}


def preferences(locale: str, default: str) -> tuple[str, ...]:
    """Languages to try, best first. Example: ('de-AT', 'en') → ('de-AT', 'de', 'en')."""
    tags = (locale, base(locale), default, base(default))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def base(tag: str) -> str:
    """Example: 'pt-BR' → 'pt'."""
    return tag.replace("_", "-").split("-")[0].lower()


def language_of(text: Text, wanted: tuple[str, ...]) -> str:
    """The language in which the text can be said, of those wanted. A plain string is in the default language."""
    if isinstance(text, str):
        return wanted[-1]
    known = {tag.lower(): tag for tag in text}
    return next((known[tag.lower()] for tag in wanted if tag.lower() in known), next(iter(text), wanted[-1]))


def say(text: Text, wanted: tuple[str, ...]) -> str:
    """The text in the best language that it has. Absent: a text in no language is empty."""
    return text if isinstance(text, str) else text.get(language_of(text, wanted), "")


def direction(language: str) -> str:
    """The `dir` of HTML: 'rtl' or 'ltr'."""
    return "rtl" if base(language) in _RIGHT_TO_LEFT else "ltr"

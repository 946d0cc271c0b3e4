"""In which language Milepost speaks to somebody."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant


def interface_language(language: str) -> str:
    """The language in which Milepost's own words are said beside a text of this language."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE

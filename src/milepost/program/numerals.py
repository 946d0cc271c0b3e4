"""Numbers as a language writes them, and the form of a word that it has beside a number (CLDR, through Babel).

Of a word the forms are given in the order of CLDR, those that the language has: `zero, one, two, few, many, other`.
English and Bulgarian have two (`day, days`), Polish and Russian four (`dzień, dni, dni, dnia`), of which the last stands
beside a fraction; Thai has one. Whoever gives fewer means the last one for the rest.
"""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

_ORDER = ("zero", "one", "two", "few", "many", "other")
_ENGLISH = Locale("en")


def plural(language: str, number: object, form: str, *others: str) -> str:
    """The form that stands beside this number; of what is no number, the last one."""
    rule, forms = locale_of(language).plural_form, (form, *others)
    try:
        category = rule(abs(Decimal(str(number)).normalize()))
    except (InvalidOperation, ValueError, OverflowError):
        return forms[-1]
    categories = [name for name in _ORDER if name in rule.tags or name == "other"]
    return forms[min(categories.index(category), len(forms) - 1)]


def decimal(language: str, number: float | Decimal) -> str:
    """With the sign that this language has between whole and part. Example: 78.5 → '78,5' in Polish, 78.0 → '78'."""
    return str(number).removesuffix(".0").replace(".", get_decimal_symbol(locale_of(language)))


@lru_cache(maxsize=128)
def locale_of(language: str) -> Locale:
    """Absent: English for a language that CLDR does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return _ENGLISH

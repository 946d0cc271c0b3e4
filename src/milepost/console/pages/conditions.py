"""A condition in words, for reading a program without its YAML."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.pages.words import shown
from milepost.console.templatetags.console import duration
from milepost.core.conditions.types import All, Condition, Did, Not, Reached, Test, Trait

_TESTS = {
    "is": "=",
    "is_not": "≠",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "in": "∈",
    "contains": "∋",
    "before": "<",
    "after": ">",
}


def in_words(condition: Condition, called: dict[str, str]) -> str:
    """Shapes: `called` gives the title of each milestone by key."""
    if isinstance(condition, Did):
        return _did(condition)
    if isinstance(condition, Trait):
        return _test(condition.name, condition.test)
    if isinstance(condition, Reached):
        title = called.get(condition.milestone, condition.milestone)
        return _joined(_("“%(title)s” is reached") % {"title": title}, _within(condition))
    if isinstance(condition, Not):
        return _("not (%(condition)s)") % {"condition": in_words(condition.of, called)}
    parts = [in_words(part, called) for part in condition.of]
    return _all(parts) if isinstance(condition, All) else _any(parts)


def _all(parts: list[str]) -> str:
    return _(" and ").join(parts)


def _any(parts: list[str]) -> str:
    return "(" + _(" or ").join(parts) + ")" if len(parts) > 1 else "".join(parts)


def _did(did: Did) -> str:
    where = ", ".join(_test(name, test) for name, test in did.where.items())
    subject = f"{did.name} ({where})" if where else did.name
    return _joined(subject, _count(did), _within(did), _since(did))


def _count(did: Did) -> str:
    if did.exactly is not None:
        return ngettext("exactly %(n)s time", "exactly %(n)s times", did.exactly) % {"n": did.exactly}
    if did.at_most is not None:
        return ngettext("at most %(n)s time", "at most %(n)s times", did.at_most) % {"n": did.at_most}
    least = did.at_least or 1
    if did.distinct == "day":
        return ngettext("on %(n)s day", "on %(n)s different days", least) % {"n": least}
    if did.distinct is not None:
        return _("with %(n)s different values of %(property)s") % {"n": least, "property": did.distinct}
    return "" if least == 1 else ngettext("at least %(n)s time", "at least %(n)s times", least) % {"n": least}


def _within(condition: Did | Reached) -> str:
    return "" if condition.within is None else _("within %(length)s") % {"length": duration(condition.within)}


def _since(did: Did) -> str:
    return "" if did.since is None else _("since %(moment)s") % {"moment": did.since}


def _test(name: str, test: Test) -> str:
    if test.op == "exists":
        return _("%(name)s is known") % {"name": name} if test.value else _("%(name)s is not known") % {"name": name}
    return f"{name} {_TESTS[test.op]} {shown(test.value)}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

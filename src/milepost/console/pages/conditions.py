"""A condition in words, for reading a program without its YAML."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.pages.words import shown
from milepost.console.templatetags.console import duration
from milepost.core.conditions.memory import ACCOUNT
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Last,
    Measured,
    MessageWas,
    Named,
    Not,
    Reached,
    Sequence_,
    Test,
    Trait,
)
from milepost.core.conditions.words import describe

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
    """Shapes: `called` gives the title of each milestone by key, and of other definitions by `KIND:KEY`."""
    match condition:
        case All():
            return _all([in_words(part, called) for part in condition.of])
        case Any_():
            return _any([in_words(part, called) for part in condition.of])
        case Not():
            return _("not (%(condition)s)") % {"condition": in_words(condition.of, called)}
        case Did():
            return _did(condition, called)
        case Sequence_():
            steps = _(", then ").join(map(_did, condition.steps))
            return _joined(steps, _within(condition))
        case Trait():
            return _trait(condition)
        case Reached():
            title = called.get(condition.milestone, condition.milestone)
            return _joined(
                _("“%(title)s” is reached") % {"title": title}, _within(condition), _since(condition, called)
            )
        case Last() | Compared():
            return describe(condition)
    return _named(condition, called)


def _named(condition: Named, called: dict[str, str]) -> str:
    match condition:
        case Goal():
            return _("their goal is “%(goal)s”") % {"goal": _title("goal", condition.goal, called)}
        case Answered():
            return _answered(condition, called)
        case MessageWas():
            title = _title("message", condition.message, called)
            return _("message “%(title)s” was %(how)s") % {"title": title, "how": how_it_was(condition.was)}
        case ContentWas():
            title = _title("content", condition.content, called)
            return _("“%(title)s” was %(how)s") % {"title": title, "how": how_it_was(condition.was)}
        case Measured():
            return _measured(condition, called)
        case DaysSince():
            return _days_since(condition, called)
        case InSegment():
            return _("in segment “%(segment)s”") % {"segment": condition.segment}
        case HasMotive():
            return _("they came for “%(motive)s”") % {"motive": _title("motive", condition.motive, called)}
        case InLifecycle():
            return _("their stage is %(stage)s") % {"stage": rung(condition.stage)}
        case InTier():
            return _("they are a %(tier)s user") % {"tier": rung(condition.tier)}


def rung(name: str) -> str:
    """A stage of the lifecycle, or a tier, as a word."""
    words = {
        "new": _("new"),
        "activated": _("activated"),
        "regular": _("regular"),
        "advanced": _("advanced"),
        "casual": _("casual"),
        "power": _("power"),
    }
    return words.get(name, name)


def how_it_was(was: str) -> str:
    """What happened to a piece or message, as a word."""
    words = {
        "sent": _("sent"),
        "delivered": _("delivered"),
        "failed": _("not delivered"),
        "bounced": _("sent back"),
        "opened": _("opened"),
        "clicked": _("clicked"),
        "shown": _("shown"),
        "completed": _("finished"),
        "dismissed": _("closed"),
        "snoozed": _("put off"),
        "refused": _("refused for ever"),
        "acted": _("acted on"),
    }
    if was.startswith("step:"):
        return _("seen up to step %(n)s") % {"n": was.removeprefix("step:")}
    return words.get(was, was)


def _title(kind: str, key: str, called: dict[str, str]) -> str:
    return called.get(f"{kind}:{key}", key)


def _answered(answered: Answered, called: dict[str, str]) -> str:
    title = _title("content", answered.survey, called)
    if not answered.answers:
        return _("“%(survey)s” is answered") % {"survey": title}
    tests = [
        _test(title if question == ONLY_QUESTION else question, test) for question, test in answered.answers.items()
    ]
    return _("answered %(tests)s") % {"tests": ", ".join(tests)}


def _measured(measured: Measured, called: dict[str, str]) -> str:
    name = _title("measure", measured.measure, called)
    if measured.test is not None:
        return _test(name, measured.test)
    if measured.reached:
        return _("%(measure)s has reached its target") % {"measure": name}
    known = {"last": _("last time"), "baseline": _("at the beginning")}
    than = known.get(measured.since) or _("before %(day)s") % {"day": measured.since}
    changed = {
        "better": _("%(measure)s is better than %(before)s"),
        "worse": _("%(measure)s is worse than %(before)s"),
        "unchanged": _("%(measure)s is the same as %(before)s"),
    }
    return changed[measured.changed or "unchanged"] % {"measure": name, "before": than}


def _days_since(asked: DaysSince, called: dict[str, str]) -> str:
    anchor = _anchor(asked.since, called)
    days = (asked.lt if asked.gte is None else asked.gte) or 0
    if asked.gte is None:
        text = ngettext("less than %(n)s day since %(anchor)s", "less than %(n)s days since %(anchor)s", days)
    else:
        text = ngettext("at least %(n)s day since %(anchor)s", "at least %(n)s days since %(anchor)s", days)
    return text % {"n": days, "anchor": anchor}


def _all(parts: list[str]) -> str:
    return _(" and ").join(parts)


def _any(parts: list[str]) -> str:
    return "(" + _(" or ").join(parts) + ")" if len(parts) > 1 else "".join(parts)


def _trait(trait: Trait) -> str:
    if not trait.name.startswith(ACCOUNT):
        return _test(trait.name, trait.test)
    return _test(_("%(trait)s of their account") % {"trait": trait.name.removeprefix(ACCOUNT)}, trait.test)


def _did(did: Did, called: dict[str, str] | None = None) -> str:
    where = ", ".join(_test(name, test) for name, test in did.where.items())
    subject = f"{did.name} ({where})" if where else did.name
    return _joined(subject, _count(did), _within(did), _since(did, called or {}))


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


def _within(condition: Did | Sequence_ | Reached) -> str:
    return "" if condition.within is None else _("within %(length)s") % {"length": duration(condition.within)}


def _since(condition: Did | Reached, called: dict[str, str]) -> str:
    if condition.since is None:
        return ""
    return _("since %(moment)s") % {"moment": _anchor(condition.since, called)}


def _anchor(since: str, called: dict[str, str]) -> str:
    """What is counted from: a milestone or trait by its title, a day as it is typed."""
    known = {"start": _("the start"), "goal": _("the goal was set")}
    kind, _colon, key = since.partition(":")
    if kind == "trait":
        owner = _("%(trait)s of their account") if key.startswith(ACCOUNT) else "%(trait)s"
        return owner % {"trait": key.removeprefix(ACCOUNT)}
    return known.get(since) or (_("“%(title)s”") % {"title": called.get(key, key)} if key else since)


def _test(name: str, test: Test) -> str:
    if test.op == "exists":
        return _("%(name)s is known") % {"name": name} if test.value else _("%(name)s is not known") % {"name": name}
    return f"{name} {_TESTS[test.op]} {shown(test.value)}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

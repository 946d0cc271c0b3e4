"""How the console's templates write numbers, times and files: by the reader's language and the workspace's zone."""

from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from milepost.console.clock import now

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file; it changes with the file, so that no browser shows an old one."""
    path = f"built/console/{name}"
    return f"{static(path)}?v={_fingerprint(path)}"


@lru_cache
def _fingerprint(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return "missing"
    with open(found, "rb") as file:
        return blake2b(file.read(), digest_size=6).hexdigest()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A drawing beside words, which screen readers pass over."""
    kind = f"icon icon--{size}" if size else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', kind, asset("icons.svg"), name
    )


@register.filter
def number(value: float) -> str:
    """1 234 or 1,234: by the reader's language."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float) -> str:
    """A share of 0..1 as whole per cent; one digit more below ten, where it matters."""
    digits = 1 if 0.0005 <= share < 0.1 else 0
    shown = formats.number_format(round(share * 100, digits), decimal_pos=digits, use_l10n=True)
    return gettext("%(number)s%%") % {"number": shown}


@register.filter
def day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


@register.filter
def clock(at: datetime) -> str:
    return formats.time_format(timezone.localtime(at), "TIME_FORMAT")


@register.filter
def moment(at: datetime) -> SafeString:
    """An instant to the minute, machine-readable too."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), formats.date_format(local, "DATETIME_FORMAT")
    )


@register.filter
def ago(at: datetime) -> SafeString:
    """How long ago, in its largest unit; the exact instant on hovering."""
    local = timezone.localtime(at)
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, _ago(now() - at))


def _ago(length: timedelta) -> str:
    if length < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(length)s ago") % {"length": duration(length)}


@register.filter
def duration(length: timedelta) -> str:
    """A length of time in its largest unit that leaves two digits to read: 45 min, 3 h, 5 days."""
    minutes = int(length.total_seconds() // 60)
    whole = length.total_seconds() == minutes * 60
    if minutes < 1:
        seconds = int(length.total_seconds())
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if minutes < 60 or (minutes < 120 and not (whole and minutes % 60 == 0)):
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 1440 or (minutes < 2880 and not (whole and minutes % 1440 == 0)):
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": number(minutes // 1440)}


@register.filter
def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]) or "?"


@register.filter
def unlocalized(value: float) -> str:
    """A number inside a drawing, whatever the reader's language writes numbers like."""
    return str(value)


@register.filter
def times(value: float, factor: float) -> Any:
    """For positions in a drawing."""
    return round(value * factor, 2)

"""A checklist as the browser shows it: the posts of a plan, each with its date and with what helps to get there."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.translation import ngettext

from milepost.core.delivery.piece import PieceItem, PieceTask
from milepost.core.success.help import help_with
from milepost.core.success.personal import PersonalPlan, Post
from milepost.delivery.channels.in_app.text import line, way
from milepost.delivery.rendering import Occasion, contact_card


def items(plan: PersonalPlan | None, occasion: Occasion) -> dict[str, Any]:
    """The fields of `ChecklistBody` that tell of the plan. Without one there is nothing to tick."""
    if plan is None:
        return {}
    return {
        "items": tuple(_item(post, occasion) for post in plan.posts),
        "progress": plan.progress,
        "next": plan.next.key if plan.next else None,
    }


def _item(post: Post, occasion: Occasion) -> PieceItem:
    function = next((each for each in post.functions if each.url), next(iter(post.functions), None))
    return PieceItem(
        key=post.key,
        title=line(post.title, occasion),
        done=post.reached_at is not None,
        skipped=post.skipped,
        due=post.due_on,
        due_text=_day(post.due_on) if post.due_on else "",
        effort=_effort(occasion.document.milestones[post.key].effort),
        start=help_with(occasion.document, post.key),
        url=way(function.url) if function else None,
        function=line(function.title, occasion) if function else "",
        owner=_who("team", occasion) if post.tasks and all(task.owner == "team" for task in post.tasks) else "",
        tasks=tuple(_tasks(post, occasion)),
    )


def _day(day: date) -> str:
    """Day and month; in languages that decline the month its name as it stands beside a day (`E`)."""
    return dateformat.format(day, get_format("MONTH_DAY_FORMAT").replace("F", "E"))


def _tasks(post: Post, occasion: Occasion) -> Iterator[PieceTask]:
    for task in post.tasks:
        yield PieceTask(title=line(task.title, occasion), owner=_who(task.owner, occasion))


def _who(owner: str, occasion: Occasion) -> str:
    """Who does it, by name; nothing for what people do themselves."""
    card = contact_card(occasion) if owner == "team" else None
    return card.name if card else ""


def _effort(effort: timedelta | None) -> str:
    """About how long it takes, in the largest unit that is at least one."""
    minutes = round(effort.total_seconds() / 60) if effort else 0
    if minutes >= 60 * 24:
        return ngettext("%(n)d day", "%(n)d days", minutes // (60 * 24)) % {"n": minutes // (60 * 24)}
    if minutes >= 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if minutes else ""

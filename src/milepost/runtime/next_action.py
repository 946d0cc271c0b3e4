"""The one thing for somebody to do now, and why, in their language: the same for their product, the API and the team."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from milepost.core.delivery.language import preferences, say
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Survey
from milepost.core.success.help import help_with
from milepost.core.success.personal import PersonalPlan, Post
from milepost.people.languages import interface_language


class NextAction(Struct, frozen=True, kw_only=True):
    """Absent: `milestone` is empty before there is a plan; `start` (a piece that helps) and `url` where there is none."""

    milestone: str
    title: str
    reason: str
    start: str | None
    url: str | None


def next_step(document: Document, plan: PersonalPlan | None, locale: str) -> NextAction | None:
    """None when nothing is left to do. First what they want, since everything else follows from it; then the next post of
    their plan."""
    languages = preferences(locale, document.locales.default)
    with translation.override(interface_language(languages[0])):
        if plan is None:
            return _first_question(document, languages)
        return _post(document, plan, plan.next, languages) if plan.next else None


def _first_question(document: Document, languages: tuple[str, ...]) -> NextAction | None:
    """The survey that asks for the goal, of a program that has one."""
    for key, content in document.content.items():
        if isinstance(content, Survey) and any(question.kind == "goal" for question in content.questions):
            why = _("So that your plan is about what you want.")
            return NextAction(milestone="", title=say(content.title, languages), reason=why, start=key, url=None)
    return None


def _post(document: Document, plan: PersonalPlan, post: Post, languages: tuple[str, ...]) -> NextAction:
    why = _("It is the next step to what you want: %(goal)s") % {"goal": say(plan.problem, languages)}
    if post.late and post.due_on:
        why = _("It was planned for %(day)s, and what follows waits for it.") % {"day": date_format(post.due_on)}
    return NextAction(
        milestone=post.key,
        title=say(post.title, languages),
        reason=why,
        start=help_with(document, post.key),
        url=next((function.url for function in post.functions if function.url), None),
    )

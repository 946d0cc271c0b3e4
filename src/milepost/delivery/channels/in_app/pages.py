"""A deck, and the lessons of a course, as the browser pages through them."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from milepost.core.delivery.language import say
from milepost.core.delivery.piece import PiecePage, PieceQuiz, QuizOption
from milepost.core.delivery.report import lesson_keys
from milepost.core.program.kinds.content import Course, DeckPiece, Lesson, QuizQuestion
from milepost.core.program.kinds.deck import Page
from milepost.core.success.personal import PersonalPlan, Post
from milepost.delivery import showings
from milepost.delivery.channels.in_app.text import html, line, way
from milepost.delivery.rendering import Occasion, contact_card
from milepost.delivery.tokens import Showing

#: So many posts are the first steps.
_FIRST = 3


def page_url(key: str, occasion: Occasion) -> str:
    """Where the piece is to be seen without the product; empty while nobody is known. A certificate is of somebody whose
    id can be signed for."""
    certifies = isinstance(occasion.document.content.get(key), Course)
    if occasion.person is None or (certifies and occasion.person.user_id is None):
        return ""
    return showings.page_url(Showing(occasion.effect.workspace, occasion.person.uid, key))


def lessons(course: Course, occasion: Occasion) -> dict[str, Any]:
    return {
        "title": line(course.title, occasion),
        "body_html": html(course.body, occasion),
        "button": line(course.certificate, occasion),
        "pages": tuple(map(partial(_lesson, occasion), lesson_keys(course), course.lessons)),
    }


def _lesson(occasion: Occasion, key: str, lesson: Lesson) -> PiecePage:
    return PiecePage(
        key=key,
        title=line(lesson.title, occasion),
        body_html=html(lesson.body, occasion),
        video=way(lesson.video),
        start=lesson.start,
        quiz=tuple(_quiz(question, occasion) for question in lesson.quiz),
    )


def _quiz(question: QuizQuestion, occasion: Occasion) -> PieceQuiz:
    options = question.options.items()
    return PieceQuiz(
        ask=line(question.ask, occasion),
        options=tuple(
            QuizOption(value=key, text=line(text, occasion), right=key == question.right) for key, text in options
        ),
        why_html=html(question.why, occasion),
    )


def deck_pages(piece: DeckPiece, occasion: Occasion) -> dict[str, Any]:
    """Its pages that have something to say to this person: without a plan there is no page of its milestones."""
    deck = occasion.document.decks.get(piece.deck)
    drawn = ((name, *_PAGES[name](occasion)) for name in deck.pages) if deck else ()
    # A safe string is of no type that is written as JSON; with another one at its end it is a string again.
    pages = tuple(PiecePage(key=name, title=title, body_html=body + "") for name, title, body in drawn if body)
    return {"title": line(piece.title, occasion), "pages": pages}


Drawn = tuple[str, SafeString | str]


def _goal(occasion: Occasion) -> Drawn:
    plan = occasion.plan
    if plan is None:
        return _("What you came for"), ""
    said = format_html("<blockquote>{}</blockquote>", say(plan.problem, occasion.languages))
    return _("What you came for"), said + format_html("<p>{}</p>", plan.expects) if plan.expects else said


def _milestones(occasion: Occasion) -> Drawn:
    return _("Your way"), _list(_posts(occasion, lambda plan: plan.posts))


def _first_steps(occasion: Occasion) -> Drawn:
    left = _posts(occasion, lambda plan: [post for post in plan.posts if post.reached_at is None and not post.skipped])
    return _("Your first steps"), _list(left[:_FIRST], numbered=True)


def _functions(occasion: Occasion) -> Drawn:
    plan = occasion.plan
    return _("What helps you with it"), _list(
        [say(each.title, occasion.languages) for each in plan.functions] if plan else []
    )


def _progress(occasion: Occasion) -> Drawn:
    plan = occasion.plan
    if plan is None:
        return _("How far you are"), ""
    words = _("%(reached)d of %(total)d reached") % {"reached": plan.reached, "total": plan.total}
    return _("How far you are"), format_html("<p><strong>{}</strong></p>", words)


def _measures(occasion: Occasion) -> Drawn:
    known = [
        f"{say(measure.title or key, occasion.languages)}: {told['last']} → {told['target']} {told['unit']}"
        for key, told in occasion.told.get("measure", {}).items()
        if (measure := occasion.document.measures.get(key)) and "last" in told and "target" in told
    ]
    return _("What we measure"), _list(known)


def _expectations(occasion: Occasion) -> Drawn:
    expects = occasion.plan.expects if occasion.plan else ""
    return _("What you expect"), format_html("<p>{}</p>", expects) if expects else ""


def _contact(occasion: Occasion) -> Drawn:
    card = contact_card(occasion)
    if card is None:
        return _("Whom to ask"), ""
    mail = format_html('<a href="mailto:{0}">{0}</a>', card.email) if card.email else ""
    hours = format_html("<p>{}</p>", card.hours) if card.hours else ""
    return _("Whom to ask"), format_html("<p><strong>{}</strong></p><p>{}</p>{}", card.name, mail, hours)


_PAGES: dict[Page, Callable[[Occasion], Drawn]] = {
    "goal": _goal,
    "milestones": _milestones,
    "first-steps": _first_steps,
    "functions": _functions,
    "progress": _progress,
    "measures": _measures,
    "expectations": _expectations,
    "team": _contact,
    "contact": _contact,
}


def _posts(occasion: Occasion, of: Callable[[PersonalPlan], Iterable[Post]]) -> list[str]:
    return [_said(post, occasion) for post in of(occasion.plan)] if occasion.plan else []


def _said(post: Post, occasion: Occasion) -> str:
    mark = "✓ " if post.reached_at else ""
    return f"{mark}{line(post.title, occasion)}"


def _list(items: list[str], *, numbered: bool = False) -> SafeString | str:
    if not items:
        return ""
    tag = "ol" if numbered else "ul"
    rows = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html("<{0}>{1}</{0}>", SafeString(tag), rows)

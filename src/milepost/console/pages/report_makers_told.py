"""What people say of the product and what helps them, as reports: scores, reasons for leaving, responses to obstacles."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milepost.console.pages.answers import LEFT_FOR, answer_in_words
from milepost.console.pages.definitions_words import CHOICES
from milepost.console.pages.report_words import Named
from milepost.console.pages.reports import Figure, Report, Row, Table, bars
from milepost.console.pages.words import in_our_language
from milepost.core.insights.responses import ResponsesAnswer
from milepost.core.insights.satisfaction import Lost, LostToAnswer, SatisfactionAnswer, Score

_NOT_SAID = "–"


def satisfaction(answer: SatisfactionAnswer, named: Named) -> Report:
    head = (
        *(_("Question"), _("Survey"), _("Program"), _("Stage"), _("Answers for it"), _("Good"), _("Bad")),
        *(_("On average"), _("Score"), _("People")),
    )
    return Report(
        n=sum(each.n for each in answer.scores),
        chart=bars(
            _("The share of the good"), [(_asked(each, named), each.good) for each in answer.scores], name=_("Good")
        ),
        tables=(Table(_("Scores"), head, tuple(_score(each, named) for each in answer.scores)),),
        teaches=_(
            "Ask in a survey how satisfied people are (csat, stars), how easy it was (ces), who would recommend it."
        ),
        example="content:\n  how-easy:\n    kind: survey\n    title: One question\n    stage: setup\n"
        "    questions:\n      - {key: ease, kind: ces, ask: How easy was it to begin?}",
    )


def _asked(score: Score, named: Named) -> str:
    question = named.question(score.question)
    return in_our_language(question.ask, named.document) if question else score.question


def _score(score: Score, named: Named) -> Row:
    return (
        _asked(score, named),
        named.content(score.survey),
        score.program,
        str(CHOICES.get(score.stage, score.stage)) if score.stage else _NOT_SAID,
        score.owner or _NOT_SAID,
        score.good,
        score.bad,
        _NOT_SAID if score.mean is None else score.mean,
        _NOT_SAID if score.score is None else score.score,
        score.n,
    )


def lost_to(answer: LostToAnswer, named: Named) -> Report:
    head = (_("They said"), _("Asked for"), _("Last milestone reached"), _("People"))
    return Report(
        n=answer.n,
        figures=(Figure(_("People who said why"), answer.n),),
        tables=(Table(_("Why people leave, and for whom"), head, tuple(_lost(each, named) for each in answer.lost)),),
        teaches=_(
            "A survey that says by `leaving` which of its questions ask for the reason and the competitor fills this."
        ),
        example="content:\n  exit:\n    kind: survey\n    title: Why do you leave?\n"
        "    leaving: {reason: why, competitor: whom}",
    )


def _lost(lost: Lost, named: Named) -> Row:
    question = named.question(lost.question)
    said = answer_in_words(question, lost.answer, named.document) if question else lost.answer
    return (said, str(LEFT_FOR[lost.what]), named.milestone(lost.milestone) or _NOT_SAID, lost.n)


def _community(answer: ResponsesAnswer) -> tuple[Figure, ...]:
    """Where obstacles name peers, whether people go to them and whether that helps."""
    if not any(each.response == "peer" and each.obstacles for each in answer.responses):
        return ()
    joined = answer.community
    return Figure(_("Joined the community"), joined.joined), Figure(_("Resolved after joining"), joined.resolved)


def responses(answer: ResponsesAnswer, named: Named) -> Report:
    words = {
        "product change": _("Product change"), "guide": _("Guide"), "content": _("Content"), "reminder": _("Reminder"),
        "human": pgettext("a response", "A person of the team"), "peer": _("Other users"), "offer": _("Offer"),
    }  # fmt: skip
    rows = tuple((words[each.response], each.obstacles, each.cases, each.resolved) for each in answer.responses)
    changes = tuple(
        (
            named.obstacle(each.milestone, each.obstacle),
            named.milestone(each.milestone),
            date_format(each.done_on, "SHORT_DATE_FORMAT") if each.done_on else _("not yet"),
            each.before,
            each.after,
        )
        for each in answer.changes
    )
    accepted = tuple(
        (named.obstacle(each.milestone, each.obstacle), named.milestone(each.milestone), each.why, each.cases)
        for each in answer.accepted
    )
    where = (_("Obstacle"), _("Milestone"))
    return Report(
        n=answer.n + sum(each.cases for each in answer.accepted),
        figures=(
            Figure(_("Got help"), answer.answered),
            Figure(_("Resolved"), answer.resolved),
            Figure(_("Open: no help, not resolved"), answer.open),
            *_community(answer),
        ),
        chart=bars(
            _("Resolved after it came"),
            [(words[each.response], each.resolved) for each in answer.responses if each.cases],
            name=_("Resolved"),
        ),
        tables=(
            Table(_("By type of response"), (_("Response"), _("Obstacles"), _("People"), _("Resolved")), rows),
            Table(_("Product changes"), (*where, _("Done on"), _("Stuck before"), _("Stuck after")), changes),
            Table(_("Accepted obstacles"), (*where, _("Why"), _("People")), accepted),
        ),
        teaches=_("Nobody has been stuck in this time. Obstacles stand at their milestones, with what helps."),
        example="obstacles:\n  lost:\n    stuck: {days_since: start, gte: 2}\n    help:\n      - {guide: first-steps}",
    )

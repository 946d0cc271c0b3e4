"""The insights page: which question, asked how, and its answer as a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from milepost.console.pages.insights import PERIOD, Unknown, not_now
from milepost.console.pages.report_makers import MAKERS
from milepost.console.pages.report_words import Named
from milepost.console.pages.reports import Report, Table, for_csv
from milepost.console.pages.words import every_title
from milepost.core.conditions.memory import leaves
from milepost.core.conditions.types import Did
from milepost.core.conditions.words import describe
from milepost.core.insights.cohorts import KNOWN
from milepost.core.insights.funnel import Dropped
from milepost.core.insights.question import Answer
from milepost.core.program.compile import conditions_of
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder, subject_of
from milepost.core.values import Refused, Unavailable
from milepost.insights.ask import ask
from milepost.insights.given import Given
from milepost.insights.judged import judged, usual
from milepost.insights.questions import QUESTIONS, answered, funnel
from milepost.log import stores
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.workspace.models import Workspace

#: What the page is called, and the question in a sentence.
ASKED: dict[str, tuple[Any, Any]] = {
    "milestones": (gettext_lazy("Milestones"), gettext_lazy("Who comes how far, and where are they lost?")),
    "activation": (gettext_lazy("Activation"), gettext_lazy("How many of those who begin are onboarded?")),
    "time-to-value": (gettext_lazy("Time to value"), gettext_lazy("How long does it take to get there?")),
    "funnel": (gettext_lazy("Funnel"), gettext_lazy("At which step do people leave?")),
    "classic": (gettext_lazy("Classic sequence"), gettext_lazy("Do those who go through everything get anywhere?")),
    "retention": (gettext_lazy("Retention"), gettext_lazy("Who comes back?")),
    "active": (gettext_lazy("Active people"), gettext_lazy("How many are active, and how often?")),
    "engagement": (gettext_lazy("Engagement"), gettext_lazy("How much do people use the product?")),
    "lifecycle": (gettext_lazy("Lifecycle"), gettext_lazy("How far have people come as users?")),
    "know-do": (gettext_lazy("Know–do gap"), gettext_lazy("Who knows how, and does not do it?")),
    "paths": (gettext_lazy("Shortest way"), gettext_lazy("What is the easiest way to the result?")),
    "flow": (gettext_lazy("Flow"), gettext_lazy("How do people really go?")),
    "trials": (gettext_lazy("Trials"), gettext_lazy("Do trials lead to payment?")),
    "duration": (gettext_lazy("Duration"), gettext_lazy("Is the program long enough?")),
    "adoption": (gettext_lazy("Adoption"), gettext_lazy("Which functions are used?")),
    "screens": (gettext_lazy("Screens"), gettext_lazy("Where are newcomers left alone?")),
    "searches": (gettext_lazy("Searches"), gettext_lazy("What do people look for and not find?")),
    "registration": (gettext_lazy("Registration"), gettext_lazy("Where does the form stop people?")),
    "first-session": (gettext_lazy("First session"), gettext_lazy("How good is the first impression?")),
    "satisfaction": (gettext_lazy("Satisfaction"), gettext_lazy("How satisfied are people, and with what?")),
    "lost-to": (gettext_lazy("Lost to"), gettext_lazy("Why do people leave, and for whom?")),
    "responses": (gettext_lazy("Responses"), gettext_lazy("What helps against obstacles?")),
    "revenue": (gettext_lazy("Revenue"), gettext_lazy("Do customers spend more and more?")),
}

_BY = ("milestones", "activation", "time-to-value", "funnel", "engagement", "lifecycle")
_WORDS: dict[str, Any] = {
    "week": gettext_lazy("Week"),
    "plan": gettext_lazy("Plan paid for"),
    "source": gettext_lazy("Source"),
    "role": gettext_lazy("Role"),
    "goal": gettext_lazy("Goal"),
    "any": gettext_lazy("any first step"),
    "first": gettext_lazy("the first one only"),
    "strict": gettext_lazy("in this order"),
    "number": gettext_lazy("the log says which was first"),
    "apart": gettext_lazy("neither was first"),
    "day": gettext_lazy("Day"),
    "month": gettext_lazy("Month"),
    "true": gettext_lazy("in exactly that time"),
    "false": gettext_lazy("then or later"),
    "persons": gettext_lazy("people"),
    "accounts": gettext_lazy("accounts"),
}
_DAYS = {"know-do": "7", "engagement": "30", "adoption": "28", "screens": "14", "flow": "14"}
_PAGE = 100
_STEPS = 6
_EMPTY_STEPS = 2


@dataclass(frozen=True, slots=True)
class Field:
    """One part of the form. Shapes: `options` are (value, words, chosen); without them it is typed. `values`: more than one
    for what may be given often."""

    name: str
    label: str
    values: tuple[str, ...]
    options: tuple[tuple[str, str, bool], ...] = ()
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Who:
    """People, or accounts, who came to a step and not to the next. Absent: an empty `more` on the last page."""

    step: str
    people: tuple[tuple[int, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class InsightsPage:
    """Absent: `report` and `answer` are None where nothing could be counted, and `unknown` says why. `losses` are the steps
    of a funnel with the address of who left there."""

    name: str
    title: str
    question: str
    choices: tuple[Choice, ...]
    fields: tuple[Field, ...]
    known: tuple[str, ...]
    query: str
    report: Report | None = None
    answer: Answer | None = None
    unknown: Unknown | None = None
    who: Who | None = None
    losses: tuple[tuple[str, str], ...] = ()


Given_ = Mapping[str, Sequence[str]]


def gather_insights(workspace: Workspace, name: str, parameters: Given_, now: datetime) -> InsightsPage:
    """Raises Refused (404) for a question that there is not."""
    if name not in ASKED:
        raise Refused("no_such_question", "There is no such question.", status=404)
    folder = program.current(workspace.pk).folder
    document = folder.document
    asked = _with_steps(name, parameters, folder)
    given = Given(asked, folder, now=now, tz=workspace.timezone, back=PERIOD)
    report, answer, unknown, who = None, None, None, None
    try:
        answer = answered(stores.current().events, name, given, workspace.pk)
        by = given.text("by", "" if name in ("funnel", "time-to-value") else "week")
        report = MAKERS[name](answer, Named(document, by, answer.counted))
        who = _who(workspace, given) if name == "funnel" and given.text("after") else None
    except Unavailable:
        unknown = not_now()
    except Refused as refusal:
        unknown = Unknown(" ".join(part for part in (refusal.message, refusal.mend) if part))
    title, question = ASKED[name]
    query = urlencode({key: list(values) for key, values in asked.items()}, doseq=True)
    return InsightsPage(
        name=name,
        title=str(title),
        question=str(question),
        choices=tuple(Choice(key, str(words[0]), key == name) for key, words in ASKED.items()),
        fields=tuple(_fields(name, given, asked, workspace)),
        known=tuple(_known(document)),
        query=query,
        report=report,
        answer=answer,
        unknown=unknown,
        who=who,
        losses=tuple(_losses(asked, report)) if name == "funnel" and report else (),
    )


def insights_csv(
    workspace: Workspace, name: str, parameters: Given_, now: datetime
) -> tuple[list[str], list[list[Any]]]:
    """The first table of the report. Raises Refused, Unavailable."""
    page = gather_insights(workspace, name, parameters, now)
    if page.report is None:
        raise Unavailable(page.unknown.reason if page.unknown else "")
    return for_csv(page.report.tables[0] if page.report.tables else Table("", (), ()))


def _with_steps(name: str, parameters: Given_, folder: Folder) -> dict[str, Sequence[str]]:
    """A funnel that nobody has typed goes from the start along the milestones of the first goal."""
    filled = {key: [value for value in values if value] for key, values in parameters.items()}
    asked: dict[str, Sequence[str]] = {key: values for key, values in filled.items() if values}
    if name != "funnel" or asked.get("step"):
        return asked
    document = judged(folder, "accounts" if asked.get("of") == ["accounts"] else usual(folder))
    goals = list(document.goals.values())
    path = [key for key in (goals[0].milestones if goals else document.milestones) if key in document.milestones]
    start = document.start.name if document.start == Did(name=getattr(document.start, "name", "")) else ""
    steps = [*([start] if start else []), *(f"milestone:{key}" for key in path)][:_STEPS]
    return {**asked, "step": steps, "window": asked.get("window", ["30d"])}


def _fields(name: str, given: Given, asked: Given_, workspace: Workspace) -> Iterable[Field]:
    if name == "funnel":
        steps = tuple(asked.get("step", ()))
        yield Field("step", _("Steps"), (*steps, *("",) * _EMPTY_STEPS), kind="steps")
    if name in ("funnel", "classic"):
        yield _typed(given, "window", _("Within"), "30d" if name == "classic" or not asked.get("window") else "14d")
    if name == "funnel":
        yield _chosen(given, "anchor", _("Begins with"), ("any", "first"))
        yield _chosen(given, "order", _("Order"), ("strict", "any"))
        yield _chosen(given, "ties", _("At the same time"), ("number", "apart"))
    if name in ("paths", "time-to-value", "flow"):
        yield _milestone(given, optional=name != "paths")
    if name == "retention":
        yield _chosen(given, "unit", pgettext("a unit of time", "By"), ("week", "day", "month"))
        yield _chosen(given, "bounded", _("Counts who was active"), ("true", "false"))
        yield _typed(given, "units", _("So many of them"), "12")
        yield _typed(given, "begins", _("Begins with"), "", kind="fact")
    if name in ("retention", "active"):
        yield _typed(given, "did", _("Active is who did"), "", kind="fact")
    if _is_choice(name, given.folder):
        yield _chosen(given, "of", _("Of"), ("", "persons", "accounts"))
    if name in _DAYS:
        yield _typed(given, "days", _("Days"), _DAYS[name])
    if name == "flow":
        yield _typed(given, "rare", _("Left out: done by fewer than (%%)") % {}, "10")
    if name == "adoption":
        yield _typed(given, "times", _("At least so often"), "3")
    if name == "duration":
        yield _typed(given, "length", _("Length of the program"), "")
    if name == "trials":
        yield _typed(given, "paid", _("Paid is who did"), "", kind="fact")
    if name in _BY:
        own = ("", *KNOWN[1:]) if name == "funnel" else ("", *KNOWN) if name == "time-to-value" else KNOWN
        yield _chosen(given, "by", _("Cohorts by"), own)
    if name in ("funnel", "retention", "active"):
        yield _among(given)
    zone = ZoneInfo(workspace.timezone)
    for key, label in (("from", _("From")), ("to", _("Until (not included)"))):
        moment = given.instant(key) if _readable(given, key) else None
        yield Field(key, label, (moment.astimezone(zone).date().isoformat() if moment else "",), kind="date")


def _is_choice(name: str, folder: Folder) -> bool:
    """Whether both persons and accounts can be counted."""
    counts = QUESTIONS[name].counts
    return counts == "any" or (counts == "program" and len({subject_of(each) for each in folder.programs}) > 1)


def _readable(given: Given, key: str) -> bool:
    try:
        given.instant(key)
    except Refused:
        return False
    return True


def _typed(given: Given, name: str, label: str, usual: str, *, kind: str = "text") -> Field:
    return Field(name, label, (given.text(name, usual),), kind=kind)


def _chosen(given: Given, name: str, label: str, values: Sequence[str]) -> Field:
    """A word that the list does not have (a trait, say) is kept as it was given."""
    value = given.text(name, values[0])
    known = (*values, *([value] if value not in values else ()))
    words = {**_WORDS, "": _("nothing"), **_own_words(name)}
    options = tuple((each, str(words.get(each, each)), each == value) for each in known)
    return Field(name, label, (value,), options)


def _own_words(name: str) -> dict[str, str]:
    if name == "order":
        return {"any": _("in any order")}
    return {"": _("as usual")} if name == "of" else {}


def _milestone(given: Given, *, optional: bool) -> Field:
    document = given.folder.document
    titles = every_title(document)
    value = given.text("milestone")
    options = [("", _("First value"), not value)] if optional else []
    options += [(key, titles.get(("milestone", key), key), key == value) for key in document.milestones]
    return Field("milestone", pgettext("a milestone", "To"), (value,), tuple(options))


def _among(given: Given) -> Field:
    value, document = given.text("among"), given.folder.document
    options = [("", _("everybody"), not value)]
    if document.onboarded is not None:
        options.append(("onboarded", _("the onboarded"), value == "onboarded"))
    options += [(f"segment:{key}", key, value == f"segment:{key}") for key in document.segments]
    if value and not any(chosen for _key, _words, chosen in options):
        options.append((value, value, True))
    return Field("among", _("Among"), (value,), tuple(options))


def _known(document: Document) -> list[str]:
    """What may be typed as a step: facts that the program speaks of, milestones and segments."""
    dids = {
        leaf.name for _kind, _key, kernel in conditions_of(document) for leaf in leaves(kernel) if isinstance(leaf, Did)
    }
    others = [*(f"milestone:{key}" for key in document.milestones), *(f"segment:{key}" for key in document.segments)]
    return [*sorted(dids | set(document.facts)), *others]


def _losses(asked: Given_, report: Report) -> Iterable[tuple[str, str]]:
    """Each step after which somebody left, and the address of who."""
    rows = report.tables[0].rows
    kept = {key: list(values) for key, values in asked.items() if key not in ("after", "cursor")}
    for place, (row, following) in enumerate(pairwise(rows), 1):
        if row[1] != following[1]:
            yield str(row[0]), urlencode({**kept, "after": place}, doseq=True)


def _who(workspace: Workspace, given: Given) -> Who:
    asked, after = funnel(given, given.period(workspace.pk)), given.number("after", 1)
    cursor = given.text("cursor")
    beyond = int(cursor) if cursor.isdecimal() else -1
    uids = ask(stores.current().events, Dropped(funnel=asked, after=after, limit=_PAGE + 1, beyond=beyond))
    names = people.names(workspace.pk, uids[:_PAGE])
    return Who(
        step=describe(asked.steps[after - 1]),
        people=tuple((uid, names.get(uid, str(uid))) for uid in uids[:_PAGE]),
        more=str(uids[_PAGE - 1]) if len(uids) > _PAGE else "",
    )

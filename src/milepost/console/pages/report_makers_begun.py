"""How people begin, as reports: the form that they fill in, and their first session."""

from django.utils.translation import gettext as _

from milepost.console.pages.report_words import Named
from milepost.console.pages.reports import Figure, Report, Row, Table, bars, seconds
from milepost.core.insights.first_session import FirstSessionAnswer
from milepost.core.insights.registration import Fault, FieldDid, FormDid, RegistrationAnswer

_SHOWN = 10


def registration(answer: RegistrationAnswer, named: Named) -> Report:
    """Fields where people stop come first in the chart; in the table they stand as in the form."""
    several = len(answer.forms) > 1
    fields = [(form, field) for form in answer.forms for field in form.fields]
    head = (
        *((_("Form"),) if several else ()),
        *(_("Field"), _("People"), _("Stopped here"), _("Half within"), _("Found wrong"), _("Corrected"), _("Faults")),
    )
    rows = tuple((*((named.content(form.form),) if several else ()), *_field(field)) for form, field in fields)
    worst = sorted(fields, key=lambda pair: -pair[1].stopped.count)
    return Report(
        n=answer.n,
        figures=tuple(figure for form in answer.forms for figure in _form(form, named, several)),
        chart=bars(_("Where people stop"), [(f.name, f.stopped) for _form, f in worst], name=_("Stopped here"))
        if fields
        else None,
        tables=(Table(_("Fields"), head, rows),),
        teaches=_(
            "Name the form in the program; the browser then tells what filling it in costs, never what was typed."
        ),
        example='content:\n  sign-up-form: {kind: form, title: Sign-up, on: "#sign-up", page: {url: /sign-up}}',
    )


def _form(form: FormDid, named: Named, several: bool) -> list[Figure]:
    of = f"{named.content(form.form)}: " if several else ""
    return [
        Figure(of + _("Sent of those who began"), form.sent),
        Figure(of + _("Taken by the product"), form.taken),
        Figure(of + _("Half sent it within"), seconds(form.seconds)),
        Figure(of + _("Gone without a trace"), form.silent),
    ]


def _field(field: FieldDid) -> Row:
    return (
        field.name,
        field.people,
        field.stopped,
        seconds(field.seconds),
        field.wrong,
        field.corrected,
        ", ".join(map(_fault, field.faults)) or "–",
    )


def _fault(fault: Fault) -> str:
    words = {
        "valueMissing": _("empty"), "typeMismatch": _("of another kind"), "patternMismatch": _("not as it should look"),
        "tooLong": _("too long"), "tooShort": _("too short"), "rangeUnderflow": _("too low"), "badInput": _("not readable"),
        "rangeOverflow": _("too high"), "stepMismatch": _("in between"), "page": _("refused by the page"),
        "customError": _("refused by the page"),
    }  # fmt: skip
    return f"{words.get(fault.kind, fault.kind)} ({fault.people})"


def first_session(answer: FirstSessionAnswer, named: Named) -> Report:
    rows = tuple((each.path, each.people, each.good, each.ended) for each in answer.worst)
    head = (_("Screen"), _("People"), _("Had a good first session"), _("Ended here, and not well"))
    return Report(
        n=answer.n,
        figures=(
            Figure(_("Good first sessions"), answer.good),
            Figure(_("Reached a first win"), answer.won),
            Figure(_("Called it easy"), answer.easy),
            Figure(_("Met an error"), answer.erred),
            Figure(_("Half did something within"), seconds(answer.seconds)),
            Figure(_("Screens seen"), answer.screens),
        ),
        chart=bars(
            _("Good first sessions, by screens seen in them"),
            [(each.path, each.good) for each in answer.worst[:_SHOWN]],
            name=_("Had a good first session"),
        )
        if answer.worst
        else None,
        tables=(Table(_("Screens, the worst first"), head, rows),),
        teaches=_("First sessions count once they are over: half an hour after the last thing that somebody did."),
        example="content:\n  first-day:\n    kind: survey\n    title: One question\n    when: {did: Signed Up}\n"
        "    questions:\n      - {key: ease, kind: ces, ask: It was easy to begin.}",
    )

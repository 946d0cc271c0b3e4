# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What filling in a form costs people: how many get through, and at which field the others stop.

The browser tells it (*Form Started*, and in the end *Form Submitted* or *Form Abandoned* with every field that somebody
came to): never what was typed. A person who tries several times is one person, with the time of all attempts.
"""

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import number_sql, property_sql
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.content import Form
from milepost.core.values import Refused, Undefined

NOBODY_BEGAN = "nobody began it"
NOBODY_SENT = "nobody sent it"
_MOST = 200
_ENDS = (events.FORM_SUBMITTED, events.FORM_ABANDONED)


class Fault(Struct, frozen=True, kw_only=True):
    """`kind` in the browser's words (`typeMismatch`, `tooShort`, …), or `page` where the page itself found fault."""

    kind: str
    people: int


class FieldDid(Struct, frozen=True, kw_only=True):
    """`people` came to it. Of them `stopped` gave up here, for good; `wrong` were told of a fault, `corrected` changed what
    they had entered. `seconds` is the median of the time that each spent in it."""

    name: str
    people: int
    stopped: Rate
    seconds: float
    wrong: Rate
    corrected: Rate
    faults: list[Fault]


class FormDid(Struct, frozen=True, kw_only=True):
    """`n` people began. `sent` of them sent it, of `taken` the product said that it was (its `sent` fact). `silent`: gone,
    and the browser could not say from where. `seconds`: the median from the beginning to the first sending. `fields` in
    the order in which people come to them."""

    form: str
    n: int
    sent: Rate
    taken: Rate
    silent: int
    seconds: float | Undefined
    fields: list[FieldDid]


class RegistrationAnswer(Answer, frozen=True, kw_only=True):
    """`n` people began, each form's counted for itself."""

    n: int
    forms: list[FormDid]


class Registration(Period, frozen=True, kw_only=True):
    """People who first began a form in [from, to). `form`: only this one."""

    form: str | None = None

    def plan(self) -> Plan:
        text = self.text()
        keys = f"list_contains({text.parameters.add(list(self._forms()))}::varchar[], key)"
        began = text.table(
            "select key as form, uid, min(ts) as ts "
            f"from ({told(text, events.FORM_STARTED, 'form')}) where {inside(self, text)} and {keys} group by key, uid"
        )
        ends = text.table(_ends(text, began))
        taken = text.table(self._taken(text, began))
        ended = text.table(
            f"select form, uid, min(ts) filter (sent) as sent_at, arg_max(last, {PLACE}) as last from {ends} "
            "group by form, uid"
        )
        people = text.table(
            "select b.form, b.uid, b.ts, e.sent_at, e.last, e.uid is not null as told, t.uid is not null as taken "
            f"from {began} b left join {ended} e using (form, uid) left join {taken} t using (form, uid)"
        )
        entries = text.table(_entries(ends))
        return text.plan(" union all ".join((_forms(people), _fields(text, people, entries), _faults(entries))))

    def _forms(self) -> dict[str, Form]:
        forms = {key: each for key, each in self.document.content.items() if isinstance(each, Form)}
        if self.form is None:
            return forms
        if self.form not in forms:
            raise Refused("no_such_form", "The program watches no such form.", path="form")
        return {self.form: forms[self.form]}

    def _taken(self, text: Text, began: str) -> str:
        """A select of `(form, uid)`: the product said that it was taken."""
        said = [
            f"select distinct form, uid from {began} b semi join ({_named(text, form.sent)}) f "
            f"on f.uid = b.uid and f.ts >= b.ts where form = {text.parameters.add(key)}"
            for key, form in self._forms().items()
        ]
        return " union all ".join(said) or f"select form, uid from {began}"

    def answer(self, plan: Plan, rows: Rows) -> RegistrationAnswer:
        forms = [self._form(key, rows) for key in self._forms()]
        return RegistrationAnswer(n=sum(each.n for each in forms), forms=forms, **frame(self, plan, self.definition()))

    def _form(self, key: str, rows: Rows) -> FormDid:
        mine = [row for row in rows if row[1] == key]
        n, sent, taken, silent, seconds = next((row[4:9] for row in mine if row[0] == "form"), (0, 0, 0, 0, None))
        faults = [row for row in mine if row[0] == "fault"]
        fields = sorted((row for row in mine if row[0] == "field"), key=lambda row: (row[9], row[2]))
        return FormDid(
            form=key,
            n=n,
            sent=rate(sent, n, NOBODY_BEGAN),
            taken=rate(taken, n, NOBODY_BEGAN),
            silent=silent,
            seconds=Undefined(NOBODY_SENT) if seconds is None else seconds,
            fields=[_field(row, faults) for row in fields[:_MOST]],
        )

    def definition(self) -> str:
        return (
            "People who began to fill in a form for the first time in the period. Sent: the form was sent at some time "
            "after; taken: the product said so by the form's `sent` fact. Somebody stopped at the field that they were in "
            "last, if they never sent it; times are of all their attempts together."
        )


def _named(text: Text, event: str) -> str:
    return f"select f.uid, f.ts from facts f where {text.named(event)}"


def _ends(text: Text, began: str) -> str:
    """A select of `(form, uid, ts, seq, sent, last, fields)`: how attempts ended, from the first one on."""
    fields, last = property_sql("fields", text.parameters), property_sql("last", text.parameters)
    form = f"json_extract_string({property_sql('form', text.parameters)}, '$')"
    told_ = " union all ".join(
        f"select f.uid, f.ts, f.seq, {'true' if event == events.FORM_SUBMITTED else 'false'} as sent, {form} as form, "
        f"json_extract_string({last}, '$') as last, {fields} as fields from facts f where {text.named(event)}"
        for event in _ENDS
    )
    return (
        "select b.form, b.uid, e.ts, e.seq, e.sent, e.last, e.fields "
        f"from {began} b join ({told_}) e using (form, uid) where e.ts >= b.ts"
    )


def _entries(ends: str) -> str:
    """A select of `(form, uid, name, place, x, corrections, errors)`: one row for each field of each attempt."""
    listed = f"select form, uid, json_extract(fields, '$[*]') as list from {ends}"
    each = f"select form, uid, unnest(list) as e, generate_subscripts(list, 1) as place from ({listed})"
    seconds, corrections = (number_sql(f"json_extract(e, '$.{name}')") for name in ("seconds", "corrections"))
    return (
        f"select form, uid, json_extract_string(e, '$.name') as name, place, coalesce({seconds}, 0.0) as x, "
        f"coalesce({corrections}, 0.0) as corrections, json_extract_string(e, '$.errors[*]') as errors from ({each}) "
        "where json_extract_string(e, '$.name') is not null"
    )


_COLUMNS = "select 'form' as what, form, '' as name, '' as fault, "


def _forms(people: str) -> str:
    """Rows `('form', form, '', '', people, sent, taken, silent, median seconds, 0)`."""
    waited = "(epoch_us(sent_at) - epoch_us(ts)) / 1000000.0"
    return (
        f"{_COLUMNS} count(*), count(sent_at), count(*) filter (taken), count(*) filter (not told and not taken), "
        f"median({waited}), 0.0 from {people} group by form"
    )


def _fields(text: Text, people: str, entries: str) -> str:
    """Rows `('field', form, name, '', people, stopped, wrong, corrected, median seconds, place)`."""
    mine = text.table(
        "select form, name, uid, sum(x) as x, sum(corrections) as corrections, sum(len(errors)) as errors, "
        f"min(place) as place from {entries} group by form, name, uid"
    )
    stopped = f"select form, uid, last as name from {people} where sent_at is null and not taken"
    return (
        "select 'field', m.form, m.name, '', count(*), count(s.uid), count(*) filter (m.errors > 0), "
        "count(*) filter (m.corrections > 0), median(m.x), avg(m.place) "
        f"from {mine} m left join ({stopped}) s using (form, uid, name) group by m.form, m.name"
    )


def _faults(entries: str) -> str:
    """Rows `('fault', form, name, kind, people, …)`."""
    each = f"select form, name, uid, unnest(errors) as fault from {entries}"
    return (
        "select 'fault', form, name, fault, count(distinct uid), 0, 0, 0, 0.0, 0.0 "
        f"from ({each}) where fault is not null group by form, name, fault"
    )


def _field(row: tuple[str, str, str, str, int, int, int, int, float, float], faults: Rows) -> FieldDid:
    _, _, name, _, people, stopped, wrong, corrected, seconds, _ = row
    found = [Fault(kind=each[3], people=each[4]) for each in faults if each[2] == name]
    return FieldDid(
        name=name,
        people=people,
        stopped=rate(stopped, people, NOBODY_BEGAN),
        seconds=seconds,
        wrong=rate(wrong, people, NOBODY_BEGAN),
        corrected=rate(corrected, people, NOBODY_BEGAN),
        faults=sorted(found, key=lambda fault: (-fault.people, fault.kind)),
    )

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What people answered to a survey: of everybody the last answer to each question, as of a moment.

An answer that was taken back (null) is none. An answer of several choices counts once for each of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from milepost.core import events
from milepost.core.insights.conditions_sql import PLACE
from milepost.core.insights.plan import Parameters, Plan, instant

Rows = Sequence[tuple[Any, ...]]


class Counted(Struct, frozen=True, kw_only=True):
    """How many people answered at all (`n`), and how many gave each value, the most frequent first."""

    question: str
    n: int
    values: tuple[tuple[Any, int], ...]


class Given(Struct, frozen=True, kw_only=True):
    """One person's last answer to one question."""

    question: str
    uid: int
    at: datetime
    answer: Any


class AnswersCounted(Struct, frozen=True, kw_only=True):
    """How often each value was given. Of `verbatim` questions, whose every answer may differ, only `n` is counted."""

    workspace: int
    questions: tuple[str, ...]
    as_of: datetime
    verbatim: tuple[str, ...] = ()

    def plan(self) -> Plan:
        parameters = Parameters()
        latest = _latest(parameters, self.workspace, self.questions, self.as_of)
        each = "unnest(case when json_type(a) = 'ARRAY' then json_extract(a, '$[*]') else [a] end)"
        own = f"list_contains({parameters.add(list(self.verbatim))}::varchar[], question)"
        return parameters.plan(
            f"with latest as materialized ({latest}), given as (select question, uid, {each}::varchar as value "
            f"from latest where not {own}) select question, null as value, count(*) as n from latest group by question "
            "union all select question, value, count(distinct uid) as n from given group by question, value "
            "order by question, n desc, value"
        )

    def answer(self, plan: Plan, rows: Rows) -> dict[str, Counted]:
        """By question; one that nobody answered is missing."""
        found: dict[str, Counted] = {}
        for question in self.questions:
            own = [(value, n) for key, value, n in rows if key == question]
            n = next((n for value, n in own if value is None), 0)
            values = tuple((msgspec.json.decode(value), n) for value, n in own if value is not None)
            if n:
                found[question] = Counted(question=question, n=n, values=values)
        return found


class AnswersGiven(Struct, frozen=True, kw_only=True):
    """Who answered what, latest first. Absent: without `limit` all of them; `offset` passes over the first."""

    workspace: int
    questions: tuple[str, ...]
    as_of: datetime
    limit: int | None = None
    offset: int = 0

    def plan(self) -> Plan:
        parameters = Parameters()
        latest = _latest(parameters, self.workspace, self.questions, self.as_of)
        part = "" if self.limit is None else f" limit {parameters.add(self.limit)} offset {parameters.add(self.offset)}"
        return parameters.plan(
            f"select question, uid, ts, a::varchar from ({latest}) order by ts desc, question, uid{part}"
        )

    def answer(self, plan: Plan, rows: Rows) -> list[Given]:
        return [
            Given(question=question, uid=uid, at=instant(ts), answer=msgspec.json.decode(answer))
            for question, uid, ts, answer in rows
        ]


def _latest(parameters: Parameters, workspace: int, questions: tuple[str, ...], as_of: datetime) -> str:
    """A select of `(question, uid, ts, a)`: the last answer of each person to each of these questions."""
    name = "json_extract_string(properties, '/question')"
    facts = (
        f"select uid, ts, seq, {name} as question, json_extract(properties, '/answer') as a from facts "
        f"where ws = {parameters.add(workspace)} and event = {parameters.add(events.QUESTION_ANSWERED)} "
        f"and ts <= {parameters.add(as_of)} and list_contains({parameters.add(list(questions))}::varchar[], {name})"
    )
    return (
        f"select question, uid, max(ts) as ts, arg_max(a, {PLACE}) as a from ({facts}) where a is not null "
        f"group by question, uid having json_type(arg_max(a, {PLACE})) <> 'NULL'"
    )

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Which functions are taken up: the share of accounts (or persons) that used each one N times in the last days.

A function is used by each fact that its `used` names; without that, by each fact that decides a milestone it serves.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core.conditions.memory import leaves
from milepost.core.conditions.types import Condition, Did
from milepost.core.conditions.words import describe
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, OfMembers, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, reached_of
from milepost.core.values import Refused, Undefined

NOBODY = {"accounts": "no account has begun in this time", "persons": "nobody started in this time"}
NOT_SEEN = "no fact says that it was used"
_LONGEST = 366


class Adopted(Struct, frozen=True, kw_only=True):
    """`facts`: what counts as a use. `any_use`: who used it at all in these days."""

    function: str
    facts: list[str]
    adopted: Rate
    any_use: Rate


class AdoptionAnswer(Answer, frozen=True, kw_only=True):
    of: str
    n: int
    times: int
    days: int
    functions: list[Adopted]


class Adoption(OfMembers, frozen=True, kw_only=True):
    """Accounts that started in [from, to) (where no program is for accounts, those of the people who started), or people;
    the `days` of 24 hours that end with `as_of`."""

    times: int = 3
    days: int = 28
    of: Of = "accounts"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.days <= _LONGEST:
            raise Refused("days", f"`days` is a number from 1 to {_LONGEST}.", path="days")
        if self.times < 1:
            raise Refused("times", "`times` is at least 1.", path="times")

    def plan(self) -> Plan:
        text = self.text()
        who = "account" if self.of == "accounts" else "uid"
        people = starters(self, text)
        known = f"select f.{who} as who from facts f semi join {people} p on p.uid = f.uid where {text.scope()}"
        subjects = text.table(f"select distinct who from ({known}) where who is not null")
        recent = f"f.ts > {text.as_of} - {text.parameters.length(timedelta(days=self.days))}"
        parts = [f"select '' as key, count(*), 0, 0 from {subjects}"]
        for key, used in self._functions().items():
            counted = (
                f"select {who} as who, count(*) as k from ({_uses(text, used)}) f where {recent} and {who} is not null "
                f"group by {who}"
            )
            parts.append(
                f"select {text.parameters.add(key)}, count(*), count(*) filter (k >= {text.parameters.add(self.times)}), 0 "
                f"from ({counted}) semi join {subjects} using (who)"
            )
        return text.plan(" union all ".join(parts))

    def _functions(self) -> dict[str, tuple[Did, ...]]:
        return {key: used for key in self.document.functions if (used := uses_of(self.document, key))}

    def answer(self, plan: Plan, rows: Rows) -> AdoptionAnswer:
        n, found = rows[0][1], {row[0]: row[1:3] for row in rows[1:]}
        return AdoptionAnswer(
            of=self.of,
            n=n,
            times=self.times,
            days=self.days,
            functions=[self._adopted(key, n, found.get(key)) for key in self.document.functions],
            **frame(self, plan, self.definition()),
        )

    def _adopted(self, key: str, n: int, found: tuple[int, int] | None) -> Adopted:
        facts = [describe(did) for did in uses_of(self.document, key)]
        if found is None:
            unknown = Rate(count=0, n=n, value=Undefined(NOT_SEEN), interval=None)
            return Adopted(function=key, facts=facts, adopted=unknown, any_use=unknown)
        any_use, often = found
        why = NOBODY[self.of]
        return Adopted(function=key, facts=facts, adopted=rate(often, n, why), any_use=rate(any_use, n, why))

    def definition(self) -> str:
        members = "Accounts of the people" if self.of != self.subject else self.who
        return (
            f"{members} {self.that} started in the period, and of them the share that used each function at least "
            f"{self.times} times in the {self.days} days up to the moment of asking."
        )


def uses_of(document: Document, function: str) -> tuple[Did, ...]:
    """The facts that are uses of the function, each once."""
    served = [key for key in document.functions[function].milestones if key in document.milestones]
    own: Condition | None = document.functions[function].used
    asked = [reached_of(document, key) for key in served] if own is None else [expand(own, document)]
    dids = (leaf for kernel in asked for leaf in leaves(kernel))
    found = {did.atom: did for leaf in dids if isinstance(leaf, Did) for did in [Did(name=leaf.name, where=leaf.where)]}
    return tuple(found.values())


def _uses(text: Text, used: tuple[Did, ...]) -> str:
    """A select of `(uid, account, ts)`, each fact once."""
    rows = " union ".join(text.occurrences(did) for did in used)
    return (
        f"select o.uid, f.account, o.ts from ({rows}) o "
        f"join facts f on f.uid = o.uid and f.seq = o.seq and f.ts = o.ts and {text.scope()}"
    )

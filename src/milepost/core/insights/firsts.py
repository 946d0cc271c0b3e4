# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""When each person first came to several things, side by side.

What a single fact decides (a milestone that is reached by the first *Meal Logged*, say) is counted for all of them in one
pass over the facts; whatever asks for more has a table of its own, and is joined.
"""

from collections.abc import Mapping, Sequence

from milepost.core.conditions.types import START, Did, Kernel
from milepost.core.insights.compare_sql import passes_sql, property_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.question import Period
from milepost.core.insights.zones import number_sql
from milepost.core.program.expand import NEVER, expand, reached_of

#: Stands for the document's definition of `onboarded` among the keys of milestones.
ONBOARDED = "@onboarded"


def starters(period: Period, text: Text, keys: Sequence[str] = (), *, week: bool = False) -> str:
    """The table `(uid, ts, t0, t1, …)` of who started in the period (`ts`), and when they reached each of the milestones
    (NULL: not by the moment); with `week` also the number of the week in which they started. Raises Refused for a
    milestone that the program does not have."""
    singles = {key: did for key in (START, *keys) if (did := _single(text, key)) is not None}
    joins: list[str] = []
    passed = text.table(_passed(text, singles)) if singles else ""
    start = passed if START in singles else text.started()
    columns = [f"p.{_column(singles, START) if START in singles else 'ts'} as ts"]
    if singles and START not in singles:
        joins.append(f" left join {passed} f on f.uid = p.uid")
    for place, key in enumerate(keys):
        if key in singles:
            columns.append(f"{'p' if START in singles else 'f'}.{_column(singles, key)} as t{place}")
        else:
            joins.append(f" left join {_table(text, key)} m{place} on m{place}.uid = p.uid")
            columns.append(f"m{place}.ts as t{place}")
    begins, ends = text.parameters.add(period.from_), text.parameters.add(period.to)
    began = f"select p.uid, {', '.join(columns)} from {start} p{''.join(joins)}"
    number = f", {number_sql('week', text, 'ts', period.tz, period.from_, period.to)} as week" if week else ""
    return text.table(f"select *{number} from ({began}) where ts >= {begins} and ts < {ends}")


def earliest(keys: Sequence[str], row: str = "p") -> str:
    """The expression of when the first of these was reached, in the order in which `starters` was given them."""
    columns = ", ".join(f"{row}.t{place}" for place in range(len(keys)))
    return f"least({columns})" if len(keys) > 1 else columns or "null::timestamp"


def waited(text: Text, until: str, row: str = "p") -> str:
    """Whole seconds from the start to `until`, else to the moment; 0 for who was there before the start."""
    return f"greatest(0, epoch_us(coalesce({until}, {text.as_of})) - epoch_us({row}.ts)) // 1000000"


def _passed(text: Text, singles: Mapping[str, Did]) -> str:
    """A select of `(uid, f0, f1, …)`: one column for each, in their order."""
    names = {did.name: text.parameters.add(did.name) for did in singles.values()}
    columns = [
        f"min(f.ts) filter (where {' and '.join([f'f.event = {names[did.name]}', *_tests(text, did)])}) "
        f"as {_column(singles, key)}"
        for key, did in singles.items()
    ]
    events = ", ".join(names.values())
    return (
        f"select f.uid, {', '.join(columns)} from facts f where {text.scope()} and f.event in ({events}) group by f.uid"
    )


def _column(singles: Mapping[str, Did], key: str) -> str:
    return f"f{list(singles).index(key)}"


def _tests(text: Text, did: Did) -> list[str]:
    return [
        passes_sql(test, property_sql(name, text.parameters), "f.ts", text.parameters)
        for name, test in did.where.items()
    ]


def _single(text: Text, key: str) -> Did | None:
    """The fact that decides it by itself, the first time; None where it takes more."""
    kernel = _kernel(text, key)
    return kernel if isinstance(kernel, Did) and kernel == Did(name=kernel.name, where=kernel.where) else None


def _kernel(text: Text, key: str) -> Kernel | None:
    document = text.document
    if key == START:
        return expand(document.start, document)
    if key == ONBOARDED:
        return expand(document.onboarded or NEVER, document)
    return reached_of(document, key) if key in document.milestones else None


def _table(text: Text, key: str) -> str:
    """The table `(uid, ts, seq)`. Raises Refused for a milestone that is not there."""
    if key == ONBOARDED:
        return text.table(text.first_instants(expand(text.document.onboarded or NEVER, text.document)))
    return text.reached(key)

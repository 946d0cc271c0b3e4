"""The comparisons of `core.conditions.compare` as DuckDB SQL over a JSON value. A test is true or false, never NULL."""

from typing import Any

from milepost.core.conditions.compare import DATE_PATTERN, moment, number, relative, scalar
from milepost.core.conditions.types import Test
from milepost.core.insights.plan import Parameters

_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def property_sql(name: str, parameters: Parameters, properties: str = "f.properties") -> str:
    """The JSON value of a property; NULL when it is absent."""
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return f"json_extract({properties}, {parameters.add(pointer)})"


def property_text_sql(name: str, parameters: Parameters) -> str:
    """The property as a text (a number or boolean as it is written); NULL when it is absent or null."""
    return _text(property_sql(name, parameters))


def passes_sql(test: Test, value: str, now: str, parameters: Parameters) -> str:
    """Whether the JSON expression `value` compares as asked at the timestamp expression `now`."""
    if test.op == "exists":
        return _exists(test.value, value)
    if test.op == "is_not":
        return f"(not {_is(test.value, value, parameters)})"
    if test.op == "is":
        return _is(test.value, value, parameters)
    if test.op == "in":
        return _in(test.value, value, parameters)
    if test.op == "contains":
        return _contains(test.value, value, parameters)
    if test.op in _COMPARE:
        return _ordered(_COMPARE[test.op], test.value, value, parameters)
    return _dated(test, value, now, parameters)


def scalar_sql(value: str) -> str:
    """A text that is equal for equal values, and only for them; NULL for what is no text, number or boolean."""
    return (
        f"(case json_type({value}) when 'VARCHAR' then 's' || {_text(value)} when 'BOOLEAN' then 'b' || {_text(value)} "
        f"else 'n' || ({number_sql(value)} + 0.0)::varchar end)"
    )


def number_sql(value: str) -> str:
    """A finite DOUBLE; NULL for what is no number."""
    parsed = f"try_cast({_text(value)} as double)"
    numeric = f"json_type({value}) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')"
    return f"(case when {numeric} and isfinite({parsed}) then {parsed} end)"


def moment_sql(value: str) -> str:
    """The TIMESTAMP that a date text names; NULL for anything else."""
    text = _text(value)
    zoned = (
        f"(case when regexp_matches({text}, '(Z|[+-]..:..)$') then {text} "
        f"when length({text}) = 10 then {text} || ' 00:00:00Z' else {text} || 'Z' end)"
    )
    is_date = f"json_type({value}) = 'VARCHAR' and regexp_full_match({text}, '{DATE_PATTERN}')"
    return f"(case when {is_date} then make_timestamp(epoch_us(try_cast({zoned} as timestamptz))) end)"


def _text(value: str) -> str:
    return f"json_extract_string({value}, '$')"


def _true(expression: str) -> str:
    return f"coalesce({expression}, false)"


def _exists(asked: Any, value: str) -> str:
    if not isinstance(asked, bool):
        return "false"
    present = _true(f"json_type({value}) <> 'NULL'")
    return present if asked else f"(not {present})"


def _is(asked: Any, value: str, parameters: Parameters) -> str:
    wanted = scalar(asked)
    if wanted is None:
        return "false"
    if isinstance(wanted, float):
        return _true(f"{number_sql(value)} = {parameters.add(wanted)}")
    kind, text = ("BOOLEAN", str(wanted).lower()) if isinstance(wanted, bool) else ("VARCHAR", wanted)
    return _true(f"(json_type({value}) = '{kind}' and {_text(value)} = {parameters.add(text)})")


def _in(asked: Any, value: str, parameters: Parameters) -> str:
    options = asked if isinstance(asked, list | tuple) else ()
    return "(" + " or ".join(["false", *(_is(one, value, parameters) for one in options)]) + ")"


def _contains(asked: Any, value: str, parameters: Parameters) -> str:
    elements = f"json_extract({value}, '$[*]')"
    member = (
        f"(json_type({value}) = 'ARRAY' and len(list_filter({elements}, lambda x: {_is(asked, 'x', parameters)})) > 0)"
    )
    if not isinstance(asked, str):
        return _true(member)
    inside = f"(json_type({value}) = 'VARCHAR' and contains({_text(value)}, {parameters.add(asked)}))"
    return f"({_true(member)} or {_true(inside)})"


def _ordered(operator: str, asked: Any, value: str, parameters: Parameters) -> str:
    if isinstance(asked, str):
        return _true(f"(json_type({value}) = 'VARCHAR' and {_text(value)} {operator} {parameters.add(asked)})")
    wanted = number(asked)
    return "false" if wanted is None else _true(f"{number_sql(value)} {operator} {parameters.add(wanted)}")


def _dated(test: Test, value: str, now: str, parameters: Parameters) -> str:
    by, bound = relative(test.value), moment(test.value)
    if by is not None:
        operator = "<=" if test.op == "before" else ">"
        return _true(f"{moment_sql(value)} {operator} {now} + {parameters.length(by)}")
    if bound is None:
        return "false"
    return _true(f"{moment_sql(value)} {'<' if test.op == 'before' else '>'} {parameters.add(bound)}")

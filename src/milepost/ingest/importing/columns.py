"""Which column says what: guessed from names that are in use, unless the caller says otherwise.

Names are compared without case, blanks, `_`, `-` and `$`, so `userId`, `user_id` and `User ID` are one name.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from msgspec import Struct

from milepost.core.values import Refused

Role = Literal["person", "anonymous", "account", "event", "time", "message_id"]
ROLES: tuple[Role, ...] = get_args(Role)

#: In order of preference: process mining (XES), Segment and its kin, names in common use.
_USUAL: dict[Role, tuple[str, ...]] = {
    "person": (
        *("case:concept:name", "userid", "distinctid", "personid", "person", "customerid", "memberid", "caseid"),
        "user",
    ),
    "anonymous": ("anonymousid", "deviceid", "visitorid"),
    "account": ("groupid", "accountid", "companyid", "organizationid", "account"),
    "event": ("concept:name", "event", "eventname", "activity", "action", "eventtype"),
    "time": (
        *("time:timestamp", "originaltimestamp", "timestamp", "ts", "time", "eventtime", "occurredat", "createdat"),
        *("sentat", "receivedat", "datetime", "date"),
    ),
    "message_id": ("messageid", "insertid"),
}  # fmt: skip
_IGNORED = str.maketrans("", "", " _-$")


class Columns(Struct, frozen=True, kw_only=True):
    """The column of each role. Absent: None where no column has it. All other columns become properties."""

    person: str | None = None
    anonymous: str | None = None
    account: str | None = None
    event: str | None = None
    time: str | None = None
    message_id: str | None = None

    def taken(self) -> dict[Role, str]:
        return {role: column for role in ROLES if (column := getattr(self, role)) is not None}


def parse(pairs: Iterable[str]) -> dict[Role, str]:
    """`["person=case:concept:name", …]` as roles and columns."""
    chosen: dict[Role, str] = {}
    for pair in pairs:
        name, separator, column = pair.partition("=")
        role = next((role for role in ROLES if role == name), None)
        if role is None or not separator or not column:
            raise Refused(
                "map",
                f"'{pair}' does not say which column is what.",
                mend=f"Write ROLE=COLUMN; roles: {', '.join(ROLES)}.",
            )
        chosen[role] = column
    return chosen


def choose(header: Sequence[str], chosen: Mapping[Role, str], *, constant_event: bool) -> Columns:
    """What was chosen, and for the other roles the first column with a usual name.

    Raises Refused when a chosen column is not there, or when nothing says who, what or when.
    """
    for role, column in chosen.items():
        if column not in header:
            raise Refused("no_column", f"There is no column '{column}' (for {role}).", mend=_there_are(header))
    columns = dict(chosen)
    for role in ROLES:
        if role not in columns and not (role == "event" and constant_event):
            _guess(role, header, columns)
    found = Columns(**columns)
    _complete(found, header, constant_event)
    return found


def _guess(role: Role, header: Sequence[str], columns: dict[Role, str]) -> None:
    free = {_plain(column): column for column in reversed(header) if column not in columns.values()}
    column = next((free[name] for name in _USUAL[role] if name in free), None)
    if column is not None:
        columns[role] = column


def _complete(columns: Columns, header: Sequence[str], constant_event: bool) -> None:
    missing = {
        "person": columns.person is None and columns.anonymous is None,
        "event": columns.event is None and not constant_event,
        "time": columns.time is None,
    }
    for role, is_missing in missing.items():
        if is_missing:
            other = ", or --event NAME for all rows" if role == "event" else ""
            raise Refused(
                "no_column", f"No column says the {role}.", mend=f"Add --map {role}=COLUMN{other}. {_there_are(header)}"
            )


def _there_are(header: Sequence[str]) -> str:
    return f"Columns: {', '.join(header)}."


def _plain(column: str) -> str:
    return column.lower().translate(_IGNORED)

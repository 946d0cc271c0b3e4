# ruff: noqa: S608 - every name in this SQL is ours
"""Whose facts a question counts: those of persons, or those of accounts.

A program is gone through by its subjects: a program for users or employees by persons, one for customers by accounts. An
account is judged by the facts that reach it, whoever of its people they are of, in the order of (time, number), exactly as
a person is by theirs. Which facts reach an account, for the engine and for every question alike:

1. A fact that names an account (`groupId` of a `group` call, or `context.groupId`) is that account's, whoever sent it.
2. Any other fact is the account's to which its person belonged when the log came to it: if it was exactly one. A fact of
   somebody in two accounts that names neither is no account's, and so is a fact of somebody in none.
3. One belongs from one's `group` call until *Account Removed User*. What one did before joining does not follow into the
   account, and what was the account's stays so after one has left. That goes by the order of arrival: a fact that comes
   late is of the account that its person is in when it comes, and counts there from the time that it tells. Only of a
   joining and a leaving that come out of order, the one with the later time holds.
4. Two persons who turn out to be one change nothing of what was an account's. From then on the one person belongs wherever
   either did, so that what names no account is nobody's as soon as that is more than one.
5. What Milepost tells members of their account (`events.OF_ACCOUNTS`), and what it concludes of a person, is no account's.
6. The account's traits are those that `group` calls have given it; its time zone is the trait `timezone` of the last of
   them that names one, else the program's.

In SQL this is one relation: `facts` with the account in the place of the person, and `zones` likewise. Every question that
reads these two names counts accounts as soon as they stand before it.
"""

from collections.abc import Mapping
from typing import Literal

from milepost.core.events import NAME_OF_KIND

Of = Literal["persons", "accounts"]

_ZONE = "json_extract_string(properties, '/timezone')"
_GROUPED = f"account is not null and event = '{NAME_OF_KIND['group']}'"
_NAMED = f"select account, seq, {_ZONE} as zone from main.facts where {_GROUPED}"
#: What stands for the store's own relations of the same names. (Its own are `main.facts` and `main.zones`.)
RELATIONS: Mapping[Of, Mapping[str, str]] = {
    "persons": {},
    "accounts": {
        "facts": "select * replace (account as uid) from main.facts where account is not null",
        "zones": (
            f"select account as uid, arg_max(zone, seq) as zone from ({_NAMED}) "
            "where zone in (select name from pg_timezone_names()) group by account"
        ),
    },
}
#: What a sentence calls them at its beginning, and what goes on about them.
WHO: Mapping[Of, tuple[str, str]] = {"persons": ("People", "who"), "accounts": ("Accounts", "that")}
#: What every answer about accounts says of itself.
RULE = (
    " An account counts by the facts that name it, and by those of people who belonged to it, and to no other account, "
    "when they came."
)

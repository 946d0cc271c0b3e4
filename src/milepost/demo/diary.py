"""The product itself: who is here and what they ate, kept in the visitor's session and nowhere else."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from msgspec import Struct

from milepost.core.values import Refused
from milepost.demo.foods import BY_NAME, MEALS
from milepost.log.clock import new_id

#: Only such ids are taken from the address bar: they are nobody real, so signing them gives nothing away.
_DEMO_USER = re.compile(r"demo-[a-z0-9-]{1,40}")

BUDGET = 1900  # kcal a day, until the visitor sets another
BUDGETS = (1000, 4000)
_MOST_KEPT = 30


class Visitor(Struct, frozen=True):
    user_id: str
    name: str
    email: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""


# Who is here


def sign_up(session: SessionBase, name: str, email: str) -> Visitor:
    """A new visitor; whoever was here before is gone, the language stays."""
    language = session.get("language")
    session.flush()
    if language:
        session["language"] = language
    return _enter(session, Visitor(user_id=f"demo-{new_id()[:8]}", name=name.strip()[:80], email=email.strip()[:200]))


def come_as(session: SessionBase, user_id: str) -> None:
    """Enters as a demo user that somebody chose. Raises Refused for an id that might be somebody's."""
    if not _DEMO_USER.fullmatch(user_id):
        raise Refused("demo_user", "This page signs in ids of the form demo-… only.", mend="Try ?user=demo-maria.")
    known = visitor(session)
    if known is None or known.user_id != user_id:
        session.flush()
        _enter(session, Visitor(user_id=user_id, name=user_id.removeprefix("demo-").title(), email=""))


def visitor(session: SessionBase) -> Visitor | None:
    """Who is signed in; None before sign-up and after log-out."""
    kept = session.get("visitor")
    return Visitor(**kept) if kept else None


def _enter(session: SessionBase, who: Visitor) -> Visitor:
    session["visitor"] = {"user_id": who.user_id, "name": who.name, "email": who.email}
    session["meals"] = []
    return who


# What they ate


def log_meal(session: SessionBase, meal: str, food_name: str) -> dict[str, Any]:
    """Writes a food into today's diary; gives what Milepost is told of it. Raises Refused for what does not exist."""
    row = _row(meal, food_name)
    _keep(session, [*_rows(session), row])
    return {"meal": row["meal"].lower(), "food": row["food"], "calories": row["calories"]}


def use_sample(session: SessionBase, meals: Any) -> list[str]:
    """Fills the diary with a ready-made day; the ids of what was made. Raises Refused for what cannot be eaten here."""
    wanted = meals if isinstance(meals, list) else []
    rows = [
        _row(str(meal.get("meal")), str(meal.get("food")), sample=True) for meal in wanted if isinstance(meal, dict)
    ]
    if not rows:
        raise Refused("no_sample", "This sample day has no meals.", mend="Give meals with a meal and a food.")
    _keep(session, [*_rows(session), *rows])
    return [row["id"] for row in rows]


def remove_sample(session: SessionBase) -> int:
    """Takes the ready-made day out again; how many meals that were."""
    rows = _rows(session)
    own = [row for row in rows if not row["sample"]]
    _keep(session, own)
    return len(rows) - len(own)


def finish_day(session: SessionBase) -> dict[str, Any]:
    """Closes today's diary and opens the next day's; gives what Milepost is told of it."""
    if not _own(session):
        raise Refused("empty_day", "There is nothing in the diary yet.", mend="Log a meal first.", status=409)
    calories = _sum(_own(session))
    told = {"calories": calories, "in_budget": calories <= budget(session)}
    session["days"] = [*session.get("days", []), {**told, "budget": budget(session)}][-_MOST_KEPT:]
    _keep(session, [])
    return told


def today(session: SessionBase) -> dict[str, Any]:
    """Today's meals by their name, with the sums that the page shows."""
    rows, most = _rows(session), budget(session)
    eaten = _sum(rows)
    groups = [_group(name, [row for row in rows if row["meal"] == name]) for name in MEALS]
    return {
        "groups": groups,
        "rows": len(rows),
        "sample": any(row["sample"] for row in rows),
        "eaten": eaten,
        "budget": most,
        "left": max(0, most - eaten),
        "percent": min(100, round(100 * eaten / most)),
    }


def days(session: SessionBase) -> list[dict[str, Any]]:
    """The finished days, latest first."""
    return list(reversed(session.get("days", [])))


# What they set


def budget(session: SessionBase) -> int:
    return int(session.get("budget", BUDGET))


def set_budget(session: SessionBase, typed: str) -> None:
    least, most = BUDGETS
    if not typed.isdecimal() or not least <= int(typed) <= most:
        raise Refused("budget", f"A day's budget is a number from {least} to {most}.", mend="Type one of those.")
    session["budget"] = int(typed)


def buy_premium(session: SessionBase) -> dict[str, Any]:
    """Gives what Milepost is told of it. No money is moved: this is a demonstration."""
    session["premium"] = True
    return {"plan": "premium", "revenue": 4.99, "currency": "EUR"}


def _row(meal: str, food_name: str, *, sample: bool = False) -> dict[str, Any]:
    food = BY_NAME.get(food_name)
    meal = meal.capitalize()
    if food is None or meal not in MEALS:
        raise Refused("no_such_food", "There is no such food or meal.", mend="Choose one from the list.")
    return {
        "id": new_id()[:8],
        "meal": meal,
        "food": food.name,
        "portion": food.portion,
        "calories": food.calories,
        "sample": sample,
    }


def _rows(session: SessionBase) -> list[dict[str, Any]]:
    return list(session.get("meals", []))


def _own(session: SessionBase) -> list[dict[str, Any]]:
    return [row for row in _rows(session) if not row["sample"]]


def _keep(session: SessionBase, rows: list[dict[str, Any]]) -> None:
    session["meals"] = rows[-_MOST_KEPT:]


def _sum(rows: list[dict[str, Any]]) -> int:
    return sum(int(row["calories"]) for row in rows)


def _group(name: str, rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    return {"name": name, "rows": rows, "calories": _sum(rows)}

"""The product itself: what somebody ate, kept in their session and nowhere else."""

from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from milepost.core.values import Refused
from milepost.demo.calories.foods import BY_NAME, MEALS
from milepost.log.clock import new_id

BUDGET = 1900  # kcal a day, until the visitor sets another
BUDGETS = (1000, 4000)
_MOST_KEPT = 30


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


def use_sample_once(session: SessionBase, request: str, template: str, meals: Any) -> list[str]:
    """The same for a request that may come again: what it has made is not made twice."""
    done = session.get("requests", {})
    if request not in done:
        session["requests"] = {**done, request: use_sample(session, meals)}
        session["template"] = template
    ids: list[str] = session["requests"][request]
    return ids


def remove_sample(session: SessionBase) -> dict[str, Any]:
    """Takes the ready-made day out again; how many meals that were, and of which template where that is known."""
    rows = _rows(session)
    own = [row for row in rows if not row["sample"]]
    _keep(session, own)
    return {"removed": len(rows) - len(own), "sample": session.pop("template", None)}


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
    session["plan"] = "premium"
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

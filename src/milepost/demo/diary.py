"""The product itself: who is here and what they ate today, kept in the visitor's session and nowhere else."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from msgspec import Struct

from milepost.core.values import Refused
from milepost.log.clock import new_id

#: Only such ids are taken from the address bar: they are nobody real, so signing them gives nothing away.
_DEMO_USER = re.compile(r"demo-[a-z0-9-]{1,40}")

BUDGET = 1900  # kcal a day
MEALS = ("Breakfast", "Lunch", "Dinner", "Snack")
_MOST_KEPT = 30


class Food(Struct, frozen=True):
    name: str
    portion: str
    calories: int


class Visitor(Struct, frozen=True):
    user_id: str
    name: str
    email: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else "you"


FOODS = (
    Food("Apple", "1 medium, 180 g", 95),
    Food("Apple pie", "1 slice, 125 g", 296),
    Food("Avocado toast", "1 slice", 240),
    Food("Banana", "1 medium, 120 g", 105),
    Food("Borscht", "1 bowl, 300 ml", 165),
    Food("Buckwheat", "1 cup, cooked", 155),
    Food("Caesar salad", "1 plate, 250 g", 330),
    Food("Cheese sandwich", "1 piece", 310),
    Food("Chicken breast", "150 g, grilled", 248),
    Food("Coffee with milk", "1 cup, 240 ml", 38),
    Food("Dark chocolate", "2 squares, 20 g", 120),
    Food("Eggs, scrambled", "2 eggs", 182),
    Food("Greek yogurt", "1 cup, 200 g", 146),
    Food("Lentil soup", "1 bowl, 300 ml", 210),
    Food("Oatmeal with berries", "1 bowl", 268),
    Food("Orange juice", "1 glass, 250 ml", 112),
    Food("Pasta with tomato", "1 plate, 300 g", 420),
    Food("Pizza Margherita", "2 slices", 500),
    Food("Rice, white", "1 cup, cooked", 205),
    Food("Salmon", "150 g, baked", 312),
    Food("Syrniki", "3 pieces", 340),
    Food("Tomato salad", "1 plate, 200 g", 120),
)
_BY_NAME = {food.name: food for food in FOODS}


def search(text: str, most: int = 6) -> list[Food]:
    """Foods with a word that begins with the text, those that begin with it themselves first."""
    wanted = text.strip().lower()
    found = [food for food in FOODS if any(word.startswith(wanted) for word in food.name.lower().split())]
    return sorted(found, key=lambda food: not food.name.lower().startswith(wanted))[:most] if wanted else []


def sign_up(session: SessionBase, name: str, email: str) -> Visitor:
    """A new visitor; whoever was here before is gone."""
    session.flush()
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


def log_meal(session: SessionBase, meal: str, food_name: str) -> dict[str, Any]:
    """Writes a food into today's diary; gives what Milepost is told of it. Raises Refused for what does not exist."""
    food = _BY_NAME.get(food_name)
    if food is None or meal not in MEALS:
        raise Refused("no_such_food", "There is no such food or meal.", mend="Choose one from the list.")
    row = {"meal": meal, "food": food.name, "portion": food.portion, "calories": food.calories}
    session["meals"] = [*session.get("meals", []), row][-_MOST_KEPT:]
    return {"meal": meal.lower(), "food": food.name, "calories": food.calories}


def today(session: SessionBase) -> dict[str, Any]:
    """Today's meals by their name, with the sums that the page shows."""
    rows: list[Mapping[str, Any]] = session.get("meals", [])
    eaten = sum(row["calories"] for row in rows)
    groups = [_group(name, [row for row in rows if row["meal"] == name]) for name in MEALS]
    percent = min(100, round(100 * eaten / BUDGET))
    return {
        "groups": groups,
        "rows": len(rows),
        "eaten": eaten,
        "budget": BUDGET,
        "left": max(0, BUDGET - eaten),
        "percent": percent,
    }


def _group(name: str, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {"name": name, "rows": rows, "calories": sum(row["calories"] for row in rows)}

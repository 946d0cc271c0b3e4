"""What people eat here. Names are kept in English and said in the visitor's language."""

from django.utils.translation import gettext, gettext_noop
from msgspec import Struct

MEALS = (gettext_noop("Breakfast"), gettext_noop("Lunch"), gettext_noop("Dinner"), gettext_noop("Snack"))


class Food(Struct, frozen=True):
    name: str
    portion: str
    calories: int


FOODS = (
    Food(gettext_noop("Apple"), gettext_noop("1 medium, 180 g"), 95),
    Food(gettext_noop("Apple pie"), gettext_noop("1 slice, 125 g"), 296),
    Food(gettext_noop("Avocado toast"), gettext_noop("1 slice"), 240),
    Food(gettext_noop("Banana"), gettext_noop("1 medium, 120 g"), 105),
    Food(gettext_noop("Borscht"), gettext_noop("1 bowl, 300 ml"), 165),
    Food(gettext_noop("Buckwheat"), gettext_noop("1 cup, cooked"), 155),
    Food(gettext_noop("Caesar salad"), gettext_noop("1 plate, 250 g"), 330),
    Food(gettext_noop("Cheese sandwich"), gettext_noop("1 piece"), 310),
    Food(gettext_noop("Chicken breast"), gettext_noop("150 g, grilled"), 248),
    Food(gettext_noop("Coffee with milk"), gettext_noop("1 cup, 240 ml"), 38),
    Food(gettext_noop("Dark chocolate"), gettext_noop("2 squares, 20 g"), 120),
    Food(gettext_noop("Eggs, scrambled"), gettext_noop("2 eggs"), 182),
    Food(gettext_noop("Greek yogurt"), gettext_noop("1 cup, 200 g"), 146),
    Food(gettext_noop("Lentil soup"), gettext_noop("1 bowl, 300 ml"), 210),
    Food(gettext_noop("Oatmeal with berries"), gettext_noop("1 bowl"), 268),
    Food(gettext_noop("Orange juice"), gettext_noop("1 glass, 250 ml"), 112),
    Food(gettext_noop("Pasta with tomato"), gettext_noop("1 plate, 300 g"), 420),
    Food(gettext_noop("Pizza Margherita"), gettext_noop("2 slices"), 500),
    Food(gettext_noop("Rice, white"), gettext_noop("1 cup, cooked"), 205),
    Food(gettext_noop("Salmon"), gettext_noop("150 g, baked"), 312),
    Food(gettext_noop("Syrniki"), gettext_noop("3 pieces"), 340),
    Food(gettext_noop("Tomato salad"), gettext_noop("1 plate, 200 g"), 120),
)
BY_NAME = {food.name: food for food in FOODS}


def search(text: str, most: int = 6) -> list[Food]:
    """Foods with a word that begins with the text, in the visitor's language or in English; those that begin with it
    themselves come first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = [food for food in FOODS if any(word.startswith(wanted) for word in _words(food))]
    return sorted(found, key=lambda food: not gettext(food.name).lower().startswith(wanted))[:most]


def _words(food: Food) -> list[str]:
    return f"{food.name} {gettext(food.name)}".lower().split()

"""A few dozen believable people of the calorie counter: what they want and do, where they get stuck, what they ask."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

#: (when, who, fact, properties); *Identified* carries traits.
Happening = tuple[datetime, str, str, dict[str, Any]]

NAMES = (
    "Maria Ivanova", "Jonas Weber", "Aiko Tanaka", "Priya Nair", "Luis Moreno", "Elena Petrova", "Noah Clarke",
    "Zofia Nowak", "Samuel Okafor", "Ivan Georgiev", "Chloé Martin", "Anders Lund", "Fatima Zahra", "Tomás Silva",
    "Ольга Смирнова", "Grace Kim", "Piotr Wiśniewski", "Hannah Stein", "Мария Кузнецова", "David Levi",
    "Ines Costa", "Marek Dvořák", "Lena Vogel", "Omar Haddad", "Sofia Rossi", "Emil Larsen",
)  # fmt: skip
WORDS = {
    "lose-weight": (
        "I want to fit in my jeans again", "Be lighter before the wedding in September", "Stop buying bigger shirts",
        "Feel good on the beach this summer", "Climb the stairs without puffing",
    ),
    "get-fit": ("Run 5 km with my daughter", "Keep up with my dog", "Have strong legs for the mountains"),
    "eat-healthier": ("More greens, less snacks", "Not be tired after lunch", "Cook instead of ordering"),
}  # fmt: skip
HOPES = ("I will like photos of me again", "More energy for the children", "My doctor will be surprised", "Hiking")
FOODS = ("apple", "porridge", "soup", "salad", "rice and beans", "bread and cheese", "yoghurt", "lentils", "pasta")
QUESTIONS = (
    "How do I log a dish that I cooked myself?",
    "My budget says 1 480 kcal. Is that not too little for me?\nI am 1.85 m and work in construction.",
    "Can I change the target date? I set it too early.",
    "The search does not find kasha. What shall I type?",
    "Does the diary work without internet?",
)
MEALS = ("breakfast", "lunch", "dinner")
SOURCES = ("newsletter", "friend", "search", "search", "search")


def lives(at: datetime, *, days: int, people: int, seed: int) -> list[Happening]:
    """Everything that happens to these people up to the moment, in order of time."""
    dice = random.Random(seed)
    found = [
        each
        for index in range(people)
        for each in _life(dice, index, at - timedelta(hours=dice.uniform(2, days * 24)), at)
    ]
    return sorted((each for each in found if each[0] <= at), key=lambda each: each[0])


def _life(dice: random.Random, index: int, began: datetime, at: datetime) -> Iterator[Happening]:
    who, name = f"user-{1000 + index}", NAMES[index % len(NAMES)]
    traits = {
        "name": name,
        "email": f"{who}@example.com",
        "plan": dice.choice(["free", "free", "trial", "pro"]),
        "source": dice.choice(SOURCES),
        "locale": "en",
    }
    yield began, who, "Identified", traits
    yield began + timedelta(seconds=2), who, "Signed Up", {"plan": traits["plan"]}
    yield began + timedelta(seconds=3), who, "App Opened", {}
    if dice.random() < 0.12:
        return
    goal = dice.choice(["lose-weight", "lose-weight", "get-fit", "eat-healthier"])
    yield from _intake(dice, who, goal, began + timedelta(seconds=40))
    if dice.random() < 0.3:
        for search in range(3):
            moment = began + timedelta(minutes=3 + search)
            yield moment, who, "Food Searched", {"query": dice.choice(["kasha", "tofu", "piroshki"]), "results": 0}
        if dice.random() < 0.4:
            return
    if dice.random() < 0.15:
        return
    first = began + timedelta(minutes=8, hours=dice.lognormvariate(0.6, 1.7))
    yield from _days(dice, who, first, at)
    yield from _weeks(dice, who, goal, began, at)
    if dice.random() < 0.16:
        asked = first + timedelta(hours=dice.uniform(1, 90))
        yield asked, who, "Question Asked", {"text": dice.choice(QUESTIONS), "page": "/demo/diary/"}


def _intake(dice: random.Random, who: str, goal: str, begins: datetime) -> Iterator[Happening]:
    start, target = dice.randrange(72, 104), 0
    target = start - dice.randrange(5, 14)
    numbers = {
        "lose-weight": (("start-weight", "weight", "baseline", start), ("target-weight", "weight", "target", target)),
        "get-fit": (("active-before", "active-days", "baseline", 1), ("active-target", "active-days", "target", 4)),
        "eat-healthier": (("greens-before", "greens", "baseline", 2), ("greens-target", "greens", "target", 5)),
    }[goal]
    answers: list[tuple[str, Any]] = [("goal", goal), ("in-my-words", dice.choice(WORDS[goal]))]
    answers += [(question, value) for question, _, _, value in numbers]
    answers += [("target-date", (begins + timedelta(days=70)).date().isoformat()), ("hope", dice.choice(HOPES))]
    answers += [("experience", dice.choice(["casual", "casual", "experienced"]))]
    left_at = len(answers) if dice.random() < 0.8 else dice.randrange(1, len(answers))
    for place, (question, value) in enumerate(answers[:left_at]):
        moment = begins + timedelta(seconds=8 * place)
        yield moment, who, "Question Answered", {"survey": "intake", "question": question, "answer": value}
        if question == "goal":
            yield moment, who, "Goal Stated", {"goal": value}
        for asked, measure, role, number in numbers:
            if asked == question:
                yield moment, who, "Measure Recorded", {"measure": measure, "value": number, "as": role}
    if left_at == len(answers):
        yield begins + timedelta(seconds=90), who, "Survey Answered", {"survey": "intake"}


def _days(dice: random.Random, who: str, first: datetime, at: datetime) -> Iterator[Happening]:
    """Days in the diary: most stop soon, some make it a habit."""
    lasts = dice.choice([1, 1, 2, 3, 5, 9, 16, 30])
    for day in range(lasts):
        morning = first + timedelta(days=day, minutes=dice.uniform(0, 90) if day else 0)
        if morning > at:
            return
        yield morning - timedelta(minutes=1), who, "App Opened", {}
        for meal in range(dice.randrange(1, 4)):
            moment = morning + timedelta(hours=4 * meal)
            eaten = {"meal": MEALS[meal], "food": dice.choice(FOODS), "calories": dice.randrange(150, 900)}
            yield moment, who, "Meal Logged", eaten
        if dice.random() < 0.75:
            evening = morning + timedelta(hours=10)
            yield evening, who, "Day Completed", {"calories": 1500, "in_budget": dice.random() < 0.7}


def _weeks(dice: random.Random, who: str, goal: str, began: datetime, at: datetime) -> Iterator[Happening]:
    """Weekly check-ins of those who stay."""
    if dice.random() < 0.45:
        return
    value, step = {"lose-weight": (86.0, -0.8), "get-fit": (1.0, 0.6), "eat-healthier": (2.0, 0.6)}[goal]
    question = {"lose-weight": "weight", "get-fit": "active-days", "eat-healthier": "greens"}[goal]
    for week in range(1, 5):
        moment = began + timedelta(days=7 * week, hours=3)
        if moment > at or dice.random() < 0.2:
            return
        value = round(value + step * dice.uniform(-0.4, 1.6), 1)
        yield moment, who, "Question Answered", {"survey": "weekly-weigh-in", "question": question, "answer": value}
        yield moment, who, "Measure Recorded", {"measure": question, "value": value, "as": "value"}
        trouble = dice.choice(["temptation", "time", "tired", "hungry", None, None])
        if trouble:
            yield moment, who, "Question Answered", {
                "survey": "weekly-weigh-in", "question": "trouble", "answer": trouble
            }  # fmt: skip
        stars = dice.choice([3, 4, 4, 5, 5])
        yield moment, who, "Question Answered", {"survey": "weekly-weigh-in", "question": "how-we-do", "answer": stars}
        if week >= 3 and goal == "lose-weight" and dice.random() < 0.5:
            jeans = {"survey": "weekly-weigh-in", "question": "jeans", "answer": "yes-again"}
            yield moment, who, "Question Answered", jeans
            return
        yield moment, who, "Survey Answered", {"survey": "weekly-weigh-in"}

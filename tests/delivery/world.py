"""A small program and its people, as the tests of delivery need them."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from milepost.core.conditions.types import Did
from milepost.core.engine.effects import SendMessage, ShowContent
from milepost.core.program.codec import digest_of
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Advance, Celebration, Guide, Page, Step
from milepost.core.program.kinds.limits import Locales, Support
from milepost.core.program.kinds.message import Link, Message
from milepost.core.program.kinds.milestone import Milestone
from milepost.people.models import Person
from milepost.program.models import Release
from milepost.workspace.models import Workspace

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

WELCOME = """\
# {% if person.first_name %}Thank you, {{ person.first_name }}{% else %}Thank you{% endif %}

You took two minutes to sign up. That is time you could have spent on anything else, so here is what it was for:
**a day on which you know what you ate**, without weighing every crumb.

Three steps, and the first one takes two minutes:

1. Search for what you had for breakfast.
2. Tap it. The calories are in there already.
3. Look at what is left of your day.

People who log one meal on their first day are [three times as likely](/why) to reach their goal.
"""

WELCOME_RU = """\
# Спасибо, {{ person.first_name | default: "друг" }}

Вы потратили две минуты на регистрацию. Вот зачем: **день, про который вы знаете, что съели**.

1. Найдите то, что ели на завтрак.
2. Нажмите. Калории уже посчитаны.

Первый шаг займёт [две минуты](/why).
"""

WELCOME_AR = "# شكرًا لك\n\nلقد استغرقت دقيقتين للتسجيل. **هذا هو السبب.**\n\n- ابحث عن فطورك\n- اضغط عليه\n"

DOCUMENT = Document(
    name="Calorie counter",
    locales=Locales(default="en", others=("ru", "ar")),
    support=Support(
        name={"en": "Anna from support", "ru": "Анна из поддержки"},
        email="help@example.com",
        telegram="@calorie_help",
        hours={"en": "9–18 CET", "ru": "с 9 до 18 (CET)"},
    ),
    milestones={
        "first-meal": Milestone(
            title={"en": "Log your first meal", "ru": "Запишите первый приём пищи"}, reached=Did(name="Meal Logged")
        )
    },
    content={
        "add-food": Guide(
            title="Add your first food",
            steps=(
                Step(title="Search", body="Type **anything**, {{ person.first_name }}.", on="#search"),
                Step(title="Tap it", body="[More](/help)", on=("[data-food]", ".food"), advance=Advance(on="click")),
            ),
            page=Page(url="/diary*"),
            serves="first-meal",
        ),
        "confetti": Celebration(
            title={"en": "{{ person.first_name | default: 'You' }} did it: {{ milestone.title }}", "ru": "Готово!"},
            body="{{ event.calories }} kcal of {{ person.traits.budget }}",
            button="Go on",
        ),
    },
    messages={
        "welcome": Message(
            channel="email",
            purpose="service",
            subject={"en": "Welcome, {{ person.first_name }}", "ru": "Добро пожаловать, {{ person.first_name }}"},
            body={"en": WELCOME, "ru": WELCOME_RU, "ar": WELCOME_AR},
            link=Link(
                text={"en": "Log your first meal", "ru": "Записать первый приём пищи", "ar": "سجل وجبتك"},
                url="/diary?view=day#food",
                start="add-food",
            ),
        ),
        "praise": Message(
            channel="email",
            purpose="care",
            subject="{{ event.calories }} kcal: {{ milestone.title }}",
            body="You logged {{ event.meal }}.",
        ),
        "news": Message(channel="email", purpose="marketing", subject="News", body="Something new."),
        "broken": Message(channel="email", purpose="service", subject="Hello", body="{% for %}"),
    },
)


def make_workspace(document: Document = DOCUMENT) -> Workspace:
    workspace = Workspace.objects.create(slug="default", name="Default", created_at=NOW)
    release(workspace, document)
    return workspace


def release(workspace: Workspace, document: Document) -> int:
    number = Release.objects.filter(workspace=workspace).count() + 1
    Release.objects.create(
        workspace=workspace,
        number=number,
        digest=digest_of(document),
        text="",
        document=msgspec.json.encode(document),
        released_at=NOW,
    )
    return number


def make_person(workspace: Workspace, uid: int = 1, *, known: bool = True, **traits: Any) -> Person:
    traits = {"firstName": "Maria", "name": "Maria Rossi", "email": "maria@example.org", **traits}
    traits = {name: value for name, value in traits.items() if value is not None}
    return Person.objects.create(
        id=uid,
        workspace=workspace,
        key=f"person-{uid}",
        user_id=f"person-{uid}" if known else None,
        name=traits.get("name", ""),
        email=traits.get("email", ""),
        locale=traits.get("locale", ""),
        traits=traits,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )


def a_message(workspace: Workspace, message: str = "welcome", uid: int = 1, **changes: Any) -> SendMessage:
    effect = SendMessage(
        workspace=workspace.pk,
        key=f"{uid}:message:{message}",
        person=uid,
        at=NOW,
        release=1,
        event="Signed Up",
        message=message,
    )
    return msgspec.structs.replace(effect, **changes)


def a_piece(workspace: Workspace, content: str = "confetti", uid: int = 1, **changes: Any) -> ShowContent:
    effect = ShowContent(
        workspace=workspace.pk,
        key=f"{uid}:content:{content}",
        person=uid,
        at=NOW,
        release=1,
        event="Meal Logged",
        properties={"meal": "lunch", "calories": 520},
        content=content,
        milestone="first-meal",
    )
    return msgspec.structs.replace(effect, **changes)

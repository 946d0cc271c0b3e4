"""Where a person is: plan, obstacles, journeys, segments, habit, answers, their measure, and what they see right now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from milepost.console.pages.answers import answer_in_words
from milepost.console.pages.insights import Unknown, not_now
from milepost.console.pages.journey_map import HELP_PICTURES
from milepost.console.pages.measure_chart import MeasureChart, draw
from milepost.console.pages.moments import what_for
from milepost.console.pages.tasks import TaskRow, task_rows
from milepost.console.pages.words import Titles, condition_titles, every_title, in_our_language, spoken
from milepost.core.engine.state import Answer, Run, Stuck, journey_of
from milepost.core.insights.habit import habit
from milepost.core.program.compile import Program
from milepost.core.program.document import Document
from milepost.core.program.itinerary import Slot
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.journey import Wait
from milepost.core.success.personal import PersonalPlan
from milepost.core.values import Unavailable
from milepost.delivery import queries as delivery
from milepost.help import queries as help
from milepost.help.queries import ConversationView
from milepost.insights.measured import recorded
from milepost.log import stores
from milepost.runtime.snapshot import Snapshot
from milepost.success import queries as success

DAYS = 28
FIRST = 3


@dataclass(frozen=True, slots=True)
class PlanCard:
    """Shapes: `bar` is the progress as a width out of 100. Absent: empty texts for what they have not said."""

    goal: str
    problem: str
    expects: str
    made_at: datetime
    reached: int
    total: int
    standing: str
    verdict: str
    bar: str


@dataclass(frozen=True, slots=True)
class StuckRow:
    """Absent: `help` is empty until help came, `resolved_at` None until they came past it."""

    title: str
    query: str
    at: datetime
    help: str
    picture: str
    helped_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A person inside a journey, and what it waits for."""

    title: str
    number: int
    started_at: datetime
    waits_for: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRow:
    ask: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HabitCard:
    """Shapes: `days` are the last 28, oldest first: active or not."""

    streak: int
    active: int
    days: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """A piece that stands open for them, as it was drawn. `body_html` was sanitised when it was drawn."""

    kind: str
    title: str
    body_html: str
    steps: tuple[str, ...]
    items: tuple[tuple[str, bool], ...]
    questions: tuple[str, ...]
    button: str
    status: str
    pages: tuple[str, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Way:
    """Absent: `plan` and `measure` None while they have no goal, or one without a measure; `habit` None while they were
    never active."""

    plan: PlanCard | None
    measure: MeasureChart | Unknown | None
    stuck: tuple[StuckRow, ...]
    runs: tuple[RunRow, ...]
    segments: tuple[str, ...]
    answers: tuple[AnswerRow, ...]
    habit: HabitCard | None
    sights: tuple[Sight, ...]
    tasks: tuple[TaskRow, ...]
    questions: tuple[ConversationView, ...]

    @property
    def later_sights(self) -> tuple[Sight, ...]:
        """What waits behind the first: one thing at a time stands before their eyes."""
        return self.sights[FIRST:]


def gather_way(standing: Snapshot, now: datetime) -> Way:
    workspace_id, uid = standing.state.workspace, standing.state.uid
    plan, document = standing.plan, standing.program.document
    called = every_title(document)
    return Way(
        plan=_plan(plan, document) if plan else None,
        measure=_measure(workspace_id, uid, plan, document) if plan else None,
        stuck=tuple(_stuck(standing.obstacles, called)),
        runs=tuple(_runs(standing, called)),
        segments=tuple(standing.segments),
        answers=tuple(_answers(standing.answers, document)),
        habit=_habit(standing.active_days, now),
        sights=tuple(_sight(each.body, each.status) for each in delivery.pieces_for_person(workspace_id, uid)),
        tasks=task_rows(workspace_id, success.tasks_of(workspace_id, uid), {}, now),
        questions=tuple(help.conversations_of_person(workspace_id, uid)),
    )


def _plan(plan: PersonalPlan, document: Document) -> PlanCard:
    return PlanCard(
        goal=in_our_language(document.goals[plan.goal].ask, document) if plan.goal in document.goals else "",
        problem=in_our_language(plan.problem, document),
        expects=plan.expects,
        made_at=plan.made_at,
        reached=plan.reached,
        total=plan.total,
        standing=plan.standing,
        verdict=plan.verdict,
        bar=f"{plan.progress * 100:.1f}",
    )


def _measure(workspace_id: int, uid: int, plan: PersonalPlan, document: Document) -> MeasureChart | Unknown | None:
    goal = document.goals.get(plan.goal)
    if goal is None or goal.measure is None:
        return None
    measure = document.measures[goal.measure]
    title = in_our_language(measure.title, document) if measure.title else spoken(goal.measure)
    try:
        found = recorded(stores.current().events, workspace_id, uid, goal.measure)
    except Unavailable:
        return not_now()
    if not found.values and found.baseline is None:
        return Unknown(_("No value was recorded yet."))
    return draw(found, title, in_our_language(measure.unit, document), measure.better, plan.made_at)


def _stuck(held: Mapping[str, Stuck], called: Titles) -> Iterable[StuckRow]:
    for name, each in sorted(held.items(), key=lambda one: one[1].at, reverse=True):
        kind, _colon, key = each.help.partition(":")
        yield StuckRow(
            title=called.get(("obstacle", name), name),
            query=f"show=obstacle:{name}",
            at=each.at,
            help=called.get(("content" if kind == "guide" else kind, key)) or called.get(("article", key), key),
            picture=HELP_PICTURES.get(kind, "hand-helping"),
            helped_at=each.helped_at,
            resolved_at=each.resolved_at,
        )


def _runs(standing: Snapshot, called: Titles) -> Iterable[RunRow]:
    for key, run in standing.runs.items():
        yield RunRow(
            title=called.get(("journey", journey_of(key)), spoken(journey_of(key))),
            number=run.number,
            started_at=run.started_at,
            waits_for=_waits_for(standing.program, key, run),
            arrived_at=run.arrived_at,
        )


def _waits_for(compiled: Program, key: str, run: Run) -> str:
    itinerary = compiled.itinerary_of(key, run.release)
    stop = itinerary.stops.get(run.place) if itinerary else None
    if stop is None:
        return ""
    if isinstance(stop.step, Slot):
        return _("the next moment of its rhythm")
    if not isinstance(stop.step, Wait):
        return ""
    return what_for(stop.step.wait, condition_titles(compiled.document))


def _answers(answers: dict[str, Answer], document: Document) -> Iterable[AnswerRow]:
    questions: dict[str, Question] = {
        question.key: question
        for content in document.content.values()
        if isinstance(content, Survey)
        for question in content.questions
    }
    for key, answer in answers.items():
        question = questions.get(key)
        if question is not None:
            words = answer_in_words(question, answer.value, document)
            unit = in_our_language(question.unit, document) if question.unit else ""
            yield AnswerRow(in_our_language(question.ask, document), f"{words} {unit}".strip(), answer.at)


def _habit(active: list[date], now: datetime) -> HabitCard | None:
    if not active:
        return None
    today = max(timezone.localtime(now).date(), active[-1])
    found = habit(active, today, DAYS)
    days = tuple(today - timedelta(days=back) in active for back in range(DAYS - 1, -1, -1))
    return HabitCard(found.streak, found.active, days)


def _sight(raw: bytes, status: str) -> Sight:
    body = msgspec.json.decode(raw)
    return Sight(
        kind=body.get("kind", ""),
        title=body.get("title", ""),
        body_html=body.get("body_html", ""),
        steps=tuple(step["title"] for step in body.get("steps", ())),
        items=tuple((item["title"], item["done"]) for item in body.get("items", ())),
        questions=tuple(question["ask"] for question in body.get("questions", ())),
        button=body.get("button", ""),
        status=status,
        pages=tuple(body.get("page", {}).get("url", ())),
        lang=body.get("lang", "en"),
    )

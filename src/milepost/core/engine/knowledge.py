"""What templates may say of the person: goal, answers, measures, plan. It goes with every effect that is for a person.

Shapes, all JSON, all small; what is not known is absent:

    goal     {key, ask: Text, statement, expects}
    answers  {QUESTION: value}                      questions that the program asks; texts cut to 500 characters
    measure  {KEY: {unit: Text, baseline, target, by: ISO day, last, previous, change, progress, on_target}}
    plan     {reached, total, next: {key, title: Text, due: ISO day}, standing, verdict}
    steps    what its guides ask (`engine.guides`)
    host     {name, orient: Text}    who looks after them since they were last handed over

`change` is last - previous, `progress` its size where that is better, else absent. A `Text` is a string, or texts by
locale, of which the reader's is chosen where it is rendered.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from milepost.core.engine import guides, hosts
from milepost.core.engine.attention import zone_of
from milepost.core.engine.measures import standing
from milepost.core.engine.state import Metered, State
from milepost.core.program.compile import Program
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import Survey
from milepost.core.success.personal import PersonalPlan, Told, personal_plan

_LONGEST = 500


def known(program: Program, state: State, at: datetime) -> dict[str, Any]:
    """Everything that templates may say of this person at this moment."""
    document = program.document
    parts = {
        "goal": _goal(program, state),
        "answers": _answers(document, state),
        "measure": {key: told for key in document.measures if (told := _measure(document, state, key))},
        "plan": _plan(plan_of(program, state, at)),
        "steps": guides.told(program, state, at),
        "host": hosts.host_now(program, state),
    }
    return {name: part for name, part in parts.items() if part}


def plan_of(program: Program, state: State, at: datetime) -> PersonalPlan | None:
    """The person's plan as it is shown; None while they have none."""
    plan = state.plan
    if plan is None or plan.goal not in program.document.goals:
        return None
    document, goal = program.document, program.document.goals[plan.goal]
    measured = standing(document, state, goal.measure) if goal.measure else None
    told = Told(
        reached=state.reached,
        tasks=frozenset(name.removeprefix("task:") for name in state.fired if name.startswith("task:")),
        statement=answer_to(state, goal.statement),
        expects=answer_to(state, goal.expects),
        on_target=measured is not None and measured.on_target,
        by=by_of(state, goal.measure),
    )
    return personal_plan(document, plan, told, today(document, state, at))


def today(document: Document, state: State, at: datetime) -> date:
    """The day where they live."""
    return at.astimezone(ZoneInfo(zone_of(document, state))).date()


def answer_to(state: State, question: AnswerRef | None) -> str:
    """What they answered, as text; "" while they have not."""
    answer = state.answers.get(question.answer) if question else None
    return "" if answer is None or answer.value is None else str(answer.value)[:_LONGEST]


def by_of(state: State, measure: str | None) -> date | None:
    """The day by which they want the measure at its target."""
    by = state.measures.get(measure or "", Metered()).by
    return date.fromisoformat(by.value) if by else None


def _goal(program: Program, state: State) -> dict[str, Any]:
    key = program.renamed(state.goal)
    goal = program.document.goals.get(key)
    if goal is None:
        return {}
    words = {"statement": answer_to(state, goal.statement), "expects": answer_to(state, goal.expects)}
    return {"key": key, "ask": goal.ask, **{name: text for name, text in words.items() if text}}


def _answers(document: Document, state: State) -> dict[str, Any]:
    if not state.answers:
        return {}
    surveys = (content for content in document.content.values() if isinstance(content, Survey))
    asked = {question.key for survey in surveys for question in survey.questions}
    answers = {key: answer.value for key, answer in state.answers.items() if key in asked}
    return {key: _short(value) for key, value in answers.items() if value is not None}


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) for each in value[:50]]
    return value[:_LONGEST] if isinstance(value, str) else value


def _measure(document: Document, state: State, key: str) -> dict[str, Any]:
    metered = state.measures.get(key)
    if metered is None:
        return {}
    roles = {"baseline": metered.baseline, "target": metered.target, "by": metered.by}
    told: dict[str, Any] = {name: recorded.value for name, recorded in roles.items() if recorded}
    now = standing(document, state, key)
    if now is not None:
        told |= {"last": now.last.value, "on_target": now.on_target}
        told |= {} if now.change is None else {"previous": now.before, "change": now.change}
        told |= {"progress": abs(now.change)} if now.change is not None and now.judgement == "better" else {}
    return {"unit": document.measures[key].unit, **told}


def _plan(plan: PersonalPlan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    told = {"reached": plan.reached, "total": plan.total, "standing": plan.standing, "verdict": plan.verdict}
    post = plan.next
    if post is None:
        return told
    due = {} if post.due_on is None else {"due": post.due_on.isoformat()}
    return {**told, "next": {"key": post.key, "title": post.title, **due}}

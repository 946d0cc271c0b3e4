"""Who looks after somebody now, by their plans, and what the next host is to know."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from milepost.core.delivery.language import say
from milepost.core.engine.effects import Carried
from milepost.core.engine.state import State
from milepost.core.program.compile import Program
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.plan_template import PlanTemplate, tasks_of
from milepost.core.success.hand_offs import hand_offs

#: Begins the occurrence of what is asked at a hand-off, which is asked anew each time.
HANDED_OVER = "handed-over:"


def done_of(program: Program, state: State, plan: str) -> dict[str, datetime]:
    """When each task of this plan was done, by its name, as was seen or as the team says, whichever was first. What was
    done before the plan began counts from its beginning."""
    began = state.fired[f"plan_template:{plan}"][0]
    before = f"{program.origin(plan)}/"
    said = {key.removeprefix(before): each for key, each in state.completed.items() if key.startswith(before)}
    done = {name: max(each.at, began) for name, each in said.items() if each.done}
    for name, _, _ in tasks_of(program.document.plan_templates[plan]):
        if (seen := state.fired.get(f"planned:{plan}/{name}")) is not None:
            done[name] = min(done.get(name, seen[0]), max(seen[0], began))
    return done


def host_now(program: Program, state: State) -> dict[str, Any]:
    """The host to whom they were handed over last, and what is said to them on the way there. Shapes: `{name, orient}`,
    texts by locale. Absent: empty while nobody has handed them over."""
    latest = max(_latest(program, state), key=lambda told: told[0], default=None)
    return {} if latest is None else latest[1]


def _latest(program: Program, state: State) -> Iterator[tuple[datetime, dict[str, Any]]]:
    for plan, template in program.document.plan_templates.items():
        if template.hand_offs is None or f"plan_template:{plan}" not in state.fired:
            continue
        for passed in hand_offs(template, done_of(program, state, plan)):
            orient = template.phases[passed.phase - 1].orient
            yield passed.at, {"name": passed.host, **({"orient": orient} if orient else {})}


def carried(program: Program, state: State, plan: str, known: Mapping[str, Any]) -> tuple[Carried, ...]:
    """What the plan says is to be carried from host to host, in the language of the program. `known`: what templates may
    say (`knowledge.known`)."""
    document, template = program.document, program.document.plan_templates[plan]
    limits = template.hand_offs
    parts = {
        "goal": _goal(known, document),
        "answers": _answers(known, document),
        "measures": _measures(known, document),
        "plan": _plan(known, document),
        "notes": (*_notes(program, state, plan, template), *_tried(program, state)),
    }
    return tuple(
        Carried(of=part, name=name, said=said)
        for part in (limits.carry if limits else ())
        for name, said in parts[part]
    )


Lines = Iterator[tuple[str, str]]


def _goal(known: Mapping[str, Any], document: Document) -> Lines:
    if goal := known.get("goal"):
        yield _said(goal["ask"], document), ". ".join(goal[name] for name in ("statement", "expects") if name in goal)


def _answers(known: Mapping[str, Any], document: Document) -> Lines:
    """The goal is no answer: it is carried as what they want."""
    surveys = (content for content in document.content.values() if isinstance(content, Survey))
    asked = {question.key: question for survey in surveys for question in survey.questions if question.kind != "goal"}
    for key, value in known.get("answers", {}).items():
        if key in asked:
            yield _said(asked[key].ask, document), _answer(asked[key], value, document)


def _answer(question: Question, value: Any, document: Document) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(_said(question.options.get(str(each), str(each)), document) for each in values)


def _measures(known: Mapping[str, Any], document: Document) -> Lines:
    for key, told in known.get("measure", {}).items():
        now = [f"{told[name]:g}" for name in ("baseline", "last", "target") if isinstance(told.get(name), int | float)]
        yield _said(document.measures[key].title or key, document), f"{' → '.join(now)} {_said(told['unit'], document)}"


def _plan(known: Mapping[str, Any], document: Document) -> Lines:
    plan = known.get("plan", {})
    if post := plan.get("next"):
        yield _said(post["title"], document), f"{plan['reached']} / {plan['total']}, {post.get('due', '')}".rstrip(", ")


def _notes(program: Program, state: State, plan: str, template: PlanTemplate) -> Lines:
    """What came of what the hosts before have done."""
    for name, phase, task in tasks_of(template):
        said = state.completed.get(f"{program.origin(plan)}/{name}")
        if said is not None and said.done and said.outcome:
            yield _said(task.title or phase.title, program.document), said.outcome


def _tried(program: Program, state: State) -> Lines:
    """What they were stuck on, and what they were helped with."""
    for key, stuck in state.stuck.items():
        milestone, _, name = key.partition("/")
        definition = program.document.milestones.get(milestone)
        if stuck.help and definition is not None and name in definition.obstacles:
            yield _said(definition.obstacles[name].title or name, program.document), _help(stuck.help, program)


def _help(help_: str, program: Program) -> str:
    key = help_.partition(":")[2]
    document = program.document
    found = document.content.get(key) or document.articles.get(key) or document.messages.get(key)
    return _said(getattr(found, "title", None) or getattr(found, "subject", None) or key, document)


def _said(text: Any, document: Document) -> str:
    return say(text, (document.locales.default,))

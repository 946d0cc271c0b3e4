"""Plan templates: what is to be done for an account, or a new hire, is put to the team when the plan starts, and each host
hands over to the next (`core.success.hand_offs`).

1. Each task is opened once, with its due date counted from the moment at which the plan started; one that is seen to be
   done is closed.
2. At a hand-off the next host has a task to take them over, with what is to be carried; the customer is asked how it goes,
   and told what comes next.
3. Who is not taken over within `at_most` is a task for the owner of the plan, and a fact; so is each hand-off, and how
   long it took.
4. A release or a replay opens nothing of the past.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from milepost.core import events
from milepost.core.delivery.language import say
from milepost.core.engine import check_ins, hosts, knowledge, patience
from milepost.core.events import Fact
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Survey
from milepost.core.program.kinds.plan_template import HandOffs, PlanTask, tasks_of
from milepost.core.success.hand_offs import HandOff, hand_offs
from milepost.core.values import BY_TIME_ALONE, Instant, format_duration

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

#: Begins the name of a timer in `State.wakes`; the rest is the plan's key.
TIMER = "hand_off:"


def begin(work: Work, rule: Rule, instant: Instant) -> None:
    """The plan has started."""
    if work.given.at - instant[0] > patience.MESSAGE:
        return
    template = work.program.document.plan_templates[rule.key]
    done = hosts.done_of(work.program, work.state, rule.key)
    for name, phase, task in tasks_of(template):
        if name in done:
            continue
        owner = (task.owner or phase.owner or template.owner).role
        wait = task.due or task.every
        reason = f"{_said(work, phase.title)}: for the {owner}."
        due = instant[0] + wait if wait else None
        work.desk.ask_team(
            _title(work, task), f"plan_template:{rule.key}", reason, f"plan:{rule.origin}:{name}", due=due
        )
    _look(work, rule.key)


def done(work: Work, rule: Rule) -> None:
    """A task of a plan is seen to be done."""
    plan, _, name = rule.key.rpartition("/")
    work.desk.close_tasks(f"plan:{work.program.origin(plan)}:{name}")
    _look(work, plan)


def follow(work: Work, fact: Fact) -> None:
    """The team says that something was done."""
    if fact.name == events.TEAM_TASK_COMPLETED:
        _look_at_all(work)


def wake(work: Work, plan: str) -> None:
    """Somebody may have waited too long."""
    if plan in work.program.document.plan_templates:
        _look(work, plan)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
    _look_at_all(work)


def _look_at_all(work: Work) -> None:
    for plan in work.program.document.plan_templates:
        _look(work, plan)


def _look(work: Work, plan: str) -> None:
    """Does what the hand-offs of this plan ask for by now."""
    limits = work.program.document.plan_templates[plan].hand_offs
    if limits is None or f"plan_template:{plan}" not in work.state.fired:
        return
    waits = [_pass_on(work, plan, limits, each) for each in _hand_offs(work, plan)]
    work.wake_at(TIMER + plan, min((at for at in waits if at is not None), default=None))


def _pass_on(work: Work, plan: str, limits: HandOffs, passed: HandOff) -> datetime | None:
    """Tells what there is to tell of one hand-off; when to look at it again."""
    key = f"plan:{work.program.origin(plan)}:{passed.phase}"
    about = {"plan": plan, "phase": passed.phase, "from": passed.giver, "to": passed.host}
    fresh = work.given.at - passed.at <= patience.MESSAGE
    if fresh and work.desk.tell(events.HANDED_OVER, about, f"handed-over:{key}", once=True):
        _ask_how_it_goes(work, limits, passed, key)
        if passed.taken_at is None:
            _ask_to_take_over(work, plan, limits, passed, key)
    if not work.desk.was_told(f"handed-over:{key}"):
        return None
    if passed.waited is not None:
        _taken(work, limits, passed.waited, about, key)
        return None
    if work.given.at < (too_late := passed.at + limits.at_most):
        return too_late
    _alarm(work, plan, limits, about, key)
    return None


def _taken(work: Work, limits: HandOffs, waited: timedelta, about: dict[str, Any], key: str) -> None:
    told = {**about, "seconds": round(waited.total_seconds()), "late": waited > limits.at_most}
    if work.desk.tell(events.TAKEN_OVER, told, f"taken-over:{key}", once=True):
        work.desk.close_tasks(key, f"{key}:late")


def _ask_to_take_over(work: Work, plan: str, limits: HandOffs, passed: HandOff, key: str) -> None:
    phase = work.program.document.plan_templates[plan].phases[passed.phase]
    work.desk.ask_team(
        f"Take them over: {_said(work, phase.title)}",
        f"plan_template:{plan}",
        f"{passed.giver} hands them over: for the {passed.host}.",
        key,
        due=passed.at + limits.at_most,
        carried=hosts.carried(work.program, work.state, plan, knowledge.known(work.program, work.state, work.given.at)),
    )


def _alarm(work: Work, plan: str, limits: HandOffs, about: dict[str, Any], key: str) -> None:
    """Nobody has taken them over for too long."""
    template, waited = work.program.document.plan_templates[plan], format_duration(limits.at_most)
    if work.desk.tell(events.HAND_OFF_LATE, {**about, "at_most": waited}, f"late:{key}", once=True):
        title = f"Alone for more than {waited}: {_said(work, template.phases[about['phase']].title)}"
        reason = f"{about['from']} is done, and {about['to']} has not begun: for the {template.owner.role}."
        work.desk.ask_team(title, f"plan_template:{plan}", reason, f"{key}:late", due=work.given.at)


def _ask_how_it_goes(work: Work, limits: HandOffs, passed: HandOff, key: str) -> None:
    """In the product, and where they acted last."""
    if limits.ask is None:
        return
    why = {"text": f"{passed.giver} hands them over to {passed.host}."}
    instant, occurrence = (passed.at, BY_TIME_ALONE), f"{hosts.HANDED_OVER}{key}"
    work.desk.propose("content", limits.ask, instant, milestone=None, why=why, occurrence=occurrence)
    check_ins.call(work, limits.ask, instant, why, f"{occurrence}:asked")


def _hand_offs(work: Work, plan: str) -> Iterator[HandOff]:
    template = work.program.document.plan_templates[plan]
    return hand_offs(template, hosts.done_of(work.program, work.state, plan))


def _title(work: Work, task: PlanTask) -> str:
    """What is to be done; a check-in is called what it asks."""
    if task.title is not None:
        return _said(work, task.title)
    asked = work.program.document.content.get(task.survey or "")
    return _said(work, asked.title) if isinstance(asked, Survey) else ""


def _said(work: Work, text: Text) -> str:
    return say(text, (work.program.document.locales.default,))

"""One person as they stand now: their program and state read once, and everything that follows from the two."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from milepost.core.conditions.evaluate import END_OF_MOMENT, explain
from milepost.core.engine.attention import view_of
from milepost.core.engine.knowledge import known, plan_of, today
from milepost.core.engine.state import Answer, Run, State, Stuck
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Checklist, DeckPiece
from milepost.core.program.kinds.goal import Goal
from milepost.core.success.personal import PersonalPlan, Told, personal_plan
from milepost.core.success.plan import Plan
from milepost.log import stores
from milepost.people.queries import person_view
from milepost.runtime import store
from milepost.runtime.goals import GoalRecord, goal_record
from milepost.runtime.models import Decision, MilestoneReached
from milepost.runtime.next_action import NextAction, next_step
from milepost.runtime.programs import current_program
from milepost.runtime.queries import in_words


class MilestoneView(Struct, frozen=True, kw_only=True):
    """One milestone of the current program for one person. Absent: `at` None: not reached yet."""

    key: str
    title: Text  # the caller picks the language
    first_value: bool
    at: datetime | None = field(default=None, name="reached_at")
    retroactive: bool = False
    evidence: dict[str, Any] = {}
    reason: dict[str, Any] = {}  # {text, condition, …}; for one not reached: what is missing


class WhyNot(Struct, frozen=True, kw_only=True):
    """What has not happened to this person, and what stands in the way, computed now."""

    kind: str
    key: str
    reason: dict[str, Any]


class Snapshot(Struct, frozen=True, kw_only=True, dict=True):
    """Somebody of whom nothing is known yet has an empty state."""

    program: Program
    state: State
    now: datetime

    @cached_property
    def plan(self) -> PersonalPlan | None:
        """The person's plan as it stands today; None while they have none."""
        return plan_of(self.program, self.state, self.now)

    @property
    def goal(self) -> GoalRecord | None:
        """The goal that they stated last; None while they have stated none that the program has."""
        return goal_record(self.program, self.state)

    @property
    def answers(self) -> dict[str, Answer]:
        """The last answer to each question; what was taken back is missing."""
        return {key: answer for key, answer in self.state.answers.items() if answer.value is not None}

    @property
    def obstacles(self) -> Mapping[str, Stuck]:
        """Where they were stuck, and what came of it, by `MILESTONE/OBSTACLE`."""
        return self.state.stuck

    @property
    def runs(self) -> Mapping[str, Run]:
        """The journeys that they are inside of."""
        return self.state.runs

    @property
    def segments(self) -> Sequence[str]:
        """The segments that they are in now."""
        return self.state.segments

    @property
    def active_days(self) -> list[date]:
        """The last days on which they were active, in their own zone, oldest first."""
        return [date.fromordinal(day) for day in self.state.active_on]

    def known(self) -> dict[str, Any]:
        """What templates may say of the person now."""
        return known(self.program, self.state, self.now)

    def next_action(self, locale: str) -> NextAction | None:
        """The one thing for them to do now, in this language; None when nothing is left."""
        return next_step(self.program.document, self.plan, locale)

    def checklist_plan(self, checklist: Checklist | DeckPiece) -> PersonalPlan | None:
        """What a checklist shows: the person's plan (a deck always does), or its own items as if they were the way to a
        goal."""
        if isinstance(checklist, DeckPiece) or checklist.from_ == "goal":
            return self.plan
        path = tuple(key for key in checklist.items if key in self.program.document.milestones)
        document = replace(self.program.document, goals={"": Goal(ask=checklist.title, milestones=path)})
        told = Told(reached=self.state.reached)
        return personal_plan(document, Plan(goal="", made_at=self.now), told, today(document, self.state, self.now))

    def why_not(self) -> list[WhyNot]:
        """For each rule of the current program that has not fired for this person: how far it is."""
        return [
            WhyNot(kind=rule.kind, key=rule.key, reason=self._explained(rule, None))
            for rule in self.program.rules.values()
            if rule.kind != "start" and not self._fired(rule)
        ]

    def milestones(self) -> list[MilestoneView]:
        """All milestones of the current program, in its order."""
        whose = {"workspace_id": self.state.workspace, "uid": self.state.uid}
        reached = {row.milestone: row for row in MilestoneReached.objects.filter(**whose)}
        decided = Decision.objects.filter(**whose, kind="milestone", outcome="reached").order_by("at")
        worded = in_words(self.state.workspace, decided, self.program.subject, self.program)
        reasons = {row.definition: row.reason for row in worded}
        return [self._milestone(key, reached.get(key), reasons.get(key)) for key in self.program.document.milestones]

    def _milestone(self, key: str, row: MilestoneReached | None, reason: dict[str, Any] | None) -> MilestoneView:
        definition, rule = self.program.document.milestones[key], self.program.rules["milestone", key]
        view = MilestoneView(key=key, title=definition.title, first_value=definition.first_value)
        if row is None:
            return replace(view, reason=self._explained(rule, None))
        return replace(
            view,
            at=row.at,
            retroactive=row.retroactive,
            evidence=row.evidence,
            reason=reason or self._explained(rule, (row.at, row.seq)),
        )

    def _fired(self, rule: Rule) -> bool:
        return rule.key in self.state.reached if rule.kind == "milestone" else rule.name in self.state.fired

    def _explained(self, rule: Rule, instant: tuple[datetime, int] | None) -> dict[str, Any]:
        """The rule's tree at an instant, or as things stood when something last happened to the person."""
        state = self.state
        if state.last_at is None:
            return {"text": "Nothing is known of this person yet."}
        view = view_of(self.program.document, state)
        tree = explain(rule.condition, view, instant or (state.last_at, END_OF_MOMENT))
        return {"text": tree["text"], "condition": tree}


def snapshot(workspace_id: int, uid: int, now: datetime | None = None) -> Snapshot:
    state = store.load([uid]).get(uid)
    if state is None or state.workspace != workspace_id:
        state = State(workspace=workspace_id, uid=uid)
    return Snapshot(program=current_program(workspace_id), state=state, now=now or stores.current().clock.now())


def next_action(workspace_id: int, uid: int) -> NextAction | None:
    """The one thing for somebody to do now, in their own language."""
    person = person_view(workspace_id, uid)
    return snapshot(workspace_id, uid).next_action(person.locale if person else "")


def checklist_plan(workspace_id: int, uid: int, checklist: Checklist | DeckPiece) -> PersonalPlan | None:
    return snapshot(workspace_id, uid).checklist_plan(checklist)


def known_of(workspace_id: int, uid: int) -> dict[str, Any]:
    return snapshot(workspace_id, uid).known()

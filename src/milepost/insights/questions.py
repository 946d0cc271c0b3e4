"""The one table of questions: how each is made from what was given. The API and the console ask by the same names."""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from milepost.core.insights.activation import Activation, ActivationAnswer
from milepost.core.insights.active import Active, ActiveAnswer
from milepost.core.insights.adoption import Adoption, AdoptionAnswer
from milepost.core.insights.classic import Classic, ClassicAnswer
from milepost.core.insights.duration import Duration, DurationAnswer
from milepost.core.insights.engagement import Engagement, EngagementAnswer
from milepost.core.insights.first_session import FirstSession, FirstSessionAnswer
from milepost.core.insights.flow import Flow, FlowAnswer
from milepost.core.insights.funnel import Funnel, FunnelAnswer
from milepost.core.insights.know_do import KnowDo, KnowDoAnswer
from milepost.core.insights.lifecycle import Stages, StagesAnswer
from milepost.core.insights.milestones import Milestones, MilestonesAnswer
from milepost.core.insights.paths import Paths, PathsAnswer
from milepost.core.insights.question import Answer, Question
from milepost.core.insights.registration import Registration, RegistrationAnswer
from milepost.core.insights.responses import Responses, ResponsesAnswer
from milepost.core.insights.retention import Retention, RetentionAnswer
from milepost.core.insights.revenue import PAYMENTS, Revenue, RevenueAnswer
from milepost.core.insights.satisfaction import LostTo, LostToAnswer, Satisfaction, SatisfactionAnswer
from milepost.core.insights.screens import Screens, ScreensAnswer
from milepost.core.insights.searches import Searches, SearchesAnswer
from milepost.core.insights.subjects import Of
from milepost.core.insights.time_to_value import TimeToValue, TimeToValueAnswer
from milepost.core.insights.trials import PAID, Trials, TrialsAnswer
from milepost.core.values import Refused
from milepost.insights.ask import ask
from milepost.insights.given import Given
from milepost.insights.judged import by_program, judged
from milepost.log.eventstore import Queried

Made = Callable[[Given, dict[str, Any]], Question[Any]]
#: Whom it can count: the subjects of a program; persons and accounts whatever programs there are; or persons alone.
Counts = Literal["program", "any", "persons"]

_CONDITION = "the name of a fact, `milestone:KEY`, `segment:KEY`, `onboarded`, or a condition as in a program, in JSON"
_BY = "What makes a cohort: week, plan, source, role, goal, or trait:NAME"
_AMONG = {"among": f"Only those of whom this is true: {_CONDITION}."}
OF = {
    "of": "`persons` or `accounts`; default those who reach what the question names, else persons, or accounts where all "
    "programs are for customers."
}


class Asked(Struct, frozen=True, kw_only=True):
    """`about`: the question in a sentence. `own`: its parameters beside those of the period, with what each means."""

    about: str
    made: Made
    answer: type[Answer]
    counts: Counts = "program"
    own: dict[str, str] = {}
    repeated: frozenset[str] = frozenset()

    @property
    def parameters(self) -> dict[str, str]:
        """Those that it has beside the period's."""
        return self.own if self.counts == "persons" else {**OF, **self.own}


def made(name: str, given: Given, workspace: int) -> Question[Any]:
    """Raises Refused."""
    asked = _asked(name)
    if asked.counts == "persons":
        return asked.made(given, given.period_of_persons(workspace))
    if asked.counts == "program" and given.of == "accounts" and given.folder.for_accounts is None:
        mend = "Write a program `for: customer`, or ask about persons."
        raise Refused("of", "No program is for accounts.", path="of", mend=mend)
    return asked.made(given, given.period(workspace))


def answered(store: Queried, name: str, given: Given, workspace: int) -> Any:
    """The answer, of the type that the table says. Raises Refused, Unavailable."""
    return ask(store, made(name, given, workspace))


def _asked(name: str) -> Asked:
    if name not in QUESTIONS:
        raise Refused("no_such_question", "There is no such question.", status=404)
    return QUESTIONS[name]


def funnel(given: Given, period: dict[str, Any]) -> Funnel:
    """The funnel itself, also for who wants to know its people."""
    return Funnel(
        **period,
        steps=given.conditions("step"),
        window=given.length("window", "14d"),
        anchor=given.choice("anchor", "any", "first"),
        order=given.choice("order", "strict", "any"),
        ties=given.choice("ties", "number", "apart"),
        among=given.condition("among"),
        by=given.text("by") or None,
    )


def _of_members(given: Given, period: dict[str, Any]) -> dict[str, Any]:
    """Accounts that no program is for are known by their people."""
    of, accounts = period["subject"], given.folder.for_accounts
    return {**period, "of": of, "subject": "persons" if accounts is None else of}


def _retention(given: Given, period: dict[str, Any]) -> Retention:
    return Retention(
        **_of_members(given, period),
        unit=given.choice("unit", "week", "day", "month"),
        bounded=given.choice("bounded", "true", "false") == "true",
        units=given.number("units", 12),
        begins=given.condition("begins"),
        did=given.condition("did"),
        among=given.condition("among"),
    )


def _time_to_value(given: Given, period: dict[str, Any]) -> TimeToValue:
    return TimeToValue(**period, milestone=given.text("milestone") or None, by=given.text("by") or None)


def _paths(given: Given, period: dict[str, Any]) -> Paths:
    """Without a milestone, to the first value, else to the last milestone that the program has."""
    milestones = given.document.milestones
    first = [key for key, each in milestones.items() if each.first_value]
    return Paths(**period, milestone=given.text("milestone", (first or [*milestones] or [""])[-1]))


def _flow(given: Given, period: dict[str, Any]) -> Flow:
    """Up to the first value, unless another milestone is named."""
    first = [key for key, each in given.document.milestones.items() if each.first_value]
    milestone = given.text("milestone", (first or [""])[0]) or None
    return Flow(**period, milestone=milestone, days=given.number("days", 14), rare=given.number("rare", 10))


def _duration(given: Given, period: dict[str, Any]) -> Duration:
    return Duration(**period, length=given.length("length", "") if given.text("length") else None)


def _adoption(given: Given, period: dict[str, Any]) -> Adoption:
    """Of accounts, where nothing else is said; by their own program, where the functions stand in it."""
    of: Of = given.of if given.text("of") else "accounts"
    own = of == "accounts" and bool(judged(given.folder, of).functions)
    subject = by_program(given.folder, of if own else "persons")
    times, days = given.number("times", 3), given.number("days", 28)
    return Adoption(**_of_members(given, {**period, **subject}) | {"of": of}, times=times, days=days)


def _revenue(given: Given, period: dict[str, Any]) -> Revenue:
    payments = tuple(each for each in given.text("payments").split(",") if each) or PAYMENTS
    return Revenue(**_of_members(given, period), months=given.number("months", 12), payments=payments)


QUESTIONS: dict[str, Asked] = {
    "activation": Asked(
        about="The share of those who began that became onboarded, or reached their first value.",
        made=lambda given, period: Activation(**period, by=given.text("by", "week")),
        answer=ActivationAnswer,
        own={"by": f"{_BY}; default week."},
    ),
    "time-to-value": Asked(
        about="How long it took to the first value; who has not come to it yet is counted (Kaplan and Meier).",
        made=_time_to_value,
        answer=TimeToValueAnswer,
        own={
            "milestone": "To this milestone instead of the first value.",
            "by": f"{_BY}: a curve for each, and the log-rank test of whether they differ.",
        },
    ),
    "milestones": Asked(
        about="Which milestones were reached, cohort by cohort; the ideal client and the weak points.",
        made=lambda given, period: Milestones(**period, by=given.text("by", "week")),
        answer=MilestonesAnswer,
        own={"by": f"{_BY}; default week."},
    ),
    "funnel": Asked(
        about="An ordered funnel of 2 to 20 steps within a window; of two steps, the conversion between any pair of facts.",
        made=funnel,
        answer=FunnelAnswer,
        counts="any",
        own={
            "step": f"2 to 20 of them, in order: {_CONDITION}.",
            "window": "From the first step to the last, like 14d; default 14d.",
            "anchor": "`any` (default): any first step may begin the way; `first`: each person's first one.",
            "order": "`strict` (default): each step later than the one before; `any`: all later than the first.",
            "ties": "`number` (default): of facts at one time the log says which was first; `apart`: neither was.",
            "by": "Split by plan, source, role, goal, trait:NAME, or property:NAME of the first step.",
            **_AMONG,
        },
        repeated=frozenset({"step"}),
    ),
    "classic": Asked(
        about="The classic sequence (form, welcome, profile, examples, manual, use) beside the reach of milestones.",
        made=lambda given, period: Classic(**period, window=given.length("window", "30d")),
        answer=ClassicAnswer,
        own={"window": "From the start to all of the sequence, like 30d; default 30d."},
    ),
    "retention": Asked(
        about="Of those who began, the share that was active in the n-th day, week or month after.",
        made=_retention,
        answer=RetentionAnswer,
        counts="any",
        own={
            "unit": "`week` (default), `day` or `month`.",
            "bounded": "`true` (default): active in exactly that unit; `false`: in that one or any later one.",
            "units": "So many units after the first, 1 to 60; default 12.",
            "begins": f"What begins, at its first time (default: the program's start): {_CONDITION}.",
            "did": f"What counts as active (default: anything they did themselves): {_CONDITION}.",
            **_AMONG,
        },
    ),
    "active": Asked(
        about="People active on each day, in the week and the month that end with it, and stickiness.",
        made=lambda given, period: Active(**period, did=given.condition("did"), among=given.condition("among")),
        answer=ActiveAnswer,
        counts="any",
        own={
            "did": f"What counts as active (default: anything they did themselves): {_CONDITION}.",
            **_AMONG,
        },
    ),
    "engagement": Asked(
        about="The index of how much people use the product, from the facts that the program declares.",
        made=lambda given, period: Engagement(**period, days=given.number("days", 30), by=given.text("by", "week")),
        answer=EngagementAnswer,
        own={"days": "So many days up to `as_of`, 1 to 366; default 30.", "by": f"{_BY}; default week."},
    ),
    "lifecycle": Asked(
        about="The share of each cohort at each stage: new, activated, regular, advanced.",
        made=lambda given, period: Stages(**period, by=given.text("by", "week")),
        answer=StagesAnswer,
        own={"by": f"{_BY}; default week."},
    ),
    "know-do": Asked(
        about="Who finished a guide, and did not reach the milestone that it leads to.",
        made=lambda given, period: KnowDo(**period, days=given.number("days", 7)),
        answer=KnowDoAnswer,
        own={"days": "Judged so many days after the guide, 1 to 366; default 7."},
    ),
    "paths": Asked(
        about="The shortest way that anybody took to a milestone, and the steps that others took needlessly.",
        made=_paths,
        answer=PathsAnswer,
        own={"milestone": "The key of a milestone; default that of first value."},
    ),
    "flow": Asked(
        about="How people go: what most of them do after their start, and what directly follows on what.",
        made=_flow,
        answer=FlowAnswer,
        own={
            "milestone": "Up to this milestone; default that of first value, if there is one.",
            "days": "So many days from each person's start, 1 to 366; default 14.",
            "rare": "What fewer than so many percent of the people did is left out, 1 to 100; default 10.",
        },
    ),
    "trials": Asked(
        about="How many trials led to payment, by whether first value was reached before the trial was over.",
        made=lambda given, period: Trials(**period, paid=given.condition("paid") or PAID),
        answer=TrialsAnswer,
        own={"paid": f"What counts as paying: {_CONDITION}; default a subscription, payment, order or contract."},
    ),
    "duration": Asked(
        about="The share of milestones that people reach only after the program's end.",
        made=_duration,
        answer=DurationAnswer,
        own={"length": "How long the program is, like 14d; default by the targets of its milestones."},
    ),
    "adoption": Asked(
        about="For each function, the share of accounts (or persons) that used it so often.",
        made=_adoption,
        answer=AdoptionAnswer,
        counts="any",
        own={
            "times": "Used at least so often; default 3.",
            "days": "In so many days up to `as_of`, 1 to 366; default 28.",
            "of": "`accounts` (default) or `persons`.",
        },
    ),
    "screens": Asked(
        about="The screens that newcomers see, and which of them no guide, hint, term or empty state explains.",
        made=lambda given, period: Screens(**period, days=given.number("days", 14)),
        answer=ScreensAnswer,
        counts="persons",
        own={"days": "In the first so many days of each person, 1 to 366; default 14."},
    ),
    "searches": Asked(
        about="What people look for in the help, and whether they find it.",
        made=lambda given, period: Searches(**period),
        answer=SearchesAnswer,
        counts="persons",
    ),
    "registration": Asked(
        about="How many of those who begin a form send it, and at which field the others stop.",
        made=lambda given, period: Registration(**period, form=given.text("form") or None),
        answer=RegistrationAnswer,
        counts="persons",
        own={"form": "The key of one form; default all of them."},
    ),
    "first-session": Asked(
        about="What kind of first impression the product makes, and the screens on which first sessions go badly.",
        made=lambda given, period: FirstSession(**period),
        answer=FirstSessionAnswer,
        counts="persons",
    ),
    "satisfaction": Asked(
        about="How satisfied people are: each score, its program, its stage and who answers for it.",
        made=lambda given, period: Satisfaction(**period),
        answer=SatisfactionAnswer,
        counts="persons",
    ),
    "lost-to": Asked(
        about="Why people leave, and for whom, by the milestone that they had reached last.",
        made=lambda given, period: LostTo(**period),
        answer=LostToAnswer,
    ),
    "responses": Asked(
        about="With what obstacles are answered, by type, and which of it works.",
        made=lambda given, period: Responses(**period),
        answer=ResponsesAnswer,
        counts="persons",
    ),
    "revenue": Asked(
        about="Expansion and net revenue retention by the month of the first payment, and what stood before expansions.",
        made=_revenue,
        answer=RevenueAnswer,
        counts="any",
        own={
            "months": "So many months after the first, 1 to 60; default 12.",
            "payments": "Names of the facts that are payments, with commas; each has a number in `revenue`.",
        },
    ),
}

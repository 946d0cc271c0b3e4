"""One function for each question: its answer as a report."""

from collections.abc import Callable
from datetime import timedelta
from math import log1p
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from msgspec.structs import replace

from milepost.console.pages.flow import flow_drawing
from milepost.console.pages.report_makers_begun import first_session, registration
from milepost.console.pages.report_makers_told import lost_to, responses, satisfaction
from milepost.console.pages.report_words import Named, day
from milepost.console.pages.reports import Chart, Figure, Report, Row, Series, Table, Value, bars, rates, seconds
from milepost.console.templatetags.console import duration
from milepost.core.insights.activation import ActivationAnswer
from milepost.core.insights.active import ActiveAnswer
from milepost.core.insights.adoption import AdoptionAnswer
from milepost.core.insights.classic import ClassicAnswer
from milepost.core.insights.duration import DurationAnswer
from milepost.core.insights.engagement import EngagementAnswer, Index
from milepost.core.insights.flow import FlowAnswer
from milepost.core.insights.funnel import Drop, FunnelAnswer, Step
from milepost.core.insights.know_do import KnowDoAnswer
from milepost.core.insights.lifecycle import StagesAnswer
from milepost.core.insights.milestones import MilestonesAnswer
from milepost.core.insights.paths import PathsAnswer
from milepost.core.insights.retention import RetentionAnswer
from milepost.core.insights.revenue import RevenueAnswer
from milepost.core.insights.screens import ScreensAnswer
from milepost.core.insights.searches import SearchesAnswer
from milepost.core.insights.statistics import LogRank
from milepost.core.insights.time_to_value import Group, TimeToValueAnswer
from milepost.core.insights.trials import TrialsAnswer
from milepost.core.values import Undefined

_TICKS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 10, 60, 6 * 60, 24 * 60, 3 * 1440, 7 * 1440, 30 * 1440, 90 * 1440)
)
_WAYS = 5


def activation(answer: ActivationAnswer, named: Named) -> Report:
    rows = [(named.cohort(each.cohort), each.rate) for each in answer.cohorts]
    rows += [(date_format(each.week, "SHORT_DATE_FORMAT"), each.rate) for each in answer.weeks]
    return Report(
        n=answer.rate.n,
        figures=(Figure(_("Activated"), answer.rate),),
        chart=bars(_("Share activated, by cohort"), rows, name=_("Activated"), across=bool(answer.cohorts)),
        tables=(Table(_("By cohort"), (_("Cohort"), _("Activated")), tuple(rows)),),
    )


def time_to_value(answer: TimeToValueAnswer, named: Named) -> Report:
    groups: list[tuple[str, Group | TimeToValueAnswer]] = [(named.cohort(each.cohort), each) for each in answer.groups]
    groups = groups or [(_("Everybody"), answer)]
    series = tuple(
        Series(name, [(0.0, 0.0), *((log1p(point.seconds / 60), 1 - point.waiting) for point in group.curve)])
        for name, group in groups
    )
    ends = max((point.seconds for _, group in groups for point in group.curve), default=0.0)
    ticks = tuple((log1p(tick.total_seconds() / 60), duration(tick)) for tick in _TICKS if tick.total_seconds() <= ends)
    head = (_("Cohort"), named.people, _("Arrived"), _("Half within"), _("Three of four"), _("Nine of ten"))
    rows: list[tuple[Value, ...]] = [
        (name, group.n, group.arrived, group.median, group.p75, group.p90) for name, group in groups
    ]
    return Report(
        n=answer.n,
        figures=(
            Figure(_("Half got there within"), answer.median),
            Figure(_("Three of four"), answer.p75),
            Figure(_("Nine of ten"), answer.p90),
            Figure(_("Not there yet"), answer.censored),
        ),
        chart=Chart(_("Share that has arrived, by time since the start"), "steps", series, ticks=ticks),
        tables=(Table(_("By cohort"), head, tuple(rows)),),
        verdict=_difference(answer.difference),
    )


def _difference(found: LogRank) -> str:
    if isinstance(found.p, Undefined) or isinstance(found.statistic, Undefined):
        return ""
    numbers = {"p": f"{found.p:.3f}", "chi": f"{found.statistic:.1f}"}
    if found.p < 0.05:
        return _("The cohorts differ in how long they take (log-rank χ² %(chi)s, p = %(p)s).") % numbers
    return _("How long it takes does not tell the cohorts apart (log-rank χ² %(chi)s, p = %(p)s).") % numbers


def milestones(answer: MilestonesAnswer, named: Named) -> Report:
    total = [(named.milestone(reach.milestone), reach.rate) for reach in answer.milestones]
    cells = list(zip(*(reach.cohorts for reach in answer.milestones), strict=True))
    grid: list[Row] = [
        (named.cohort(row[0].cohort), row[0].rate.n, *(one.rate for one in row)) for row in cells if row[0].rate.n
    ]
    head = (_("Cohort"), named.people, *(name for name, _rate in total))
    ideal = tuple((named.cohort(each.cohort), each.rate) for each in answer.ideal)
    weak = tuple(
        (named.milestone(each.milestone), named.milestone(each.after) if each.after else _("the start"), each.drop)
        for each in answer.weak
    )
    return Report(
        n=max((rate.n for _, rate in total), default=0),
        chart=bars(_("Share that reached each milestone"), total, name=_("Reached")),
        tables=(
            Table(_("Cohorts × milestones"), head, tuple(grid), grid=True),
            Table(
                _("Ideal client: cohorts by how many reach an outcome"), (_("Cohort"), _("Reached an outcome")), ideal
            ),
            Table(
                _("Weak points: what is lost before each milestone"),
                (_("Milestone"), pgettext("a milestone", "After"), _("Lost")),
                weak,
            ),
        ),
    )


def funnel(answer: FunnelAnswer, named: Named) -> Report:
    answer = replace(answer, steps=[_called(step, named) for step in answer.steps])
    rows = tuple(
        (step.text, step.n, step.of_first, step.of_previous, seconds(step.median_seconds), seconds(step.p90_seconds))
        for step in answer.steps
    )
    head = (
        _("Step"),
        named.people,
        _("Of the first"),
        _("Of the step before"),
        _("Half within"),
        _("Nine of ten within"),
    )
    splits: tuple[Row, ...] = tuple((named.cohort(split.cohort), *split.steps) for split in answer.splits)
    tables = [Table(_("Steps"), head, rows)]
    if splits:
        tables.append(Table(_("Split"), (_("Cohort"), *(step.text for step in answer.steps)), splits, grid=True))
    return Report(
        n=answer.steps[0].n,
        figures=tuple(_drops(answer, named)),
        chart=bars(_("Share of the first step"), [(s.text, s.of_first) for s in answer.steps], name=_("Came so far")),
        tables=tuple(tables),
    )


def _called(step: Step, named: Named) -> Step:
    """The step under the milestone's title, where it is one."""
    return replace(step, text=named.milestone(step.milestone)) if step.milestone else step


def _drops(answer: FunnelAnswer, named: Named) -> list[Figure]:
    def after(drop: Drop) -> dict[str, str]:
        return {"step": answer.steps[drop.after - 1].text}

    figures = [Figure(_("Came through"), answer.steps[-1].of_first)]
    if answer.biggest_drop is not None:
        most = (
            _("Most accounts lost: after “%(step)s”") if named.are_accounts else _("Most people lost: after “%(step)s”")
        )
        figures.append(Figure(most % after(answer.biggest_drop), answer.biggest_drop.lost))
    if answer.steepest_drop is not None:
        label = _("Largest share lost: after “%(step)s”") % after(answer.steepest_drop)
        figures.append(Figure(label, answer.steepest_drop.rate))
    return figures


def classic(answer: ClassicAnswer, named: Named) -> Report:
    parts = {
        "form": _("Form"),
        "welcome": _("Welcome"),
        "profile": _("Profile"),
        "examples": _("Examples"),
        "manual": _("Manual"),
        "use": _("Real use"),
    }
    sequence = [(parts[part.name], part.rate) for part in answer.sequence]
    reached = [(named.milestone(each.milestone), each.rate, each.of_whole) for each in answer.milestones]
    both = [*sequence, *((name, rate) for name, rate, _ in reached)]
    return Report(
        n=answer.n,
        figures=(Figure(_("Came through the whole sequence"), answer.sequence[-1].rate),),
        chart=bars(_("The sequence, and then the milestones"), both, name=_("Share of those who started")),
        tables=(
            Table(_("The classic sequence"), (_("Part"), _("Came so far")), tuple(sequence)),
            Table(
                _("Milestones"),
                (_("Milestone"), _("Of all who started"), _("Of those who came through the sequence")),
                tuple(reached),
            ),
        ),
    )


def retention(answer: RetentionAnswer, named: Named) -> Report:
    units = [str(after) for after in range(len(answer.curve))]
    width = max((len(row.rates) for row in answer.cohorts), default=0)
    unknown = Undefined("not over yet")
    everybody = tuple(each for each in zip(units, answer.curve, strict=True) if each[1].n)
    rows: tuple[Row, ...] = tuple(
        (day(row.begins), row.n, *row.rates, *(unknown,) * (width - len(row.rates))) for row in answer.cohorts if row.n
    )
    return Report(
        n=answer.n,
        chart=Chart(
            _("Share that came back, by time since the beginning"),
            "lines",
            (rates(_("Came back"), answer.curve),),
            tuple(units),
        ),
        tables=(
            Table(_("By cohort"), (_("Began"), named.people, *units[:width]), rows, grid=True),
            Table(_("Everybody"), (_("After"), _("Came back")), everybody),
        ),
    )


def active(answer: ActiveAnswer, named: Named) -> Report:
    days = [day(each.day) for each in answer.days]
    series = tuple(
        Series(name, [getattr(day, key) for day in answer.days])
        for key, name in (("dau", _("A day")), ("wau", _("7 days")), ("mau", _("30 days")))
    )
    share: Value = answer.stickiness if isinstance(answer.stickiness, Undefined) else f"{answer.stickiness:.0%}"
    head = (_("Day"), _("Active that day"), _("In 7 days"), _("In 30 days"), _("Stickiness"))
    rows = tuple((name, day.dau, day.wau, day.mau, day.stickiness) for name, day in zip(days, answer.days, strict=True))
    return Report(
        n=answer.n,
        figures=(Figure(_("Active in this time"), answer.n), Figure(_("Stickiness"), share)),
        chart=Chart(
            _("Accounts active") if named.are_accounts else _("People active"),
            "lines",
            series,
            tuple(days),
            percent=False,
        ),
        tables=(Table(_("Day by day"), head, rows),),
    )


def engagement(answer: EngagementAnswer, named: Named) -> Report:
    def row(name: str, index: Index) -> tuple[Value, ...]:
        ends = index.interval
        interval = f"{ends.low:.1f} – {ends.high:.1f}" if ends else "–"
        return (name, index.n, index.mean, interval, index.median, index.p90, index.engaged)

    head = (
        _("Cohort"),
        named.people,
        _("Mean"),
        _("95 %% interval") % {},
        _("Median"),
        _("Nine of ten below"),
        _("Engaged at all"),
    )
    rows = (row(_("Everybody"), answer.everybody), *(row(named.cohort(each.cohort), each) for each in answer.cohorts))
    values = [None if isinstance(each.mean, Undefined) else each.mean for each in answer.cohorts]
    ends = [each.interval for each in answer.cohorts]
    series = Series(
        _("Mean index"), values, [end.low if end else None for end in ends], [end.high if end else None for end in ends]
    )
    names = tuple(named.cohort(each.cohort) for each in answer.cohorts)
    weighed = tuple((each.event, each.weight, each.times, each.points) for each in answer.events)
    declared = bool(named.document.engagement)
    return Report(
        n=answer.everybody.n if declared else 0,
        figures=(Figure(_("Mean index"), answer.everybody.mean), Figure(_("Engaged at all"), answer.everybody.engaged)),
        chart=Chart(_("Mean index, by cohort"), "bars", (series,), names, percent=False),
        tables=(
            Table(_("By cohort"), head, rows),
            Table(_("What counts"), (_("Fact"), _("Weight"), _("Times"), _("Adds")), weighed),
        ),
        teaches="" if declared else _("Say in the program which facts are engagement, and how much each counts."),
        example="" if declared else "engagement:\n  Meal Logged: 1\n  Friend Invited: 5",
    )


def lifecycle(answer: StagesAnswer, named: Named) -> Report:
    words = {
        "new": pgettext("people", "New"),
        "activated": _("Activated"),
        "regular": _("Regular"),
        "advanced": _("Advanced"),
    }
    stages = [words.get(stage, stage) for stage in answer.stages]
    rows: tuple[Row, ...] = tuple((named.cohort(each.cohort), each.n, *each.shares) for each in answer.cohorts)
    return Report(
        n=answer.everybody.n,
        figures=tuple(Figure(name, share) for name, share in zip(stages, answer.everybody.shares, strict=True)),
        chart=bars(
            _("Where everybody stands"), list(zip(stages, answer.everybody.shares, strict=True)), name=_("Share")
        ),
        tables=(Table(_("By cohort"), (_("Cohort"), named.people, *stages), rows, grid=True),),
    )


def know_do(answer: KnowDoAnswer, named: Named) -> Report:
    rows = tuple(
        (named.content(each.guide), named.milestone(each.milestone), each.finished, each.under_way, each.gap)
        for each in answer.guides
    )
    head = (_("Guide"), _("Leads to"), _("Finished it"), _("Not judged yet"), _("Knew and did not do"))
    gaps = [(named.content(each.guide), each.gap) for each in answer.guides]
    return Report(
        n=sum(each.finished for each in answer.guides),
        figures=(Figure(_("Knew and did not do"), answer.everything),),
        chart=bars(
            _("Finished the guide, and did not reach its milestone"),
            gaps,
            name=pgettext("between knowing and doing", "Gap"),
        ),
        tables=(Table(_("Guides"), head, rows),),
        teaches=_("A guide that leads to a milestone (`serves`), and people who finish it, fill this page."),
    )


def paths(answer: PathsAnswer, named: Named) -> Report:
    ways = tuple(
        (" → ".join(way.steps) or _("nothing before it"), len(way.steps), way.people, seconds(way.median_seconds))
        for way in answer.ways[:_WAYS]
    )
    needless = tuple(
        (each.step, each.rate, seconds(each.median_with), seconds(each.median_without)) for each in answer.needless
    )
    shortest: Value = len(answer.shortest.steps) if answer.shortest else Undefined("nobody has arrived")
    return Report(
        n=answer.n,
        figures=(
            Figure(_("Steps of the shortest way"), shortest),
            Figure(_("Steps that people take"), answer.median_steps),
        ),
        chart=bars(
            _("Steps that others took needlessly"), [(e.step, e.rate) for e in answer.needless], name=_("Took it")
        ),
        tables=(
            Table(_("Shortest ways"), (_("Way"), _("Steps"), named.people, _("Half within")), ways),
            Table(
                _("Needless steps"),
                (_("Step"), _("Took it"), _("Half within, with it"), _("Half within, without it")),
                needless,
            ),
        ),
    )


def flow(answer: FlowAnswer, named: Named) -> Report:
    steps = [(each.step, each.rate, timedelta(seconds=each.after_seconds)) for each in answer.steps]
    ways = [
        (f"{each.start} → {each.end}", each.rate, timedelta(seconds=each.median_seconds))
        for each in sorted(answer.ways, key=lambda each: -each.rate.count)
    ]
    return Report(
        n=answer.n,
        drawing=flow_drawing(answer, named.document) if steps else "",
        tables=(
            Table(_("What people do"), (_("Step"), _("Did it"), _("After the start")), tuple(steps)),
            Table(_("What directly follows"), (_("Way"), _("Went it"), _("Took them")), tuple(ways)),
        ),
    )


def trials(answer: TrialsAnswer, named: Named) -> Report:
    split = [(_("With their first value in time"), answer.with_aha), (_("Without it"), answer.without_aha)]
    return Report(
        n=answer.started,
        figures=(Figure(_("Paid"), answer.paid), Figure(_("Trial not over"), answer.under_way)),
        chart=bars(_("Share that paid"), split, name=_("Paid")),
        tables=(Table(_("Trials that are over"), (named.people, _("Paid")), (*split, (_("Everybody"), answer.paid))),),
        teaches=_("Send *Trial Started* and *Trial Ended*, and a fact when somebody pays."),
    )


def program_duration(answer: DurationAnswer, named: Named) -> Report:
    curve = [(str(each.days), each.share) for each in answer.curve]
    late = tuple((named.milestone(each.milestone), each.reached, each.late) for each in answer.milestones)
    return Report(
        n=answer.n,
        figures=(
            Figure(_("Reached after the end"), answer.late),
            Figure(_("Length of the program"), timedelta(days=answer.length_days)),
        ),
        chart=Chart(
            _("Share of all that is reached, by days since the start"),
            "lines",
            (rates(_("Reached by then"), [rate for _, rate in curve]),),
            tuple(days for days, _rate in curve),
        ),
        tables=(
            Table(_("Milestones"), (_("Milestone"), _("Reached by"), _("After the program's end")), late),
            Table(_("Days"), (_("Days"), _("Reached by then")), tuple(curve)),
        ),
    )


def adoption(answer: AdoptionAnswer, named: Named) -> Report:
    rows = tuple((each.function, ", ".join(each.facts) or "–", each.adopted, each.any_use) for each in answer.functions)
    return Report(
        n=answer.n if answer.functions else 0,
        chart=bars(
            _("Share that uses each function"), [(e.function, e.adopted) for e in answer.functions], name=_("Uses it")
        ),
        tables=(Table(_("Functions"), (_("Function"), _("Seen by"), _("Uses it"), _("Used it at all")), rows),),
        teaches=_("Write down what the product can do (`functions`), and send `groupId` so that accounts are known."),
        example="functions:\n  food-diary: {milestones: [first-meal], used: {did: Meal Logged}}",
    )


def screens(answer: ScreensAnswer, named: Named) -> Report:
    """What nobody explains stands first."""
    alone = sorted(answer.screens, key=lambda screen: bool(screen.pieces))
    rows = tuple(
        (each.path, ", ".join(map(named.content, each.pieces)) or _("nothing"), each.seen, each.views) for each in alone
    )
    return Report(
        n=answer.n if answer.screens else 0,
        figures=(Figure(_("Views of screens that are explained"), answer.covered),),
        tables=(
            Table(
                _("Screens"), (_("Screen"), _("Explained by"), _("Newcomers who see it"), _("Views")), rows, grid=True
            ),
        ),
        teaches=_("Pages are seen by themselves once the snippet is there; a single-page app says each view itself."),
        example="milepost.page()",
    )


def searches(answer: SearchesAnswer, named: Named) -> Report:
    rows = tuple((each.text, each.people, each.times, each.found, each.opened) for each in answer.searches)
    head = (_("Searched for"), _("People"), _("Times"), _("Something was found"), _("An article was opened"))
    return Report(
        n=answer.n,
        figures=(Figure(_("Something was found"), answer.found), Figure(_("An article was opened"), answer.opened)),
        tables=(Table(_("Searches, those without an answer first"), head, rows),),
        teaches=_("Write articles: the help on the page searches them, and what it does not find stands here."),
        example="articles:\n  find-any-food: {title: How to find any food, body: Type fewer letters.}",
    )


def revenue(answer: RevenueAnswer, named: Named) -> Report:
    months = [str(month.after) for month in answer.curve]
    values = [None if isinstance(month.retention, Undefined) else month.retention for month in answer.curve]
    ends = [month.interval for month in answer.curve]
    head = (_("Month"), _("Payers"), _("Revenue"), _("Of month 0"), _("Expansion"), _("Contraction"), _("Paid more"))
    rows = tuple(
        (str(m.after), m.n, m.revenue, m.retention, m.expansion, m.contraction, m.expanded) for m in answer.curve
    )
    width = max((len(row.months) for row in answer.cohorts), default=0)
    unknown = Undefined("not over yet")
    cohorts = tuple(
        (day(row.begins), row.n, *(m.retention for m in row.months), *(unknown,) * (width - len(row.months)))
        for row in answer.cohorts
    )
    kinds = {"milestone": _("Milestone"), "offer": _("Offer")}
    before = tuple(
        (
            kinds[each.kind],
            (named.milestone if each.kind == "milestone" else named.offer)(each.key) if each.key else _("none"),
            each.expansions,
            each.more,
        )
        for each in answer.before
    )
    series = Series(
        _("Net revenue retention"),
        values,
        [end.low if end else None for end in ends],
        [end.high if end else None for end in ends],
    )
    return Report(
        n=answer.n,
        chart=Chart(_("Revenue of each month by that of the first"), "lines", (series,), tuple(months)),
        tables=(
            Table(_("Months since the first payment"), head, rows),
            Table(_("By cohort"), (_("First paid"), _("Payers"), *months[:width]), cohorts),
            Table(_("Before somebody paid more"), (_("What"), _("Last one"), _("Expansions"), _("Brought")), before),
        ),
        teaches=_("Send a fact for each payment, with its amount in `revenue`."),
        example='track("Payment Succeeded", {revenue: 29, currency: "EUR"})',
    )


MAKERS: dict[str, Callable[[Any, Named], Report]] = {
    "activation": activation,
    "time-to-value": time_to_value,
    "milestones": milestones,
    "funnel": funnel,
    "classic": classic,
    "retention": retention,
    "active": active,
    "engagement": engagement,
    "lifecycle": lifecycle,
    "know-do": know_do,
    "paths": paths,
    "flow": flow,
    "trials": trials,
    "duration": program_duration,
    "adoption": adoption,
    "screens": screens,
    "searches": searches,
    "registration": registration,
    "first-session": first_session,
    "satisfaction": satisfaction,
    "lost-to": lost_to,
    "responses": responses,
    "revenue": revenue,
}

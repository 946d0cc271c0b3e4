# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""The map: each goal with its path of milestones, and what holds people back on it.

A person walks the path of the goal that they stated last. Steps may be reached in any order; the time of a step is that
from the step before it on the path (of the first: from the start), of those who reached both, and 0 where it came earlier.
"""

from collections.abc import Iterable

from msgspec import Struct

from milepost.core import events
from milepost.core.conditions.types import Series
from milepost.core.conditions.words import describe
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.milestone import Help
from milepost.core.values import Undefined

NOBODY_ON_IT = "nobody is on this path"
NOBODY_BEFORE = "nobody came to the step before"
NOBODY_HELPED = "nobody was helped"


class Stop(Struct, frozen=True, kw_only=True):
    """One milestone of a path. `drop` is the share of those at the step before who have not come on to this one. Units:
    seconds from the step before, the median of those who reached both."""

    milestone: str
    reached: Rate
    median_seconds: float | Undefined
    drop: Rate


class Path(Struct, frozen=True, kw_only=True):
    """`n` people have this goal. Absent: `goal` is None for everybody who started, on all milestones as the program has
    them, whatever their goal."""

    goal: str | None
    n: int
    stops: list[Stop]


class Helped(Struct, frozen=True, kw_only=True):
    """`help` is `kind:key`. Of those who got it while stuck, the share that reached the milestone by it."""

    help: str
    unblocked: Rate


class Stuck(Struct, frozen=True, kw_only=True):
    """Counts are of people: `detected` were seen to be stuck, `resolved` reached the milestone after that, with help or
    without. `unblocked` is the share of those helped who reached it after the help."""

    milestone: str
    obstacle: str
    detected: int
    helped: int
    resolved: int
    unblocked: Rate
    helps: list[Helped]


class MapAnswer(Answer, frozen=True, kw_only=True):
    """`paths`: first everybody's, then the program's goals. `n` people started in the period."""

    n: int
    paths: list[Path]
    obstacles: list[Stuck]


class JourneyMap(Period, frozen=True, kw_only=True):
    """Absent: without `goal` obstacles are everybody's; with one, those of the people who have it."""

    goal: str | None = None

    def plan(self) -> Plan:
        text = self.text()
        goal = text.table(f"select uid, json_extract_string(v, '$') as goal from ({_goals(text)})")
        people = text.table(
            f"select p.uid, p.ts, g.goal from {starters(self, text)} p left join {goal} g on g.uid = p.uid"
        )
        stops = " union all ".join(part for path in self._paths() for part in _stops(text, people, *path))
        stuck = _stuck(text, _with(text, people, self.goal), list(self._helps()))
        return text.plan(f"{stops} union all {stuck} order by 1, 2, 3, 4")

    def _paths(self) -> list[tuple[str | None, tuple[str, ...]]]:
        known = self.document.milestones
        goals = [
            (key, tuple(one for one in goal.milestones if one in known)) for key, goal in self.document.goals.items()
        ]
        return [(None, tuple(known)), *goals]

    def _helps(self) -> Iterable[tuple[str, str, str, str, str]]:
        """(milestone, obstacle, `kind:key`, the fact that says that somebody got it, the property that names it)."""
        for milestone, definition in self.document.milestones.items():
            for obstacle, one in definition.obstacles.items():
                for kind, key in (named for help_ in one.help for named in _named(help_)):
                    yield milestone, obstacle, f"{kind}:{key}", *_GOT[kind]

    def answer(self, plan: Plan, rows: Rows) -> MapAnswer:
        found = {(kind, one, two, three): tuple(numbers) for kind, one, two, three, *numbers in rows}
        paths = [_path(goal, milestones, found) for goal, milestones in self._paths()]
        helps = list(self._helps())
        obstacles = [
            _obstacle(
                milestone,
                obstacle,
                [name for one, two, name, *_ in helps if (one, two) == (milestone, obstacle)],
                found,
            )
            for milestone, definition in self.document.milestones.items()
            for obstacle in definition.obstacles
        ]
        return MapAnswer(n=paths[0].n, paths=paths, obstacles=obstacles, **frame(self, plan, self.definition()))

    def definition(self) -> str:
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, on the path of the "
            "goal that "
            "they stated last: the share that reached each milestone by the moment of asking, the median time from the "
            "step before, and the share that has not come on from there. An obstacle is resolved when its milestone is "
            "reached after it was detected; unblocked are those who reached it after they got one of its helps."
        )


Found = dict[tuple[str, str, str, str], tuple[int, int, int, float | None]]

#: How a help is seen to have arrived: the fact's name, and the property that holds the key.
_GOT = {
    "guide": (events.CONTENT_SHOWN, "content"),
    "content": (events.CONTENT_SHOWN, "content"),
    "article": (events.CONTENT_SHOWN, "content"),
    "message": (events.MESSAGE_SENT, "message"),
    "offer": (events.OFFER_SHOWN, "offer"),
}


def _named(help_: Help) -> list[tuple[str, str]]:
    return [(kind, key) for kind in _GOT if (key := getattr(help_, kind)) is not None]


def _goals(text: Text) -> str:
    return text.last_values(Series(event=events.GOAL_STATED, property="goal"))


def _stops(text: Text, people: str, goal: str | None, milestones: tuple[str, ...]) -> Iterable[str]:
    """Rows `('path' or 'stop', goal, milestone, '', n, reached, reached both, median of both)`."""
    key, own = text.parameters.add(goal or ""), _with(text, people, goal)
    yield f"select 'path', {key}, '', '', count(*), 0, 0, null::double from {own}"
    before = own
    both = "b.uid is not null and g.uid is not null"
    gap = f"quantile_cont(greatest(0, epoch_us(g.ts) - epoch_us(b.ts)), 0.5) filter ({both})"
    for milestone in milestones:
        reached = text.reached(milestone)
        yield (
            f"select 'stop', {key}, {text.parameters.add(milestone)}, '', count(b.uid), count(g.uid), "
            f"count(*) filter ({both}), {gap} / 1e6 "
            f"from {own} p left join {before} b on b.uid = p.uid left join {reached} g on g.uid = p.uid"
        )
        before = reached


def _with(text: Text, people: str, goal: str | None) -> str:
    """The table of those who have this goal; None: of all."""
    return people if goal is None else text.table(f"select * from {people} where goal = {text.parameters.add(goal)}")


def _stuck(text: Text, people: str, helps: list[tuple[str, str, str, str, str]]) -> str:
    """Rows `('stuck', milestone, obstacle, '', detected, helped, resolved, unblocked)`, and one of `('help', …, help,
    got it, 0, 0, unblocked by it)` for each help, counting people."""
    seen = text.table(_told(text, people, events.OBSTACLE_DETECTED))
    solved = text.table(_told(text, people, events.OBSTACLE_RESOLVED))
    first = text.table(f"select m, o, uid, min(ts) as ts from {seen} group by m, o, uid")
    got = text.table(" union all ".join(_got(text, first, *each) for each in helps) or _NO_HELP)
    after = text.table(
        f"select s.m, s.o, s.uid, s.help, s.helped from {solved} s join {first} d using (m, o, uid) where s.ts >= d.ts"
    )
    helped = text.table(f"select m, o, uid from {got} union select m, o, uid from {after} where helped")
    counts = (
        f"select m, o, count(distinct uid) as d, 0 as h, 0 as r, 0 as u from {first} group by m, o "
        f"union all select m, o, 0, count(distinct uid), 0, 0 from {helped} group by m, o "
        f"union all select m, o, 0, 0, count(distinct uid), count(distinct uid) filter (helped) from {after} group by m, o"
    )
    by_help = (
        f"select g.m, g.o, g.help, count(distinct g.uid) as h, count(distinct a.uid) as u from {got} g "
        f"left join {after} a on a.m = g.m and a.o = g.o and a.uid = g.uid and a.helped "
        "and coalesce(a.help = g.help, true) group by g.m, g.o, g.help"
    )
    return (
        f"select 'stuck', m, o, '', sum(d)::bigint, sum(h)::bigint, sum(r)::bigint, sum(u)::double from ({counts}) "
        f"group by m, o union all select 'help', m, o, help, h, 0, 0, u::double from ({by_help})"
    )


def _told(text: Text, people: str, event: str) -> str:
    """A select of `(uid, ts, m, o, help, helped)`: what the engine concluded of these people."""
    of = {name: property_text_sql(name, text.parameters) for name in _CONCLUDED}
    return (
        f"select f.uid, f.ts, {of['milestone']} as m, {of['obstacle']} as o, {of['help']} as help, "
        f"coalesce({of['helped']} = 'true', false) as helped from facts f join {people} p on p.uid = f.uid "
        f"where {text.named(event)}"
    )


def _got(text: Text, first: str, milestone: str, obstacle: str, name: str, event: str, property_: str) -> str:
    """A select of `(m, o, uid, help)`: who got this help after they were seen to be stuck."""
    key = text.parameters.add(name.partition(":")[2])
    m, o, help_ = (text.parameters.add(one) for one in (milestone, obstacle, name))
    return (
        f"select d.m, d.o, d.uid, {help_} as help from {first} d join facts f on f.uid = d.uid and f.ts >= d.ts "
        f"where d.m = {m} and d.o = {o} and {text.named(event)} "
        f"and {property_text_sql(property_, text.parameters)} = {key}"
    )


_CONCLUDED = ("milestone", "obstacle", "help", "helped")
_NO_HELP = "select '' as m, '' as o, 0 as uid, '' as help where false"
_NOBODY = (0, 0, 0, None)


def _path(goal: str | None, milestones: tuple[str, ...], found: Found) -> Path:
    n = found[("path", goal or "", "", "")][0]
    stops = [_stop(key, n, found[("stop", goal or "", key, "")]) for key in milestones]
    return Path(goal=goal, n=n, stops=stops)


def _stop(key: str, n: int, numbers: tuple[int, int, int, float | None]) -> Stop:
    before, reached, both, median = numbers
    return Stop(
        milestone=key,
        reached=rate(reached, n, NOBODY_ON_IT),
        median_seconds=Undefined("nobody came from the step before") if median is None else median,
        drop=rate(before - both, before, NOBODY_BEFORE),
    )


def _obstacle(milestone: str, obstacle: str, helps: list[str], found: Found) -> Stuck:
    detected, helped, resolved, unblocked = found.get(("stuck", milestone, obstacle, ""), _NOBODY)
    by_help = {name: found.get(("help", milestone, obstacle, name), _NOBODY) for name in helps}
    return Stuck(
        milestone=milestone,
        obstacle=obstacle,
        detected=detected,
        helped=helped,
        resolved=resolved,
        unblocked=rate(int(unblocked or 0), helped, NOBODY_HELPED),
        helps=[
            Helped(help=name, unblocked=rate(int(numbers[3] or 0), numbers[0], NOBODY_HELPED))
            for name, numbers in by_help.items()
        ],
    )

# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Which responses to obstacles work: by type, and without those that the team has accepted.

A *case* is one person on one obstacle, from the first time in the period that they were seen to be stuck on it. It is
answered when help came after that, and resolved when the milestone was reached after that.
"""

from datetime import UTC, date, datetime, time

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.milestone import Obstacle
from milepost.core.success.responses import RESPONSES, Response, responses_of

NOBODY_STUCK = "nobody was stuck"
NOBODY_ANSWERED = "nobody got such help"
NOBODY_TO_JOIN = "nobody was stuck on what peers help with"
NOBODY_JOINED = "nobody joined"


class ResponseDid(Struct, frozen=True, kw_only=True):
    """`obstacles` are those that name this response, `cases` those that got it; `resolved` the share of these that were
    resolved after it came. A product change comes to nobody as help: see `changes`."""

    response: Response
    obstacles: int
    cases: int
    resolved: Rate


class Changed(Struct, frozen=True, kw_only=True):
    """An obstacle that goes out of the product. Absent: `done_on` None while it has not, then all cases are `before`."""

    milestone: str
    obstacle: str
    done_on: date | None
    before: int
    after: int


class Accepted(Struct, frozen=True, kw_only=True):
    """An obstacle about which nothing is done, and why: counted, and in none of the shares."""

    milestone: str
    obstacle: str
    why: str
    cases: int


class Community(Struct, frozen=True, kw_only=True):
    """Of the cases on obstacles that name peers: the share who joined the community afterwards, and of these the share that
    were resolved after they joined."""

    joined: Rate
    resolved: Rate


class ResponsesAnswer(Answer, frozen=True, kw_only=True):
    """`n` cases on obstacles that were not accepted. `open`: neither answered nor resolved."""

    n: int
    answered: Rate
    resolved: Rate
    open: int
    responses: list[ResponseDid]
    community: Community
    changes: list[Changed]
    accepted: list[Accepted]


Found = dict[tuple[str, str, str], tuple[int, int, int, int]]


class Responses(Period, frozen=True, kw_only=True):
    """Cases that began in [from, to); what followed counts up to `as_of`."""

    def plan(self) -> Plan:
        text = self.text()
        seen = f"select * from ({_told(text, events.OBSTACLE_DETECTED)}) where {inside(self, text)}"
        cases = text.table(f"select m, o, uid, min(ts) as ts from ({seen}) group by m, o, uid")
        after = f"from {cases} c join ({{told}}) t using (m, o, uid) where t.ts >= c.ts"
        answers = text.table(
            f"select m, o, uid, t.response, min(t.ts) as ts {after.format(told=_told(text, events.OBSTACLE_ANSWERED))} "
            "group by m, o, uid, t.response"
        )
        solved = text.table(
            f"select m, o, uid, max(t.ts) as ts {after.format(told=_told(text, events.OBSTACLE_RESOLVED))} "
            "group by m, o, uid"
        )
        got = text.table(f"select m, o, uid from {answers} group by m, o, uid")
        parts = (*self._cases(text, cases, got, solved), _by_type(answers, solved), *self._joined(text, cases, solved))
        return text.plan(" union all ".join(parts))

    def _joined(self, text: Text, cases: str, solved: str) -> list[str]:
        """Rows `(m, o, 'joined', cases, joined, resolved after it, 0)` of obstacles that name peers."""
        named = [
            (key, name) for key, name, obstacle in self._obstacles() if any(help_.peers for help_ in obstacle.help)
        ]
        if not named:
            return []
        joined = text.table(f"select uid, ts from facts f where {text.named(events.COMMUNITY_JOINED)}")
        since = text.table(
            f"select m, o, c.uid, min(j.ts) as ts from {cases} c join {joined} j on j.uid = c.uid and j.ts >= c.ts "
            "group by m, o, c.uid"
        )
        peers = " or ".join(f"(m = {text.parameters.add(m)} and o = {text.parameters.add(o)})" for m, o in named)
        return [
            "select m, o, 'joined', count(*), count(j.uid), count(*) filter (s.ts >= j.ts), 0 "
            f"from {cases} c left join {since} j using (m, o, uid) left join {solved} s using (m, o, uid) "
            f"where {peers} group by m, o"
        ]

    def _cases(self, text: Text, cases: str, got: str, solved: str) -> list[str]:
        """Rows `(m, o, '', cases, answered, resolved, answered or resolved)`, and `(m, o, 'after', cases since, …)`."""
        joined = f"from {cases} c left join {got} g using (m, o, uid) left join {solved} s using (m, o, uid)"
        either = "count(*) filter (g.uid is not null or s.uid is not null)"
        parts = [
            f"select m, o, '' as kind, count(*) as a, count(g.uid) as b, count(s.uid) as c, {either} as d {joined} "
            "group by m, o"
        ]
        for milestone, name, obstacle in self._obstacles():
            if (done := done_on(obstacle)) is not None:
                m, o = text.parameters.add(milestone), text.parameters.add(name)
                since = text.parameters.add(datetime.combine(done, time(), UTC))
                parts.append(
                    f"select m, o, 'after', count(*), 0, 0, 0 from {cases} where m = {m} and o = {o} and ts >= {since} "
                    "group by m, o"
                )
        return parts

    def _obstacles(self) -> list[tuple[str, str, Obstacle]]:
        return [
            (key, name, obstacle)
            for key, milestone in self.document.milestones.items()
            for name, obstacle in milestone.obstacles.items()
        ]

    def answer(self, plan: Plan, rows: Rows) -> ResponsesAnswer:
        found: Found = {(m, o, kind): (a, b, c, d) for m, o, kind, a, b, c, d in rows}
        counted = [
            found.get((key, name, ""), (0, 0, 0, 0))
            for key, name, obstacle in self._obstacles()
            if obstacle.accepted is None
        ]
        n, answered, resolved, either = (sum(each[place] for each in counted) for place in range(4))
        return ResponsesAnswer(
            n=n,
            answered=rate(answered, n, NOBODY_STUCK),
            resolved=rate(resolved, n, NOBODY_STUCK),
            open=n - either,
            responses=[self._response(response, found) for response in RESPONSES],
            community=self._community(found),
            changes=[
                _changed(key, name, obstacle, found) for key, name, obstacle in self._obstacles() if obstacle.change
            ],
            accepted=[
                Accepted(milestone=key, obstacle=name, why=obstacle.accepted, cases=found.get((key, name, ""), (0,))[0])
                for key, name, obstacle in self._obstacles()
                if obstacle.accepted is not None
            ],
            **frame(self, plan, self.definition()),
        )

    def _response(self, response: Response, found: Found) -> ResponseDid:
        named = sum(response in responses_of(obstacle, self.document) for *_, obstacle in self._obstacles())
        cases, resolved, *_ = found.get(("", "", response), (0, 0, 0, 0))
        return ResponseDid(
            response=response, obstacles=named, cases=cases, resolved=rate(resolved, cases, NOBODY_ANSWERED)
        )

    def _community(self, found: Found) -> Community:
        accepted = {(key, name) for key, name, obstacle in self._obstacles() if obstacle.accepted is not None}
        rows = [row for (m, o, kind), row in found.items() if kind == "joined" and (m, o) not in accepted]
        cases, joined, resolved = (sum(row[place] for row in rows) for place in range(3))
        return Community(joined=rate(joined, cases, NOBODY_TO_JOIN), resolved=rate(resolved, joined, NOBODY_JOINED))

    def definition(self) -> str:
        return (
            "Cases are people on obstacles, from the first time in the period that they were seen to be stuck. A case is "
            "answered when help came after that, and resolved when the milestone was reached after that; of a response the "
            "share that was resolved after it came; of cases on obstacles that name peers, the share who joined the "
            "community afterwards, and of these the share that was resolved after that. Obstacles that the team has "
            "accepted are counted apart."
        )


def done_on(obstacle: Obstacle) -> date | None:
    """The day since when it is out of the product."""
    return date.fromisoformat(obstacle.change.done_on) if obstacle.change and obstacle.change.done_on else None


def _told(text: Text, event: str) -> str:
    """A select of `(uid, ts, m, o, response)`: what the engine concluded."""
    of = {name: property_text_sql(name, text.parameters) for name in ("milestone", "obstacle", "response")}
    return (
        f"select f.uid, f.ts, {of['milestone']} as m, {of['obstacle']} as o, {of['response']} as response "
        f"from facts f where {text.named(event)}"
    )


def _by_type(answers: str, solved: str) -> str:
    """Rows `('', '', response, cases, resolved after it, 0, 0)`."""
    return (
        "select '', '', a.response, count(*), count(*) filter (s.ts >= a.ts), 0, 0 "
        f"from {answers} a left join {solved} s using (m, o, uid) where a.response is not null group by a.response"
    )


def _changed(milestone: str, name: str, obstacle: Obstacle, found: Found) -> Changed:
    cases, after = found.get((milestone, name, ""), (0,))[0], found.get((milestone, name, "after"), (0,))[0]
    return Changed(milestone=milestone, obstacle=name, done_on=done_on(obstacle), before=cases - after, after=after)

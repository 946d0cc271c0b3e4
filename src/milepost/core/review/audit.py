"""`milepost audit`: a program against all checks: a score by area, and what to mend first.

Each rule weighs by its level; a rule that finds nothing gives its weight, whatever the number of places where another is
broken. So a score says how many kinds of mistake there are, and the list of what to mend says where.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from milepost.core.program.problems import READING_RULES, Level, Problem
from milepost.core.review.rule import Area, Rule

WEIGHTS: dict[Level, int] = {"error": 5, "reason": 3, "warning": 1}
#: In the order in which a team should look at them.
AREAS: dict[Area, str] = {
    "form": "It can be carried out",
    "goal": "The goal comes first",
    "measuring": "Success is measured",
    "links": "Everything serves a milestone",
    "obstacles": "Obstacles are known and answered",
    "guidance": "There is guidance at every step",
    "personal": "It fits the person",
    "attention": "It is not too much",
    "words": "It is easy to read",
    "later": "It goes on",
    "team": "Somebody is responsible",
}


class Place(Struct, frozen=True, kw_only=True):
    file: str
    line: int
    path: str
    message: str
    mend: str


class Fix(Struct, frozen=True, kw_only=True):
    """One kind of mistake and everywhere it is. Units: `gain` are points of the whole score."""

    rule: str
    level: Level
    area: Area
    why: str
    mend: str
    gain: float
    places: tuple[Place, ...]
    see: str


class AreaScore(Struct, frozen=True, kw_only=True):
    """Units: `score` 0..100. `broken` of so many `rules` found something."""

    area: Area
    title: str
    score: int
    rules: int
    broken: int


class Audit(Struct, frozen=True, kw_only=True):
    """Shapes: `fixes` by what to mend first. Units: `score` 0..100."""

    programs: tuple[str, ...]
    score: int
    releasable: bool
    areas: tuple[AreaScore, ...]
    fixes: tuple[Fix, ...]


def audit(checked: Mapping[str, Sequence[Problem]], rules: Iterable[Rule]) -> Audit:
    """What the checks of these files come to. `rules`: all that were asked; what can be wrong while reading counts too."""
    weighed = [*_reading(), *((rule.id, rule.level, rule.area, rule.why, rule.mend) for rule in rules)]
    found: dict[str, list[Place]] = {}
    for file, problems in checked.items():
        for problem in problems:
            found.setdefault(problem.rule, []).append(_place(file, problem))
    total = sum(WEIGHTS[level] for _, level, *_ in weighed)
    fixes = [
        Fix(
            rule=id_,
            level=level,
            area=area,
            why=why,
            mend=mend,
            gain=round(100 * WEIGHTS[level] / total, 2),
            places=tuple(found[id_]),
            see=next(problem.see for problems in checked.values() for problem in problems if problem.rule == id_),
        )
        for id_, level, area, why, mend in weighed
        if id_ in found
    ]
    broken = {fix.rule for fix in fixes}
    scored = [(area, WEIGHTS[level], id_ in broken) for id_, level, area, *_ in weighed]
    return Audit(
        programs=tuple(checked),
        score=_score((weight, bad) for _, weight, bad in scored),
        releasable=not any(fix.level == "error" for fix in fixes),
        areas=tuple(_area(area, [(weight, bad) for each, weight, bad in scored if each == area]) for area in AREAS),
        fixes=tuple(sorted(fixes, key=_rank)),
    )


def _reading() -> Iterable[tuple[str, Level, Area, str, str]]:
    return ((id_, "error", "form", why, mend) for id_, why, mend in READING_RULES)


def _rank(fix: Fix) -> tuple[int, int, int]:
    """First what stands in the way, then in the order of the areas, then what is wrong most often."""
    return -WEIGHTS[fix.level], [*AREAS].index(fix.area), -len(fix.places)


def _area(area: Area, rules: Sequence[tuple[int, bool]]) -> AreaScore:
    broken = sum(bad for _, bad in rules)
    return AreaScore(area=area, title=AREAS[area], score=_score(rules), rules=len(rules), broken=broken)


def _score(rules: Iterable[tuple[int, bool]]) -> int:
    weights = list(rules)
    total = sum(weight for weight, _ in weights)
    return 100 * sum(weight for weight, bad in weights if not bad) // total if total else 100


def _place(file: str, problem: Problem) -> Place:
    return Place(file=file, line=problem.line, path=problem.path, message=problem.message, mend=problem.mend)


def as_text(found: Audit) -> str:
    """For people: the score, the areas, and the list of what to mend."""
    lines = [f"Score: {found.score} of 100", ""]
    lines += [_area_line(area) for area in found.areas]
    if not found.fixes:
        return "\n".join([*lines, "", "There is nothing to mend."]) + "\n"
    lines += ["", "What to mend, first things first:"]
    for number, fix in enumerate(found.fixes, start=1):
        lines += ["", f"{number}. {fix.why} [{fix.rule}, {fix.level}, +{fix.gain:g}]", f"   {fix.mend}"]
        lines += [f"   {place.file}:{place.line}: {place.message}" for place in fix.places]
    return "\n".join(lines) + "\n"


def _area_line(area: AreaScore) -> str:
    said = "" if not area.broken else f"  {area.broken} of {area.rules} checks found something"
    return f"  {area.score:>3}  {area.title}{said}"

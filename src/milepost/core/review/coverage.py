"""What a program covers: stages, functions, roles, goals and languages; what is missing stands beside what is there.

1. A step is what comes to people one by one: a piece, a message, an article. It serves milestones (`links`), and by them
   goals; a step that serves none is an orphan.
2. Whom a step is for follows from the conditions by which it comes: a goal, and a role, which is the trait or the answer
   `role`, also by way of a segment. A step that asks for no role is for all of them.
3. A step is in a language when all of its texts are.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from milepost.core.conditions.types import ONLY_QUESTION, Answered, Condition, Goal, InSegment, Test, Trait
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import SEVEN, Stage
from milepost.core.program.kinds.content import Survey
from milepost.core.program.problems import Path
from milepost.core.review.charts import ChartFunction, charted
from milepost.core.review.lasting import BEYOND
from milepost.core.review.links import Where, called, links
from milepost.core.review.mapping import STEPS, explained_by, orphans, unserved
from milepost.core.review.rule import Leaf, Review
from milepost.core.review.variety import formats, knows_the_person
from milepost.core.review.words import Spoken, how_it_reads

_ROLE = "role"
#: Stands for whoever has said no role.
ANY = ""


class StageLine(Struct, frozen=True, kw_only=True):
    """A stage, its milestones, and the steps that are there for it. One of the seven without any must be waived."""

    stage: Stage
    milestones: tuple[str, ...]
    guidance: tuple[str, ...]

    @property
    def missing(self) -> bool:
        return not self.guidance


class FunctionLine(Struct, frozen=True, kw_only=True):
    """A function of the product, the milestones that it serves, and what explains it."""

    function: str
    milestones: tuple[str, ...]
    explained_by: tuple[str, ...]


class Orphan(Struct, frozen=True, kw_only=True):
    """A step that serves no milestone. `experiment`: the YAML that tries the program without it."""

    step: str
    experiment: str


class Cell(Struct, frozen=True, kw_only=True):
    """The steps for people of this role (`""`: any) with this goal, in this language; none is a gap. `specific`: those that
    ask for the role or the goal."""

    role: str
    goal: str
    language: str
    steps: tuple[str, ...]
    specific: int


class Coverage(Struct, frozen=True, kw_only=True):
    """Shapes: `unserved` are milestones that no function serves; `charts` are the functions on the charts, by their steps;
    `ways` go from a way of learning to what teaches in it; `reading` says of each language how its texts read. Units:
    `personal_share` 0..1 of the steps come to some people and not to others, or name what only they know."""

    stages: tuple[StageLine, ...]
    functions: tuple[FunctionLine, ...]
    charts: tuple[ChartFunction, ...]
    unserved: tuple[str, ...]
    orphans: tuple[Orphan, ...]
    matrix: tuple[Cell, ...]
    ways: dict[str, list[str]]
    personal: tuple[str, ...]
    personal_share: float
    reading: tuple[Spoken, ...]

    @property
    def gaps(self) -> int:
        return (
            sum(line.missing for line in self.stages)
            + sum(not line.milestones or not line.explained_by for line in self.functions)
            + len(self.unserved)
            + len(self.orphans)
            + sum(not cell.steps for cell in self.matrix)
        )


def coverage(document: Document) -> Coverage:
    """Everything above, of a program that `check` found no error in."""
    review = Review(document=document, lines={})
    steps, personal = list(_steps(document)), sorted(called(where) for where in _personal(review))
    return Coverage(
        stages=tuple(_stages(review)),
        functions=tuple(_functions(review)),
        charts=tuple(charted(review)),
        unserved=tuple(unserved(document)),
        orphans=tuple(Orphan(step=called(where), experiment=_experiment(where, document)) for where in orphans(review)),
        matrix=tuple(_matrix(review)),
        ways=formats(review),
        personal=tuple(personal),
        personal_share=round(len(personal) / len(steps), 3) if steps else 0.0,
        reading=tuple(how_it_reads(review)),
    )


def _steps(document: Document) -> Iterator[Where]:
    return ((section, key) for section in STEPS for key in getattr(document, section))


def _stages(review: Review) -> Iterator[StageLine]:
    document, served = review.document, links(review)
    for stage in (*SEVEN, *BEYOND):
        milestones = [key for key, milestone in document.milestones.items() if milestone.stage == stage]
        yield StageLine(
            stage=stage,
            milestones=tuple(milestones),
            guidance=tuple(
                called((section, key))
                for section, key in _steps(document)
                if (own := getattr(getattr(document, section)[key], "stage", None)) == stage
                or (own is None and served.get((section, key), frozenset()).intersection(milestones))
            ),
        )


def _functions(review: Review) -> Iterator[FunctionLine]:
    for key, function in review.document.functions.items():
        yield FunctionLine(function=key, milestones=function.milestones, explained_by=tuple(explained_by(review, key)))


def _experiment(where: Where, document: Document) -> str:
    first = next((key for key, each in document.milestones.items() if each.first_value), "")
    metric = f"{{reached: {first}}}" if first else "{did: Signed Up}"
    return (
        f"experiments:\n  without-{where[1]}:\n    on: {called(where)}\n"
        f"    variants: {{with: {{}}, without: {{off: true}}}}\n    metric: {metric}\n"
    )


# --- for whom --------------------------------------------------------------------------------------------------------


def personal_conditions(document: Document) -> list[Condition]:
    """The operators by which something comes to some people and not to others: who meets none of them gets what
    everybody gets."""
    review = Review(document=document, lines={})
    return [leaf.node for leaf in review.leaves if _comes_by(leaf.path) and knows_the_person(leaf) and not leaf.negated]


def _comes_by(path: Path) -> bool:
    """Whether this condition decides what comes to somebody, rather than what counts as reached or stuck."""
    return path[0] in (*STEPS, "journeys", "cadences", "offers") and path[2:3] != ("questions",)


def _personal(review: Review) -> Iterator[Where]:
    """Steps that ask who somebody is, themselves or by the journey that sends them, or whose words name it."""
    asking = {(str(leaf.path[0]), str(leaf.path[1])) for leaf in review.leaves if knows_the_person(leaf)}
    speaking = {(str(path[0]), str(path[1])) for path, text in review.texts() if len(path) > 1 and "{{" in str(text)}
    return (where for where in _steps(review.document) if where in asking or where in speaking)


def _matrix(review: Review) -> Iterator[Cell]:
    document = review.document
    languages = (document.locales.default, *document.locales.others)
    audiences = {where: _audience(review, where) for where in _steps(document)}
    spoken = {where: _languages(review, where) for where in audiences}
    for role in _roles(review) or [ANY]:
        for goal in document.goals:
            mine = {where: own for where, own in audiences.items() if own.suits(role, goal)}
            for language in languages:
                steps = [where for where in mine if language in spoken[where]]
                yield Cell(
                    role=role,
                    goal=goal,
                    language=language,
                    steps=tuple(map(called, steps)),
                    specific=sum(bool(mine[where].roles or mine[where].asked) for where in steps),
                )


class _Audience(Struct, frozen=True):
    """Whom a step is for: `roles` and `asked` goals (empty: all), and the `goals` that it serves."""

    roles: frozenset[str]
    asked: frozenset[str]
    goals: frozenset[str]

    def suits(self, role: str, goal: str) -> bool:
        return (not self.roles or role in self.roles) and goal in (self.asked or self.goals)


def _audience(review: Review, where: Where) -> _Audience:
    leaves = [leaf for leaf in review.leaves if leaf.path[:2] == where and not leaf.negated]
    served = links(review).get(where, frozenset())
    return _Audience(
        roles=frozenset(role for leaf in leaves for role in _roles_of(leaf, review)),
        asked=frozenset(leaf.node.goal for leaf in leaves if isinstance(leaf.node, Goal)),
        goals=frozenset(key for key, goal in review.document.goals.items() if served.intersection(goal.milestones)),
    )


def _roles(review: Review) -> list[str]:
    """Every role that a question offers or a condition asks for."""
    offered = [
        option
        for _, survey in review.pieces(Survey)
        for question in survey.questions
        if question.key == _ROLE
        for option in question.options
    ]
    asked = [role for leaf in review.leaves for role in _roles_of(leaf, review)]
    return list(dict.fromkeys([*offered, *asked]))


def _roles_of(leaf: Leaf, review: Review) -> Iterable[str]:
    node = leaf.node
    if isinstance(node, Trait) and node.name == _ROLE:
        return _values(node.test)
    if isinstance(node, Answered):
        return [
            value
            for key, test in node.answers.items()
            if key == _ROLE or _only_role(node, key)
            for value in _values(test)
        ]
    if isinstance(node, InSegment) and node.segment in review.document.segments:
        inside = review.leaves_of(review.document.segments[node.segment], leaf.path)
        return [role for other in inside if not isinstance(other.node, InSegment) for role in _roles_of(other, review)]
    return []


def _only_role(node: Answered, key: str) -> bool:
    return key == ONLY_QUESTION and node.survey == _ROLE


def _values(test: Test) -> list[str]:
    return [str(value) for value in test.value] if test.op == "in" else [str(test.value)] if test.op == "is" else []


def _languages(review: Review, where: Where) -> set[str]:
    """The languages in which all texts of this step are."""
    document = review.document
    spoken = {document.locales.default, *document.locales.others}
    for path, text in review.texts():
        if path[:2] == where:
            if isinstance(text, dict):
                spoken &= {language for language, said in text.items() if said.strip()}
            elif text.strip():
                spoken &= {document.locales.default}
    return spoken

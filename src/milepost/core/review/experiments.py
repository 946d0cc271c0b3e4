"""Errors of experiments: nothing to compare, nothing to compare it on, and variants that could not stand for themselves.

A variant is held against the same rules as the definition that it takes the place of, where it is typed.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.program.codec import encode_value, read_definition
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.content import Survey
from milepost.core.program.kinds.experiment import OFF, PROGRAM, Experiment
from milepost.core.program.problems import Path, Place, Problem, did_you_mean
from milepost.core.program.scalars import BROKEN
from milepost.core.program.variants import SHOWN, TRIED, Overrides, names_in_texts, overrides_of, place_of
from milepost.core.review import flows, forms, references, texts
from milepost.core.review.rule import Found, Review, Rule

#: What a variant may change: the engine reads the rest of a definition, and reads it of everybody alike.
_OF_JOURNEYS = frozenset({"steps"})
_FIXED = frozenset(
    {"kind", "when", "unless", "every", "remind", "praise", "serves", "resource", "channel", "purpose", "from", "items"}
    | {"eligible", "taken", "not_more_than", "functions", "stage"}
)
_RULES = (*references.RULES, *forms.RULES, *flows.RULES, *texts.RULES)


class _Variant(Struct, frozen=True):
    """One definition in one variant of one experiment, and where it is typed."""

    experiment: str
    name: str
    section: str
    key: str
    overrides: Overrides
    path: Path


def places(review: Review) -> Iterator[Found]:
    """What is tried is there, and in one experiment only."""
    taken: dict[str, str] = {}
    for key, experiment in review.document.experiments.items():
        for path, typed in _typed_places(key, experiment):
            section, name = place_of(typed)
            if section not in TRIED or name not in review.keys(section):
                known = [PROGRAM, *(f"{each}.{one}" for each in TRIED for one in sorted(review.keys(each)))]
                yield Found(path, f"There is no '{typed}' to try.", did_you_mean(typed, known))
            elif taken.get(name, key) != key:
                message = f"'{name}' is in the experiment '{taken[name]}' already."
                yield Found(path, message, "Wait until that one is decided, or make one experiment of both.")
            taken.setdefault(name, key)


def comparisons(review: Review) -> Iterator[Found]:
    """There are two variants or more, and each has a share."""
    for key, experiment in review.document.experiments.items():
        path, names = ("experiments", key), _names(review, experiment)
        if len(names) < 2:
            yield Found(
                path, "There is nothing to compare.", "Add `variants: {a: {}, b: {…}}`, `{}` being as it stands."
            )
        for name in experiment.weights:
            if name not in names:
                yield Found((*path, "weights", name), f"There is no variant '{name}'.", did_you_mean(name, names))
        if experiment.weights and len([name for name in names if experiment.weights.get(name)]) < 2:
            yield Found((*path, "weights"), "Everybody gets the same variant.", "Give two variants or more a weight.")
    for section in SHOWN:
        for key, definition in getattr(review.document, section).items():
            named = {frozenset(names) for names in names_in_texts(definition)}
            if len(named) > 1 or any(len(names) < 2 for names in named):
                yield Found(
                    (section, key), "Its texts do not have the same variants.", "Name two or more, in each alike."
                )


def texts_elsewhere(review: Review) -> Iterator[Found]:
    for node in review.nodes:
        if isinstance(node.value, Variants) and node.path[0] not in SHOWN:
            yield Found(node.path, "Everybody reads the first variant here.")


def broken_variants(review: Review) -> Iterator[Found]:
    """Variants that could not stand where the definition does."""
    for variant in _variants(review):
        told: list[Problem] = []
        definition = getattr(review.document, variant.section)[variant.key]
        read = read_definition(variant.section, {**encode_value(definition), **variant.overrides}, Place({}, told))
        fixed = [name for name in variant.overrides if not _may_vary(variant.section, name)]
        for name in fixed:
            yield Found((*variant.path, name), f"'{name}' is the same in all variants.", "Change it in the definition.")
        for problem in () if fixed else told:
            place = problem.path.partition(".")[0].partition("[")[0]
            yield Found(
                (*variant.path, place) if place in variant.overrides else variant.path, problem.message, problem.mend
            )
        if not fixed and not told and read is not BROKEN:
            yield from _held(review, variant, definition, read)


def undecided(review: Review) -> Iterator[Found]:
    for key, experiment in review.document.experiments.items():
        if experiment.metric is None:
            yield Found(("experiments", key), f"Nothing decides which variant of '{key}' is better.")


def _held(review: Review, variant: _Variant, definition: object, read: object) -> Iterator[Found]:
    """What the rules say of the definition in this variant, and not of it as it stands."""
    if isinstance(definition, Survey) and isinstance(read, Survey):
        asked = {question.key for question in definition.questions}
        for question in read.questions:
            if question.key not in asked:
                message = f"'{question.key}' is not asked by '{variant.key}' itself."
                yield Found((*variant.path, "questions"), message, "Add it there; a variant may leave it out.")
    section = {**getattr(review.document, variant.section), variant.key: read}
    varied = Review(
        document=replace(review.document, **{variant.section: section, "experiments": {}}), lines=review.lines
    )
    for rule in _RULES:
        if rule.level == "error" and not review.has_gaps(*rule.needs):
            before = {found.message for found in rule.find(review) if found.path[:2] == (variant.section, variant.key)}
            for found in rule.find(varied):
                if found.path[:2] == (variant.section, variant.key) and found.message not in before:
                    yield replace(found, path=(*variant.path, *found.path[2:]))


def _may_vary(section: str, name: str) -> bool:
    return name in _OF_JOURNEYS if section == "journeys" else section in SHOWN and name not in _FIXED


def _variants(review: Review) -> Iterator[_Variant]:
    for key, experiment in review.document.experiments.items():
        for name in experiment.variants:
            for (section, one), overrides in overrides_of(review.document, key, name).items():
                if section in TRIED and one in getattr(review.document, section):
                    path: Path = ("experiments", key, "variants", name)
                    path = (*path, f"{section}.{one}") if experiment.on == PROGRAM else path
                    yield _Variant(key, name, section, one, overrides, path)


def _typed_places(key: str, experiment: Experiment) -> Iterator[tuple[Path, str]]:
    if experiment.on != PROGRAM:
        yield ("experiments", key, "on"), experiment.on
        return
    for name, fields in experiment.variants.items():
        for typed in fields:
            if typed != OFF:
                yield ("experiments", key, "variants", name, typed), typed


def _names(review: Review, experiment: Experiment) -> set[str]:
    if experiment.variants or experiment.on == PROGRAM:
        return set(experiment.variants)
    section, key = place_of(experiment.on)
    definition = getattr(review.document, section).get(key) if section in SHOWN else None
    return {name for names in names_in_texts(definition) for name in names}


RULES = (
    Rule(
        id="experiment-place",
        level="error",
        why="An experiment on nothing changes nothing, and of two on one thing neither can be told apart.",
        mend="Write `on: messages.welcome`, or `on: program`.",
        find=places,
    ),
    Rule(
        id="experiment-variants",
        level="error",
        why="A comparison needs two variants, and people in each of them.",
        mend="Name two variants or more, and give each a weight.",
        find=comparisons,
        needs=("experiments",),
    ),
    Rule(
        id="variants-elsewhere",
        level="error",
        why="Only what is shown or sent is told to one person at a time, and can be tried.",
        mend="Write one text, or try it in a message, a piece, an article or an offer.",
        find=texts_elsewhere,
    ),
    Rule(
        id="broken-variant",
        level="error",
        why="Some of the people would get something that could not be released by itself.",
        mend="Write it as the definition itself would be written.",
        find=broken_variants,
        needs=("experiments", "messages", "content", "articles", "offers", "journeys"),
    ),
    Rule(
        id="undecided-experiment",
        level="warning",
        area="measuring",
        why="Without a metric that was named before, any difference can be found afterwards.",
        mend="Add `metric: {reached: first-meal, within: 3d}`.",
        find=undecided,
    ),
)

"""Variants: which definitions are tried in which, and the document as somebody with these variants gets it.

1. An experiment is one that the document names under `experiments`, or a definition with texts that have variants, which is
   one by itself (`messages.welcome`) unless an experiment stands `on` it.
2. A variant is applied to the definition as it was typed and read again: it may change whatever the definition may say.
3. Only what is shown or sent, and journeys, are tried; a text elsewhere is said in its first variant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.program.codec import encode_value, read_definition
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.experiment import OFF, PROGRAM, Experiment
from milepost.core.program.problems import Place, Problem
from milepost.core.program.scalars import BROKEN

#: Where variants can be: what is shown or sent, and the ways through a journey.
SHOWN = ("content", "messages", "articles", "offers")
TRIED = (*SHOWN, "journeys", "cadences")

Overrides = Mapping[str, Any]


class Trial(Struct, frozen=True, kw_only=True):
    """An experiment as it is run. `seed` is what the chance is made of: the key under which it was first released. `off`
    are the variants in which the definition is left out, or with `everything` all of them."""

    key: str
    seed: str
    weights: dict[str, int]
    off: frozenset[str] = frozenset()
    everything: bool = False


def trials(document: Document, origins: Mapping[str, str]) -> dict[str, tuple[Trial, ...]]:
    """The experiments that each definition is part of, by its key; under `PROGRAM` those that may leave out everything."""
    found: dict[str, tuple[Trial, ...]] = {}
    for trial, places in _running(document, origins):
        for _, key in places:
            found[key] = (*found.get(key, ()), trial)
        if trial.everything:
            found[PROGRAM] = (*found.get(PROGRAM, ()), trial)
    return found


def document_for(document: Document, chosen: Mapping[str, str]) -> Document:
    """The document as somebody gets it who has these variants, by the key of the experiment."""
    changed: dict[str, dict[str, Any]] = {}
    for experiment, variant in chosen.items():
        for section, key in _places_of(document, experiment):
            definitions = changed.setdefault(section, dict(getattr(document, section)))
            if key in definitions:
                definitions[key] = varied(document, experiment, variant, section, key)
    return replace(document, **changed) if changed else document


def varied(document: Document, experiment: str, variant: str, section: str, key: str) -> Any:
    """A definition in this variant; as it stands where the variant is not there any more, or cannot be read."""
    definition = getattr(document, section)[key]
    overrides = overrides_of(document, experiment, variant).get((section, key))
    if overrides:
        told: list[Problem] = []
        again = read_definition(section, {**encode_value(definition), **overrides}, Place({}, told))
        definition = definition if told or again is BROKEN else again
    return _told(definition, variant)


def overrides_of(document: Document, experiment: str, variant: str) -> dict[tuple[str, str], Overrides]:
    """What is different in this variant, by definition."""
    found = document.experiments.get(experiment)
    fields = {} if found is None else found.variants.get(variant, {})
    if found is None or fields.get(OFF):
        return {}
    if found.on != PROGRAM:
        return {place_of(found.on): fields}
    return {place_of(path): each for path, each in fields.items() if isinstance(each, dict) and not each.get(OFF)}


def place_of(path: str) -> tuple[str, str]:
    """`messages.welcome` → section and key."""
    section, _, key = path.partition(".")
    return section, key


def names_in_texts(definition: Any) -> list[tuple[str, ...]]:
    """The names of the variants of each text in a definition that has some."""
    return [tuple(text.variants) for text in _variants_in(definition)]


def _running(document: Document, origins: Mapping[str, str]) -> Iterator[tuple[Trial, list[tuple[str, str]]]]:
    for key, experiment in document.experiments.items():
        yield _trial(document, key, experiment, origins), _places_of(document, key)
    taken = {place for key in document.experiments for place in _places_of(document, key)}
    for section in SHOWN:
        for key, definition in getattr(document, section).items():
            names = [name for names in names_in_texts(definition) for name in names]
            if names and (section, key) not in taken:
                seed = f"{section}.{origins.get(key, key)}"
                yield Trial(key=f"{section}.{key}", seed=seed, weights=dict.fromkeys(names, 1)), [(section, key)]


def _trial(document: Document, key: str, experiment: Experiment, origins: Mapping[str, str]) -> Trial:
    names = list(experiment.variants) or [
        name
        for section, each in _places_of(document, key)
        for names in names_in_texts(getattr(document, section).get(each))
        for name in names
    ]
    off = frozenset(name for name, fields in experiment.variants.items() if fields.get(OFF))
    weights = {name: experiment.weights.get(name, 0) if experiment.weights else 1 for name in names}
    return Trial(
        key=key,
        seed=origins.get(key, key),
        weights=weights or {"": 1},
        off=off,
        everything=experiment.on == PROGRAM and bool(off),
    )


def _places_of(document: Document, experiment: str) -> list[tuple[str, str]]:
    """The definitions that an experiment is about."""
    found = document.experiments.get(experiment)
    if found is None:
        return [place_of(experiment)] if place_of(experiment)[0] in SHOWN else []
    paths = [found.on] if found.on != PROGRAM else [path for fields in found.variants.values() for path in fields]
    places = (place_of(path) for path in dict.fromkeys(paths))
    return [(section, key) for section, key in places if section in TRIED and key in getattr(document, section)]


def _variants_in(value: Any) -> Iterator[Variants]:
    if isinstance(value, Variants):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _variants_in(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _variants_in(each)


def _told(value: Any, variant: str) -> Any:
    """The same with every text in this variant; a text that does not have it is said in its first."""
    if isinstance(value, Variants):
        return value.variants.get(variant) or next(iter(value.variants.values()), "")
    if isinstance(value, Struct):
        told = {name: _told(getattr(value, name), variant) for name in value.__struct_fields__}
        return replace(value, **{name: each for name, each in told.items() if each is not getattr(value, name)})
    if isinstance(value, tuple):
        each_told = tuple(_told(each, variant) for each in value)
        return value if all(new is old for new, old in zip(each_told, value, strict=True)) else each_told
    if isinstance(value, dict):
        by_key = {key: _told(each, variant) for key, each in value.items()}
        return value if all(by_key[key] is value[key] for key in value) else by_key
    return value

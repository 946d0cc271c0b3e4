"""Conditions written out as people would type them; `condition_codec` reads them back to the same."""

from typing import Any

from milepost.core.conditions.memory import ACCOUNT
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Last,
    Measured,
    MessageWas,
    Not,
    Reached,
    Sequence_,
    Test,
    Trait,
)
from milepost.core.values import format_duration


def encode_condition(condition: Condition) -> Any:
    """Plain data as a person would type it."""
    match condition:
        case Did():
            return _encode_did(condition)
        case Trait():
            return _encode_trait(condition)
        case Sequence_():
            return {"sequence": [_encode_step(step) for step in condition.steps], **_encode_window(condition)}
        case Reached():
            since = {} if condition.since is None else {"since": condition.since}
            return {"reached": condition.milestone, **_encode_window(condition), **since}
        case All():
            return [encode_condition(member) for member in condition.of]
        case Any_():
            return {"any": [encode_condition(member) for member in condition.of]}
        case Not():
            return {"not": encode_condition(condition.of)}
        case Goal():
            return {"goal": condition.goal}
        case Answered():
            return {"answered": encode_answers(condition)}
        case MessageWas():
            return _encode_was("message", condition.message, condition)
        case ContentWas():
            return _encode_was("content", condition.content, condition)
        case Measured():
            return _encode_measured(condition)
        case DaysSince():
            test = {"gte": condition.gte} if condition.gte is not None else {"lt": condition.lt}
            return {"days_since": condition.since, **test}
        case InSegment():
            return {"segment": condition.segment}
        case InLifecycle():
            return {"lifecycle": condition.stage}
        case HasMotive():
            return {"motive": condition.motive}
        case InTier():
            return {"tier": condition.tier}
        case Last() | Compared():
            raise TypeError(f"{type(condition).__name__} is kernel only; nobody types it.")


def _encode_did(did: Did) -> dict[str, Any]:
    plain: dict[str, Any] = {"did": did.name}
    for key in ("at_least", "at_most", "exactly", "distinct", "since"):
        if (value := getattr(did, key)) is not None:
            plain[key] = value
    plain |= _encode_window(did)
    if did.where:
        plain["where"] = {key: encode_test(test) for key, test in did.where.items()}
    return plain


def _encode_step(did: Did) -> Any:
    return _encode_did(did) if did.where else did.name


def _encode_trait(trait: Trait) -> dict[str, Any]:
    operator = "account" if trait.name.startswith(ACCOUNT) else "trait"
    return {operator: trait.name.removeprefix(ACCOUNT), trait.test.op: trait.test.value}


def _encode_window(condition: Did | Sequence_ | Reached | MessageWas | ContentWas) -> dict[str, Any]:
    return {} if condition.within is None else {"within": format_duration(condition.within)}


def encode_test(test: Test) -> Any:
    return test.value if test.op == "is" else {test.op: test.value}


def encode_answers(answered: Answered) -> Any:
    if not answered.answers:
        return answered.survey
    plain: dict[str, Any] = {"survey": answered.survey}
    for key, test in answered.answers.items():
        plain.update({test.op: test.value} if key == ONLY_QUESTION else {key: encode_test(test)})
    return plain


def _encode_was(operator: str, key: str, condition: MessageWas | ContentWas) -> dict[str, Any]:
    return {operator: key, "was": condition.was, **_encode_window(condition)}


def _encode_measured(measured: Measured) -> dict[str, Any]:
    if measured.test is not None:
        return {"measure": measured.measure, measured.test.op: measured.test.value}
    if measured.reached is not None:
        return {"measure": measured.measure, "reached": measured.reached}
    return {"measure": measured.measure, "changed": measured.changed, "since": measured.since}

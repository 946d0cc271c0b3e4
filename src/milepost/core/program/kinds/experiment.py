"""Experiments: variants of anything, and what decides which is better."""

from typing import Any, Literal

from msgspec import field

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition

#: Where an experiment stands that may change several definitions at once.
PROGRAM = "program"
#: In a variant: whoever has it gets nothing at all.
OFF = "off"

Guardrail = Literal["unsubscribed", "dismissed", "refused", "bounced", "question asked"]


class Experiment(Definition, frozen=True, kw_only=True):
    """Variants of one definition (`on: messages.welcome`), or of several (`on: program`), of which each person has one, and
    always the same.

    A variant is what is different in it: the fields of the definition that have other values (`{}` is the definition as it
    stands, `{off: true}` leaves it out); for `program`, such fields by definition (`{messages.welcome: {subject: …}}`).
    Without `variants` they are those of the texts of the definition. `weights` are shares (equal ones, where not given);
    `metric` is what decides, `guardrails` what must not get worse.
    """

    on: str
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    metric: Condition | None = None
    guardrails: tuple[Guardrail, ...] = ()
    title: str | None = None

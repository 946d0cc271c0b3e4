"""How a milestone was seen to be reached: the kind of evidence, the fact that gave it, and who vouches for it."""

from typing import Any, Literal

from milepost.core import events
from milepost.core.conditions.evaluate import View, holds
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.expand import EvidenceKind, evidence_of
from milepost.core.values import BY_TIME_ALONE, Instant

_LONGEST = 500


def evidence_at(
    program: Program, view: View, milestone: str, instant: Instant | None, fact: Fact | None
) -> dict[str, Any]:
    """Shapes: `{kind, seq, fact, name, by, note}`; `fact` (its message id) and `name` where the fact of this step gave
    it, `by` and `note` where a member vouches. Absent: an `instant` of None is of what was not reached after all."""
    if instant is None or milestone not in program.document.milestones:
        return {"kind": "event"}
    kind = _kind(program, view, milestone, instant)
    evidence: dict[str, Any] = {"kind": kind, "seq": instant[1]}
    if fact is None or fact.seq != instant[1]:
        return evidence
    evidence |= {"fact": fact.message_id, "name": fact.name}
    if kind == "attested" and fact.name == events.MILESTONE_ATTESTED:
        evidence |= {name: str(fact.properties[name])[:_LONGEST] for name in ("by", "note") if name in fact.properties}
    return evidence


def _kind(program: Program, view: View, milestone: str, instant: Instant) -> EvidenceKind | Literal["time"]:
    """The first way in which it holds."""
    found: EvidenceKind = "event"
    if program.document.milestones[milestone].evidence is not None:
        ways = evidence_of(program.document, milestone)
        found = next((kind for kind, way in ways if holds(way, view, instant)), "event")
    return "time" if found == "event" and instant[1] == BY_TIME_ALONE else found

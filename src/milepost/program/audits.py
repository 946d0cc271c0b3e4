"""The audit of a release, and of the text that somebody works on. What was found of a text is kept: it takes a moment."""

from functools import lru_cache

from milepost.core.review.audit import Audit, audit
from milepost.core.values import Refused
from milepost.program.queries import Released
from milepost.program.review import ALL_RULES, rehearse, review
from milepost.program.writing import write

_KEPT = 16


def audit_release(released: Released) -> Audit:
    """Raises Refused where nothing was released yet."""
    if released.number == 0:
        raise Refused(
            "nothing_released",
            "There is no release yet.",
            mend="Name a file: `milepost audit milepost.yaml`.",
            status=404,
        )
    return audit_text(released.text or write(released.document), f"release {released.number}")


@lru_cache(maxsize=_KEPT)
def audit_text(text: str, called: str) -> Audit:
    """The audit of a text, under the name by which its lines are given."""
    reviewed = review(text)
    return audit({called: (*reviewed.problems, *rehearse(reviewed))}, ALL_RULES)

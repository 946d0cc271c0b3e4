"""The program that a workspace runs now."""

from functools import lru_cache

from milepost.core.engine.crossing import Crossing
from milepost.core.program.compile import Program
from milepost.core.program.folder import Subject
from milepost.program import queries
from milepost.program.queries import Released


def current_program(workspace: int) -> Program:
    """The compiled current release; the empty program (release 0) where nothing was released yet."""
    return queries.compiled(queries.current(workspace))


def program_of(workspace: int, number: int) -> Program:
    """The compiled release with this number. Raises Refused for one that was never made."""
    return queries.compiled(queries.release(workspace, number))


def crossing(workspace: int, before: int, after: int, subject: Subject) -> Crossing:
    """From one release to another one that has a program for this subject. Raises Refused for one that was never made."""
    return _crossing(queries.release(workspace, before), queries.release(workspace, after), subject)


@lru_cache(maxsize=16)
def _crossing(before: Released, after: Released, subject: Subject) -> Crossing:
    old, new = queries.compiled(before), queries.compiled(after)
    return Crossing(old.accounts, new.accounts or new) if subject == "account" else Crossing(old, new)

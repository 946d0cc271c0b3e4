"""The program that a workspace runs now."""

from milepost.core.program.compile import Program
from milepost.program import queries


def current_program(workspace: int) -> Program:
    """The compiled current release; the empty program (release 0) where nothing was released yet."""
    return queries.compiled(queries.current(workspace))


def program_of(workspace: int, number: int) -> Program:
    """The compiled release with this number. Raises Refused for one that was never made."""
    return queries.compiled(queries.release(workspace, number))

"""Who is counted, and by which rules: persons by those of the programs for them, accounts by those for customers.

Where no program is for customers, accounts have no rules of their own. What the programs for persons say can still be asked
of them, by the facts that reach them (`core.insights.subjects`); nobody is in a milestone or a stage by that.
"""

from collections.abc import Iterable
from typing import Any

from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder, subject_of

SUBJECTS: tuple[Of, ...] = ("persons", "accounts")


def usual(folder: Folder) -> Of:
    """Whom a question is about that neither says it nor names anything: accounts, where all programs are for customers."""
    programs = folder.programs
    return "accounts" if programs and all(subject_of(each) == "account" for each in programs) else "persons"


def judged(folder: Folder, of: Of) -> Document:
    """The document by which they are judged."""
    return (folder.for_accounts if of == "accounts" else None) or folder.for_persons


def by_program(folder: Folder, of: Of | None = None) -> dict[str, Any]:
    """The fields of `core.insights.question.Period` that say who is counted; without `of` the usual ones."""
    subject = of or usual(folder)
    return {"document": judged(folder, subject), "subject": subject}


def of_persons(folder: Folder) -> dict[str, Any]:
    """The same fields for what only persons do: see a page, fill in a form, answer a survey, get a message."""
    return {"document": folder.document, "subject": "persons"}


def subjects(folder: Folder) -> list[Of]:
    """For whom there are programs, the usual ones first."""
    if usual(folder) == "accounts":
        return ["accounts"]
    return ["persons"] if folder.for_accounts is None else ["persons", "accounts"]


def subject_for(folder: Folder, key: str) -> Of:
    """Whose the definition with this key is; of what is common, or not there, the usual ones'."""
    return next(iter(subjects_named(folder, [key])), usual(folder))


def subjects_named(folder: Folder, keys: Iterable[str]) -> set[Of]:
    """Of whose programs these definitions are; nothing for those that are common, or not there."""
    owners = (folder.owner(key) for key in keys if key in folder.owners)
    return {"accounts" if subject_of(each) == "account" else "persons" for each in owners if not each.common}

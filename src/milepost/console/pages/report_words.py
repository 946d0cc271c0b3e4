"""What the things of a report are called."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milepost.console.pages.words import every_title
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Question, Survey


class Named:
    """What things are called: definitions by their titles, cohorts by what makes them, and those who are counted."""

    def __init__(self, document: Document, by: str, counted: Of) -> None:
        self.document, self._titles, self._by = document, every_title(document), by
        self.are_accounts = counted == "accounts"

    @property
    def people(self) -> str:
        """Those who are counted, at the head of a column."""
        return _("Accounts") if self.are_accounts else _("People")

    def milestone(self, key: str) -> str:
        return self._titles.get(("milestone", key), key)

    def content(self, key: str) -> str:
        return self._titles.get(("content", key), key)

    def offer(self, key: str) -> str:
        return self._titles.get(("offer", key), key)

    def obstacle(self, milestone: str, key: str) -> str:
        return self._titles.get(("obstacle", f"{milestone}/{key}"), key)

    def question(self, key: str) -> Question | None:
        """Absent: None for one that the program does not ask any more."""
        surveys = (each for each in self.document.content.values() if isinstance(each, Survey))
        return next((each for survey in surveys for each in survey.questions if each.key == key), None)

    def cohort(self, cohort: str | None) -> str:
        if cohort is None:
            return _("not known")
        if self._by == "goal":
            return self._titles.get(("goal", cohort), cohort)
        return day(cohort) if self._by == "week" else cohort


def day(text: str) -> str:
    return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")

"""What the program covers, how it does in all checks, and whether what is sent fits its tracking plan."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from milepost.console.pages.definitions_words import CHOICES
from milepost.console.pages.insights import Unknown, not_now
from milepost.core.delivery.language import preferences, say
from milepost.core.program.document import Document
from milepost.core.review.audit import Audit
from milepost.core.review.coverage import ANY, Cell, Coverage, StageLine, coverage
from milepost.core.review.rule import Review
from milepost.core.review.snippets import Snippet, snippet
from milepost.core.review.tracking import Tracking, tracking
from milepost.core.review.words import MOST_SECONDS, StepTime, step_times
from milepost.core.values import Unavailable, Undefined
from milepost.insights.personal import Personal, personal
from milepost.insights.seen import seen_events
from milepost.log import stores
from milepost.program import queries
from milepost.program.audits import audit_text
from milepost.program.review import review


@dataclass(frozen=True, slots=True)
class Text:
    """The draft where somebody works on one that can be read, else the release in force."""

    document: Document
    is_draft: bool


@dataclass(frozen=True, slots=True)
class StageRow:
    name: str
    milestones: tuple[str, ...]
    line: StageLine


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A row of the matrix: `served` has a value for each milestone of the page."""

    key: str
    title: str
    served: tuple[bool, ...]
    explained_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A role and a goal, with a cell for each language of the page."""

    role: str
    goal: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """Absent: `default` is Unknown while the facts cannot be read, `share` None while nobody has begun. Units: `share`
    0..1, `most_seconds` of reading a step. Shapes: `steps` are those of guides, each with its guide's title."""

    is_draft: bool
    found: Coverage
    stages: tuple[StageRow, ...]
    milestones: tuple[str, ...]
    functions: tuple[FunctionRow, ...]
    languages: tuple[str, ...]
    rows: tuple[GoalRow, ...]
    steps: tuple[tuple[str, StepTime], ...]
    most_seconds: float
    default: Personal | Unknown
    share: float | None

    @property
    def unexplained(self) -> list[str]:
        """Functions that people meet on a chart, and nothing explains."""
        called = {row.key: row.title for row in self.functions}
        return list(dict.fromkeys(called[met.function] for met in self.found.charts if not met.explained_by))


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`readable`: the text has no error that kept most checks from being asked."""

    is_draft: bool
    found: Audit
    readable: bool


@dataclass(frozen=True, slots=True)
class TrackingPage:
    found: Tracking | Unknown
    snippets: tuple[Snippet, ...]


def gather_coverage(workspace_id: int) -> CoveragePage:
    read = working_text(workspace_id)
    found, document = coverage(read.document), read.document
    wanted = preferences(translation.get_language() or "en", document.locales.default)
    default = _default(workspace_id, document)
    share = default.share if isinstance(default, Personal) and not isinstance(default.share, Undefined) else None
    languages = (document.locales.default, *document.locales.others)
    return CoveragePage(
        is_draft=read.is_draft,
        found=found,
        stages=tuple(_stage(line, document, wanted) for line in found.stages),
        milestones=tuple(say(each.title, wanted) for each in document.milestones.values()),
        functions=tuple(
            FunctionRow(
                key=line.function,
                title=say(document.functions[line.function].title or line.function, wanted),
                served=tuple(key in line.milestones for key in document.milestones),
                explained_by=line.explained_by,
            )
            for line in found.functions
        ),
        languages=languages,
        rows=tuple(_rows(found, document, wanted, len(languages))),
        steps=tuple(_steps(document, wanted)),
        most_seconds=MOST_SECONDS,
        default=default,
        share=share,
    )


def _stage(line: StageLine, document: Document, wanted: tuple[str, ...]) -> StageRow:
    titles = tuple(say(document.milestones[key].title, wanted) for key in line.milestones)
    return StageRow(name=str(CHOICES.get(line.stage, line.stage)), milestones=titles, line=line)


def _steps(document: Document, wanted: tuple[str, ...]) -> list[tuple[str, StepTime]]:
    """What takes longest to read comes first."""
    steps = sorted(step_times(Review(document=document, lines={})), key=lambda step: -step.seconds)
    return [(say(document.content[step.guide].title or step.guide, wanted), step) for step in steps]


def _rows(found: Coverage, document: Document, wanted: tuple[str, ...], width: int) -> list[GoalRow]:
    """The cells of the matrix, a role and goal a row."""
    lines = [found.matrix[place : place + width] for place in range(0, len(found.matrix), width)]
    return [
        GoalRow(
            role=_("Everybody") if cells[0].role == ANY else cells[0].role,
            goal=say(document.goals[cells[0].goal].ask, wanted),
            cells=cells,
        )
        for cells in lines
    ]


def gather_audit(workspace_id: int) -> AuditPage:
    draft = queries.draft(workspace_id)
    if draft is not None:
        readable = review(draft.text).document is not None
        return AuditPage(is_draft=True, found=audit_text(draft.text, _("draft")), readable=readable)
    current = queries.current(workspace_id)
    found = audit_text(current.text, _("release %(number)s") % {"number": current.number})
    return AuditPage(is_draft=False, found=found, readable=True)


def gather_tracking(workspace_id: int) -> TrackingPage:
    try:
        found = tracking(working_text(workspace_id).document, seen_events(stores.current().events, workspace_id))
    except Unavailable:
        return TrackingPage(not_now(), ())
    return TrackingPage(found, tuple(snippet(event, properties) for event, properties in found.proposed.items()))


def _default(workspace_id: int, document: Document) -> Personal | Unknown:
    connected = stores.current()
    try:
        return personal(connected.events, workspace_id, document, connected.clock.now())
    except Unavailable:
        return not_now()


def working_text(workspace_id: int) -> Text:
    draft = queries.draft(workspace_id)
    document = review(draft.text).document if draft is not None else None
    if draft is not None and document is not None:
        return Text(document, is_draft=True)
    current = queries.current(workspace_id)
    return Text(current.document, is_draft=False)

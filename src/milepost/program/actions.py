"""What the team does with its program: keep a draft, release a text, go back to an older release."""

from datetime import datetime

from django.db import IntegrityError, transaction

from milepost.core.program.codec import digest_of
from milepost.core.program.folder import Folder
from milepost.core.program.problems import Problem
from milepost.core.program.upcast import keep
from milepost.core.values import Refused
from milepost.program import queries
from milepost.program.models import Draft, Release
from milepost.program.queries import Released
from milepost.program.review import review


class NotReleasable(Refused):
    """The text has problems that stand in the way of a release; all of them are here."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        first = problems[0]
        super().__init__(
            "program_not_releasable",
            f"{count} stand in the way; the first, on line {first.line}: {first.message}",
            mend=first.mend,
            path=first.path,
            status=422,
        )


def apply(
    workspace_id: int,
    text: str,
    *,
    by: str,
    base: str | None,
    onto: bool,
    reasons: dict[str, str],
    now: datetime,
) -> Released:
    """Releases a text; the current release when it means the same already.

    `base`: the digest of the release that the text was made on; None for a text that was made on the empty program.
    `onto`: release it whatever is current. `reasons`: rule id → why it is released all the same.
    Raises NotReleasable, and Refused when somebody else has released in the meantime.
    """
    folder = _releasable(text, reasons)
    digest = digest_of(folder)
    with transaction.atomic():
        current = queries.current(workspace_id)
        if digest == current.digest:
            return current
        if not onto and current.digest != (base or queries.EMPTY_DIGEST):
            raise _moved_on(current)
        Draft.objects.filter(workspace_id=workspace_id, text=text).delete()
        return _release(current, folder, digest, text=text, by=by, reasons=reasons, now=now)


def rollback(workspace_id: int, number: int, *, by: str, now: datetime) -> Released:
    """Releases an older release again, under a new number. Nothing to do when it means what the current one means."""
    with transaction.atomic():
        current, older = queries.current(workspace_id), queries.release(workspace_id, number)
        if older.digest == current.digest:
            return current
        return _release(current, older.folder, older.digest, text=older.text, by=by, reasons=older.reasons, now=now)


def save_draft(workspace_id: int, text: str, *, by: str, now: datetime, before: str | None = None) -> None:
    """Keeps the text being worked on, right or not. Its base is the release that was current when it was begun.
    `before`: what this edit can be taken back to."""
    begun_on = Release.objects.filter(workspace_id=workspace_id).order_by("-number").first()
    values = {"text": text, "before": before, "changed_at": now, "changed_by": by}
    Draft.objects.update_or_create(
        workspace_id=workspace_id, defaults=values, create_defaults={**values, "base": begun_on}
    )


def undo(workspace_id: int, *, by: str, now: datetime) -> None:
    """Takes the last edit of a definition back; asked again, does it again. Raises Refused when something else was
    typed since."""
    with transaction.atomic():
        draft = Draft.objects.filter(workspace_id=workspace_id).first()
        if draft is None or draft.before is None:
            raise Refused("nothing_to_undo", "There is nothing to take back.", status=409)
        save_draft(workspace_id, draft.before, by=by, now=now, before=draft.text)


def discard_draft(workspace_id: int) -> None:
    Draft.objects.filter(workspace_id=workspace_id).delete()


def _releasable(text: str, reasons: dict[str, str]) -> Folder:
    reviewed = review(text)
    in_the_way = tuple(
        problem
        for problem in reviewed.problems
        if problem.level == "error" or (problem.level == "reason" and not reasons.get(problem.rule, "").strip())
    )
    if in_the_way or reviewed.folder is None:
        raise NotReleasable(in_the_way)
    return reviewed.folder


def _moved_on(current: Released) -> Refused:
    who = f" by {current.released_by}" if current.released_by else ""
    return Refused(
        "base_moved_on",
        f"Release {current.number}{who} is newer than what this text was made on.",
        mend="Look at `milepost diff`, bring both together, or release it all the same with --onto.",
        status=409,
    )


def _release(
    current: Released, folder: Folder, digest: str, *, text: str, by: str, reasons: dict[str, str], now: datetime
) -> Released:
    base = Release.objects.filter(workspace_id=current.workspace, number=current.number).first()
    try:
        with transaction.atomic():
            Release.objects.create(
                workspace_id=current.workspace,
                number=current.number + 1,
                digest=digest,
                text=text,
                document=keep(folder.documents),
                base=base,
                released_at=now,
                released_by=by,
                reasons=reasons,
            )
    except IntegrityError as error:
        raise _moved_on(queries.current(current.workspace)) from error
    return queries.current(current.workspace)

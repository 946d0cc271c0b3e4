"""`milepost anchors check`: opens the product's pages, and says which elements that the program points at are gone."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import typer

from milepost.cli import setup
from milepost.cli.pages import Site, visited
from milepost.cli.program import HOME, Home
from milepost.core.program.document import Document
from milepost.core.review.anchors import BROKEN, Finding, anchored, judged
from milepost.core.values import digest

app = typer.Typer(no_args_is_help=True, help="The elements of your pages that the program points at.")

_SAYS = {
    "found": "ok       ",
    "several": "several  ",
    "fallback": "fallback ",
    "missing": "missing  ",
    "behind": "(behind) ",
    "unopened": "(no page)",
}


@app.callback()
def _group() -> None:
    """A group of commands, even while it has one."""


@app.command()
def check(
    base: Annotated[str, typer.Option(help="Where your product is. Example: https://app.example.com")],
    page: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="A page to open besides, for pieces whose pages are a pattern. Example: /projects/1"
        ),
    ] = None,
    storage_state: Annotated[
        Path | None,
        typer.Option(
            exists=True, readable=True, help="Who is signed in there: a file of Playwright's `storage_state`."
        ),
    ] = None,
    output: Annotated[Literal["text", "json"], typer.Option("--format", help="For people, for programs.")] = "text",
    open_tasks: Annotated[
        bool, typer.Option("--open-tasks", help="Open a task for the team for each one that is broken, once.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Open the pages of your product and say what the released program points at and does not find there.

    Broken is what nothing finds, what several elements fit, and what only a later selector finds. Exits with 0 when nothing
    is broken, with 1 when something is, and with 2 when the pages could not be opened. Needs the extra `milepost[anchors]`.
    """
    workspace_id = setup(home).workspace_id
    from milepost.program.queries import current

    document = current(workspace_id).document
    found = list(_findings(document, Site(base=base, paths=tuple(page or ()), storage_state=storage_state)))
    typer.echo(_json(found) if output == "json" else _text(found))
    broken = [finding for finding in found if finding.status in BROKEN]
    if open_tasks:
        _open_tasks(workspace_id, broken)
    if broken:
        raise typer.Exit(1)


def _findings(document: Document, site: Site) -> Iterator[Finding]:
    wanted = tuple(anchored(document))
    visits = visited(site, wanted) if wanted else []
    for visit in visits:
        if visit.refusal:
            typer.echo(f"not opened: {visit.refusal}", err=True)
    for at in wanted:
        yield judged(at, {visit.path: visit.counts[at] for visit in visits if at in visit.counts})


def _json(found: Sequence[Finding]) -> str:
    return msgspec.json.format(msgspec.json.encode([_row(finding) for finding in found])).decode()


def _row(finding: Finding) -> dict[str, Any]:
    at = finding.anchored
    return {
        "content": at.content,
        "step": at.step,
        "status": finding.status,
        "page": finding.page,
        "on": at.ways,
        "found_by": None if finding.by is None else at.ways[finding.by],
        "count": finding.count,
    }


def _text(found: Sequence[Finding]) -> str:
    lines = [f"{_SAYS[each.status]}  {each.anchored.name}: {_why(each)}" for each in found]
    broken = sum(each.status in BROKEN for each in found)
    return "\n".join([*lines, f"{broken or 'None'} of {len(found)} broken."])


def _why(finding: Finding) -> str:
    at, first = finding.anchored, _said(finding.anchored.ways[0])
    said = {
        "found": f"{first} on {finding.page}",
        "several": f"{first} finds {finding.count} elements on {finding.page}",
        "fallback": f"{first} finds nothing; {_said(at.ways[finding.by or 0])} does, on {finding.page}",
        "missing": f"{', '.join(map(_said, at.ways))} finds nothing",
        "behind": f"{first} comes after an action, and could not be looked for",
        "unopened": f"no page fits {', '.join(at.urls)}; name one with --page",
    }
    return said[finding.status]


def _said(way: Any) -> str:
    return way if isinstance(way, str) else " ".join(f"{name}={value}" for name, value in way.items())


def _open_tasks(workspace_id: int, broken: Iterable[Finding]) -> None:
    from milepost.log.clock import SYSTEM
    from milepost.success.actions import open_for_team

    opened = 0
    for finding in broken:
        at = finding.anchored
        opened += open_for_team(
            workspace_id,
            key=f"anchor:{digest([at.content, at.step, list(at.ways)])}",
            title=f"Point again: {at.name}",
            about=f"content:{at.content}",
            reason=_why(finding),
            now=SYSTEM.now(),
        )
    typer.echo(f"{opened or 'No'} new task{'' if opened == 1 else 's'}.", err=True)

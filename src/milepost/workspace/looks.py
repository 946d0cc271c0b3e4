"""How the pieces of a workspace look: kept for all its pages, told to browsers when they open a session."""

from datetime import datetime

from django.db import transaction
from msgspec.structs import asdict

from milepost.core.delivery.look import Faint, Look, faint, look_of, stylesheet
from milepost.core.values import Refused
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Member, Workspace
from milepost.workspace.remembered import Remembered


class TooFaint(Refused):
    """`faint`: which texts cannot be read."""

    def __init__(self, pairs: list[Faint]) -> None:
        super().__init__("too_faint", "These colours cannot be read well enough.", mend="Choose others.")
        self.faint = pairs


def look(workspace_id: int) -> Look:
    return look_of(Workspace.objects.get(pk=workspace_id).look)


def save_look(member: Member, look: Look, now: datetime) -> None:
    """Raises Refused for who is no editor, and TooFaint for texts that cannot be read."""
    require_role(member, "editor")
    if pairs := faint(look):
        raise TooFaint(pairs)
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=member.workspace_id)
        workspace.look = {name: value for name, value in asdict(look).items() if value not in (None, "", {})}
        workspace.save(update_fields=["look"])
        name = member.user.get_username()
        record(workspace, now, actor=name, action="look.save", subject=workspace.slug, detail=workspace.look)
    forget()


def _load(workspace_id: int) -> str:
    row = Workspace.objects.filter(pk=workspace_id).values_list("look", flat=True).first()
    return stylesheet(look_of(row))


_sheets: Remembered[int, str] = Remembered(_load, seconds=10)
#: The stylesheet of a workspace's look; empty where it has none of its own.
sheet_of = _sheets.get
forget = _sheets.forget

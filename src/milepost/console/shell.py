"""What stands around every page: navigation, workspace, theme, languages. Renders a page inside it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from milepost.console.member import MemberRequest
from milepost.workspace.models import Member, Workspace
from milepost.workspace.queries import workspaces_of

THEMES = (("system", "monitor", _("As the system")), ("light", "sun", _("Light")), ("dark", "moon", _("Dark")))
Entries = tuple[tuple[str, str, Any], ...]
NAVIGATION: Entries = (
    ("home", "house", _("Home")),
    ("journey-map", "map", _("Journey map")),
    ("people", "users", _("People")),
    ("inbox", "inbox", _("Inbox")),
)
#: On a phone these stand behind one more button.
NAVIGATION_LATER: Entries = (
    ("insights", "chart-line", _("Insights")),
    ("accounts", "building-2", _("Accounts")),
    ("tasks", "list-checks", _("Tasks")),
    ("segments", "shapes", _("Segments")),
    ("answers", "message-square-quote", _("Survey answers")),
    ("program", "route", _("Program")),
    ("messages", "mail", _("Messages")),
    ("settings", "settings", _("Settings")),
)


@dataclass(frozen=True, slots=True)
class Shell:
    """Shapes: `active` is the navigation entry that the page belongs to; `may_edit` and `owns` say what to offer."""

    member: Member
    workspaces: list[Workspace]
    active: str
    navigation: Entries = NAVIGATION
    navigation_later: Entries = NAVIGATION_LATER

    @property
    def in_later(self) -> bool:
        return any(name == self.active for name, _, _ in self.navigation_later)

    @property
    def workspace(self) -> Workspace:
        return self.member.workspace

    @property
    def may_edit(self) -> bool:
        return self.member.role in ("owner", "editor")

    @property
    def owns(self) -> bool:
        return self.member.role == "owner"


def page(request: MemberRequest, template: str, content: object, *, active: str, status: int = 200) -> HttpResponse:
    """A whole page: `content` is its frozen dataclass, known to the template as `page`."""
    shell = Shell(member=request.member, workspaces=workspaces_of(request.user.pk), active=active)
    return render(request, f"console/{template}", frame(request) | {"page": content, "shell": shell}, status=status)


def fragment(request: MemberRequest, template: str, content: object, *, status: int = 200) -> HttpResponse:
    """A part of a page, put into it by htmx."""
    shell = Shell(member=request.member, workspaces=[], active="")
    return render(request, f"console/parts/{template}", {"page": content, "shell": shell}, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the page's frame needs with or without a member."""
    chosen = request.COOKIES.get("theme", "system")
    return {
        "theme": chosen if chosen in ("light", "dark") else "system",
        "themes": THEMES,
        "languages": settings.LANGUAGES,
        "language": translation.get_language(),
    }

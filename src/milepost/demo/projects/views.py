"""The pages of the project tool."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.demo.fragments import fragment, json_field
from milepost.demo.install import curl, snippet
from milepost.demo.pages import go, show, signed_in, strict
from milepost.demo.projects import board
from milepost.demo.visitors import Visitor

_FROM_A_SERVER = {"project": "website"}


@strict
@require_GET
@signed_in
def projects(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    installed = snippet(visitor)
    line = curl(installed.write_key, visitor.user_id, "Task Completed", _FROM_A_SERVER) if installed else ""
    return show(request, "demo/projects/projects.html", visitor, projects=board.projects(request.session), curl=line)


@strict
@require_POST
@signed_in
def create(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _projects(request, board.create(request.session, request.POST.get("name", "")))


@strict
@require_POST
@signed_in
def sample(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _projects(request, ids=board.use_sample(request.session, json_field(request, "data")))


@strict
@require_POST
@signed_in
def sample_remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _projects(request, removed=board.remove_sample(request.session))


def _projects(request: HttpRequest, *told: board.Told, **more: Any) -> HttpResponse:
    return fragment(request, "demo/projects/list.html", {"projects": board.projects(request.session)}, *told, **more)


@strict
@require_GET
@signed_in
def project(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponse:
    return show(request, "demo/projects/project.html", visitor, **_board(request, key))


@strict
@require_POST
@signed_in
def add_task(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponse:
    return _tasks(request, key, board.add_task(request.session, key, request.POST.get("title", "")))


@strict
@require_POST
@signed_in
def change_task(request: HttpRequest, visitor: Visitor, key: str, task: str) -> HttpResponse:
    """One thing at a time: who does it, until when, or that it is done."""
    posted = request.POST
    if "who" in posted:
        return _tasks(request, key, board.assign(request.session, key, task, posted["who"]))
    if "due" in posted:
        return _tasks(request, key, board.plan(request.session, key, task, posted["due"]))
    return _tasks(request, key, *board.finish(request.session, key, task))


def _tasks(request: HttpRequest, key: str, *told: board.Told) -> HttpResponse:
    return fragment(request, "demo/projects/tasks.html", _board(request, key), *told)


def _board(request: HttpRequest, key: str) -> dict[str, Any]:
    return {"project": board.project(request.session, key), "team": board.team(request.session), "me": board.ME}


@strict
@require_GET
@signed_in
def mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show(request, "demo/projects/mine.html", visitor, tasks=board.mine(request.session))


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def team(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "GET":
        return show(request, "demo/projects/team.html", visitor, team=board.team(request.session))
    told = board.invite(request.session, request.POST.get("name", ""))
    context = {"team": board.team(request.session), "visitor": visitor}
    return fragment(request, "demo/projects/members.html", context, told)


@strict
@require_GET
@signed_in
def progress(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show(request, "demo/projects/progress.html", visitor, projects=board.projects(request.session))


@strict
@require_GET
@signed_in
def settings_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show(request, "demo/projects/settings.html", visitor)


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def business(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "POST":
        return go(request, "business", *board.buy(request.session))
    return show(request, "demo/projects/business.html", visitor)

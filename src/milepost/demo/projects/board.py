"""The product itself: projects, their tasks and who does them, kept in the visitor's session and nowhere else."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from milepost.core.values import Refused
from milepost.log.clock import new_id

ME = "me"
_MOST_PROJECTS, _MOST_TASKS, _MOST_PEOPLE = 12, 40, 12

Project = dict[str, Any]
Task = dict[str, Any]
#: What Milepost is told: the name of a fact and its properties.
Told = tuple[str, dict[str, Any]]


# Projects


def projects(session: SessionBase) -> list[Project]:
    """All projects with how far they are, latest first."""
    return [{**each, **_count(each["tasks"])} for each in reversed(_kept(session))]


def project(session: SessionBase, key: str) -> Project:
    """Raises Refused for one that is not there."""
    found = next((each for each in _kept(session) if each["id"] == key), None)
    if found is None:
        raise Refused("no_such_project", "There is no such project.", mend="Choose one from the list.", status=404)
    return {**found, **_count(found["tasks"])}


def create(session: SessionBase, name: str) -> Told:
    made = _new(_said(name, 80, "A project needs a name."))
    _keep(session, [*_kept(session), made])
    return "Project Created", {"name": made["name"]}


def use_sample(session: SessionBase, data: Any) -> list[str]:
    """Makes a ready-made project with its tasks; the ids of what was made. Raises Refused for what is none."""
    if not isinstance(data, dict) or not isinstance(data.get("tasks"), list):
        raise Refused("no_sample", "This sample has no tasks.", mend="Give a name and tasks.")
    tasks = [_task(_said(str(title), 120, "A task needs a title.")) for title in data["tasks"]]
    made = {**_new(_said(str(data.get("name", "")), 80, "A project needs a name.")), "sample": True, "tasks": tasks}
    _keep(session, [*_kept(session), made])
    return [made["id"], *(task["id"] for task in tasks)]


def remove_sample(session: SessionBase) -> int:
    """Takes the ready-made projects out again; how many that were."""
    kept = _kept(session)
    own = [each for each in kept if not each["sample"]]
    _keep(session, own)
    return len(kept) - len(own)


# Tasks


def add_task(session: SessionBase, key: str, title: str) -> Told:
    task = _task(_said(title, 120, "A task needs a title."))
    _change(session, key, [*project(session, key)["tasks"], task])
    return "Task Created", {"project": key}


def assign(session: SessionBase, key: str, task: str, who: str) -> Told:
    if who not in (ME, *team(session)):
        raise Refused("no_such_person", "This person is not in the team.", mend="Invite them first.")
    _set(session, key, task, who=who)
    return "Task Assigned", {"to": "me" if who == ME else "teammate"}


def plan(session: SessionBase, key: str, task: str, day: str) -> Told:
    try:
        due = date.fromisoformat(day)
    except ValueError as error:
        raise Refused("no_day", "This is not a day.", mend="Write it as 2026-05-01.") from error
    _set(session, key, task, due=due.isoformat())
    return "Task Planned", {"due": due.isoformat()}


def finish(session: SessionBase, key: str, task: str) -> list[Told]:
    """The task is done; with the last one the project is."""
    _set(session, key, task, done=True)
    done = project(session, key)
    told: list[Told] = [("Task Completed", {"project": key})]
    return [*told, ("Project Completed", {"name": done["name"]})] if done["open"] == 0 else told


def mine(session: SessionBase) -> list[Task]:
    """What is mine and open in all projects, what has a day first."""
    found = [
        {**task, "project": each["name"], "project_id": each["id"]}
        for each in _kept(session)
        for task in each["tasks"]
        if task["who"] == ME and not task["done"]
    ]
    return sorted(found, key=lambda task: task["due"] or "9")


# The team


def team(session: SessionBase) -> list[str]:
    """The colleagues, without the visitor."""
    return list(session.get("team", []))


def invite(session: SessionBase, name: str) -> Told:
    colleague = _said(name, 60, "Who is it?")
    session["team"] = list(dict.fromkeys([*team(session), colleague]))[:_MOST_PEOPLE]
    return "Member Invited", {"members": 1 + len(team(session))}


def buy(session: SessionBase) -> Told:
    """No money is moved: this is a demonstration."""
    session["plan"] = "business"
    return "Subscription Started", {"plan": "business", "revenue": 29.0, "currency": "EUR"}


def _new(name: str) -> Project:
    return {"id": new_id()[:8], "name": name, "sample": False, "tasks": []}


def _task(title: str) -> Task:
    return {"id": new_id()[:8], "title": title, "who": "", "due": "", "done": False}


def _said(text: str, most: int, problem: str) -> str:
    said = " ".join(text.split())[:most]
    if not said:
        raise Refused("nothing_said", problem, mend="Type a few letters.")
    return said


def _set(session: SessionBase, key: str, task: str, **changes: Any) -> None:
    tasks = project(session, key)["tasks"]
    if task not in (each["id"] for each in tasks):
        raise Refused("no_such_task", "There is no such task.", mend="Choose one from the list.", status=404)
    _change(session, key, [{**each, **changes} if each["id"] == task else each for each in tasks])


def _change(session: SessionBase, key: str, tasks: list[Task]) -> None:
    _keep(session, list(_with_tasks(session, key, tasks[-_MOST_TASKS:])))


def _with_tasks(session: SessionBase, key: str, tasks: list[Task]) -> Iterator[Project]:
    for each in _kept(session):
        yield {**each, "tasks": tasks} if each["id"] == key else each


def _count(tasks: list[Task]) -> dict[str, int]:
    done = sum(task["done"] for task in tasks)
    return {"done": done, "open": len(tasks) - done, "total": len(tasks)}


def _kept(session: SessionBase) -> list[Project]:
    return list(session.get("projects", []))


def _keep(session: SessionBase, kept: list[Project]) -> None:
    session["projects"] = kept[-_MOST_PROJECTS:]

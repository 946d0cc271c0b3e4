"""What the server itself has concluded of lessons. The write key is public: what is told with it certifies nothing."""

from collections.abc import Iterable

import msgspec

from milepost.core.delivery.piece import PagesBody
from milepost.core.events import LESSON_FINISHED, Fact, is_test
from milepost.delivery.models import LessonPassed, Piece


def keep_passed(facts: Iterable[tuple[Fact, int]]) -> None:
    """Of what Milepost itself has told (each with its person's uid), in the caller's transaction: a session has a user id
    only where the host product signed it."""
    for fact, uid in facts:
        if (
            fact.name == LESSON_FINISHED
            and fact.properties.get("passed") is True
            and fact.user_id
            and not is_test(fact)
        ):
            about = {"content": fact.properties["content"], "lesson": fact.properties["page"]}
            LessonPassed.objects.get_or_create(workspace_id=fact.workspace, uid=uid, **about, defaults={"at": fact.at})


def is_certified(course: Piece) -> bool:
    """Whether every lesson of it was passed."""
    body = msgspec.json.decode(bytes(course.body), type=PagesBody)
    rows = LessonPassed.objects.filter(workspace_id=course.workspace_id, uid=course.uid, content=course.content)
    return {page.key for page in body.pages} <= set(rows.values_list("lesson", flat=True))


def merge_passed(workspace: int, uid: int, into: int) -> None:
    """What somebody has passed, they have passed who they became."""
    for row in LessonPassed.objects.filter(workspace_id=workspace, uid=uid):
        kept = {"workspace_id": workspace, "uid": into, "content": row.content, "lesson": row.lesson}
        LessonPassed.objects.get_or_create(**kept, defaults={"at": row.at})
        row.delete()

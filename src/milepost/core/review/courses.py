"""Courses: what the types alone cannot tell of lessons and of questions with one right answer."""

from collections.abc import Iterator

from milepost.core.program.kinds.content import Course, Lesson
from milepost.core.program.problems import Path
from milepost.core.review.rule import Found, Review, Rule


def course_forms(review: Review) -> Iterator[Found]:
    for key, course in review.pieces(Course):
        path: Path = ("content", key, "lessons")
        if not course.lessons:
            yield Found(path, f"'{key}' has no lesson.", "Add one: `{title: …, body: …}`.")
        for number, lesson in enumerate(course.lessons):
            yield from _lesson(lesson, (*path, number))


def _lesson(lesson: Lesson, path: Path) -> Iterator[Found]:
    if not (lesson.body or lesson.video or lesson.start):
        yield Found(path, "There is nothing to learn in this lesson.", "Add a `body`, a `video` or a guide to `start`.")
    for number, question in enumerate(lesson.quiz):
        if question.right not in question.options:
            place = (*path, "quiz", number, "right")
            yield Found(place, f"'{question.right}' is none of the options.", "Name the right one by its key.")


RULES = (
    Rule(
        id="course-form",
        level="error",
        why="A lesson that teaches nothing, and a question that nobody can answer, end a course for everybody.",
        mend="Write `lessons: [{title: …, body: …}]`, and for `right` the key of an option.",
        find=course_forms,
    ),
)

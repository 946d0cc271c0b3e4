"""Courses: what is told of them where it stands."""

from textwrap import dedent

import pytest

from milepost.program.review import review

COURSE = """
milepost: 1
name: Desk
content:
  basics:
    kind: course
    title: Basics
    lessons:
      - title: Read
        body: Words.
        quiz: [{ask: Why?, options: {a: A, b: B}, right: a}]
      - {title: Watch, video: "https://example.com/v"}
"""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("right: a", "right: c", "content.basics.lessons[0].quiz[0].right"),
        ('video: "https://example.com/v"', 'body: ""', "content.basics.lessons[1]"),
        (COURSE[COURSE.index("    lessons") :], "    lessons: []\n", "content.basics.lessons"),
    ],
)
def test_a_lesson_teaches_something_and_its_question_can_be_answered(old: str, new: str, path: str) -> None:
    assert told(COURSE) == []
    assert told(COURSE.replace(old, new)) == [path]


def told(text: str) -> list[str]:
    return [each.path for each in review(dedent(text)).problems if each.rule == "course-form"]

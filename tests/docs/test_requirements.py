"""`make requirements` finds the tests that name a requirement, and no others."""

from pathlib import Path

import pytest

from tests.requirements import ALL, in_python, in_typescript, named, report

PYTHON = """
pytestmark = [pytest.mark.req("R1")]

@pytest.mark.req("R2", "R3")
def test_a(): ...

class TestB:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.req("R4"))])
    async def test_b(self): ...

text = 'pytest.mark.req("R5")'
unused = pytest.mark.req("R6")
"""


def test_marks_count_where_they_mark_something() -> None:
    assert sorted(in_python(PYTHON)) == [("R1", 2), ("R2", 4), ("R3", 4), ("R4", 8)]


def test_the_tests_of_the_sdk_name_theirs_in_their_text() -> None:
    assert list(in_typescript('test("x", () => {\n  req("R7", "R8");\n});\n// required("R9")')) == [
        ("R7", 2),
        ("R8", 2),
    ]


def test_a_number_that_does_not_exist_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_x.py").write_text('@pytest.mark.req("R171")\ndef test_x(): ...\n')
    with pytest.raises(SystemExit, match=r"R171 \(tests/test_x.py:1\)"):
        named(tmp_path)


def test_the_report_counts_what_has_a_test_and_lists_what_has_none() -> None:
    lines = report({"R2": ["tests/a.py:1", "e2e/b.py:2"]}).splitlines()
    assert lines[0].split() == ["R2", "2", "tests/a.py:1,", "e2e/b.py:2"]
    assert "1 of 170 requirements have a test that names them." in lines
    assert set(" ".join(lines[4:]).split()) == set(ALL) - {"R2"}


def test_every_mark_in_this_repository_is_of_a_requirement() -> None:
    assert set(named()) <= set(ALL)

"""The page on settings names what the code reads, and nothing else."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, pages

_SETTING = re.compile(r"MILEPOST_[A-Z]+(?:_[A-Z]+)*")
PAGE = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
#: Settings of other programs than Milepost: the secret that a host's own server holds.
_OF_OTHERS = {"MILEPOST_IDENTITY_SECRET"}


def read_in_the_code() -> Iterator[str]:
    """The name of each setting that is looked up: a whole text of its own, not one that merely mentions it."""
    for path in (ROOT / "src/milepost").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING.fullmatch(node.value):
                yield node.value


def test_every_setting_that_is_read_is_described_and_the_other_way_round() -> None:
    assert set(_SETTING.findall(PAGE)) == set(read_in_the_code())


def test_whether_a_file_may_hold_it_is_said_as_it_is() -> None:
    rows = re.findall(r"^\| `(MILEPOST_\w+)` \|.*\| (yes|no) \|$", PAGE, re.MULTILINE)
    environment = (ROOT / "src/milepost/conf/environment.py").read_text(encoding="utf-8")
    settings = (ROOT / "src/milepost/conf/settings.py").read_text(encoding="utf-8")
    from_files = set(re.findall(r'read\("(MILEPOST_\w+)"', environment + settings))
    assert {setting for setting, may in rows if may == "yes"} == from_files


def test_no_page_names_a_setting_that_there_is_not() -> None:
    named = {setting for page in pages() for setting in _SETTING.findall(page.read_text(encoding="utf-8"))}
    assert {setting.removesuffix("_FILE") for setting in named} - set(read_in_the_code()) - _OF_OTHERS == set()

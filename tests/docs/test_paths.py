"""What ARCHITECTURE and CONTRIBUTING name is there: files, folders, tests."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, code_spans, name

PAGES = [ROOT / page for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/how-to/operate.md")]
_TOP = ("src", "tests", "e2e", "sdk", "spec", "docs", "deploy", "bench", "examples")
_PATH = re.compile(rf"(?<![\w/])(?:{'|'.join(_TOP)})/[\w./-]+")
_MODULE = re.compile(r"python -m ((?:milepost|tests)[\w.]*)")


def sentences() -> set[str]:
    """The name of every test of the repository."""
    sources = (path.read_text(encoding="utf-8") for top in ("tests", "e2e") for path in (ROOT / top).rglob("*.py"))
    return {test for source in sources for test in re.findall(r"def (test_\w+)", source)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    named = {path.rstrip("./") for span in code_spans(page) for path in _PATH.findall(span)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_module_that_is_run_is_there(page: Path) -> None:
    typed = [*code_spans(page), *(block.text for block in blocks(page))]
    files = {module.replace(".", "/") + ".py" for text in typed for module in _MODULE.findall(text)}
    assert [file for file in sorted(files) if not ((ROOT / "src" / file).exists() or (ROOT / file).exists())] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_test_that_is_named_is_there(page: Path) -> None:
    named = {span for span in code_spans(page) if re.fullmatch(r"test_\w+", span)}
    assert named - sentences() == set()


def test_the_layers_in_the_architecture_are_those_that_are_kept() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    kept = re.findall(r'^    "(milepost\.[^"]+)",$', pyproject.split("layers = [")[1].split("]")[0], re.MULTILINE)
    written = next(block.text for block in blocks(ROOT / "ARCHITECTURE.md") if block.text.startswith("cli >"))
    assert written.strip().split(" > ") == [layer.replace("milepost.", "") for layer in kept]


def test_every_app_is_in_the_table_of_folders() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    apps = sorted(path.parent for path in (ROOT / "src/milepost").glob("*/__init__.py"))
    assert [name(app) for app in apps if f"| `{name(app)}` |" not in page] == []


def test_nothing_that_is_documented_is_kept_out_of_the_repository() -> None:
    named = sorted({path for page in PAGES for span in code_spans(page) for path in _PATH.findall(span)})
    ignored = subprocess.run(["git", "check-ignore", *named], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == []

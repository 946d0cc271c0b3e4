"""The words that the browser says, and those that the server gives it, are the same."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from milepost.delivery.channels.in_app.labels import LABELS, Kind, labels

SDK = Path(__file__).resolve().parents[2] / "sdk/src/ui"
COMMON = "words.ts"
FILE = {
    "help": "panel.ts",
    **dict.fromkeys(("deck", "course"), "pages.ts"),
    **dict.fromkeys(("announcement", "modal", "briefing"), "article.ts"),
}
#: What a kind loads by name, when it is needed.
LOADED = {"checklist.ts": ("planner.ts",), "survey.ts": ("rare.ts",), "guide.ts": ("rich.ts",)}

_TABLE = re.compile(r"^const ENGLISH = \{(.*?)\}(?: as const)?;$", re.DOTALL | re.MULTILINE)
_NAMES = re.compile(r"^type (?:Common|Own) =(.*?);$", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r'(\w+): "((?:[^"\\]|\\.)*)"')
_IMPORT = re.compile(r'^(?:import|\} from) .*?"\./(\w+)";$', re.MULTILINE)


def english(file: str) -> dict[str, str]:
    table = _TABLE.search((SDK / file).read_text(encoding="utf-8"))
    return dict(_ENTRY.findall(table[1])) if table else {}


def named(file: str) -> set[str]:
    """The words that a file says and leaves to the server."""
    return set(re.findall(r'"(\w+)"', "".join(_NAMES.findall((SDK / file).read_text(encoding="utf-8")))))


def loaded(file: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The file, and all that it imports."""
    seen |= {file}
    for other in (*(f"{name}.ts" for name in _IMPORT.findall((SDK / file).read_text("utf-8"))), *LOADED.get(file, ())):
        if other not in seen and (SDK / other).exists():
            seen = loaded(other, seen)
    return seen


def said(files: frozenset[str]) -> set[str]:
    """The common words that these files speak. `count` says the number of a step; a sheet that can only be closed is not
    put off."""
    text = "\n".join((SDK / file).read_text(encoding="utf-8") for file in files - {COMMON})
    found = {key for key in named(COMMON) if re.search(rf"\b(?:_?said|words(?:\([^()]*\))?)\.{key}\b", text)}
    found |= {"step"} if re.search(r"\bcount\(", text) else set()
    return found - {"later", "never"} if re.search(r"new Sheet\([^;]*\{ close: ", text) else found


def spoken(kind: Kind) -> tuple[set[str], dict[str, str]]:
    """Every word that the browser may say of this kind, and of which it has the English itself."""
    files = loaded(FILE.get(kind, f"{kind}.ts"))
    own = {key: text for file in sorted(files - {COMMON}) for key, text in english(file).items()}
    names = set[str]().union(*(named(file) for file in files - {COMMON}))
    return names | said(files) | own.keys(), own


def test_the_tables_of_the_browser_are_all_found() -> None:
    tables = [path.name for path in SDK.rglob("*.ts") if "ENGLISH = " in path.read_text(encoding="utf-8")]
    assert {name for name in tables if not english(name)} == set()
    reached = frozenset[str]().union(*(loaded(FILE.get(kind, f"{kind}.ts")) for kind in LABELS))
    assert set(tables) <= reached, "a table that no kind loads"
    assert {"copy", "copied", "share", "link"} == english("invite.ts").keys()


@pytest.mark.parametrize("kind", LABELS)
def test_the_server_gives_every_word_of_a_kind_and_none_that_is_not_said(kind: Kind) -> None:
    with translation.override("en"):
        names, own = spoken(kind)
        assert labels(kind).keys() == names
        assert own.items() <= labels(kind).items()


def test_a_word_is_said_in_the_reader_s_language_when_it_is_asked_for() -> None:
    with translation.override("ru"):
        assert labels("guide")["next"] == "Дальше" and labels("guide")["step"] == "Шаг {n} из {total}"
    with translation.override("en"):
        assert labels("guide")["next"] == "Next"

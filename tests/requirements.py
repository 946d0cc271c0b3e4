"""Which requirements of the mission have a test that names them: `make requirements`.

A Python test names them by `@pytest.mark.req("R32")` on itself, its class or its module (`pytestmark`), a test of the SDK
by `req("R32")` in its text. Nothing is run or imported: the sources are read.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALL = tuple(f"R{number}" for number in range(1, 171))
_IN_TYPESCRIPT = re.compile(r"""\breq\(\s*((?:["']R\d+["']\s*,?\s*)+)\)""")
_NUMBER = re.compile(r"R\d+")
_WIDTH = 110

Named = dict[str, list[str]]  # requirement → where it is named, as path:line


def named(root: Path = ROOT) -> Named:
    """Every requirement that a test names. Raises SystemExit for a number that does not exist."""
    found: Named = defaultdict(list)
    for path in _tests(root):
        text = path.read_text(encoding="utf-8")
        marks = in_python(text) if path.suffix == ".py" else in_typescript(text)
        for requirement, line in marks:
            found[requirement].append(f"{path.relative_to(root)}:{line}")
    unknown = sorted(set(found) - set(ALL))
    if unknown:
        raise SystemExit("There is no " + ", ".join(f"{each} ({found[each][0]})" for each in unknown))
    return dict(found)


def in_python(text: str) -> Iterator[tuple[str, int]]:
    """(requirement, line) for each argument of a `pytest.mark.req(…)` that marks something."""
    for node in ast.walk(ast.parse(text)):
        for call in _marks(node):
            for argument in call.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value), call.lineno


def in_typescript(text: str) -> Iterator[tuple[str, int]]:
    for match in _IN_TYPESCRIPT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield from ((number, line) for number in _NUMBER.findall(match[1]))


def _marks(node: ast.AST) -> Iterator[ast.Call]:
    """The `pytest.mark.req(…)` calls that stand in a place where they have an effect."""
    for place in _places(node):
        if isinstance(place, ast.Call) and ast.unparse(place.func).endswith("mark.req"):
            yield place


def _places(node: ast.AST) -> Iterable[ast.AST]:
    """Decorators, `pytestmark = …` of a module or a class, `marks=…` of a parameter."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.decorator_list
    if isinstance(node, ast.Assign) and any(ast.unparse(target) == "pytestmark" for target in node.targets):
        return ast.walk(node.value)
    return ast.walk(node.value) if isinstance(node, ast.keyword) and node.arg == "marks" else ()


def _tests(root: Path) -> Iterator[Path]:
    for folder, pattern in (("tests", "*.py"), ("e2e", "*.py"), ("sdk/test", "*.ts")):
        yield from sorted((root / folder).rglob(pattern))


def report(found: Named) -> str:
    """The requirements with a test, each with how many and where; then the numbers of those without."""
    lines = [f"{each:<5} {len(found[each]):>2}  {', '.join(found[each])}" for each in ALL if each in found]
    missing = [each for each in ALL if each not in found]
    lines += ["", f"{len(found)} of {len(ALL)} requirements have a test that names them.", "Without one:"]
    return "\n".join([*lines, *_wrapped(missing)])


def _wrapped(numbers: list[str]) -> list[str]:
    a_line = _WIDTH // 5
    rows = (numbers[at : at + a_line] for at in range(0, len(numbers), a_line))
    return ["  " + " ".join(f"{each:<4}" for each in row).rstrip() for row in rows]


if __name__ == "__main__":
    sys.stdout.write(report(named()) + "\n")

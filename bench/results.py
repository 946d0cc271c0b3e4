"""What was measured, on what machine and when: a table for people, JSON for the next run to keep."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.measure import Figure, Goal, Row

FOLDER = Path(__file__).parent


class Section(Struct, frozen=True, kw_only=True):
    """`load`: the machine's load average (one minute) just before; what is above 0 is somebody else's work."""

    at: datetime
    load: float
    seconds: float
    rows: list[Row]


class Results(Struct, frozen=True, kw_only=True):
    machine: str
    sections: dict[str, Section]


HEADER = ("what", "ours", "limit or peer", "ratio", "goal", "met")


def load(path: Path = FOLDER / "results.json") -> dict[str, Section]:
    """The sections of earlier runs on this machine."""
    if not path.exists():
        return {}
    kept = msgspec.json.decode(path.read_bytes(), type=Results)
    return kept.sections if kept.machine == machine() else {}


def save(sections: Mapping[str, Section]) -> None:
    results = Results(machine=machine(), sections=dict(sections))
    text = msgspec.json.format(msgspec.json.encode(results), indent=2)
    (FOLDER / "results.json").write_bytes(text + b"\n")
    (FOLDER / "results.md").write_text(_markdown(results), encoding="utf-8")


def cells(row: Row) -> tuple[str, ...]:
    """A row of the table. Brackets hold the least and the greatest of n rounds."""
    limit = "" if row.limit is None else f"{_figure(row.limit)} · {row.limit_is}"
    ratio = "" if row.ratio is None else f"{_figure(row.ratio)} ×"
    met = {None: "", True: "yes", False: "**no**"}[row.met]
    what = f"{row.what} ({row.note})" if row.note else row.what
    return what, _figure(row.ours), limit, ratio, _goal(row.goal, row.ours.unit), met


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, {python}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _markdown(results: Results) -> str:
    dates = [section.at for section in results.sections.values()]
    loads = [section.load for section in results.sections.values()]
    lines = [
        "# Measured",
        "",
        f"{results.machine}. {_day(min(dates))}{'' if _day(min(dates)) == _day(max(dates)) else f' to {_day(max(dates))}'},"
        f" load of the machine before each section {min(loads):.1f} to {max(loads):.1f}.",
        "A figure is the median (least–greatest) of n rounds; ratios are taken round by round. `README.md` says how each"
        " limit is built.",
        "",
        f"| {' | '.join(HEADER)} |",
        f"|{' --- |' * len(HEADER)}",
        *(f"| {' | '.join(cells(row))} |" for section in results.sections.values() for row in section.rows),
    ]
    return "\n".join(lines) + "\n"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _figure(figure: Figure) -> str:
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.n == 1:
        return f"{_number(figure.median)}{unit}"
    return f"{_number(figure.median)}{unit} ({_number(figure.low)}–{_number(figure.high)}, n={figure.n})"


def _number(value: float) -> str:
    """Three figures that say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def _goal(goal: Goal | None, unit: str) -> str:
    if goal is None:
        return ""
    sign = "≥" if goal.is_ == "at least" else "≤"
    return f"{sign} {goal.value:,g} {'×' if goal.of == 'ratio' else unit}"

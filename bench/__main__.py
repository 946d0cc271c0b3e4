"""`python -m bench [SECTION …] [--long]`: measures, prints one table, and writes results.md and results.json.

Each section runs in a process of its own; sections that are not named keep what an earlier run on this machine found.
"""

import os
import subprocess
import sys
import time

import msgspec
from rich.console import Console
from rich.table import Table

from bench import results
from bench.measure import Row
from bench.results import Section
from bench.section import SECTIONS


def main(arguments: list[str]) -> None:
    """Raises SystemExit for a section that does not exist, or that failed."""
    named, options = [each for each in arguments if each in SECTIONS], set(arguments) - set(SECTIONS)
    if options - {"--long"}:
        raise SystemExit(f"There is no {', '.join(sorted(options - {'--long'}))}. There are: {', '.join(SECTIONS)}.")
    kept, failed = results.load(), []
    for name in named or SECTIONS:
        section = _run(name, sorted(options))
        if section is None:
            failed.append(name)
        else:
            kept[name] = section
            results.save({each: kept[each] for each in SECTIONS if each in kept})
    _print([row for each in SECTIONS if each in kept and each in (named or SECTIONS) for row in kept[each].rows])
    if failed:
        raise SystemExit(f"Could not be measured: {', '.join(failed)}.")


def _run(name: str, options: list[str]) -> Section | None:
    """None when it failed; what it said stands on standard error."""
    load, begun = os.getloadavg()[0], time.monotonic()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", "bench.section", name, *options], stdout=subprocess.PIPE, check=False)
    seconds = time.monotonic() - begun
    print(f"{seconds:.0f} s", file=sys.stderr, flush=True)
    if done.returncode:
        return None
    rows = msgspec.json.decode(done.stdout, type=list[Row])
    return Section(at=results.now(), load=load, seconds=round(seconds, 1), rows=rows)


def _print(rows: list[Row]) -> None:
    table = Table(*results.HEADER, show_lines=True)
    for row in rows:
        table.add_row(*(cell.replace("**", "") for cell in results.cells(row)))
    console = Console()
    console.print(f"\n{results.machine()}, load {os.getloadavg()[0]:.1f}")
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])

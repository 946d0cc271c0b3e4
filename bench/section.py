"""One section of the table, measured in a process of its own: `python -m bench.section NAME [--long]` prints JSON."""

import sys
from importlib import import_module

import msgspec

from bench.measure import Row

#: In the order of the table; those that take the option are longer with it.
SECTIONS = (
    "ingest",
    "step",
    "runtime",
    "latency",
    "sustained",
    "recompute",
    "streams",
    "importing",
    "mails",
    "insights",
    "memory",
    "sdk",
    "peers",
)
_LONG = {"runtime", "sustained", "recompute", "importing", "insights"}


def measure(name: str, *, long: bool) -> list[Row]:
    options = {"long": long} if name in _LONG else {}
    found: list[Row] = import_module(f"bench.{name}").rows(**options)
    return found


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(measure(sys.argv[1], long="--long" in sys.argv)).decode())

"""Chance that can be replayed: the share of a line from 0 to 10,000 on which somebody stands, for a given seed.

1. A bucket is a hash of the seed and the unit, so that the same person stands elsewhere for another seed, and always at the
   same place for this one; on every machine, in every release.
2. Names share the line by their weights, in alphabetical order, whichever way the mapping is written.
3. `spec/cases/buckets.json` holds both for whoever does it in another language.
"""

from collections.abc import Mapping
from hashlib import blake2b

BUCKETS = 10_000


def bucket(seed: str, unit: str) -> int:
    """Where this unit stands for this seed: the first 8 bytes of BLAKE2b of `seed`, 0x1F, `unit`, modulo 10,000."""
    raw = f"{seed}\x1f{unit}".encode()
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big") % BUCKETS


def choose(weights: Mapping[str, int], at: int) -> str:
    """The name whose share of the line the bucket lies in. Absent: without any weight the first name."""
    names, total, passed = sorted(weights), sum(weights.values()), 0
    for name in names:
        passed += weights[name]
        if at * total < passed * BUCKETS:
            return name
    return names[0]

"""Settings from the environment, each also from a file (`NAME_FILE`), so that a secret need not be seen.

Wrong values end the start with one sentence.
"""

import ipaddress
import os
from pathlib import Path


def read(name: str, default: str = "") -> str:
    """The setting, from `NAME` or from the file that `NAME_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SystemExit(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error


def home() -> Path:
    """The folder that holds everything of this Milepost."""
    return Path(os.environ.get("MILEPOST_HOME", "milepost-data")).absolute()


def private_hosts() -> frozenset[str]:
    """The names, addresses and networks inside our own network that may be sent to."""
    named = frozenset(each.strip().lower() for each in read("MILEPOST_PRIVATE_HOSTS").split(",") if each.strip())
    for network in (each for each in named if "/" in each):
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise SystemExit(f"MILEPOST_PRIVATE_HOSTS names {network}, which is no network: {error}.") from error
    return named

"""What somebody gives up when they ask for no more mail, and what that holds back.

1. Whoever asks for less of what matters more wants less of what matters less: leaving `care` leaves `marketing` too.
2. `service` mail is part of what was asked for, so it is given up only by asking so on a service mail itself, or
   together with everything; then nothing at all is sent (`all`).
3. A dead address (a hard bounce) is dead for every purpose.
"""

from collections.abc import Iterable

ALL = "all"
#: What is offered on the preference page, in the order of its weight.
PURPOSES = ("service", "care", "marketing")
_GIVES_UP = {"service": (ALL,), "care": ("care", "marketing"), "marketing": ("marketing",)}


def given_up(purpose: str) -> tuple[str, ...]:
    """What to suppress when somebody leaves mail of this purpose in one click. An unknown purpose leaves everything."""
    return _GIVES_UP.get(purpose, (ALL,))


def held_back(purpose: str, suppressed: Iterable[str]) -> bool:
    """Whether a message of this purpose must not be sent to an address with these suppressions."""
    return any(item in (ALL, purpose) for item in suppressed)


def wanted(suppressed: Iterable[str]) -> tuple[str, ...]:
    """The purposes that may still be sent."""
    given = tuple(suppressed)
    return tuple(purpose for purpose in PURPOSES if not held_back(purpose, given))


def suppressed_by(chosen: Iterable[str]) -> frozenset[str]:
    """What to suppress when exactly these purposes are wanted. Without `service` nothing is wanted."""
    kept = set(chosen)
    return frozenset({ALL}) if "service" not in kept else frozenset(PURPOSES) - kept

"""What time it is for the console: the clock of the stores that this process is connected to."""

from datetime import datetime

from milepost.log import stores


def now() -> datetime:
    """Aware UTC."""
    return stores.current().clock.now()

"""How old the reason for an effect may be before it is left undone (law 3)."""

from datetime import timedelta

IN_APP = timedelta(hours=1)
MESSAGE = timedelta(hours=24)

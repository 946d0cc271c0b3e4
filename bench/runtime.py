"""The whole runtime over its stores in a home folder: facts a second from the log to states, outbox, reasons and columns.

The limit is SQLite alone, on a copy of the same database with the same people: the same state rows read, decoded,
encoded and written, and as many outbox entries and reasons of the same sizes inserted, in batches of 1,000.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from milepost.core.engine import state as states
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import step
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.values import number_of
from msgspec.structs import replace

from bench.home import engine, temporary_home
from bench.measure import ROUNDS, Row, at_least, beside, in_turn
from bench.world import history, large_document, one_fact

if TYPE_CHECKING:
    from milepost.log.stores import Stores
    from milepost.runtime.loop import Runtime

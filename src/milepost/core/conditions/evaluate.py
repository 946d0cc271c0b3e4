"""What a condition means, for one subject, in memory.

A subject's *memory* is, for each atom of the program, the facts that matter to it: `(at, seq, value)` sorted by time
and number. Everything here is a function of (condition, memory, instant): no clock, no look-up.

1. A fact counts at its own time; ties are ordered by the log's number.
2. a counts at t in a window w when 0 <= t - a < w: at exactly a + w it no longer does.
3. A condition can turn true because time passed; `next_change` says when to look again.
4. A condition is asked when something changes that it reads: a fact, a milestone, the end of a window, a date that is
   crossed. A milestone's instant is the first of these at which its condition is true. So what is true of somebody of
   whom nothing is known (`not did X within 7d`) becomes true when X has stopped, not on the first day. A segment has no
   instant: it holds everybody of whom the condition is true at the moment asked about.
5. `since` counts facts from an instant on, that instant's own fact included. While that start or milestone is not
   known nothing counts: the count is 0, of which `at_most` and `not` are true. `goal` is the last time that they stated
   one, so that each *Goal Stated* begins the count anew.
6. Values compare by the rules of `compare`.
7. A series is what facts of one name, that pass `where`, give a property, in order of time and number. A fact without the
   property says nothing; null takes the answer back: the last value is not known then, until another one is given.
8. `compared` holds the last value of a series against an earlier number of it (`previous`: the last one before it, `first`:
   the first one before it; what is no number is passed over), or against the last value of another series. It is false
   while one of the two is no number: with a single value there is nothing to compare.
9. Days are those of the place where the person is now (`View.zone`), also days long ago.
10. What has happened in a `sequence` stays so: true from the first instant at which its last step came inside the window.
11. Named operators (`goal`, `answered`, …) are said in these words by `core.program.expand` before anything asks.

This module gathers what the engine needs; `memory`, `holds`, `instants` and `explain` hold it.
"""

from milepost.core.conditions.explain import explain
from milepost.core.conditions.holds import END_OF_MOMENT, holds
from milepost.core.conditions.instants import first_true, next_change
from milepost.core.conditions.memory import (
    Atom,
    Entry,
    Memory,
    View,
    atoms_of,
    leaves,
    milestones_of,
    observe,
    remember,
    uses_start,
)

__all__ = [
    "END_OF_MOMENT",
    "Atom",
    "Entry",
    "Memory",
    "View",
    "atoms_of",
    "explain",
    "first_true",
    "holds",
    "leaves",
    "milestones_of",
    "next_change",
    "observe",
    "remember",
    "uses_start",
]

"""The decision core: `step` takes a program, a subject's state and what is given, and returns the new state, effects and why."""

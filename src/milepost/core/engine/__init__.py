"""The decision core: `step` goes from a program, a state and what is given to the new state, effects and why."""

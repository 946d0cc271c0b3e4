"""Parley, a team chat."""

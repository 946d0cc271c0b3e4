"""Conditions: one small language, executed in three ways that must agree (the engine, SQL, and a naive twin)."""

"""Crumb, a calm calorie diary."""

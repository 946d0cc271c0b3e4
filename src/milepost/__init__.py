"""Milepost brings people to their first success with a product, and shows what got them there."""

__version__ = "0.1.0"

"""What things mean. Standard library and msgspec only: no IO, no clock, no chance."""

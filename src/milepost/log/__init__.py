"""Where facts, intentions and time are kept: protocols, each with a memory and an embedded implementation."""

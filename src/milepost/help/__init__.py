"""People ask, members answer: conversations."""

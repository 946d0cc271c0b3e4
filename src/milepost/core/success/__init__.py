"""What success means for one person: their plan, and how far they are with it."""

"""What a conversation is, before there is a table for it."""

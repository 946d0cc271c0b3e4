"""What is to say about a document before it is released, and what a release would change."""

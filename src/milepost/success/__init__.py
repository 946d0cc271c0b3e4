"""What the team does for somebody: tasks."""

"""Trestle, a project tool for one's own plans and for teams."""

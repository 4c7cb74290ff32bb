"""The sources: one module each, knowing nothing of each other."""

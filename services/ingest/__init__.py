"""Ingest: brings posts from the sources through the door onto the log."""

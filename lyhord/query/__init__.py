"""Queries: text to a syntax tree, and the tree to the terms that the index holds."""

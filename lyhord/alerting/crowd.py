"""Crowds: whether many people say something, or one says it many times."""

import numpy as np

from lyhord.alerting.columns import Columns, Ints

FEWEST_POSTS, FEWEST_AUTHORS = 5, 4
"""Of a rise that is told as one; with fewer it could be a talk between neighbours."""
FLOOD = 10
"""Posts that are told, as suspected spam, although no crowd stands behind them."""
_TWICE = 2
"""So often, at most, a post counts that one author wrote, or that copies one text."""


def voices(columns: Columns, posts: Ints) -> int:
    """Count posts as a crowd's: an author's, and copies of a text, count twice at most."""
    return min(_counted(columns.author[posts]), _counted(columns.text[posts]))


def authors(columns: Columns, posts: Ints) -> int:
    """Count who wrote; where that is not known, each post is somebody's of their own."""
    return len(np.unique(columns.author[posts]))


def texts(columns: Columns, posts: Ints) -> int:
    """Count texts, copies once."""
    return len(np.unique(columns.text[posts]))


def _counted(values: Ints) -> int:
    return int(np.minimum(np.unique(values, return_counts=True)[1], _TWICE).sum())

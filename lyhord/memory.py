"""Memory: how often the processes that move many small records look for garbage."""

import gc

_ALLOCATIONS = 100_000


def collect_seldom() -> None:
    """Look for cycles of garbage after 100,000 new objects, not 700.

    Records are trees, not cycles, and die by their reference counts; walking the living ones took
    a seventh of the index stage's time.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 100)

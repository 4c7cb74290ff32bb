"""Incidents: rises of one topic in many municipalities at once are one thing that happens."""

from collections.abc import Sequence

import numpy as np

from lyhord.alerting.columns import Columns
from lyhord.alerting.rises import Rise

_APART = 6 * 3_600
"""Seconds within which rises of a topic have to follow each other."""
_FEWEST, _SHARE = 3, 0.25
"""Municipalities that a topic rises in everywhere: so many, and that part of the active ones."""
_ACTIVE = 7 * 86_400


def leaders(columns: Columns, rises: Sequence[Rise]) -> list[int]:
    """Give for each rise the place of the one that its incident began with; alone it is its own.

    Args:
        columns: what was written.
        rises: in the order in which they were known.

    """
    found = list(range(len(rises)))
    chains: dict[int, list[int]] = {}
    for at, rise in enumerate(rises):
        topic = rise.series % columns.width
        chain = chains.get(topic, [])
        if not chain or rise.fired - rises[chain[-1]].fired > _APART:
            chain = chains[topic] = []
        chain.append(at)
        places = {rises[each].series // columns.width for each in chain}
        least = max(_FEWEST, _SHARE * _active(columns, rises[chain[0]].fired))
        if len(places) >= least:
            for each in chain:
                found[each] = chain[0]
    return found


def _active(columns: Columns, at: int) -> int:
    """Count the municipalities about which anything was written in the week before."""
    start, end = np.searchsorted(columns.seconds, [at - _ACTIVE, at])
    return len(np.unique(columns.place[start:end]))

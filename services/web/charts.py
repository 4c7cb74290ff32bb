"""The page's chart: a column a day, drawn as SVG without script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEIGHT = 120
_WIDTH = 8
_ORDER = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a column, in pixels from the top left."""

    kind: str
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of stacked columns: its size, its pieces, and what to write at its axes."""

    width: int
    height: int
    bars: Sequence[Bar]
    most: int
    titles: Sequence[tuple[int, str]]
    first: str
    last: str


def columns(days: Sequence[tuple[str, Mapping[str, int]]]) -> Columns | None:
    """Draw counts by sentiment, a column a day; None where there is nothing to draw."""
    most = max((sum(counts.values()) for _, counts in days), default=0)
    if not most:
        return None
    bars: list[Bar] = []
    titles: list[tuple[int, str]] = []
    for number, (day, counts) in enumerate(days):
        top = float(_HEIGHT)
        for kind in _ORDER:
            height = counts.get(kind, 0) / most * _HEIGHT
            top -= height
            if height:
                bars.append(Bar(kind, number * _WIDTH, top, height))
        titles.append((number * _WIDTH, f"{day}: {sum(counts.values())} inlägg"))
    return Columns(len(days) * _WIDTH, _HEIGHT, bars, most, titles, days[0][0], days[-1][0])

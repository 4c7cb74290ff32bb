"""The page's charts, drawn as SVG without script: a column a day, a share a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lyhord.dialogue.responses import Responses

_HEIGHT = 120
_WIDTH = 8
_MONTHS = 24
_MONTH_WIDTH = 56
_ABOVE, _BELOW = 18, 36
"""Pixels for the share above a month's column, and for its name and n below."""
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


@dataclass(frozen=True, slots=True)
class Share:
    """A month's column in pixels from the top left, its share (None: nothing is due) and its n."""

    month: str
    x: int
    y: float
    height: float
    part: float | None
    due: int


@dataclass(frozen=True, slots=True)
class Shares:
    """A chart of shares from 0 to 100 %, a column a month; `base` is where the columns stand."""

    width: int
    height: int
    top: int
    base: int
    column: int
    months: Sequence[Share]


def shares(groups: Sequence[Responses]) -> Shares | None:
    """Draw the share answered within a working day, of what is due, in the latest 24 months.

    Months without a thread have a place too; None where there is nothing to draw.
    """
    by_month = {each.group: each for each in groups if each.group}
    if not any(each.due for each in groups):
        return None
    drawn = []
    for number, month in enumerate(_months(min(by_month), max(by_month))[-_MONTHS:]):
        found = by_month.get(month)
        part = found.share_within_day if found else None
        height = (part or 0.0) * _HEIGHT
        y = _ABOVE + _HEIGHT - height
        due = found.due if found else 0
        drawn.append(Share(month, number * _MONTH_WIDTH, y, height, part, due))
    return Shares(
        width=len(drawn) * _MONTH_WIDTH,
        height=_ABOVE + _HEIGHT + _BELOW,
        top=_ABOVE,
        base=_ABOVE + _HEIGHT,
        column=_MONTH_WIDTH,
        months=drawn,
    )


def _months(first: str, last: str) -> list[str]:
    """Give all months from one to another, as `2026-03`."""
    months, day = [first], date.fromisoformat(f"{first}-01")
    while months[-1] < last:
        day = (day + timedelta(days=31)).replace(day=1)
        months.append(day.isoformat()[:7])
    return months

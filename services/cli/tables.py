"""Tables and figures on a terminal: columns that line up, shares, and lengths of time."""

import sys
from collections.abc import Sequence

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def write_table(rows: Sequence[Sequence[str]], *, names: int = 1) -> None:
    """Write rows to stdout; the first `names` columns are names, the others figures."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if at < names else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def share(value: float | None) -> str:
    """Write a share, 0 to 1, as per cent."""
    return "-" if value is None else f"{value:.0%}"


def span(seconds: float) -> str:
    """Write seconds in the greatest unit that there are two of."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{int(seconds // unit)} {name}"
    return f"{int(seconds)} s"

"""Reads the benchmark's series and windows from a folder that is not part of the project."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

from benchmarks.nab.scoring import Window
from lyhord.alerting.constants import BIN
from lyhord.alerting.expecting import Floats


class Series(NamedTuple):
    """A labelled series on the grid of five minutes.

    Attributes:
        name: of the file.
        counts: shape (bins,), NaN where the file has no row.
        first: number of the first bin since 1970.
        windows: labelled anomalies, in bins.

    """

    name: str
    counts: Floats
    first: int
    windows: list[Window]


def read(folder: Path) -> list[Series]:
    """Read `windows.json` (file: pairs of times) and the files it names.

    Raises:
        OSError: a file cannot be read.
        ValueError: two rows of a file are of the same five minutes.

    """
    labels = orjson.loads((folder / "windows.json").read_bytes())
    return [_series(folder / Path(name).name, pairs) for name, pairs in sorted(labels.items())]


def _series(file: Path, pairs: list[tuple[str, str]]) -> Series:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    bins = np.array([_bin(row["timestamp"]) for row in rows])
    if len(set(bins.tolist())) < len(bins):
        raise ValueError(f"{file.name} has several rows of the same five minutes")
    first = int(bins.min())
    counts = np.full(int(bins.max()) - first + 1, np.nan)
    counts[bins - first] = [float(row["value"]) for row in rows]
    windows = [(_bin(start) - first, _bin(end) - first) for start, end in pairs]
    return Series(file.stem, counts, first, windows)


def _bin(timestamp: str) -> int:
    """Give the number of the bin that a time of the file (UTC, without saying so) is in."""
    return int(np.datetime64(timestamp[:19], "s").astype(int)) // BIN

"""How early rises are told, and how often falsely, on the benchmark's Twitter series.

    python -m benchmarks.nab --nab FOLDER [--told] [--sensitivity]

FOLDER (or LYHORD_NAB) holds `windows.json` and the files that it names. Each cell has the scores
of the profiles standard, low FP and low FN, where 0 is a detector that finds nothing and 100 one
without fault.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.nab.detectors import BASELINES, LYHORD, Detector, ours
from benchmarks.nab.evaluating import Result, results
from benchmarks.nab.series import Series, read
from lyhord.alerting.constants import DEFAULT
from lyhord.errors import Misuse

PUBLISHED = {
    "ARTime": (84, 78, 89),
    "CAD OSE": (68, 68, 70),
    "Twitter ADVec": (62, 40, 70),
    "Numenta": (61, 56, 63),
}
"""Standard, low FP, low FN of others' published detections; not measured in this run."""


def compare(files: Sequence[Series]) -> Iterator[str]:
    """Measure all detectors, and tell as Markdown."""
    yield "| detector | leave-one-file-out | best common threshold | thresholds |"
    yield "|---|---|---|---|"
    for detector in (LYHORD, *BASELINES):
        yield row(detector.name, list(results(detector, files)))
    for name, scores in PUBLISHED.items():
        yield f"| {name}, published | | {' / '.join(map(str, scores))} | |"


def row(name: str, found: Sequence[Result]) -> str:
    """Tell of one detector."""
    left_out = " / ".join(f"{result.left_out:.1f}" for result in found)
    best = " / ".join(f"{result.best:.1f}" for result in found)
    thresholds = " / ".join(f"{result.threshold:.2f}" for result in found)
    return f"| {name} | {left_out} | {best} | {thresholds} |"


def told(files: Sequence[Series]) -> Iterator[str]:
    """Tell what was told with the best common threshold of the standard profile, and when."""
    threshold = next(results(LYHORD, files)).threshold
    for series in files:
        alarms = LYHORD.told(LYHORD.scores(series), threshold)
        for start, end in series.windows:
            if not any(start <= at <= end for at in alarms):
                yield f"{series.name}\tmissed\t{start}-{end}"
        for at in alarms:
            right = any(start <= at <= end for start, end in series.windows)
            yield f"{series.name}\t{'right' if right else 'false'}\t{at}"


def sensitivity(files: Sequence[Series]) -> Iterator[str]:
    """Halve and double every constant, and tell how the scores move."""
    yield "| constant | leave-one-file-out | best common threshold | thresholds |"
    yield "|---|---|---|---|"
    for field in fields(DEFAULT):
        value: Any = getattr(DEFAULT, field.name)
        if field.name != "windows":
            for changed in (value / 2, value * 2):
                scores = partial(ours, constants=replace(DEFAULT, **{field.name: changed}))
                varied = Detector(f"{field.name} {changed:g}", scores, LYHORD.told)
                yield row(varied.name, list(results(varied, files)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.nab",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--nab", type=Path, default=os.environ.get("LYHORD_NAB"))
    parser.add_argument("--told", action="store_true", help="print every alarm, right or false")
    parser.add_argument("--sensitivity", action="store_true", help="halve and double constants")
    asked = parser.parse_args(arguments)
    if asked.nab is None:
        raise Misuse("say where the series are: --nab FOLDER, or LYHORD_NAB")
    files = read(Path(asked.nab))
    print("\n".join(compare(files)), flush=True)
    if asked.told:
        print("\n".join(told(files)), flush=True)
    if asked.sensitivity:
        for line in sensitivity(files):
            print(line, flush=True)


if __name__ == "__main__":
    main()

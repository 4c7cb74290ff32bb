"""`lyhord import`: files through all stages, until every post is searchable."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lyhord import wiring
from lyhord.crashpoints import reach
from lyhord.errors import Misuse
from lyhord.ports import Row
from lyhord.settings import Settings
from services.cli import output
from services.cli.embedded import GROUPS, Embedded
from services.cli.progress import Progress
from services.ingest.columns import Columns
from services.ingest.door import Door
from services.ingest.intake import Intake

SOME_REJECTED = 1


def import_files(
    files: Sequence[str], *, mapping: Sequence[str], fixed: Sequence[str], form: str | None
) -> int:
    """Import files and tell how it went; give the exit code.

    Raises:
        Misuse: a file is not there, or an option cannot be meant; nothing was imported.

    """
    output.log_to_stderr()
    columns = Columns(map=_pairs("--map", mapping), set=_pairs("--set", fixed))
    for name in files:
        if name != "-" and (Path(name).is_dir() or not os.access(name, os.R_OK)):
            raise Misuse(f"{name!r} is not a file that can be read")
    settings = output.settings()
    log = wiring.open_log(settings)
    start = time.perf_counter()
    driven = wiring.undriven(log, GROUPS)
    left = GROUPS.keys() - driven
    with Embedded(settings, log, driven, left=left) as stages, Progress(stages) as progress:
        intake = Intake(log, make_door(settings), stages.telemetry["ingest"])
        for name in files:
            with _open(name) as stream:
                rows = columns.apply(_rows(name, stream, form))
                intake.take(progress.watch(rows))
        stages.wait_until_indexed(progress.show)
        seconds = time.perf_counter() - start
    for column in columns.unseen():
        output.say(f"--map: no row has a column {column!r}; is it misspelt?")
    reach("import.end")
    return _summary(stages, seconds)


def make_door(settings: Settings) -> Door:
    """Open the door with this installation's key."""
    from lyhord.privacy.pseudonyms import Pseudonymiser

    key = Pseudonymiser.open(settings.data / "pseudonym.key")
    return Door(key, extra_sources=settings.extra_sources)


def _summary(stages: Embedded, seconds: float) -> int:
    ingest = stages.telemetry["ingest"]
    rejected = sum(component.rejected for component in stages.telemetry.values())
    rate = ingest.sent / seconds if seconds else 0.0
    output.say(
        f"{ingest.received:,} rows read, {ingest.sent:,} posts accepted, {rejected:,} rejected, "
        f"in {seconds:.1f} s ({rate:,.0f} posts/s)"
    )
    output.say(
        "processor seconds: "
        + ", ".join(f"{name} {part.seconds:.1f}" for name, part in stages.telemetry.items())
    )
    if rejected:
        output.say("`lyhord rejected` tells which rows, and why")
    return SOME_REJECTED if rejected else 0


def _pairs(option: str, values: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not equals or not name or not rest:
            raise Misuse(f"{option} {value!r} is not FIELD=VALUE")
        if pairs.setdefault(name, rest) != rest:
            raise Misuse(f"{option} gives {name} both {pairs[name]!r} and {rest!r}")
    return pairs


@contextmanager
def _open(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as stream:
        yield stream


def _rows(name: str, stream: BinaryIO, form: str | None) -> Iterator[Row]:
    from services.ingest.sources.csv_file import read_csv
    from services.ingest.sources.jsonl import read_jsonl

    origin = name if name == "-" else os.path.normpath(Path(name).absolute())
    by_name = "csv" if Path(name).suffix.lower() in (".csv", ".tsv") else "jsonl"
    return read_csv(stream, origin) if (form or by_name) == "csv" else read_jsonl(stream, origin)

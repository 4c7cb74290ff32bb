"""The intake: drives the ingest stage, writing posts and rejections to the log."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import structlog

from lyhord.model import READOUT_FIELDS
from lyhord.ports import POSTS, Log, Row
from lyhord.rejecting import reject
from lyhord.telemetry import Telemetry
from services.ingest.door import Door
from services.ingest.stage import stage

log = structlog.get_logger()

BATCH = 1_000
"""Rows that go to the log together."""
BATCH_CHARACTERS = 20_000_000
"""Characters of text after which a batch is closed, however few its rows: memory is bounded."""
_MOST_UNKNOWN = 100
"""Unknown field names that are told; whoever sends more is making them up."""


class Intake:
    """Takes rows from any source through the door onto the log."""

    def __init__(
        self,
        target: Log,
        door: Door,
        telemetry: Telemetry,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._log, self._door, self.telemetry, self._now = target, door, telemetry, now
        self._unknown: set[str] = set()

    def take(self, rows: Iterable[Row]) -> None:
        """Take all rows; when this returns they are on the log, or rejected there.

        Raises:
            Retriable: the log cannot take them now; the same rows may be given again.

        """
        for batch in _batches(rows):
            with self.telemetry.busy():
                records, rejections = stage(batch, self._door, now=self._now())
                self._log.append(POSTS, records)
                reject(self._log, rejections)
            self.telemetry.count(received=len(batch), sent=len(records), rejected=len(rejections))
            self._report_unknown(batch)

    def _report_unknown(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.data is None or _KNOWN.issuperset(row.data):
                continue
            for name in row.data.keys() - _KNOWN - self._unknown:
                if name.partition(".")[0] in _KNOWN:
                    continue
                if len(self._unknown) == _MOST_UNKNOWN:
                    return
                self._unknown.add(name)
                log.warning("field is not read", field=str(name)[:100], origin=row.origin)


_KNOWN = frozenset({*READOUT_FIELDS, "score"})


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(str((row.data or {}).get("text", "")))
        if len(batch) == BATCH or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

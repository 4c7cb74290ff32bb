"""The schedule: polls every source in a thread of its own, so that no slow one holds up another."""

import threading
from collections.abc import Sequence
from typing import Self

import structlog

from lyhord.errors import Rejected, Retriable
from lyhord.heartbeats import Heartbeats
from lyhord.ports import Row, Source, State
from services.ingest.intake import Intake

log = structlog.get_logger()

CURSORS = "cursor"
"""The kind under which the state keeps every source's position."""


class Schedule:
    """Polls sources until closed; a source's position is kept once its rows are on the log.

    Args:
        sources: what to poll.
        intake: where their rows go.
        positions: where it is kept how far each source is read.
        heartbeats: who is told how each poll went.

    """

    def __init__(
        self, sources: Sequence[Source], intake: Intake, positions: State, heartbeats: Heartbeats
    ) -> None:
        self._intake, self._positions, self._heartbeats = intake, positions, heartbeats
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, args=(source,), name=source.name, daemon=True)
            for source in sources
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def poll_once(self, source: Source) -> float:
        """Poll a source once; give the seconds until its next turn.

        What the source brought before it failed is kept; a failure is told in `lyhord rejected`
        when only new settings can mend it.
        """
        try:
            for batch in source.poll(self._positions.get(CURSORS, source.name) or {}):
                self._intake.take(batch.rows)
                self._positions.put(CURSORS, source.name, batch.cursor)
                if self._stop.is_set():
                    break
        except Retriable as problem:
            self._intake.telemetry.count(errors=1)
            self._heartbeats.failed(source.name, source.interval, str(problem))
            log.warning("source failed", source=source.name, problem=str(problem))
            return max(problem.after, 1.0)
        except Rejected as refusal:
            log.error("source refused", source=source.name, problem=str(refusal))  # noqa: TRY400 - a trace says nothing to the user
            self._heartbeats.failed(source.name, source.interval, str(refusal))
            self._intake.take([Row(source.name, None, error=str(refusal))])
        else:
            self._heartbeats.well(source.name, source.interval)
        return source.interval

    def _serve(self, source: Source) -> None:
        while not self._stop.is_set():
            try:
                after = self.poll_once(source)
            except Exception:
                # A bug in one source must not silence it for ever, nor touch the others.
                self._intake.telemetry.count(errors=1)
                self._heartbeats.failed(source.name, source.interval, "a fault of Lyhörd's own")
                log.exception("source broke", source=source.name)
                after = source.interval
            self._stop.wait(after)

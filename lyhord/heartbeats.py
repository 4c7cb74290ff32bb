"""Heartbeats: when each source was last read, so that broken is never taken for quiet."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import structlog

from lyhord import times
from lyhord.errors import Retriable
from lyhord.ports import State

log = structlog.get_logger()

KIND = "heartbeat"
_MISSED, _AT_LEAST = 3, timedelta(minutes=10)
"""A source that was not read for so many of its intervals, or so long, was away."""
_TELL = timedelta(minutes=1)
_MOST = 500
"""Gaps that are remembered of a source, the latest."""


class Gap(NamedTuple):
    """A time in which a source was not read, by the name that the settings give it."""

    source: str
    start: datetime
    end: datetime | None


class Pulse(NamedTuple):
    """How a source is: when it was last read, what hinders it now, and when it was away."""

    source: str
    interval: float
    alive: datetime | None
    problem: str | None
    gaps: tuple[tuple[datetime, datetime], ...]

    def away(self, now: datetime) -> list[Gap]:
        """Give the times when it was not read, the one that lasts at `now` included."""
        found = [Gap(self.source, *gap) for gap in self.gaps]
        if self.alive is not None and now - self.alive > _patience(self.interval):
            found.append(Gap(self.source, self.alive, None))
        return found


class Heartbeats:
    """Writes down how polls went; the state being away hinders no source."""

    def __init__(
        self, state: State, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._state, self._now = state, now
        self._pulses: dict[str, Pulse] = {}
        self._told: dict[str, datetime] = {}

    def well(self, source: str, interval: float) -> None:
        """Tell that a source was read to its end just now."""
        now, before = self._now(), self._pulse(source, interval)
        gaps = before.gaps
        if before.alive is not None and now - before.alive > _patience(interval):
            gaps = (*gaps, (before.alive, now))[-_MOST:]
        self._tell(Pulse(source, interval, now, None, gaps), before)

    def failed(self, source: str, interval: float, problem: str) -> None:
        """Tell that a source could not be read just now, and why."""
        before = self._pulse(source, interval)
        self._tell(before._replace(interval=interval, problem=problem), before)

    def _pulse(self, source: str, interval: float) -> Pulse:
        if source not in self._pulses:
            try:
                kept = self._state.get(KIND, source)
            except Retriable:
                kept = None
            self._pulses[source] = _read(source, kept or {"interval": interval})
        return self._pulses[source]

    def _tell(self, pulse: Pulse, before: Pulse) -> None:
        self._pulses[pulse.source] = pulse
        now = self._now()
        news = (pulse.problem, pulse.gaps) != (before.problem, before.gaps)
        if not news and pulse.source in self._told and now - self._told[pulse.source] < _TELL:
            return
        try:
            self._state.put(KIND, pulse.source, _written(pulse))
        except Retriable as problem:
            self._told.pop(pulse.source, None)
            log.warning("heartbeat not kept", source=pulse.source, problem=str(problem))
        else:
            self._told[pulse.source] = now


def pulses(state: State) -> list[Pulse]:
    """Give how every source is that was ever polled, by name."""
    return [_read(source, kept) for source, kept in sorted(state.all(KIND).items())]


def _patience(interval: float) -> timedelta:
    return max(_MISSED * timedelta(seconds=interval), _AT_LEAST)


def _read(source: str, kept: Mapping[str, Any]) -> Pulse:
    alive = kept.get("alive")
    gaps = tuple((times.parse(start), times.parse(end)) for start, end in kept.get("gaps", ()))
    return Pulse(source, kept["interval"], alive and times.parse(alive), kept.get("problem"), gaps)


def _written(pulse: Pulse) -> dict[str, Any]:
    return {
        "interval": pulse.interval,
        "alive": pulse.alive and times.format_utc(pulse.alive),
        "problem": pulse.problem,
        "gaps": [[times.format_utc(start), times.format_utc(end)] for start, end in pulse.gaps],
    }

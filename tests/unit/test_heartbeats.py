"""Heartbeats: gaps are known, also across restarts, and the state being away hinders nobody."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.errors import Retriable
from lyhord.heartbeats import Gap, Heartbeats, pulses

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Time:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_a_source_read_in_time_was_never_away(tmp_path: Path) -> None:
    state, time = SqliteState(tmp_path / "state.db"), Time()
    beats = Heartbeats(state, now=time)
    for _ in range(20):
        beats.well("blogg", 900)
        time.now += 15 * MINUTE
    [pulse] = pulses(state)
    assert pulse.away(time.now) == []


def test_a_gap_is_known_while_it_lasts_and_afterwards_also_over_a_restart(tmp_path: Path) -> None:
    state, time = SqliteState(tmp_path / "state.db"), Time()
    Heartbeats(state, now=time).well("blogg", 60)
    time.now += 3 * MINUTE
    again = Heartbeats(state, now=time)
    again.failed("blogg", 60, "HTTP 503")
    time.now += 30 * MINUTE
    [pulse] = pulses(state)
    assert (pulse.problem, pulse.away(time.now)) == ("HTTP 503", [Gap("blogg", START, None)])
    again.well("blogg", 60)
    [pulse] = pulses(state)
    assert pulse.problem is None
    assert pulse.away(time.now) == [Gap("blogg", START, time.now)]


class Away:
    """A state that cannot be reached at first."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.there = False

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        if not self.there:
            raise Retriable("away", after=1)
        return self.kept.get(f"{kind} {key}")

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        if not self.there:
            raise Retriable("away", after=1)
        self.kept[f"{kind} {key}"] = dict(value)

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        return {key.removeprefix(f"{kind} "): value for key, value in self.kept.items()}

    def close(self) -> None:
        pass


def test_what_the_state_could_not_take_is_put_with_the_next_beat() -> None:
    state, time = Away(), Time()
    beats = Heartbeats(state, now=time)
    with capture_logs() as told:
        beats.well("blogg", 5)
    assert told[0]["source"] == "blogg"
    state.there = True
    time.now += timedelta(seconds=5)
    beats.well("blogg", 5)
    assert [pulse.alive for pulse in pulses(state)] == [time.now]


@pytest.mark.parametrize("interval", [1, 3600])
def test_patience_grows_with_the_interval(tmp_path: Path, interval: float) -> None:
    state, time = SqliteState(tmp_path / "state.db"), Time()
    Heartbeats(state, now=time).well("s", interval)
    [pulse] = pulses(state)
    patience = max(timedelta(seconds=3 * interval), 10 * MINUTE)
    assert pulse.away(START + patience) == []
    assert pulse.away(START + patience + MINUTE) == [Gap("s", START, None)]

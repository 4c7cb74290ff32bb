"""How a replay goes on when the log, the store or the fence does not hold."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.errors import Retriable, Unavailable
from lyhord.ports import POSTS, Entry, Record
from lyhord.rebuilding import Lost
from lyhord.telemetry import Telemetry
from services.cli import refilling
from services.cli.refilling import Refill
from services.cli.replaying import NEAR, Replay
from services.enrich.pool import Outcome


class Copying:
    """A pool that tags nothing, at once."""

    def submit(self, entries: Sequence[Entry]) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        future.set_result(Outcome([Record(each.key, each.value) for each in entries], [], 0.0))
        return future


class Shaky:
    """A store that cannot take what comes now and then."""

    def __init__(self, *failing: int) -> None:
        self.failing, self.calls = failing, 0
        self.taken: list[bytes] = []
        self.flushed = 0

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        self.calls += 1
        if self.calls in self.failing:
            raise Retriable("busy", after=0.0)
        self.taken += values
        return [None] * len(values)

    def flush(self) -> None:
        self.flushed = len(self.taken)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(tmp_path / "log.db")) as made:
        yield made


def put(log: SqliteLog, numbers: range) -> list[bytes]:
    values = [str(number).encode() for number in numbers]
    log.append(POSTS, [Record(f"x:{value}", value) for value in values])
    return values


def refill(log: Any, store: Any) -> Refill:
    pool: Any = Copying()
    return Refill(log, pool, store, Telemetry("replay"), depth=2)


def test_a_store_that_is_busy_gets_the_same_again_in_order(log: SqliteLog) -> None:
    values = put(log, range(1200))
    store, seen = Shaky(2, 3, 5), list[tuple[int, int]]()
    filling = refill(log, store)
    with capture_logs() as told:
        filling.fill(lambda: seen.append(filling.progress()))
    assert len(told) == 3
    assert store.taken == values
    assert store.flushed == 1200
    assert seen == [(250, 1200), (500, 1200), (750, 1200), (1000, 1200), (1200, 1200)]
    more = put(log, range(1200, 1210))
    assert filling.left() == 10
    filling.fill(lambda: None)
    assert store.taken == [*values, *more]
    assert filling.left() == 0


def test_a_store_that_stays_away_ends_it(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refilling, "PATIENCE", 0.0)
    put(log, range(300))
    with pytest.raises(Retriable, match="busy"):
        refill(log, Shaky(1, 2)).fill(lambda: None)


def test_a_log_that_seems_shorter_than_what_was_read_is_not_believed(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(log, range(3))
    filling = refill(log, Shaky())
    filling.fill(lambda: None)
    monkeypatch.setattr(log, "end", lambda _: {})
    with pytest.raises(Retriable, match="shorter"):
        filling.left()


class Script:
    """A rebuild and its refill that do as told, and remember what was asked of them."""

    def __init__(self, *, lost: int = 0, left: Sequence[int] = ()) -> None:
        self.lost, self.lefts = lost, list(left)
        self.asked: list[str] = []

    def fence(self) -> None:
        self.asked.append("fence")

    def fill(self, _: Any) -> None:
        self.asked.append("fill")

    def left(self) -> int:
        return self.lefts.pop(0) if self.lefts else 0

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def size_of_serving(self) -> int:
        return 0

    size_of_new = size_of_serving

    def switch(self) -> None:
        self.asked.append("switch")
        if self.lost:
            self.lost -= 1
            raise Lost("taken down")


def replayed(script: Any) -> str:
    Replay(script, script, Telemetry("replay")).run(allow_fewer=False)
    return " ".join(script.asked)


def test_a_fence_that_fell_is_put_up_again_and_the_log_read_on() -> None:
    with capture_logs():
        asked = replayed(Script(lost=2))
    assert asked == " ".join(["fill fence fill switch"] * 3)


def test_a_fence_that_always_falls_ends_it() -> None:
    with capture_logs(), pytest.raises(Unavailable, match="nothing was switched"):
        replayed(Script(lost=99))


def test_a_busy_log_is_followed_as_long_as_that_helps() -> None:
    once = "fill fence fill switch"
    assert replayed(Script(left=[NEAR])) == once
    assert replayed(Script(left=[NEAR * 40, NEAR * 9, NEAR * 3, 5])) == f"fill fill fill {once}"
    assert replayed(Script(left=[NEAR * 40, NEAR * 30, NEAR * 20])) == f"fill {once}"

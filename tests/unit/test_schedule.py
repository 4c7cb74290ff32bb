"""The schedule: every source in turn, positions only behind rows, and failures that stay alone."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.adapters.sqlite_state import SqliteState
from lyhord.errors import Rejected, Retriable
from lyhord.heartbeats import Heartbeats, pulses
from lyhord.model import Rejection
from lyhord.ports import POSTS, REJECTED, Batch, Row
from lyhord.privacy.pseudonyms import Pseudonymiser
from lyhord.telemetry import Telemetry
from services.ingest.door import Door
from services.ingest.intake import Intake
from services.ingest.schedule import CURSORS, Schedule

Poll = Callable[[Mapping[str, Any]], Iterator[Batch]]


class Scripted:
    """A source that does what the test says, and counts its polls."""

    def __init__(self, poll: Poll, *, name: str = "s", interval: float = 60) -> None:
        self.name, self.interval, self._poll = name, interval, poll
        self.polled = threading.Semaphore(0)

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        self.polled.release()
        yield from self._poll(cursor)


class Running:
    """A log, a state and an intake as in a real process."""

    def __init__(self, folder: Path) -> None:
        self.log, self.state = SqliteLog(folder / "log.db"), SqliteState(folder / "state.db")
        self.intake = Intake(self.log, Door(Pseudonymiser(bytes(32))), Telemetry("ingest"))

    def schedule(self, *sources: Scripted) -> Schedule:
        return Schedule(sources, self.intake, self.state, Heartbeats(self.state))

    def posts(self) -> list[str]:
        return [entry.key for entry in self.log.read(POSTS)]

    def rejections(self) -> list[tuple[str, str]]:
        told = (Rejection.model_validate_json(entry.value) for entry in self.log.read(REJECTED))
        return [(one.origin, one.reason) for one in told]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.log.close()
    running.state.close()


def batch(number: int) -> Batch:
    post = {"text": "", "created_at": "2024-05-01T12:00:00Z", "municipality": "1780"}
    return Batch([Row("s", None, data=post | {"source": "blog", "id": number})], {"n": number})


def endless(cursor: Mapping[str, Any]) -> Iterator[Batch]:
    yield batch(cursor.get("n", 0) + 1)


def test_a_source_goes_on_where_it_was_also_after_a_restart(running: Running) -> None:
    source = Scripted(endless)
    assert running.schedule(source).poll_once(source) == 60
    assert running.schedule(source).poll_once(source) == 60
    assert (running.posts(), running.state.get(CURSORS, "s")) == (["blog:1", "blog:2"], {"n": 2})


def test_what_came_before_a_failure_is_kept_and_not_asked_again(running: Running) -> None:
    def failing(cursor: Mapping[str, Any]) -> Iterator[Batch]:
        yield from endless(cursor)
        raise Retriable("the server is tired", after=30)

    source = Scripted(failing)
    with capture_logs() as told:
        assert running.schedule(source).poll_once(source) == 30
    assert (running.posts(), running.state.get(CURSORS, "s")) == (["blog:1"], {"n": 1})
    assert (told[0]["source"], told[0]["problem"]) == ("s", "the server is tired")
    assert running.rejections() == []


def test_how_a_source_is_stands_in_its_heartbeat(running: Running) -> None:
    def failing(_: Mapping[str, Any]) -> Iterator[Batch]:
        yield from ()
        raise Retriable("the server is tired", after=30)

    good, bad = Scripted(endless, name="good"), Scripted(failing, name="bad")
    for source in (good, bad):
        running.schedule(source).poll_once(source)
    told = {
        pulse.source: (pulse.alive is not None, pulse.problem) for pulse in pulses(running.state)
    }
    assert told == {"good": (True, None), "bad": (False, "the server is tired")}


def test_a_source_that_says_now_is_not_asked_without_pause(running: Running) -> None:
    def failing(_: Mapping[str, Any]) -> Iterator[Batch]:
        yield from ()
        raise Retriable("again", after=0)

    source = Scripted(failing)
    assert running.schedule(source).poll_once(source) == 1


def test_a_source_that_needs_new_settings_is_told_in_the_rejections(running: Running) -> None:
    def refusing(cursor: Mapping[str, Any]) -> Iterator[Batch]:
        yield from endless(cursor)
        raise Rejected("the feed is gone (410)")

    source = Scripted(refusing)
    assert running.schedule(source).poll_once(source) == 60
    assert (running.posts(), running.rejections()) == (
        ["blog:1"],
        [("s", "the feed is gone (410)")],
    )


def test_no_position_is_kept_for_rows_that_the_log_did_not_take(running: Running) -> None:
    running.log.close()
    source = Scripted(endless)
    with pytest.raises(Exception, match="closed"):
        running.schedule(source).poll_once(source)
    assert running.state.get(CURSORS, "s") is None


def test_a_bad_row_moves_the_position_all_the_same(running: Running) -> None:
    def bad(_: Mapping[str, Any]) -> Iterator[Batch]:
        yield Batch([Row("s", 3, error="is not valid JSON")], {"n": 9})

    source = Scripted(bad)
    running.schedule(source).poll_once(source)
    assert running.state.get(CURSORS, "s") == {"n": 9}
    assert running.rejections() == [("s", "is not valid JSON")]


def test_a_source_that_hangs_or_breaks_holds_up_no_other(running: Running) -> None:
    release = threading.Event()

    def hanging(_: Mapping[str, Any]) -> Iterator[Batch]:
        release.wait(30)
        yield from ()

    def broken(_: Mapping[str, Any]) -> Iterator[Batch]:
        yield from ()
        raise ZeroDivisionError

    hangs = Scripted(hanging, name="hangs")
    breaks = Scripted(broken, name="breaks", interval=0.01)
    works = Scripted(endless, name="works", interval=0.01)
    with capture_logs() as told, running.schedule(hangs, breaks, works):
        for source in (hangs, breaks, breaks, breaks, works, works, works):
            assert source.polled.acquire(timeout=10)
        release.set()
    assert running.posts()[:2] == ["blog:1", "blog:2"]
    assert {one["source"] for one in told} == {"breaks"}


def test_stopping_ends_after_the_batch_in_hand(running: Running) -> None:
    taken = threading.Event()

    def long(_: Mapping[str, Any]) -> Iterator[Batch]:
        for number in range(1_000_000):
            yield batch(number)
            taken.set()

    with running.schedule(Scripted(long)):
        assert taken.wait(10)
    posts = running.posts()
    assert len(posts) < 1_000_000
    assert running.state.get(CURSORS, "s") == {"n": len(posts) - 1}

"""Health: when a stage is alive, and what the two paths answer."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lyhord.errors import Retriable, Unavailable
from lyhord.health import Watch, serve
from lyhord.ports import POSTS, Offsets
from lyhord.telemetry import Counts, Telemetry


class World:
    """A clock, and a log whose group is where the test says."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.done: Offsets = {}
        self.ends: Offsets = {}
        self.away: Exception | None = None
        self.watch = Watch(self, POSTS, "enrich", clock=lambda: self.now)  # type: ignore[arg-type]  # all that is asked of a log

    def end(self, _: str) -> Offsets:
        return self.ends

    def committed(self, _: str, __: str) -> Offsets:
        if self.away:
            raise self.away
        return self.done

    def later(self, seconds: int, *, does: int = 0) -> None:
        """Let time pass, looking every ten seconds; before each look, `does` entries are done."""
        for _ in range(0, seconds, 10):
            self.now += 10
            if does:
                self.done = {0: self.done.get(0, 0) + does}
            self.watch.look()


@pytest.fixture
def world() -> World:
    world = World()
    world.watch.look()
    return world


def test_with_nothing_to_do_a_stage_is_alive(world: World) -> None:
    world.later(3600)
    world.ends = world.done = {0: 7, 2: 1}
    world.later(3600)
    assert world.watch.trouble() is None
    assert world.watch.lag() == 0


def test_a_stage_that_moves_is_alive_however_much_waits(world: World) -> None:
    world.ends = {0: 10_000, 1: 5}
    world.later(3600, does=1)
    assert world.watch.trouble() is None
    assert world.watch.lag() == 10_000 + 5 - 360


def test_a_stage_that_stands_still_while_entries_wait_is_not_alive(world: World) -> None:
    world.later(3600)
    world.ends = {0: 12}
    world.later(60)
    assert world.watch.trouble() is None
    world.later(10)
    assert world.watch.trouble() == "12 entries wait, and none was done for 70 s"
    world.later(10, does=1)
    assert world.watch.trouble() is None


def test_a_group_that_is_set_back_moves(world: World) -> None:
    world.ends = world.done = {0: 9}
    world.later(3600)
    world.done = {0: 0}
    world.later(60)
    assert world.watch.trouble() is None


def test_a_silent_log_is_borne_for_a_minute(world: World) -> None:
    world.away = Retriable("nobody at home", after=1)
    world.later(60)
    assert world.watch.trouble() is None
    assert world.watch.lag() == 0
    world.away = OSError()
    world.later(10)
    assert world.watch.trouble() == "the log has not answered for 70 s: OSError()"
    assert world.watch.lag() is None
    world.away = None
    world.later(10)
    assert world.watch.trouble() is None


def test_a_log_that_never_returns_is_told_too(world: World) -> None:
    world.now += 61
    assert world.watch.trouble() == "the log has not answered for 61 s"


def test_a_silent_log_is_not_held_against_the_stage(world: World) -> None:
    world.ends = {0: 1}
    world.later(20)
    for away in (True, False) * 3:
        world.away = Retriable("away", after=1) if away else None
        world.later(10)
    assert world.watch.trouble() is None
    world.later(20)
    assert world.watch.trouble() == "1 entries wait, and none was done for 70 s"


@contextmanager
def served(components: list[Telemetry], watches: dict[str, Watch]) -> Iterator[int]:
    with serve("127.0.0.1", 0, components, watches) as address:
        yield int(address.rpartition(":")[2])


def ask(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, str(answer.getheader("Content-Type")), answer.read().decode()
    finally:
        connection.close()


def test_health_says_why_a_stage_is_stuck(world: World) -> None:
    world.ends = {0: 3}
    world.later(80)
    with served([], {"enrich": world.watch, "index": World().watch}) as port:
        status, kind, body = ask(port, "/health")
        reason = "enrich: 3 entries wait, and none was done for 80 s"
        assert (status, kind) == (503, "application/json")
        assert json.loads(body) | {"lag": {}} == {"alive": False, "reason": reason, "lag": {}}
        world.later(10, does=2)
        status, _, body = ask(port, "/health")
        assert status == 200
        assert json.loads(body)["alive"]
        assert json.loads(body)["lag"]["enrich"] == 1


def test_metrics_are_what_was_counted(world: World) -> None:
    world.ends = {0: 3}
    world.watch.look()
    enrich, ingest = Telemetry("enrich"), Telemetry("ingest")
    with served([enrich, ingest], {"enrich": world.watch}) as port:
        enrich.add(Counts(5, 3, 2, 1, 0.25))
        status, kind, body = ask(port, "/metrics?from=somebody")
    assert status == 200
    assert kind.startswith("text/plain; version=0.0.4")
    told: dict[Any, float] = {
        (sample.name, sample.labels.get("component")): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert told.pop(("lyhord_up_seconds", None)) >= 0
    assert told.pop(("lyhord_lag", "enrich")) == 3
    names = ("received", "sent", "rejected", "errors", "busy_seconds")
    assert told == {
        (f"lyhord_{name}_total", component): value
        for component, counts in (("enrich", (5, 3, 2, 1, 0.25)), ("ingest", (0, 0, 0, 0, 0)))
        for name, value in zip(names, counts, strict=True)
    }


def test_nothing_else_is_answered(capfd: pytest.CaptureFixture[str]) -> None:
    with served([], {}) as port:
        assert ask(port, "/health", "HEAD") == (200, "application/json", "")
        assert ask(port, "/metrics", "HEAD")[::2] == (200, "")
        assert ask(port, "/")[0] == 404
        assert ask(port, "/health/x")[0] == 404
        assert ask(port, "/health", "POST")[0] == 501
    told = capfd.readouterr()
    assert told.err == ""
    assert "GET" not in told.out


def test_a_taken_port_is_told() -> None:
    with served([], {}) as port, pytest.raises(Unavailable, match="LYHORD_HEALTH_PORT"):
        serve("127.0.0.1", port, [], {}).__enter__()

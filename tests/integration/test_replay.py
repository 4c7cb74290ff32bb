"""`lyhord replay`: nothing is missing after the switch, whatever comes or dies meanwhile."""

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lyhord import clusters, wiring
from lyhord.errors import Unavailable
from lyhord.model import Post
from lyhord.ports import BEGINNING, POSTS, REJECTED, TAGGED, Entry, Log, Offsets, Record, Store
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.cli.embedded import Embedded
from services.cli.refilling import Refill
from services.cli.replaying import Replay
from services.enrich.nlp.versions import model_name
from services.enrich.pool import Pool

LYHORD = [sys.executable, "-c", "from services.cli import main; main()"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS = '[hamn]\nname = "Hamnen"\nseeds = { 3 = "gästhamn" }\n'
SERVERS = {
    "embedded": (),
    "servers": ("log", "store"),
    "kafka": ("log",),
    "elasticsearch": ("store",),
}


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Give an installation of its own; the parameter says what it has servers for."""
    servers = SERVERS[request.param]
    addresses = {
        name: request.getfixturevalue(f"{'kafka' if name == 'log' else 'elasticsearch'}_server")
        for name in servers
    }
    made = Settings(
        data=tmp_path / "data",
        name=f"t{uuid.uuid4().hex[:12]}",
        workers=1,
        partitions=2,
        **addresses,
    )
    yield made
    if made.store:
        with clusters.elastic(made).connect() as client:
            for name in client.indices.get(index=f"{made.name}-*"):
                client.indices.delete(index=name)
            client.indices.delete_index_template(name=f"{made.name}-*")


def post(number: int, text: str = "En gästhamn", *, edit: int = 0, deleted: bool = False) -> Record:
    made = Post(
        source="forum",
        id=str(number),
        municipality="1880",
        text="" if deleted else text,
        created_at=None if deleted else NOON,
        edited_at=NOON + timedelta(hours=edit) if edit else None,
        deleted_at=NOON + timedelta(days=1) if deleted else None,
        deleted=deleted,
        fetched_at=NOON,
    )
    return Record(made.key, made.model_dump_json().encode())


HISTORY = [
    post(1, "Vattenläcka, ny", edit=2),
    post(1, "Vattenläcka"),
    post(2, "Borttagen"),
    *(post(number) for number in range(3, 30)),
    post(2, deleted=True),
    post(3, "Snöröjning", edit=1),
]
LIVE = {1, *range(3, 30)}


def found(store: Store) -> dict[int, tuple[str, str]]:
    """Give the text and the model of each post; none is there twice."""
    rows = list(store.scan("*"))
    posts = {int(row["id"].removeprefix("forum:")): (row["text"], row["model"]) for row in rows}
    assert len(posts) == len(rows)
    return posts


class Busy:
    """A log on which a post arrives whenever its end was asked for, and when it has been read."""

    def __init__(self, log: Log, reading: Callable[[], None]) -> None:
        self._log, self._reading = log, reading
        self.arrived: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def end(self, topic: str) -> Offsets:
        end = self._log.end(topic)
        self._arrive()
        return end

    def read(self, topic: str, start: Offsets = BEGINNING) -> Iterator[Entry]:
        for entry in self._log.read(topic, start):
            self._reading()
            yield entry
        self._arrive()

    def _arrive(self) -> None:
        number = 1000 + len(self.arrived)
        self._log.append(POSTS, [post(number)])
        self.arrived.add(number)


class Bench:
    """The stages of an installation, its log, and a reader that is open all the time."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self.settings, self._stack = settings, stack
        self.log = stack.enter_context(closing(wiring.open_log(settings)))
        self.reader = stack.enter_context(closing(wiring.open_store(settings)))
        self.telemetry = Telemetry("replay")

    def start_stages(self) -> Embedded:
        return self._stack.enter_context(Embedded(self.settings, self.log, ("enrich", "index")))

    def replay(self, log: Any, topics: Path | None = None, *, allow_fewer: bool = False) -> str:
        """Replay as the command does, over `log`; give the model."""
        model = model_name(topics)
        with (
            closing(wiring.open_rebuild(self.settings, model)) as rebuild,
            closing(Pool(1, topics=topics)) as pool,
        ):
            refill = Refill(log, pool, rebuild.store, self.telemetry, depth=2)
            Replay(rebuild, refill, self.telemetry).run(allow_fewer=allow_fewer)
            assert rebuild.remove_old()
        return model


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(settings, stack)


@pytest.mark.parametrize("settings", SERVERS, indirect=True)
def test_posts_that_come_meanwhile_are_all_there(bench: Bench, tmp_path: Path) -> None:
    bench.log.append(POSTS, HISTORY)
    stages = bench.start_stages()
    stages.wait_until_indexed(lambda: None)
    before = found(bench.reader)
    assert before.keys() == LIVE
    seen = threading.Event()

    def look() -> None:
        if not seen.is_set():
            during = found(bench.reader)
            assert {key: during[key] for key in before} == before, "the old index answers"
            seen.set()

    (tmp_path / "topics.toml").write_text(TOPICS)
    busy = Busy(bench.log, look)
    model = bench.replay(busy, tmp_path / "topics.toml")
    bench.log.append(POSTS, [post(2000)])
    stages.wait_until_indexed(lambda: None)
    after = found(bench.reader)
    assert after.keys() == LIVE | busy.arrived | {2000}
    assert len(busy.arrived) >= 5
    assert {after[key][1] for key in LIVE} == {model} != {before[1][1]}
    assert (after[1][0], after[3][0]) == ("Vattenläcka, ny", "Snöröjning")
    assert bench.telemetry.rejected == 0


@pytest.mark.parametrize("settings", ["embedded"], indirect=True)
def test_an_index_that_has_more_than_the_log_is_not_replaced(
    bench: Bench, settings: Settings
) -> None:
    bench.log.append(POSTS, HISTORY)
    bench.start_stages().wait_until_indexed(lambda: None)
    other = settings.model_copy(update={"data": settings.data / "other"})
    with closing(wiring.open_log(other)) as shorter:
        shorter.append(POSTS, HISTORY[:20])
        with pytest.raises(Unavailable, match="Nothing was switched"):
            bench.replay(shorter)
        assert found(bench.reader).keys() == LIVE
        bench.replay(shorter, allow_fewer=True)
    assert found(bench.reader).keys() == {1, 2, *range(3, 20)}


def call(settings: Settings, *words: str, stdin: str = "", **more: str) -> Any:
    environment = {
        **os.environ,
        "LYHORD_DATA": str(settings.data),
        "LYHORD_NAME": settings.name,
        "LYHORD_LOG": settings.log,
        "LYHORD_STORE": settings.store,
        "LYHORD_WORKERS": "1",
        "LYHORD_PARTITIONS": "2",
        **more,
    }
    return subprocess.run(
        [*LYHORD, *words],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def exported(settings: Settings) -> tuple[list[dict[str, Any]], set[str]]:
    """Give the posts without their tags, and the models that tagged them."""
    done = call(settings, "export")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    posts = [{name: row[name] for name in Post.model_fields} for row in rows]
    return posts, {row["model"] for row in rows}


def import_one(settings: Settings, number: int) -> None:
    row = {"source": "forum", "id": number, "text": "Sent", "municipality": "1880"}
    row["created_at"] = "2026-03-01T12:00:00Z"
    done = call(settings, "import", "-", stdin=json.dumps(row))
    assert done.returncode == 0, done.stderr


def generations(settings: Settings) -> set[str]:
    """Name the indices that are there, of whatever month."""
    if not settings.store:
        return {path.name for path in settings.data.iterdir() if path.is_dir()}
    with clusters.elastic(settings).connect() as client:
        names = client.indices.get(index=f"{settings.name}-*")
    return {f"index{name[name.rfind('-') :].replace('-g', '-')}" for name in names}


@pytest.mark.parametrize("settings", ["embedded", "servers"], indirect=True)
def test_a_replay_that_is_killed_is_as_if_it_had_not_been(
    settings: Settings, tmp_path: Path
) -> None:
    with closing(wiring.open_log(settings)) as log:
        log.append(POSTS, [*HISTORY, *(post(number) for number in range(100, 400))])
    import_one(settings, 90)
    posts, (old,) = exported(settings)
    assert len(posts) == len(LIVE) + 300 + 1
    (tmp_path / "topics.toml").write_text(TOPICS)
    model, new = model_name(tmp_path / "topics.toml"), str(tmp_path / "topics.toml")
    for point, serving in (("replay.switch.before", old), ("replay.switch.after", model)):
        killed = call(settings, "replay", LYHORD_TOPICS=new, LYHORD_CRASH_AT=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert exported(settings) == (posts, {serving}), point
    done = call(settings, "replay", LYHORD_TOPICS=new)
    assert done.returncode == 0, done.stderr
    assert "333 entries" in done.stderr
    assert exported(settings) == (posts, {model})
    assert generations(settings) == {"index-4"}
    import_one(settings, 91)
    assert len(exported(settings)[0]) == len(posts) + 1


@pytest.mark.parametrize("settings", ["embedded"], indirect=True)
def test_after_a_kill_the_old_index_goes_on(settings: Settings) -> None:
    with closing(wiring.open_log(settings)) as log:
        log.append(POSTS, [*HISTORY, *(post(number) for number in range(100, 400))])
    import_one(settings, 90)
    for at, point in enumerate(("index.upsert.after:2", "replay.switch.before"), 91):
        killed = call(settings, "replay", LYHORD_CRASH_AT=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert len(generations(settings)) == 2
        import_one(settings, at)
    posts, _ = exported(settings)
    assert len(posts) == len(LIVE) + 300 + 3
    kept = call(settings, "replay", "--keep")
    assert kept.returncode == 0, kept.stderr
    assert "the old index is kept" in kept.stderr
    assert generations(settings) == {"index", "index-4"}
    assert exported(settings)[0] == posts


@pytest.mark.parametrize("settings", ["embedded"], indirect=True)
def test_what_cannot_be_tagged_any_more_is_told(settings: Settings) -> None:
    with closing(wiring.open_log(settings)) as log:
        log.append(POSTS, [post(1), Record("forum:2", b"{}")])
        done = call(settings, "replay")
        assert done.returncode == 1, done.stderr
        assert "1 rejected" in done.stderr
        assert len(list(log.read(REJECTED))) == 1
        assert log.end(TAGGED) == {}
    assert len(exported(settings)[0]) == 1


@pytest.mark.parametrize("settings", ["embedded"], indirect=True)
def test_one_replay_at_a_time_and_a_server_that_is_away(settings: Settings) -> None:
    with wiring.lease(settings, "replay"):
        second = call(settings, "replay")
    assert second.returncode == 3
    assert "lease of replay" in second.stderr
    away = call(settings, "replay", LYHORD_STORE="http://127.0.0.1:1")
    assert away.returncode == 3
    assert "127.0.0.1:1" in away.stderr

"""What every `Rebuild` promises, checked on every store: nothing is missing after the switch."""

import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lyhord import clusters, wiring
from lyhord.adapters.elastic_store import fence as elastic_fence
from lyhord.errors import Misuse, Retriable, Switched
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.ports import Store
from lyhord.rebuilding import Lost, Rebuild
from lyhord.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW, OTHER = "m-5", "m-1", "m-9"
"""Models; which is the newer cannot be told by their names."""

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from lyhord import wiring
from lyhord.settings import Settings
rebuild = wiring.open_rebuild(Settings.model_validate_json(sys.argv[1]), sys.argv[2])
rebuild.store.upsert(sys.stdin.buffer.read().splitlines())
rebuild.store.flush()
rebuild.fence()
print(rebuild.name, end="", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


class Runtime:
    """Opens what the tests need of one store, and closes it at their end."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self.settings, self._stack = settings, stack

    def writer(self) -> Store:
        return self._stack.enter_context(closing(wiring.open_store(self.settings, write=True)))

    def reader(self) -> Store:
        return self._stack.enter_context(closing(wiring.open_store(self.settings)))

    def rebuild(self) -> Rebuild:
        made = wiring.open_rebuild(self.settings, NEW)
        return self._stack.enter_context(closing(made))

    def killed(self, *values: bytes) -> str:
        """Begin in a process that is killed behind its fence; give the new index's name."""
        done = subprocess.run(
            [sys.executable, "-c", KILLED, self.settings.model_dump_json(), NEW],
            input=b"\n".join(values),
            capture_output=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture(params=["tantivy", "elastic"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runtime]:
    if request.param == "elastic":
        yield request.getfixturevalue("elastic")
        return
    with ExitStack() as stack:
        yield Runtime(Settings(data=tmp_path), stack)


@pytest.fixture
def elastic(elasticsearch_server: str, tmp_path: Path) -> Iterator[Runtime]:
    name = f"t{uuid.uuid4().hex[:12]}"
    settings = Settings(data=tmp_path, name=name, store=elasticsearch_server)
    with ExitStack() as stack:
        stack.callback(remove_all, settings)
        yield Runtime(settings, stack)


def remove_all(settings: Settings) -> None:
    with clusters.elastic(settings).connect() as client:
        for name in client.indices.get(index=f"{settings.name}-*"):
            client.indices.delete(index=name)
        client.indices.delete_index_template(name=f"{settings.name}-*")


def tagged(number: int, *, model: str = NEW, edit: int = 0, created: datetime = NOON) -> bytes:
    post = Post(
        source="forum",
        id=str(number),
        municipality="1880",
        text="hej",
        created_at=created,
        edited_at=NOON + timedelta(hours=edit) if edit else None,
        fetched_at=NOON,
    )
    tags = Tags(
        lang="sv",
        topic="ovrigt",
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        lemmas="",
        fingerprint="0",
        model=model,
    )
    return Tagged(post=post, tags=tags).model_dump_json().encode()


def put(store: Store, *values: bytes) -> None:
    assert set(store.upsert(values)) == {None}
    store.flush()


def ids(store: Store) -> list[str]:
    return [hit.fields["id"].removeprefix("forum:") for hit in store.search("*").hits]


def models(store: Store) -> dict[str, str]:
    return {row["id"].removeprefix("forum:"): row["model"] for row in store.scan("*")}


@contextmanager
def waiting(call: Callable[[], Any]) -> Iterator[list[Any]]:
    """Call in a thread while the block runs; afterwards, the list has what came of it."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(call())
        except Retriable as problem:
            outcome.append(type(problem))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield outcome
    finally:
        thread.join(timeout=60)
        assert outcome


def test_the_new_index_is_seen_at_once_and_only_then(runtime: Runtime) -> None:
    writer, reader = runtime.writer(), runtime.reader()
    put(writer, tagged(1, model=OLD))
    rebuild = runtime.rebuild()
    put(rebuild.store, tagged(1))
    put(rebuild.store, tagged(2))
    put(writer, tagged(3, model=OLD))
    assert sorted(ids(reader)) == ["1", "3"]
    rebuild.fence()
    rebuild.switch()
    assert models(reader) == {"1": NEW, "2": NEW}
    assert models(runtime.reader()) == {"1": NEW, "2": NEW}


def test_threads_are_those_of_the_index_that_serves(runtime: Runtime) -> None:
    writer, reader = runtime.writer(), runtime.reader()
    put(writer, tagged(1, model=OLD), tagged(2, model=OLD))
    rebuild = runtime.rebuild()
    put(rebuild.store, tagged(1))
    assert sorted(thread.thread_id for thread in reader.threads()) == ["forum:1", "forum:2"]
    rebuild.fence()
    rebuild.switch()
    assert [thread.thread_id for thread in reader.threads()] == ["forum:1"]
    writer.close()
    assert rebuild.remove_old()
    assert [thread.thread_id for thread in runtime.reader().threads()] == ["forum:1"]


def test_a_writer_learns_of_the_switch_and_goes_on_in_the_new_index(runtime: Runtime) -> None:
    writer, reader = runtime.writer(), runtime.reader()
    put(writer, tagged(1, model=OLD))
    rebuild = runtime.rebuild()
    put(rebuild.store, tagged(1))
    writer.upsert([tagged(2, model=OLD)])
    rebuild.fence()
    rebuild.switch()
    with pytest.raises(Switched):
        writer.flush()
    writer.close()
    assert rebuild.remove_old()
    assert ids(reader) == ["1"]
    put(runtime.writer(), tagged(2, model=OLD))
    assert sorted(ids(reader)) == ["1", "2"]


def test_an_idle_writer_learns_of_the_switch_too(runtime: Runtime) -> None:
    writer, rebuild = runtime.writer(), runtime.rebuild()
    writer.flush()
    rebuild.fence()
    rebuild.switch()
    with pytest.raises(Switched):
        writer.flush()


def test_at_the_fence_a_writer_waits_for_the_switch(runtime: Runtime) -> None:
    writer, rebuild = runtime.writer(), runtime.rebuild()
    put(writer, tagged(1))
    rebuild.fence()
    writer.upsert([tagged(2)])
    with waiting(writer.flush) as outcome:
        put(rebuild.store, tagged(1))
        rebuild.fence()
        assert not outcome
        rebuild.switch()
    assert outcome == [Switched]


def test_a_rebuild_that_ends_without_switching_lets_the_writer_go_on(runtime: Runtime) -> None:
    writer, reader, rebuild = runtime.writer(), runtime.reader(), runtime.rebuild()
    put(rebuild.store, tagged(9))
    rebuild.fence()
    writer.upsert([tagged(1)])
    with waiting(writer.flush) as outcome:
        rebuild.close()
    assert outcome == [None]
    assert ids(reader) == ["1"]


def test_a_kill_takes_the_fence_along_and_the_next_one_removes_what_is_left(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = runtime.writer()
    put(writer, tagged(1))
    name = runtime.killed(tagged(1), tagged(2))
    monkeypatch.setattr(elastic_fence, "PATIENCE", 0.5)
    put(writer, tagged(3))
    assert sorted(ids(runtime.reader())) == ["1", "3"]
    writer.close()
    rebuild = runtime.rebuild()
    assert (rebuild.size_of_serving(), rebuild.size_of_new()) == (2, 0)
    assert rebuild.name != name
    put(rebuild.store, tagged(1))
    rebuild.fence()
    rebuild.switch()
    following = runtime.rebuild()
    assert (following.size_of_serving(), following.size_of_new()) == (1, 0)
    assert following.name not in (name, rebuild.name)


def test_in_the_new_index_the_new_models_tags_win(runtime: Runtime) -> None:
    rebuild, reader = runtime.rebuild(), runtime.reader()
    put(rebuild.store, tagged(1), tagged(2), tagged(3))
    rebuild.fence()
    rebuild.switch()
    writer = runtime.writer()
    for model in (OLD, OTHER):
        put(writer, tagged(1, model=model))
    put(writer, tagged(2, model=OTHER, edit=1))
    put(writer, tagged(4, model=OTHER), tagged(4, model=NEW), tagged(4, model=OLD))
    assert models(reader) == {"1": NEW, "2": OTHER, "3": NEW, "4": NEW}


def test_an_embedded_index_is_removed_when_its_writer_has_gone(tmp_path: Path) -> None:
    with ExitStack() as stack:
        runtime = Runtime(Settings(data=tmp_path), stack)
        writer = runtime.writer()
        put(writer, *(tagged(number) for number in range(1200)))
        rows = runtime.reader().scan("*")
        next(rows)
        rebuild = runtime.rebuild()
        rebuild.fence()
        rebuild.switch()
        with waiting(rebuild.remove_old) as removed:
            with pytest.raises(Switched):
                writer.flush()
            assert (tmp_path / "index").is_dir()
            assert not removed
            writer.close()
        assert removed == [True]
        assert not (tmp_path / "index").exists()
        assert len(list(rows)) == 1199, "who reads may read on"


def test_a_pointer_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "index.serving").write_text("?")
    with pytest.raises(Misuse, match=r"index\.serving"):
        wiring.open_store(Settings(data=tmp_path)).search("*")


def test_on_elasticsearch_a_fence_that_was_taken_down_prevents_the_switch(
    elastic: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader, rebuild = elastic.writer(), elastic.reader(), elastic.rebuild()
    put(writer, tagged(1))
    rebuild.fence()
    monkeypatch.setattr(elastic_fence, "PATIENCE", 0.5)
    put(writer, tagged(2))
    for attempt in (rebuild.switch, rebuild.fence):
        with pytest.raises(Lost):
            attempt()
    assert sorted(ids(reader)) == ["1", "2"]
    put(rebuild.store, tagged(1), tagged(2), tagged(3))
    rebuild.fence()
    rebuild.switch()
    assert sorted(ids(reader)) == ["1", "2", "3"]


def test_on_elasticsearch_the_rebuild_that_began_last_may_switch(elastic: Runtime) -> None:
    put(elastic.writer(), tagged(1))
    first = elastic.rebuild()
    first.fence()
    second = elastic.rebuild()
    for attempt in (first.switch, first.fence):
        with pytest.raises(Lost):
            attempt()
    with pytest.raises(Retriable):
        first.store.upsert([tagged(1)])
    put(second.store, tagged(1), tagged(2))
    second.fence()
    second.switch()
    assert sorted(ids(elastic.reader())) == ["1", "2"]


def test_on_elasticsearch_months_that_a_late_writer_makes_are_not_searched(
    elastic: Runtime,
) -> None:
    writer, reader, rebuild = elastic.writer(), elastic.reader(), elastic.rebuild()
    put(rebuild.store, tagged(1))
    rebuild.fence()
    rebuild.switch()
    writer.upsert([tagged(1)])
    with pytest.raises(Switched):
        writer.flush()
    assert ids(reader) == ["1"]
    writer = elastic.writer()
    put(writer, tagged(2, created=NOON + timedelta(days=40)))
    assert sorted(ids(reader)) == ["1", "2"], "new months of the new generation are"

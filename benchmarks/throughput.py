"""Measures the production path beside its bare clients, in one run on servers of its own.

`python -m benchmarks.throughput [--count 20000]` prints a Markdown table: each stage beside the
bare client that it is built on, the whole path, the time from a post to its being found, and what
a second tagging worker brings. Compare within a run: the machine's speed changes between runs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import orjson
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk
from kafka import KafkaProducer

from benchmarks.import_posts import machine
from benchmarks.posts import generate
from benchmarks.servers import own_servers
from lyhord import wiring
from lyhord.adapters.elastic_store.documents import month_of, to_document
from lyhord.model import version_of
from lyhord.ports import POSTS, TAGGED, Log, Record, Row, behind
from lyhord.settings import Settings
from services.cli.importing import make_door
from services.enrich import driver as enrich
from services.enrich.stage import stage as tag
from services.enrich.tagger import Tagger
from services.index import driver as index
from services.ingest.stage import stage as admit

LYHORD = str(Path(sys.executable).with_name("lyhord"))
BATCH, CHUNK = 500, 1000
RATE, SECONDS = 200, 20
"""Posts a second, and for how long, while the time to being found is measured."""


def rate(count: int, do: Callable[[], object]) -> float:
    """Give how many a second."""
    start = time.perf_counter()
    do()
    return count / (time.perf_counter() - start)


def settings(kafka: str, elasticsearch: str, folder: Path, partitions: int = 4) -> Settings:
    """Give an installation of its own."""
    return Settings(
        log=kafka,
        store=elasticsearch,
        data=folder,
        name=f"b{uuid.uuid4().hex[:10]}",
        partitions=partitions,
        workers=1,
    )


@contextmanager
def service(name: str, at: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of Lyhörd's services."""
    process = subprocess.Popen([LYHORD, name], env=_environment(at), stderr=subprocess.DEVNULL)  # noqa: S603 - it is the program that is measured
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def cpu_of(processes: Sequence[subprocess.Popen[bytes]]) -> float:
    """Give the processor seconds of processes and of what they started (proc(5))."""
    ticks, parents = 0.0, {process.pid for process in processes}
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        rows[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:13])))
    grown = True
    while grown:
        children = {pid for pid, (parent, _) in rows.items() if parent in parents} - parents
        grown, parents = bool(children), parents | children
    ticks = sum(rows[pid][1] for pid in parents if pid in rows)
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_through(log: Log, topic: str, group: str) -> None:
    """Return when a group is done with what is on a topic now."""
    end = log.end(topic)
    while behind(log.committed(topic, group), end):
        time.sleep(0.05)


def ingest(rows: Sequence[Row], at: Settings) -> tuple[list[Record], dict[str, float]]:
    """Measure the door and the log's append beside a bare producer of the same records."""
    door = make_door(at)
    records: list[Record] = []
    door_rate = rate(len(rows), lambda: records.extend(admit(rows, door, now=datetime.now(UTC))[0]))
    producer = KafkaProducer(
        bootstrap_servers=at.log.removeprefix("kafka://"), acks="all", linger_ms=5
    )

    def bare() -> None:
        for record in records:
            producer.send(f"{at.name}.bare", key=record.key.encode(), value=record.value)
        producer.flush()

    from lyhord.adapters.kafka_log import topics

    topics.create(wiring.kafka(at), ["bare", POSTS, TAGGED])
    bare_rate = rate(len(records), bare)
    producer.close()
    with closing(wiring.open_log(at)) as log:

        def append() -> None:
            for start in range(0, len(records), BATCH):
                log.append(POSTS, records[start : start + BATCH])

        append_rate = rate(len(records), append)
    return records, {
        "bare": bare_rate,
        "append": append_rate,
        "door": door_rate,
        "ingest": 1 / (1 / append_rate + 1 / door_rate),
    }


def enriching(records: Sequence[Record], at: Settings) -> tuple[list[Record], dict[str, float]]:
    """Measure Faust alone, the tagger alone, and the stage that is made of both."""
    tagger = Tagger.load()
    pairs = [(record.key, record.value) for record in records]
    tagged: list[Record] = []
    tagger_rate = rate(len(pairs), lambda: tagged.extend(tag(pairs, tagger)[0]))
    topic = f"{at.name}.{POSTS}"
    told = subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "benchmarks.bare_faust",
            at.log,
            topic,
            str(len(records)),
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    found = {"tagger": tagger_rate, "faust": float(told[0])}
    for workers in (1, 2):
        group = Settings(**at.model_dump() | {"name": f"b{uuid.uuid4().hex[:10]}"})
        with closing(wiring.open_log(group)) as own, ExitStack() as stack:
            half = records
            own.append(POSTS, half[:1])
            several = [stack.enter_context(service("enrich", group)) for _ in range(workers)]
            wait_through(own, POSTS, enrich.GROUP)
            while workers > 1 and own.members(POSTS, enrich.GROUP) < workers:  # type: ignore[attr-defined]
                time.sleep(0.1)
            before = cpu_of(several)
            start = time.perf_counter()
            for first in range(1, len(half), BATCH):
                own.append(POSTS, half[first : first + BATCH])
            wait_through(own, POSTS, enrich.GROUP)
            found[f"enrich {workers}"] = len(half) / (time.perf_counter() - start)
            found[f"cpu {workers}"] = (cpu_of(several) - before) / len(half)
            keys = {entry.key for entry in own.read(TAGGED)}
            found[f"lost {workers}"] = len({record.key for record in half} - keys)
    return tagged, found


def indexing(tagged: Sequence[Record], at: Settings) -> dict[str, float]:
    """Measure the store beside a plain `streaming_bulk` of the same documents."""
    store = wiring.open_store(at, write=True)
    values = [record.value for record in tagged]
    actions = []
    for value in values:
        body = orjson.loads(value)
        version = version_of(body["post"])
        document = to_document(body, version, version)
        actions.append(
            {
                "_index": f"{at.name}-posts-{month_of(document)}-bare",
                "_id": f"{body['post']['source']}:{body['post']['id']}",
                "version": int(version[0].timestamp() * 1e6),
                "version_type": "external",
                "_source": document,
            }
        )
    with Elasticsearch(at.store, request_timeout=60) as client:

        def bare() -> None:
            for _ in streaming_bulk(client, actions, chunk_size=CHUNK):
                pass
            client.indices.refresh(index=f"{at.name}-posts-*")

        bare_rate = rate(len(actions), bare)
        client.indices.delete(index=list(client.indices.get(index=f"{at.name}-posts-*-bare")))

    def ours() -> None:
        for start in range(0, len(values), index.BATCH):
            store.upsert(values[start : start + index.BATCH])
        store.flush()

    ours_rate = rate(len(values), ours)
    store.close()
    return {"bare": bare_rate, "ours": ours_rate}


def whole(path: Path, count: int, at: Settings) -> tuple[float, list[float]]:
    """Measure the whole path with all services beside it, then the time to being found."""
    with ExitStack() as stack:
        _lyhord(at, "check", "--create")
        for name in ("enrich", "index"):
            stack.enter_context(service(name, at))
        with closing(wiring.open_log(at)) as log:
            while not all(log.members(*group) for group in ((POSTS, "enrich"), (TAGGED, "index"))):  # type: ignore[attr-defined]
                time.sleep(0.2)
            speed = rate(count, lambda: _lyhord(at, "import", str(path)))
            return speed, latencies(at, log)


def latencies(at: Settings, log: Log) -> list[float]:
    """Send posts at an even rate; give how long it took until some of them were found, seconds."""
    door, step = make_door(at), RATE // 10
    pending: dict[str, float] = {}
    found: list[float] = []
    sending = threading.Event()
    sending.set()
    watcher = threading.Thread(target=_watch, args=(at, pending, found, sending))
    watcher.start()
    for second in range(SECONDS):
        began = time.perf_counter()
        rows = list(generate(RATE, seed=1000 + second))
        for part in range(10):
            mark = f"m{second}x{part}x{uuid.uuid4().hex[:6]}"
            several = [
                Row("-", None, row | {"id": f"{mark}-{row['id']}", "in_reply_to": None})
                for row in rows[part * step : (part + 1) * step]
            ]
            records, _ = admit(several, door, now=datetime.now(UTC))
            pending[records[-1].key] = time.perf_counter()
            log.append(POSTS, records)
            time.sleep(max(0.0, began + (part + 1) / 10 - time.perf_counter()))
    sending.clear()
    watcher.join()
    return found


def _watch(
    at: Settings, pending: dict[str, float], found: list[float], sending: threading.Event
) -> None:
    """Look again and again for what was sent, until all is found or a minute has gone by."""
    deadline = time.perf_counter() + SECONDS + 60
    with Elasticsearch(at.store, request_timeout=60) as client:
        while (pending or sending.is_set()) and time.perf_counter() < deadline:
            keys = list(pending)
            query = {"ids": {"values": keys}}
            hits = client.search(
                index=f"{at.name}-posts", query=query, size=max(1, len(keys)), source=False
            )["hits"]["hits"]
            now = time.perf_counter()
            found.extend(now - pending.pop(hit["_id"]) for hit in hits)
            time.sleep(0.05)
    found.extend(time.perf_counter() - sent for sent in pending.values())


def _lyhord(at: Settings, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - it is the program that is measured
        [LYHORD, *arguments],
        env=_environment(at),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _environment(at: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "LYHORD_LOG": at.log,
        "LYHORD_STORE": at.store,
        "LYHORD_NAME": at.name,
        "LYHORD_DATA": str(at.data),
        "LYHORD_PARTITIONS": str(at.partitions),
        "LYHORD_WORKERS": "1",
    }


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{machine()}; {options.count:,} posts\n")
    with tempfile.TemporaryDirectory() as folder, own_servers(full_speed=True) as servers:
        path = Path(folder) / "posts.jsonl"
        made = list(generate(options.count, seed=options.seed))
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in made))
        addresses = (servers.kafka.address, servers.elasticsearch.address, Path(folder) / "data")
        at = settings(*addresses)
        rows = [Row("-", number, row) for number, row in enumerate(made, 1)]
        records, first = ingest(rows, at)
        tagged, second = enriching(records, at)
        third = indexing(tagged, at)
        speed, waits = whole(path, options.count, settings(*addresses))
    told = [
        ("bare kafka-python, produce", first["bare"], None),
        ("`KafkaLog.append` of the same records", first["append"], first["bare"]),
        ("ingest: door and append", first["ingest"], first["bare"]),
        ("bare Faust, one worker", second["faust"], None),
        ("bare tagger, one process", second["tagger"], None),
        ("the two one after the other", _one_after_the_other(second), None),
        ("`lyhord enrich`, one worker", second["enrich 1"], _one_after_the_other(second)),
        ("`lyhord enrich`, two workers", second["enrich 2"], second["enrich 1"]),
        ("bare `streaming_bulk`", third["bare"], None),
        ("`ElasticStore` of the same posts", third["ours"], third["bare"]),
        ("the whole path, all servers beside it", speed, None),
    ]
    print("| | posts/s | ratio |\n|---|---|---|")
    for name, posts, beside in told:
        print(f"| {name} | {posts:,.0f} | {f'{posts / beside:.2f}' if beside else ''} |")
    lost = second["lost 1"] + second["lost 2"]
    print(
        f"\nProcessor time of a post, tagging services alone: {1e6 * second['cpu 1']:.0f} µs with "
        f"one worker, {1e6 * second['cpu 2']:.0f} with two "
        f"({second['cpu 2'] / second['cpu 1']:.2f}); lost {lost:.0f}.\n"
        f"From the log to being found at {RATE} posts/s: p50 {median(waits):.2f} s, "
        f"p95 {quantiles(waits, n=20)[-1]:.2f} s ({len(waits)} marks)."
    )


def _one_after_the_other(found: dict[str, float]) -> float:
    return 1 / (1 / found["faust"] + 1 / found["tagger"])


if __name__ == "__main__":
    main()

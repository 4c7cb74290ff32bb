"""The ingest stage beside a bare kafka-python producer of the same records."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from statistics import median

from kafka import KafkaProducer

from benchmarks.throughput.installation import append, rate
from benchmarks.throughput.report import Line, Report
from lyhord import clusters, wiring
from lyhord.adapters.kafka_log import topics
from lyhord.ports import POSTS, TAGGED, Record, Row
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.cli.importing import make_door
from services.ingest.intake import BATCH, Intake
from services.ingest.stage import stage

_ROUNDS = 3


def measure(rows: Sequence[Row], at: Settings) -> Report:
    """Measure by turns, a few rounds of each; tell the medians."""
    door = make_door(at)
    records: list[Record] = []
    doors = rate(len(rows), lambda: records.extend(stage(rows, door, now=datetime.now(UTC))[0]))
    topics.create(clusters.kafka(at), ["bare", "append", POSTS, TAGGED])
    bare, appends, intakes = [], [], []
    with closing(wiring.open_log(at)) as log, closing(_bare_producer(at)) as producer:
        warm = records[:BATCH]
        _produce(producer, f"{at.name}.bare", warm)
        append(log, "append", warm)
        for _ in range(_ROUNDS):
            bare.append(rate(len(records), lambda: _produce(producer, f"{at.name}.bare", records)))
            appends.append(rate(len(records), lambda: append(log, "append", records)))
            intakes.append(
                rate(len(rows), lambda: Intake(log, door, Telemetry("ingest")).take(rows))
            )
    beside = median(bare)
    return Report(
        [
            Line("bare kafka-python, produce (crc32c)", beside),
            Line("the log's append of the same records", median(appends), beside),
            Line("the door alone", doors),
            Line("ingest: rows through the door, onto the log", median(intakes), beside),
        ]
    )


def _bare_producer(at: Settings) -> KafkaProducer:
    return KafkaProducer(bootstrap_servers=at.log.removeprefix("kafka://"), acks="all", linger_ms=5)


def _produce(producer: KafkaProducer, topic: str, records: Sequence[Record]) -> None:
    for record in records:
        producer.send(topic, key=record.key.encode(), value=record.value)
    producer.flush()

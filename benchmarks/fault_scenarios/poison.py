"""Poison: records that no stage of Lyhörd's would write, put straight onto its topics."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from kafka import KafkaProducer

from benchmarks.fault_scenarios.installation import Installation
from lyhord.model import Post, Sentiment, Tags
from lyhord.ports import POSTS, TAGGED

_BYTES = (b"", b"\xff\xfe{", b'{"source": "x", ', b"null", b"[]", b"7", b'"text"', b"[" * 100_000)
_SHAPES: tuple[Any, ...] = (
    {},
    {"deleted": True},
    {"deleted": False, "text": None},
    {"post": 1},
    {"post": {"source": "x"}, "tags": None},
    {"post": {"source": ["x"], "id": {}}, "tags": []},
)
_TIME = datetime(2024, 2, 1, tzinfo=UTC)
_WRONG_POST: tuple[dict[str, Any], ...] = (
    {"text": 5},
    {"text": None},
    {"created_at": "yesterday"},
    {"edited_at": ["2024-02-01T00:00:00Z"]},
    {"fetched_at": None},
    {"municipality": {"code": "1880"}},
    {"metrics": None},
    {"metrics": {"likes": "many"}},
    {"deleted": "no"},
    {"in_reply_to": 7},
    {"id": "x" * 600},
    {"more": True},
)
_WRONG_TAGS: tuple[Any, ...] = (
    {},
    "none",
    {"lemmas": 5},
    {"topic": None},
    {"topics": [1]},
    {"places": [{"text": "Torget"}]},
    {"places": [{"text": "Torget", "kind": "poi", "start": 0, "end": 6, "lat": 900, "lon": 0}]},
    {"sentiment": "good"},
)


def send(installation: Installation) -> list[str]:
    """Put poison onto the topics of posts and of tagged posts; give the keys of its records.

    Sent a second time, it meets what the first has left in the store.
    """
    producer = KafkaProducer(bootstrap_servers=installation.cluster.servers, acks="all")
    keys = []
    try:
        for topic in (POSTS, TAGGED):
            for number, value in enumerate(_values(topic)):
                # A key that is no UTF-8 is to be told of as far as it can be read.
                key = b"x:poison-%s-%d" % (topic.encode(), number) + b"\xff" * (number == 0)
                keys.append(key.decode("utf-8", "backslashreplace"))
                producer.send(installation.cluster.topic(topic), key=key, value=value)
            producer.send(installation.cluster.topic(topic), key=None, value=b"{}")
        producer.flush(timeout=30)
        keys.append("")
    finally:
        producer.close()
    return keys


def _values(topic: str) -> Iterator[bytes]:
    yield from _BYTES
    yield from map(orjson.dumps, _SHAPES)
    for number, wrong in enumerate(_WRONG_POST):
        post = _post(f"poison-{topic}-{number}") | wrong
        yield orjson.dumps(post if topic == POSTS else {"post": post, "tags": _tags()})
    if topic == TAGGED:
        for number, wrong in enumerate(_WRONG_TAGS):
            tags = _tags() | wrong if wrong and isinstance(wrong, dict) else wrong
            yield orjson.dumps({"post": _post(f"poison-tags-{number}"), "tags": tags})


def _post(name: str) -> dict[str, Any]:
    post = Post(
        source="x", id=name, text="Torget", municipality="1880", created_at=_TIME, fetched_at=_TIME
    )
    return dict(orjson.loads(post.model_dump_json()))


def _tags() -> dict[str, Any]:
    tags = Tags(
        lang="sv",
        topic="ovrigt",
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        lemmas="torg",
        fingerprint="0",
        model="poison",
    )
    return dict(orjson.loads(tags.model_dump_json()))

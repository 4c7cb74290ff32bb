"""The writer on Elasticsearch, cut off at every step, and fed what it cannot write."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from elasticsearch import ConnectionError as Away
from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store import Cluster, ElasticStore, bulk, generations, writing
from lyhord.adapters.elastic_store.cluster import FIRST
from lyhord.adapters.elastic_store.writing import Writer
from lyhord.errors import Retriable
from lyhord.model import Post, Sentiment, Tagged, Tags

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAGS = Tags(
    lang="sv",
    topic="ovrigt",
    sentiment=Sentiment(label="neutral", score=0.0),
    kind="other",
    needs_answer=False,
    lemmas="",
    fingerprint="0",
    model="test",
)
GONE = {"deleted": True, "created_at": None, "deleted_at": START + timedelta(days=1)}
EARLIER = {"created_at": START - timedelta(days=40), "text": "först"}

Send = Callable[[Elasticsearch, Sequence[bulk.Operation]], list[bulk.Answer]]


class Setup(NamedTuple):
    cluster: Cluster
    client: Elasticsearch
    writer: Writer


@pytest.fixture
def setup(elasticsearch_server: str) -> Iterator[Setup]:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    with cluster.connect() as client, closing(ElasticStore(cluster, write=True)):
        yield Setup(cluster, client, Writer(client, cluster))
        generations.drop(client, cluster, FIRST)


def tagged(name: str, **changes: Any) -> bytes:
    about = {"source": "forum", "id": name, "created_at": START, "fetched_at": START}
    post = Post(**(about | changes))
    return Tagged(post=post, tags=None if post.deleted else TAGS).model_dump_json().encode()


def documents(setup: Setup) -> list[tuple[str, str, str]]:
    """Give month, text and whether deleted, of every document."""
    cluster, client, _ = setup
    client.indices.refresh(index=f"{cluster.name}-*")
    found = client.search(index=f"{cluster.alias}-*", size=1000)["hits"]["hits"]
    return sorted(
        (
            hit["_index"].removeprefix(f"{cluster.alias}-"),
            hit["_source"]["text"],
            "deleted" if hit["_source"]["deleted"] else "live",
        )
        for hit in found
    )


def cut_off_after(step: int, share: float, send: Send) -> Send:
    """Do only a share of the operations of one bulk request, and then be away."""
    left = [step]

    def cut(client: Elasticsearch, operations: Sequence[bulk.Operation]) -> list[bulk.Answer]:
        if not operations:
            return []
        left[0] -= 1
        if left[0] == 0:
            send(client, operations[: round(share * len(operations))])
            raise Away("cut off")
        return send(client, operations)

    return cut


@pytest.mark.parametrize("share", [0, 0.5, 1])
@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("before", [GONE, EARLIER, None])
def test_a_move_cut_off_anywhere_forgets_nothing(
    setup: Setup,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, Any] | None,
    step: int,
    share: float,
) -> None:
    # What was there before was committed long ago: it will not come again.
    first, second = (before, {}) if before != EARLIER else ({}, EARLIER)
    if first is not None:
        setup.writer.upsert([tagged("1", **first), tagged("2", **first)])
    batch = [tagged("1", **second), tagged("2", **second)]
    monkeypatch.setattr(writing, "send", cut_off_after(step, share, bulk.send))
    steps = 3 if before else 2
    if step <= steps:
        with pytest.raises(Retriable):
            setup.writer.upsert(batch)
        assert list(setup.writer.upsert(batch)) == [None, None]
        expected = {
            str(GONE): ("2026.03", "", "deleted"),
            str(EARLIER): ("2026.01", "", "live"),
            str(None): ("2026.03", "", "live"),
        }[str(before)]
        assert documents(setup) == [expected] * 2


def test_two_writers_that_move_and_change_a_post_leave_one(setup: Setup) -> None:
    other = Writer(setup.client, setup.cluster)
    setup.writer.upsert([tagged("1")])
    read = setup.writer._locate  # noqa: SLF001 - the moment between reading and writing
    later = [tagged("1", text="nr 1", edited_at=START + timedelta(minutes=1))]

    def interrupted(works: Any) -> None:
        read(works)
        if later:
            other.upsert([later.pop()])

    setup.writer._locate = interrupted  # type: ignore[method-assign]  # noqa: SLF001 - as above
    setup.writer.upsert([tagged("1", **EARLIER)])
    assert documents(setup) == [("2026.01", "nr 1", "live")]


def test_two_writers_that_place_a_new_post_differently_leave_one(setup: Setup) -> None:
    other = Writer(setup.client, setup.cluster)
    read = setup.writer._locate  # noqa: SLF001 - as above
    later = [tagged("1")]

    def interrupted(works: Any) -> None:
        read(works)
        if later:
            other.upsert([later.pop()])

    setup.writer._locate = interrupted  # type: ignore[method-assign]  # noqa: SLF001 - as above
    setup.writer.upsert([tagged("1", **GONE)])
    assert documents(setup) == [("2026.03", "", "deleted")]


def test_an_id_that_is_too_long_costs_only_itself(setup: Setup) -> None:
    refusals = setup.writer.upsert([tagged("1"), tagged("x" * 600), tagged("2")])
    assert [refusal is None for refusal in refusals] == [True, False, True]
    assert len(documents(setup)) == 2


def test_requests_are_cut_to_a_bearable_size(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    request = setup.client.perform_request

    def measured(*arguments: Any, **options: Any) -> Any:
        sizes.append(len(options["body"] or b""))
        return request(*arguments, **options)

    monkeypatch.setattr(bulk, "_MOST_BYTES", 200_000)
    monkeypatch.setattr(setup.client, "perform_request", measured)
    posts = [tagged(str(number), text="x" * 90_000) for number in range(10)]
    assert list(setup.writer.upsert(posts)) == [None] * 10
    assert len(documents(setup)) == 10
    assert max(sizes) < 200_000


def test_an_unreadable_document_gives_way_to_the_next_version(setup: Setup) -> None:
    setup.writer.upsert([tagged("1")])
    index = setup.cluster.index("2026.03")
    setup.client.update(index=index, id="forum:1", doc={"text": 5, "metrics": None})
    assert list(setup.writer.upsert([tagged("1", text="bra")])) == [None]
    assert documents(setup) == [("2026.03", "bra", "live")]

"""What the store on Elasticsearch promises beyond `Store`: its indices, and troubles borne."""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store import Cluster, ElasticStore, generations, mapping
from lyhord.adapters.elastic_store.cluster import FIRST
from lyhord.adapters.elastic_store.writing import Writer
from lyhord.errors import Misuse, Retriable
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.swedish import search_text
from tests.waiting import until

START, MONTH = datetime(2026, 3, 1, 12, tzinfo=UTC), timedelta(days=31)
DEPLOY = Path(__file__).parents[2] / "deploy" / "elasticsearch"


class Setup(NamedTuple):
    cluster: Cluster
    client: Elasticsearch
    store: ElasticStore


@pytest.fixture
def setup(elasticsearch_server: str) -> Iterator[Setup]:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    with cluster.connect() as client, closing(ElasticStore(cluster, write=True)) as store:
        yield Setup(cluster, client, store)
        generations.drop(client, cluster, FIRST)


def tagged(number: int, text: str = "text", **changes: Any) -> bytes:
    post = {
        "source": "forum",
        "id": str(number),
        "municipality": "1880",
        "text": text,
        "created_at": START,
        "fetched_at": START,
        **changes,
    }
    tags = Tags(
        lang="sv",
        topic="ovrigt",
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        lemmas=search_text(text),
        fingerprint="0",
        model="test",
    )
    made = Tagged(post=Post(**post), tags=None if post.get("deleted") else tags)
    return made.model_dump_json().encode()


def where(client: Elasticsearch, cluster: Cluster) -> dict[str, list[str]]:
    """Give the indices that each document lies in, deleted posts too."""
    client.indices.refresh(index=f"{cluster.name}-*")
    found = client.search(index=f"{cluster.alias}-*", size=1000)["hits"]["hits"]
    places: dict[str, list[str]] = {}
    for hit in found:
        places.setdefault(hit["_id"], []).append(hit["_index"].removeprefix(f"{cluster.alias}-"))
    return places


def test_the_committed_templates_are_what_the_code_puts() -> None:
    cluster = Cluster("http://elasticsearch:9200")
    for name, made in (
        ("posts-template.json", mapping.template(cluster)),
        ("ids-index.json", mapping.registry(cluster)),
    ):
        assert json.loads((DEPLOY / name).read_text()) == made, f"write {name} anew: see README.md"


def test_posts_lie_in_the_index_of_their_month(setup: Setup) -> None:
    cluster, client, store = setup
    store.upsert([tagged(1), tagged(2, created_at=START - timedelta(days=40))])
    assert where(client, cluster) == {"forum:1": ["2026.03"], "forum:2": ["2026.01"]}
    store.flush()
    assert store.search("*").total == 2


@pytest.mark.parametrize("at_once", [True, False])
def test_an_earlier_time_of_creation_moves_the_post(setup: Setup, *, at_once: bool) -> None:
    cluster, client, store = setup
    earlier = tagged(1, "först", created_at=START - timedelta(days=40))
    for batch in [[tagged(1), earlier]] if at_once else [[tagged(1)], [earlier], [tagged(1)]]:
        assert list(store.upsert(batch)) == [None] * len(batch)
    assert where(client, cluster) == {"forum:1": ["2026.01"]}
    store.flush()
    assert store.search("*").hits[0].fields["text"] == "text"


def test_a_tombstone_without_a_time_of_creation_finds_its_post(setup: Setup) -> None:
    cluster, client, store = setup
    gone = [
        tagged(number, deleted=True, created_at=None, deleted_at=START + timedelta(hours=1))
        for number in (1, 2)
    ]
    store.upsert([tagged(1), gone[1]])
    store.upsert([gone[0], tagged(2)])
    assert where(client, cluster) == {"forum:1": ["2026.03"], "forum:2": ["2026.03"]}
    store.flush()
    assert store.search("*").total == 0


def test_writers_at_the_same_time_lose_nothing(setup: Setup) -> None:
    cluster, client, _ = setup
    one, other = Writer(client, cluster), Writer(client, cluster)
    later = [tagged(1, f"nr {n}", edited_at=START + timedelta(minutes=n)) for n in range(20)]
    read = one._locate  # noqa: SLF001 - the moment between reading and writing

    def interrupted(works: Any) -> None:
        read(works)
        if later:
            other.upsert([later.pop()])

    one._locate = interrupted  # type: ignore[method-assign]  # noqa: SLF001 - as above
    one.upsert([tagged(1)])
    assert where(client, cluster) == {"forum:1": ["2026.03"]}
    found = client.get(index=cluster.index("2026.03"), id="forum:1")["_source"]
    assert found["text"] == "nr 19"


def test_what_elasticsearch_refuses_costs_only_itself(setup: Setup) -> None:
    cluster, client, store = setup
    refused = store.upsert([tagged(1), tagged(2, url="x" * 40_000), tagged(3)])
    assert [reason is None for reason in refused] == [True, False, True]
    assert "url" in str(refused[1])
    assert set(where(client, cluster)) == {"forum:1", "forum:3"}


def test_a_full_disk_is_waited_for(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, client, store = setup
    store.upsert([tagged(1)])
    block = "index.blocks.read_only_allow_delete"
    client.indices.put_settings(index=cluster.index("2026.03"), settings={block: True})
    pauses: list[float] = []
    monkeypatch.setattr("lyhord.adapters.elastic_store.writing.time.sleep", pauses.append)
    with pytest.raises(Retriable, match="block"):
        store.upsert([tagged(2)])
    assert len(pauses) > 3
    client.indices.put_settings(index=cluster.index("2026.03"), settings={block: None})
    assert list(store.upsert([tagged(2)])) == [None]
    assert set(where(client, cluster)) == {"forum:1", "forum:2"}


def test_a_server_that_is_away_is_retriable() -> None:
    with closing(ElasticStore(Cluster("http://127.0.0.1:1"))) as store:
        with pytest.raises(Retriable, match=r"127\.0\.0\.1:1"):
            store.search("*")
        with pytest.raises(Misuse):
            store.upsert([tagged(1)])


def test_a_past_month_becomes_one_segment_and_may_be_edited_afterwards(setup: Setup) -> None:
    cluster, client, store = setup
    # As the segments of a month that was read long ago: nothing merges them any more.
    store.upsert([tagged(0)])
    client.indices.put_settings(
        index=f"{cluster.alias}-*", settings={"index.merge.policy.segments_per_tier": 50}
    )
    for number in range(1, 9):
        store.upsert([tagged(number)])
        store.flush()

    def segments() -> int:
        told = client.indices.stats(index=f"{cluster.alias}-*", metric=["segments"])
        return int(told["_all"]["primaries"]["segments"]["count"])

    assert segments() > 5
    until(lambda: not store.settle(), seconds=60)
    assert segments() == 1
    store.upsert([tagged(3, "rättad", edited_at=START + timedelta(hours=1))])
    store.flush()
    assert store.search("rättad").total == 1
    assert store.search("*").total == 9


def test_posts_of_a_month_that_was_deleted_can_come_again(setup: Setup) -> None:
    cluster, client, store = setup
    old, new = tagged(1, "Vattnet är brunt"), tagged(2, "Brunt vatten", created_at=START + MONTH)
    assert store.upsert([old, new]) == [None, None]
    store.flush()
    client.indices.delete(index=cluster.index("2026.03"))
    assert [hit.fields["id"] for hit in store.search("brunt").hits] == ["forum:2"]
    assert store.get("forum:1") is None
    assert store.upsert([old]) == [None]
    store.flush()
    assert {hit.fields["id"] for hit in store.search("brunt").hits} == {"forum:1", "forum:2"}

"""What every `Store` promises, checked on every adapter."""

import functools
import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyhord.adapters.elastic_store import Cluster, ElasticStore, generations
from lyhord.adapters.elastic_store.cluster import FIRST
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.ports import Filters, Store
from lyhord.query.errors import QueryError
from lyhord.readout import readout
from lyhord.swedish import search_text
from lyhord.versions import Stored, merge

OpenStore = Callable[[], Store]
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["tantivy", "elasticsearch"])
def open_store(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[OpenStore]:
    """Give a function that opens a new, empty store of the adapter under test."""
    if request.param == "tantivy":
        yield lambda: TantivyStore(tmp_path_factory.mktemp("store"), write=True)
        return
    url = request.getfixturevalue("elasticsearch_server")
    with ExitStack() as stack:

        def make() -> Store:
            cluster = Cluster(url, f"t{uuid.uuid4().hex[:12]}")
            client = stack.enter_context(cluster.connect())
            stack.callback(generations.drop, client, cluster, FIRST)
            return stack.enter_context(closing(ElasticStore(cluster, write=True)))

        yield make


def tagged(number: int | str, text: str = "", **changes: Any) -> bytes:
    tag_changes = {name: changes.pop(name) for name in list(changes) if name in Tags.model_fields}
    post = {
        "source": "forum",
        "id": str(number),
        "municipality": "1880",
        "text": text,
        "created_at": START,
        "fetched_at": START,
        **changes,
    }
    tags = {
        "lang": "sv",
        "topic": "ovrigt",
        "sentiment": Sentiment(label="neutral", score=0.0),
        "kind": "other",
        "needs_answer": False,
        "lemmas": search_text(post["text"]),
        "fingerprint": "0",
        "model": "test",
        **tag_changes,
    }
    made = Tagged(post=Post(**post), tags=None if post.get("deleted") else Tags(**tags))
    return made.model_dump_json().encode()


def filled(open_store: OpenStore, *values: bytes) -> Store:
    store = open_store()
    assert list(store.upsert(values)) == [None] * len(values)
    store.flush()
    return store


def ids(store: Store, query: str = "*", **options: Any) -> list[str]:
    labels = {name: [value] for name, value in options.items()}
    page = store.search(query, Filters(labels=labels), size=1000, sort="newest")
    assert page.total == len(page.hits)
    return [hit.fields["id"].removeprefix("forum:") for hit in page.hits]


def test_an_empty_store_finds_nothing(open_store: OpenStore) -> None:
    store = filled(open_store)
    assert ids(store) == []
    assert store.counts("*", by="topic") == {}
    assert list(store.scan("*")) == []
    assert store.get("forum:1") is None


def test_a_reader_of_a_store_that_nobody_wrote_finds_nothing(tmp_path: Path) -> None:
    assert TantivyStore(tmp_path / "none").search("*").total == 0


def test_what_is_flushed_is_found_and_read_out(open_store: OpenStore) -> None:
    store = filled(open_store, tagged(1, "Vattenläckan på torget", in_reply_to="7"))
    (hit,) = store.search("vattenläckor").hits
    assert hit.fields["id"] == "forum:1"
    assert hit.fields["in_reply_to"] == "forum:7"
    assert hit.fields["created_at"] == "2026-03-01T12:00:00Z"
    assert hit.fields["sentiment"] == {"label": "neutral", "score": 0.0}
    assert hit.snippet[slice(*hit.marks[0])] == "Vattenläckan"
    assert store.get("forum:1") == hit.fields


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("läcka", {"1", "2"}),
        ("vattenläcka", {"1", "2"}),
        ("vatten läcka", {"1", "2"}),
        ("grundskola", {"4"}),
        ("skola", {"3", "4"}),
        ("skolja", set()),
        ("orebro", {"5"}),
        ("dålig", {"6"}),
        ("inte", {"6"}),
        ("fungerar inte", {"6"}),
        ('"på torget"', {"1"}),
        ('"torget på"', set()),
        ("torg*", {"1"}),
        ("läcka NOT torget", {"2"}),
        ("skola -grundskola", {"3"}),
        ("orebro OR grundskola", {"4", "5"}),
        ("#skolmat", {"3"}),
        ("skolmat", {"3"}),
        ("#grundskola", set()),
        ("buss NEAR/2 kommer", {"6"}),
        ("kommer NEAR/2 buss", {"6"}),
        ("buss NEAR/0 sämre", set()),
        ("💧", {"2"}),
        ("12:30", {"4"}),
        ("NOT läcka", {"3", "4", "5", "6"}),
        ("id:3", {"3"}),
        ("kind:question", {"4"}),
        ("created_at:[2026-03-01 TO 2026-03-02}", {"1", "2", "3", "4", "5", "6"}),
        ("created_at:<2026-03-01", set()),
        ("metrics.likes:>=5", {"3"}),
        ("url:*", {"1"}),
    ],
)
def test_queries_find_what_the_design_says(
    open_store: OpenStore, query: str, found: set[str]
) -> None:
    store = filled(
        open_store,
        tagged(1, "Vattenläckan på torget", url="https://example.org/1"),
        tagged(2, "Vatten läcker här, en vatten läcka 💧"),
        tagged(3, "Maten i skolan #skolmat", metrics={"likes": 7}),
        tagged(4, "Grundskolan öppnar 12:30?", kind="question"),
        tagged(5, "Välkommen till Örebro"),
        tagged(6, "Bussen kommer allt sämre, det fungerar inte"),
    )
    assert set(ids(store, query)) == found


def test_filters_narrow(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        tagged(1, "a", topic="skola_forskola", topics=({"label": "miljo", "score": 0.5},)),
        tagged(2, "b", municipality="1280", author_role="municipality"),
        tagged(3, "c", created_at=START + timedelta(days=1)),
    )
    assert ids(store, topic="miljo") == ["1"]
    assert ids(store, municipality="1280") == ["2"]
    assert ids(store, author_role="municipality") == ["2"]
    day = START + timedelta(days=1)
    assert [hit.fields["id"] for hit in store.search("*", Filters(since=day)).hits] == ["forum:3"]
    assert store.search("*", Filters(until=day)).total == 2


def test_newest_order_with_ties_by_id(open_store: OpenStore) -> None:
    same = [tagged(f"{number:04}", "x") for number in range(700)]
    newer = tagged("ny", "x", created_at=START + timedelta(microseconds=1))
    store = filled(open_store, *reversed(same), newer)
    expected = ["ny", *(f"{number:04}" for number in range(700))]
    assert ids(store) == expected
    assert [post["id"] for post in store.scan("*")] == [f"forum:{name}" for name in expected]
    page = store.search("*", size=3, sort="newest")
    assert [hit.fields["id"] for hit in page.hits] == ["forum:ny", "forum:0000", "forum:0001"]
    assert page.total == 701


def test_relevance_puts_exact_forms_before_parts(open_store: OpenStore) -> None:
    store = filled(
        open_store, tagged("del", "en grundskola"), tagged("hel", "en skola"), tagged("ej", "hus")
    )
    assert [hit.fields["id"] for hit in store.search("skola").hits] == ["forum:hel", "forum:del"]


def test_counts(open_store: OpenStore) -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    store = filled(
        open_store,
        tagged(1, "a", topic="miljo"),
        tagged(2, "b", topic="miljo", created_at=late),
        tagged(3, "c"),
    )
    assert store.counts("*", by="topic") == {"miljo": 2, "ovrigt": 1}
    assert store.counts("*", by="day") == {"2026-03-01": 2, "2026-03-02": 1}
    assert store.counts("a", by="month", then_by="sentiment") == {"2026-03": {"neutral": 1}}


def test_a_deleted_post_is_kept_but_never_found(open_store: OpenStore) -> None:
    store = filled(open_store, tagged(1, "hemligt"))
    gone = tagged(1, deleted=True, created_at=None, deleted_at=START + timedelta(hours=1))
    store.upsert([gone])
    store.flush()
    assert ids(store) == []
    assert ids(store, "NOT annat") == []
    kept = store.get("forum:1")
    assert kept is not None
    assert (kept["deleted"], kept["text"], kept["municipality"]) == (True, "", "1880")


def test_a_bad_record_costs_only_itself(open_store: OpenStore) -> None:
    store = open_store()
    refused = store.upsert([b"{", tagged(1, "bra"), b'{"post": {}}', b"[]"])
    store.flush()
    assert [reason is None for reason in refused] == [False, True, False, False]
    assert ids(store) == ["1"]


def test_a_bad_query_points_at_the_character(open_store: OpenStore) -> None:
    with pytest.raises(QueryError) as caught:
        filled(open_store).search("vatten (läcka")
    assert caught.value.position == 7


EARLY, LATE = "2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z"


def versions(name: str) -> list[bytes]:
    """Give what arrives of two posts."""
    hour = timedelta(hours=1)
    early = START - timedelta(days=1)
    one, two = f"{name}-1", f"{name}-2"
    return [
        tagged(one, "första"),
        tagged(one, "andra", edited_at=START + hour),
        tagged(one, "tredje", edited_at=START + hour, created_at=early),
        tagged(one, deleted=True, created_at=None, deleted_at=START + hour / 2),
        tagged(two, "annan"),
    ]


def merged(values: list[bytes]) -> dict[str, Any]:
    """Give what the rule for versions makes of a post, in read-out form."""
    arrived = [Stored.arrived(Tagged.model_validate_json(value)) for value in values]
    return readout(json.loads(functools.reduce(merge, arrived).tagged.model_dump_json()))


def test_order_duplicates_and_batches_never_change_the_answer(open_store: OpenStore) -> None:
    store = open_store()
    numbers = itertools.count()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(order=st.permutations([*range(5), 0, 1]), cuts=st.lists(st.integers(0, 7), max_size=3))
    def holds(order: list[int], cuts: list[int]) -> None:
        name = f"n{next(numbers)}"
        arriving = [versions(name)[each] for each in order]
        for start, end in itertools.pairwise([0, *sorted(cuts), len(order)]):
            store.upsert(arriving[start:end])
            if start % 2:
                store.flush()
        store.flush()
        expected = [merged(versions(name)[:4]), merged(versions(name)[4:])]
        assert [store.get(post["id"]) for post in expected] == expected
        found = list(store.scan(f"id:{name}-1 OR id:{name}-2"))
        assert found == expected[::-1]
        assert [post["created_at"] for post in found] == [LATE, EARLY]

    holds()

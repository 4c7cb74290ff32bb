"""Threads in every store: whatever the order, number and batching of arrivals, the same answers."""

import random
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyhord.adapters.elastic_store import Cluster, ElasticStore, generations
from lyhord.adapters.elastic_store.cluster import FIRST
from lyhord.dialogue import Member, Order, Thread, rank, threads_of
from lyhord.model import Sentiment, Tagged
from lyhord.ports import Store, ThreadFilters
from lyhord.versions import Stored, merge
from tests.contract.test_store import START, OpenStore, filled, open_store, tagged

__all__ = ["open_store"]  # pytest takes the fixture from here

_IDS = "abcdefgh"


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def post(
    id: str,  # noqa: A002 - the field's name
    minutes: int = 0,
    *,
    to: str | None = None,
    official: bool = False,
    needs: bool = False,
    **changes: Any,
) -> bytes:
    return tagged(
        id,
        in_reply_to=to,
        created_at=at(minutes),
        author_role="municipality" if official else "citizen",
        needs_answer=needs,
        **changes,
    )


def told(store: Store, **filters: Any) -> list[tuple[str, str, int]]:
    return [
        (thread.thread_id, thread.status, thread.posts)
        for thread in store.threads(ThreadFilters(**filters))
    ]


def test_nothing_is_there_at_first(open_store: OpenStore) -> None:
    assert told(open_store()) == []


def test_who_waits_longest_comes_first_then_the_latest(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        post("new", 50, needs=True),
        post("old", 10, needs=True),
        post("quiet", 5),
        post("q", 1, needs=True),
        post("a", 60, to="q", official=True),
    )

    assert told(store) == [
        ("forum:old", "unanswered", 1),
        ("forum:new", "unanswered", 1),
        ("forum:q", "answered", 2),
        ("forum:quiet", "none-needed", 1),
    ]
    assert told(store, statuses=["answered", "none-needed"])[0][0] == "forum:q"
    assert told(store, municipalities=["0114"]) == []


def test_the_most_urgent_may_come_first(open_store: OpenStore) -> None:
    angry = Sentiment(label="negative", score=-0.9)
    store = filled(
        open_store,
        post("old", 1, needs=True),
        post("angry", 2, needs=True, sentiment=angry),
        post("fire", 3, needs=True, sentiment=angry, topic="krisberedskap", kind="report"),
        post("calm", 4, needs=True),
        post("quiet", 5, sentiment=angry),
    )
    first = ["forum:fire", "forum:angry", "forum:old", "forum:calm", "forum:quiet"]
    assert [each[0] for each in told(store, order="urgent")] == first
    assert [each[0] for each in told(store, order="urgent", now=at(3))] == first[:3]
    assert [thread.urgency for thread in store.threads(ThreadFilters(order="urgent"))] == [
        *(3, 1, 0, 0, 0)
    ]


def test_a_reply_may_come_before_what_it_answers(open_store: OpenStore) -> None:
    store = filled(open_store, post("c", 3, to="b", official=True))
    assert told(store) == [("forum:b", "none-needed", 1)]

    store.upsert([post("b", 2, to="a", needs=True)])
    store.flush()
    assert told(store) == [("forum:a", "answered", 2)]

    store.upsert([post("a", 1), post("d", 4, to="a", needs=True)])
    store.flush()
    assert told(store) == [("forum:a", "unanswered", 4)]


def test_what_is_deleted_vanishes_but_still_links(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        post("a", 1, needs=True),
        post("b", 2, to="a", official=True),
        post("c", 3, to="b"),
    )
    gone = [post(one, 1, deleted=True, edited_at=at(9)) for one in "ab"]
    store.upsert(gone)
    store.flush()

    assert told(store) == [("forum:a", "none-needed", 1)]
    store.upsert([post("c", 3, deleted=True, edited_at=at(9))])
    store.flush()
    assert told(store) == []


def test_now_hides_what_came_later(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        post("a", 1, needs=True),
        post("b", 2, to="a", official=True),
        post("c", 3, to="a", needs=True),
        post("z", 4, needs=True),
    )

    assert told(store, now=at(0)) == []
    assert told(store, now=at(1)) == [("forum:a", "unanswered", 1)]
    assert told(store, now=at(2)) == [("forum:a", "answered", 2)]
    assert told(store, now=at(2), statuses=["unanswered"]) == []
    assert told(store, now=at(3)) == [("forum:a", "unanswered", 3)]
    assert told(store, now=at(4)) == told(store)


def test_a_link_that_is_edited_away_leaves_two_threads_told_once(open_store: OpenStore) -> None:
    store = filled(open_store, post("a", 1, needs=True), post("b", 3, to="a", needs=True))
    store.upsert([post("b", 3, needs=True, edited_at=at(9))])
    store.flush()
    assert told(store) == [("forum:a", "unanswered", 1), ("forum:b", "unanswered", 1)]
    assert told(store, now=at(2)) == [("forum:a", "unanswered", 1)]


@st.composite
def histories(draw: st.DrawFn) -> list[list[bytes]]:
    """Versions of a few posts that answer each other anyhow, in batches."""
    versions = []
    for _ in range(draw(st.integers(1, 14))):
        key = draw(st.sampled_from(_IDS))
        edited = draw(st.none() | st.integers(20, 25))
        versions.append(
            post(
                key,
                _IDS.index(key) % 5,
                to=draw(st.none() | st.sampled_from(_IDS)),
                official=draw(st.booleans()),
                needs=draw(st.booleans()),
                deleted=draw(st.integers(0, 5)) == 0,
                edited_at=edited and at(edited),
                municipality=draw(st.sampled_from(["1880", "0114"])),
                topic=draw(st.sampled_from(["ovrigt", "trygghet"])),
            )
        )
    versions += draw(st.lists(st.sampled_from(versions), max_size=4))
    cuts = sorted(draw(st.lists(st.integers(0, len(versions)), max_size=3)))
    return [
        versions[start:end] for start, end in zip([0, *cuts], [*cuts, len(versions)], strict=True)
    ]


def truth(
    versions: Sequence[bytes], now: datetime | None, order: Order = "waiting"
) -> list[Thread]:
    """What the threads are, folded at once from the versions merged at once."""
    posts: dict[str, Stored] = {}
    for version in versions:
        one = Stored.arrived(Tagged.model_validate_json(version))
        key = one.tagged.post.key
        posts[key] = merge(posts[key], one) if key in posts else one
    members = [
        Member.of(orjson.loads(stored.tagged.model_dump_json())) for stored in posts.values()
    ]
    micros = None if now is None else int(now.timestamp() * 1_000_000)
    return sorted(threads_of(members, now=micros), key=lambda thread: rank(thread, order))


@given(
    batches=histories(),
    minutes=st.none() | st.integers(0, 6),
    order=st.sampled_from(["waiting", "urgent"]),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_order_duplicates_edits_and_batches_change_nothing(
    open_store: OpenStore, batches: list[list[bytes]], minutes: int | None, order: Order
) -> None:
    store = open_store()
    for batch in batches:
        store.upsert(batch)
        store.flush()
    now = None if minutes is None else at(minutes)

    found = list(store.threads(ThreadFilters(now=now, order=order)))

    assert found == truth([version for batch in batches for version in batch], now, order)


def test_several_writers_at_once_lose_nothing(elasticsearch_server: str) -> None:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    posts = [post("root", 0, needs=True)]
    posts += [post(f"r{n}", 1 + n, to="root" if n % 3 else f"r{n // 2}") for n in range(60)]
    random.Random(7).shuffle(posts)  # noqa: S311 - no secret

    def write(part: list[bytes]) -> None:
        with closing(ElasticStore(cluster, write=True)) as store:
            for one in part:
                store.upsert([one])
                store.flush()

    try:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(write, (posts[0::3], posts[1::3], posts[2::3])))
        with closing(ElasticStore(cluster)) as store:
            assert list(store.threads()) == truth(posts, None)
    finally:
        with closing(cluster.connect()) as client:
            generations.drop(client, cluster, FIRST)

"""Arrivals in every store: the live posts as they are now, by when they were first written."""

from lyhord.alerting.arrivals import Arrival
from lyhord.ports import Store
from tests.contract.test_store import OpenStore, filled, open_store
from tests.contract.test_threads import at, post

__all__ = ["open_store"]  # pytest takes the fixture from here


def keys(store: Store, *bounds: int | None) -> list[str]:
    found = store.arrivals(*(None if bound is None else at(bound) for bound in bounds))
    return [each.key for each in found]


def test_nothing_arrives_at_first(open_store: OpenStore) -> None:
    assert keys(open_store()) == []


def test_posts_come_by_time_then_id_within_bounds(open_store: OpenStore) -> None:
    store = filled(open_store, post("c", 3), post("b", 1), post("a", 1), post("d", 2))
    assert keys(store) == ["forum:a", "forum:b", "forum:d", "forum:c"]
    assert keys(store, 2) == ["forum:d", "forum:c"]
    assert keys(store, None, 2) == ["forum:a", "forum:b"]
    assert keys(store, 1, 3) == ["forum:a", "forum:b", "forum:d"]


def test_what_is_known_of_a_post(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        post("a", 1, needs=True, author="p_1", topic="skola_forskola", fingerprint="00ff"),
        post("b", 2, official=True, author=None),
    )
    first, second = store.arrivals()
    assert first == Arrival(
        created=first.created,
        key="forum:a",
        municipality="1880",
        topic="skola_forskola",
        official=False,
        author="p_1",
        fingerprint="00ff",
        sentiment="neutral",
        needs_answer=True,
    )
    assert second.created - first.created == 60_000_000
    assert (second.source, second.official, second.author) == ("forum", True, None)


def test_a_post_stays_where_it_was_first_written_until_it_is_deleted(open_store: OpenStore) -> None:
    store = filled(open_store, post("a", 1), post("b", 2), post("c", 3, to="b"))
    edits = [
        post("a", 5, edited_at=at(9), topic="miljo"),
        post("b", 2, deleted=True, edited_at=at(9)),
    ]
    store.upsert(edits)
    store.flush()
    assert next((each.key, each.topic) for each in store.arrivals()) == ("forum:a", "miljo")
    assert keys(store) == ["forum:a", "forum:c"]


def test_more_than_a_page_comes_whole(open_store: OpenStore) -> None:
    store = filled(open_store, *(post(f"p{n:03}", n // 7) for n in range(230)))
    assert keys(store) == [f"forum:p{n:03}" for n in range(230)]

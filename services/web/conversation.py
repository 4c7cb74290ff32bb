"""The page of one thread: its posts from the first to the last."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lyhord.ports import Store
from lyhord.query.words import as_phrase

MOST = 500
"""Posts of a thread that are shown."""
_TOGETHER = 4
"""Ids in one query: each may have 400 characters, and a query 2,000."""

Post = Mapping[str, Any]


def view(store: Store, key: str) -> dict[str, Any]:
    """Give the posts of a thread in order of writing.

    Args:
        store: where they are.
        key: `source:id` of any of them, or of the root, which may be missing.

    """
    found = _found(store, _root(store, key)) if key.strip() else {}
    posts = sorted(found.values(), key=lambda post: (post["created_at"], post["id"]))
    return {"posts": posts, "more": len(found) >= MOST}


def _root(store: Store, key: str) -> str:
    """Follow replies up to the first post, to one that is missing, or around a circle once."""
    seen: set[str] = set()
    while key not in seen and (post := store.get(key)) and post["in_reply_to"]:
        seen.add(key)
        key = post["in_reply_to"]
    return key


def _found(store: Store, root: str) -> dict[str, Post]:
    found: dict[str, Post] = {}
    first = store.get(root)
    if first and not first["deleted"]:
        found[root] = first
    _take(found, _search(store, "thread_id", [root]))
    asked: set[str] = set()
    while ids := [key for key in (root, *found) if key not in asked][:_TOGETHER]:
        asked.update(ids)
        _take(found, _search(store, "in_reply_to", ids))
    return found


def _take(found: dict[str, Post], posts: Iterator[Post]) -> None:
    for post in posts:
        if len(found) < MOST:
            found.setdefault(post["id"], post)


def _search(store: Store, field: str, keys: Sequence[str]) -> Iterator[Post]:
    values = " OR ".join(map(as_phrase, keys))
    for hit in store.search(f"{field}:({values})", size=MOST, sort="newest").hits:
        yield hit.fields

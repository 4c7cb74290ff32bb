"""Versions of one post: which wins, and what the winner keeps of the others.

`merge` is associative, commutative and idempotent, so that the order, number and batching of
arrivals never change the outcome.
"""

from dataclasses import dataclass, replace
from typing import Any

from lyhord.model import Metrics, Post, Tagged, Version


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store keeps of a post.

    `version` is that of the winning version as it arrived. For a tombstone, `origin` is the
    version of the greatest live post known: its municipality and links stay, for the threads.
    """

    tagged: Tagged
    version: Version
    origin: Version | None = None

    @classmethod
    def arrived(cls, tagged: Tagged) -> "Stored":
        """Wrap a version as it comes from the log."""
        version = tagged.post.version
        return cls(tagged, version, None if tagged.post.deleted else version)


def merge(one: Stored, other: Stored, *, model: str = "") -> Stored:
    """Combine what is known of one post.

    The greater version wins; of equal ones that which `model` tagged (an index that a replay made
    keeps to the replay's), else that of the greater model. `created_at` is the earliest that any
    version gave; metrics and `fetched_at` come from the latest fetch.
    """
    ordered = _rank(one, model) >= _rank(other, model)
    winner, loser = (one, other) if ordered else (other, one)
    ours, theirs = winner.tagged.post, loser.tagged.post
    known = [post.created_at for post in (ours, theirs) if post.created_at]
    changes: dict[str, Any] = {"created_at": min(known, default=None)}
    latest = max(ours, theirs, key=_fetch_rank)
    changes |= {"fetched_at": latest.fetched_at, "metrics": latest.metrics}
    origin = winner.origin
    if ours.deleted and loser.origin and (origin is None or loser.origin > origin):
        origin = loser.origin
        kept = ("account", "municipality", "department", "author_role", "thread_id", "in_reply_to")
        changes |= {name: getattr(theirs, name) for name in kept}
    post = ours.model_copy(update=changes)
    return replace(winner, tagged=Tagged(post=post, tags=winner.tagged.tags), origin=origin)


def _rank(stored: Stored, model: str) -> tuple[Version, bool, str, str]:
    tags = stored.tagged.tags
    words = (tags.model, tags.model_dump_json()) if tags else ("", "")
    return (stored.version, words[0] == model, *words)


def _fetch_rank(post: Post) -> tuple[Any, ...]:
    return post.fetched_at, _counts(post.metrics)


def _counts(metrics: Metrics) -> tuple[int, ...]:
    counts = (metrics.likes, metrics.shares, metrics.comments, metrics.views)
    return tuple(-1 if count is None else count for count in counts)

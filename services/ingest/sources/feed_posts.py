"""A feed's posts: what is new or changed since the last reading, with times that never move."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lyhord import times
from services.ingest.sources.feed_reading.sandbox import Entry

Seen = Mapping[str, Sequence[str | None]]
"""By key of an id: fingerprint, created_at, edited_at of what was sent last."""

_MAX_ID = 400
_MAX_URL = 2_000
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def identity(entry: Entry) -> str:
    """Give an entry's id: its own, else its link, else the hash of what it says."""
    found = entry.id or entry.link
    if found and len(found.encode(errors="replace")) <= _MAX_ID:
        return found
    return "sha256:" + _hash(found or [entry.title, entry.body, entry.author, entry.published])


def key_of(entry: Entry) -> str:
    """Give the short key under which an entry is remembered."""
    return _hash(identity(entry))[:16]


def page_of(entry: Entry) -> str | None:
    """Give the entry's web page, where it is one that a reader can be sent to."""
    link = entry.link or ""
    return link if link.startswith(("http://", "https://")) and len(link) <= _MAX_URL else None


def news(
    entries: Sequence[Entry],
    seen: Seen,
    *,
    now: datetime,
    post: Callable[[Entry], Mapping[str, Any]],
) -> tuple[list[Mapping[str, Any]], Seen]:
    """Give the posts that are new or say something else than before, and what to remember.

    Args:
        entries: everything that the feed holds now.
        seen: what was remembered at the last reading.
        now: stands in for times that are missing or impossible (before 1990, or more than a day
            ahead): the first sight of an entry, and of a change whose time the feed does not say.
        post: makes a post of an entry, all but its times.

    """
    posts: list[Mapping[str, Any]] = []
    memory: dict[str, Sequence[str | None]] = {}
    for entry in entries:
        fields = post(entry)
        key, mark = key_of(entry), _hash(fields)[:16]
        old = seen.get(key)
        if old and old[0] == mark:
            memory[key] = old
            continue
        created, edited = _times(entry, old, now)
        memory[key] = [mark, created, edited]
        own = {"created_at": created} | ({"edited_at": edited} if edited else {})
        posts.append({**fields, **own})
    return posts, memory


def _times(entry: Entry, old: Sequence[str | None] | None, now: datetime) -> tuple[str, str | None]:
    updated = _possible(entry.updated, now)
    if old is None:
        created = _possible(entry.published, now) or updated or now
        edited = updated if updated and updated > created else None
    else:
        created = times.parse(old[1] or "")
        latest = times.parse(old[2]) if old[2] else created
        # An edit must come later than what it edits, even where that is dated ahead.
        edited = updated if updated and updated > latest else max(now, latest + _SECOND)
    return times.format_utc(created), times.format_utc(edited) if edited else None


def _possible(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    moment = times.parse(text)
    return moment if times.EARLIEST <= moment <= now + _DAY else None


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

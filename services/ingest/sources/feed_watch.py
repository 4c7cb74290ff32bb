"""The watch over comments feeds: which ones belong to a feed, and which are asked now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lyhord import times
from services.ingest.sources.feed_posts import Seen, identity, key_of
from services.ingest.sources.feed_reading.sandbox import Entry

MAX_ASKED = 20
"""Comments feeds that are asked in one poll."""
MAX_AGE = timedelta(days=30)
"""How long after its publication an entry's comments are read."""
MAX_WATCHED = 100
"""Comments feeds that are kept in mind, of the newest entries."""

Watch = Mapping[str, Any]
"""What is known of a comments feed: `entry` (id), `since` (the entry's created_at), `count`
(comments, None if not told), `etag`, `last_modified`, `seen`, `asked` and `pause` (times)."""


def updated(
    watched: Mapping[str, Watch], entries: Sequence[Entry], seen: Seen, *, now: datetime
) -> dict[str, Watch]:
    """Give the comments feeds to watch, by URL, after a reading of the feed.

    Args:
        watched: those of before; what is known of them stays, entries that the feed has dropped
            are watched on.
        entries: what the feed holds now.
        seen: what is remembered of these entries.
        now: comments feeds of older entries are forgotten.

    """
    found = dict(watched)
    for entry in entries:
        if entry.comments:
            own = {
                "entry": identity(entry),
                "since": seen[key_of(entry)][1],
                "count": entry.comment_count,
            }
            found[entry.comments] = {**found.get(entry.comments, {}), **own}
    young = [(url, watch) for url, watch in found.items() if _is_young(watch, now)]
    young.sort(key=lambda item: str(item[1]["since"]), reverse=True)
    return dict(young[:MAX_WATCHED])


def due(watched: Mapping[str, Watch], *, counts_hold: bool, now: datetime) -> list[str]:
    """Give the URLs to ask now, those asked longest ago first.

    Args:
        watched: the comments feeds by URL.
        counts_hold: whether the feed was just read, so that a count of no comments is true; a
            feed that has not changed (304) may tell counts of long ago.
        now: feeds in a pause and those of old entries are left alone.

    """
    candidates = [
        (watch.get("asked", ""), watch["count"] == 0, url)
        for url, watch in watched.items()
        if _is_young(watch, now)
        and not (counts_hold and watch["count"] == 0)
        and ("pause" not in watch or times.parse(watch["pause"]) <= now)
    ]
    return [url for *_, url in sorted(candidates)[:MAX_ASKED]]


def after_pause(watch: Watch, *, now: datetime, seconds: float) -> Watch:
    """Remember a failure: the comments feed is left alone for some seconds."""
    pause = times.format_utc(now + timedelta(seconds=seconds))
    return {**watch, "asked": times.format_utc(now), "pause": pause}


def host(url: str) -> str | None:
    """Give a URL's host; None where it has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_young(watch: Watch, now: datetime) -> bool:
    return now - times.parse(watch["since"]) <= MAX_AGE

"""RSS and Atom feeds: entries are an account's posts, the comments on them are citizens'."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog

from lyhord import times
from lyhord.errors import Rejected, Retriable
from lyhord.fetching import Fetcher, Response
from lyhord.ports import Batch, Row
from services.ingest.sources import feed_watch
from services.ingest.sources.feed_posts import identity, key_of, news, page_of
from services.ingest.sources.feed_reading.sandbox import Entry, Problem, Reading, read_feed

MAX_ENTRIES = 500
"""Newest entries of a feed, and newest comments of a comments feed, that are read."""
_PAUSE = 86_400.0
"""Seconds for which a comments feed that says no is left alone."""

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class FeedSource:
    """A feed and its entries' comments feeds.

    Args:
        name: what the settings call it.
        url: the feed's address.
        municipality: SCB code of the municipality that it is about.
        fetcher: what fetches it.
        source: which source its posts belong to.
        account: the account shown for its posts.
        department: the department shown for its posts.
        author_role: who writes the entries.
        comments: whether to read the entries' comments.
        staff: names whose comments are the municipality's own answers.
        interval: seconds between two polls.
        now: the clock.

    """

    _: KW_ONLY
    name: str
    url: str
    municipality: str
    fetcher: Fetcher
    source: str = "blog"
    account: str | None = None
    department: str | None = None
    author_role: str = "municipality"
    comments: bool = True
    staff: Sequence[str] = ()
    interval: float = 900
    now: Callable[[], datetime] = _utc_now
    _logged: set[str] = field(default_factory=set, init=False)

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """Bring the feed's new and changed entries, then those of its comments feeds.

        What cannot be read is a row with an error; a comments feed that fails costs only itself.

        Raises:
            Retriable: the feed cannot be had now.
            Rejected: the feed's address is refused, or its server says no.

        """
        now = self.now()
        # Another feed's validators could make this one look unchanged.
        response = self._get(self.url, cursor if cursor.get("url") == self.url else {})
        if response.status == HTTPStatus.NOT_MODIFIED:
            yield from self._comments(cursor, counts_hold=False, now=now)
            return
        reading = self._read(response)
        rows = [_problem(self.url, problem) for problem in reading.problems]
        if rows and not reading.entries:
            yield Batch(rows, cursor)
            return
        known = cursor.get("seen", {})
        posts, seen = news(reading.entries, known, now=now, post=self._post)
        rows += [_row(self.url, post) for post in posts]
        watched: Mapping[str, feed_watch.Watch] = {}
        if self.comments:
            near, far = self._by_host(reading.entries, response.url)
            watched = feed_watch.updated(cursor.get("comments", {}), near, seen, now=now)
            rows += _not_read([entry for entry in far if key_of(entry) not in known], self.url)
        cursor = {"url": self.url, **_validators(response), "seen": seen, "comments": watched}
        yield Batch(rows, cursor)
        yield from self._comments(cursor, counts_hold=True, now=now)

    def _comments(
        self, cursor: Mapping[str, Any], *, counts_hold: bool, now: datetime
    ) -> Iterator[Batch]:
        watched = dict(cursor.get("comments", {}))
        for url in feed_watch.due(watched, counts_hold=counts_hold, now=now):
            rows, watched[url] = self._ask(url, watched[url], now=now)
            yield Batch(rows, {**cursor, "comments": dict(watched)})

    def _ask(
        self, url: str, watch: feed_watch.Watch, *, now: datetime
    ) -> tuple[list[Row], feed_watch.Watch]:
        """Read one comments feed: its rows, and what is known of it from now on."""
        try:
            response = self._get(url, watch)
        except Retriable as failure:
            row = Row(url, None, error=str(failure))
            return [row], feed_watch.after_pause(watch, now=now, seconds=failure.after)
        except Rejected as refusal:
            row = Row(url, None, error=str(refusal))
            return [row], feed_watch.after_pause(watch, now=now, seconds=_PAUSE)
        asked = {**watch, "asked": times.format_utc(now)}
        if response.status == HTTPStatus.NOT_MODIFIED:
            return [], asked
        reading = self._read(response)
        rows = [_problem(url, problem) for problem in reading.problems]
        if rows and not reading.entries:
            return rows, feed_watch.after_pause(watch, now=now, seconds=_PAUSE)

        def comment(entry: Entry) -> Mapping[str, Any]:
            return self._comment(entry, on=watch["entry"])

        posts, seen = news(reading.entries, watch.get("seen", {}), now=now, post=comment)
        rows += [_row(url, post) for post in posts]
        return rows, {**asked, **_validators(response), "seen": seen}

    def _get(self, url: str, validators: Mapping[str, Any]) -> Response:
        return self.fetcher.get(
            url, etag=validators.get("etag"), last_modified=validators.get("last_modified")
        )

    def _read(self, response: Response) -> Reading:
        reading = read_feed(
            response.body,
            url=response.url,
            content_type=response.content_type,
            limit=MAX_ENTRIES,
        )
        if unread := sorted(set(reading.unread) - self._logged):
            self._logged.update(unread)
            log.info("feed has fields that are not read", source=self.name, fields=unread)
        return reading

    def _by_host(self, entries: Sequence[Entry], final_url: str) -> tuple[list[Entry], list[Entry]]:
        """Part the entries with comments feeds: on the feed's or an allowed host, and elsewhere."""
        own = {feed_watch.host(self.url), feed_watch.host(final_url)}
        near: list[Entry] = []
        far: list[Entry] = []
        for entry in entries:
            if url := entry.comments:
                is_near = feed_watch.host(url) in own or self.fetcher.allows(url)
                (near if is_near else far).append(entry)
        return near, far

    def _post(self, entry: Entry) -> Mapping[str, Any]:
        parts = (entry.title, entry.body if entry.body != entry.title else "")
        text = "\n\n".join(filter(None, parts))
        return self._record(entry, {"text": text, "author_role": self.author_role})

    def _comment(self, entry: Entry, *, on: str) -> Mapping[str, Any]:
        """Make a comment's post: its title is left out, which blog software writes by itself."""
        role = "municipality" if entry.author in self.staff else "citizen"
        own = {"text": entry.body, "author_role": role, "in_reply_to": on}
        return self._record(entry, own)

    def _record(self, entry: Entry, own: Mapping[str, Any]) -> Mapping[str, Any]:
        fields = {
            "source": self.source,
            "id": identity(entry),
            "account": self.account,
            "municipality": self.municipality,
            "department": self.department,
            "author": entry.author,
            "url": page_of(entry),
            **own,
        }
        return {name: value for name, value in fields.items() if value is not None}


def _validators(response: Response) -> Mapping[str, str | None]:
    return {"etag": response.etag, "last_modified": response.last_modified}


def _row(feed_url: str, post: Mapping[str, Any]) -> Row:
    """Make a row whose origin tells the post from the feed's others, should it be refused."""
    return Row(post.get("url") or f"{feed_url}#{post['id']}", None, data=post)


def _problem(origin: str, problem: Problem) -> Row:
    return Row(origin, problem.line, error=problem.reason)


def _not_read(entries: Sequence[Entry], origin: str) -> list[Row]:
    hosts = sorted({str(feed_watch.host(entry.comments or "")) for entry in entries})
    reason = (
        f"comments on {', '.join(hosts)} are not read, as the feed is on another host; "
        "to read them, add the host to the setting fetch_allow"
    )
    return [Row(origin, None, error=reason)] if hosts else []

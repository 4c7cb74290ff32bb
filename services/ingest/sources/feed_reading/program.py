"""The feed reader: the bytes of a feed into plain entries, run as a program by the sandbox."""

import calendar
import codecs
import contextlib
import dataclasses
import io
import json
import re
import resource
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]  # ships no types

from lyhord.times import format_utc
from services.ingest.sources.feed_reading.sandbox import MEMORY, Entry, Problem, Reading
from services.ingest.sources.feed_reading.survey import RefusedError, survey
from services.ingest.sources.html_text import plain_text, text_of_html

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARATION = re.compile(r"<\?xml[^>]{0,500}\?>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,500}?encoding\s{0,10}=\s{0,10}[\"']([\w.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# WordPress's comments feeds put "In reply to <a href=…#comment-7>somebody's name</a>." before a
# comment's own words; those are not the writer's, and the name is nobody's to show.
_REPLY = re.compile(
    r"\s*(?:<p>)?[^<>]{0,60}<a [^<>]{0,300}#comment-\d{1,20}[^<>]{0,300}>[^<>]{0,300}</a>[.:]?"
    r"(?=\s*(?:</p>|<br|\n))"
)
_FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/rdf+xml")
_READ = frozenset(
    {
        *("id", "guidislink", "link", "links", "title", "title_detail", "content"),
        *("summary", "summary_detail", "author", "author_detail", "authors"),
        *("published", "published_parsed", "updated", "updated_parsed"),
        *("wfw_commentrss", "slash_comments", "thr_total"),
    }
)


def read(body: bytes, *, url: str, content_type: str | None, limit: int) -> Reading:
    """Read a feed; see `read_feed`, which calls this in a process of its own."""
    text = decode(body, content_type)
    document = text.lstrip()
    skipped = text[: len(text) - len(document)].count("\n")
    if declaration := _DECLARATION.match(document):
        skipped += declaration[0].count("\n")
        document = document[declaration.end() :]
    data = document.encode("utf-8", "replace")
    try:
        outline = survey(data)
    except RefusedError as refusal:
        return Reading(problems=[Problem(refusal.line + skipped, str(refusal))])
    parsed = feedparser.parse(
        io.BytesIO(outline.cut(data, limit)),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        return Reading(problems=[Problem(None, "is not a feed")])
    problems = []
    if outline.fault:
        line, reason = outline.fault
        problems.append(
            Problem(line + skipped, f"is broken XML ({reason}); what can be read is taken")
        )
    # Atom's entries inherit the feed's author (RFC 4287, section 4.2.1).
    author = _author(parsed.feed) if parsed.version.startswith("atom") else None
    found = (_entry(dict(item), url, author) for item in parsed.entries)
    entries = sorted(_latest(found), key=_moment, reverse=True)
    count = max(len(outline.spans), len(entries))
    if count > limit:
        problems.append(Problem(None, f"has {count:,} entries; the newest {limit} are read"))
    unread = sorted({name for item in parsed.entries for name in item} - _READ)
    return Reading(entries[:limit], problems, unread[:50])


def decode(body: bytes, content_type: str | None) -> str:
    """Make text of a document: what is valid UTF-8 is UTF-8, whatever its labels say.

    Otherwise the encoding that the XML declaration or else the HTTP header names, in the end
    Windows-1252 (which is also what is meant by ISO-8859-1).
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    names = ["utf-8"]
    if declared := _DECLARED.match(body.lstrip()):
        names.append(declared[1].decode("ascii"))
    if charset := _CHARSET.search((content_type or "")[:500]):
        names.append(charset[1])
    for name in names:
        with contextlib.suppress(LookupError, ValueError):
            if codecs.lookup(name).name != "iso8859-1":
                return body.decode(name)
    return body.decode("cp1252", "replace")


def _entry(item: Mapping[str, Any], url: str, author: str | None) -> Entry:
    return Entry(
        id=item.get("id") or None,
        link=_absolute(url, item.get("link")),
        title=" ".join(_text(item.get("title_detail")).split()),
        body=_body(item),
        author=_author(item) or author,
        published=_time(item.get("published_parsed")),
        updated=_time(item.get("updated_parsed")),
        comments=_absolute(url, _comments(item)),
        comment_count=_number(item.get("slash_comments") or item.get("thr_total")),
    )


def _author(item: Mapping[str, Any]) -> str | None:
    return (item.get("author_detail") or {}).get("name") or item.get("author") or None


def _body(item: Mapping[str, Any]) -> str:
    """Give the full content where there is one, else the summary."""
    parts = [*item.get("content", ()), item.get("summary_detail")]
    return next((text for part in parts if (text := _text(part))), "")


def _text(detail: Any) -> str:
    """Make plain text of a text construct; content that is no text (an image) gives none."""
    if not detail:
        return ""
    kind, value = detail.get("type", "text/html"), detail.get("value", "")
    if kind in ("text/html", "application/xhtml+xml"):
        return text_of_html(_without_reply_mark(value))
    return plain_text(value) if kind.startswith("text/") else ""


def _without_reply_mark(markup: str) -> str:
    mark = _REPLY.match(markup)
    return markup[mark.end() :] if mark else markup


def _comments(item: Mapping[str, Any]) -> str | None:
    """Find the comments feed: WordPress's wfw:commentRss, or Atom's replies (RFC 4685)."""
    replies = (
        link.get("href")
        for link in item.get("links", ())
        if link.get("rel") == "replies" and link.get("type") in _FEED_TYPES
    )
    return item.get("wfw_commentrss") or next(replies, None)


def _absolute(base: str, link: Any) -> str | None:
    if not isinstance(link, str) or not link:
        return None
    try:
        return urljoin(base, link)
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    digits = str(value or "").strip()[:9]
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _time(parsed: Any) -> str | None:
    if not parsed:
        return None
    try:
        return format_utc(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (OverflowError, ValueError, OSError):
        return None


def _latest(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Keep one entry of each id: the newest, of equally old ones the last."""
    latest: dict[str, Entry] = {}
    for position, entry in enumerate(entries):
        key = entry.id or entry.link or f"#{position}"
        if key not in latest or _moment(entry) >= _moment(latest[key]):
            latest[key] = entry
    return latest.values()


def _moment(entry: Entry) -> str:
    return entry.updated or entry.published or ""


def main() -> None:
    """Read an order and a body from standard input, write the reading to standard output."""
    order = json.loads(sys.stdin.buffer.readline())
    seconds = order.pop("seconds")
    # Not every system can limit a process's memory; the time limit is everywhere.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    reading = read(sys.stdin.buffer.read(), **order)
    json.dump(dataclasses.asdict(reading), sys.stdout)


if __name__ == "__main__":
    main()

import gzip
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

from lyhord.errors import Rejected, Retriable
from lyhord.fetching import Fetcher, Limits
from lyhord.ports import Batch, Row
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.feed_reading.sandbox import read_feed

GOLDEN = Path(__file__).parents[1] / "golden" / "feeds"
NOW = datetime(2021, 9, 10, 12, tzinfo=UTC)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Web"

    def do_GET(self) -> None:
        web = self.server
        web.asked.append(self.path)
        if self.path in web.silent:
            web.stop.wait()
        status, headers, body = web.pages.get(self.path, (404, {}, b""))
        known = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
        if status == 200 and {headers.get("ETag"), headers.get("Last-Modified")} & set(known) - {
            None
        }:
            status, body = 304, b""
        web.answered.append((self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class Web(ThreadingHTTPServer):
    """A real web server on 127.0.0.1, whose pages stand in a dictionary."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, tuple[int, Mapping[str, str], bytes]] = {}
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self.answered: list[tuple[str, int]] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, named, body)
        return self.base + path

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that hang up."""

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(allow=["127.0.0.1"], limits=Limits(total=5)) as fetcher:
        yield fetcher


def feed(web: Web, fetcher: Fetcher, path: str = "/feed", **more: Any) -> FeedSource:
    settings: dict[str, Any] = {"municipality": "1780", "now": lambda: NOW} | more
    return FeedSource(name="bloggen", url=web.base + path, fetcher=fetcher, **settings)


def poll(source: FeedSource, cursor: Mapping[str, Any] | None = None) -> tuple[list[Row], Any]:
    """Poll to the end; the cursor comes back as it would from a file."""
    batches: list[Batch] = list(source.poll(cursor or {}))
    rows = [row for batch in batches for row in batch.rows]
    return rows, json.loads(json.dumps(batches[-1].cursor)) if batches else cursor


def posts(rows: list[Row]) -> list[dict[str, Any]]:
    return [dict(row.data) for row in rows if row.data is not None]


def errors(rows: list[Row]) -> list[str]:
    return [row.error for row in rows if row.error is not None]


def rss(*items: str) -> bytes:
    spaces = (
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    )
    return f'<rss version="2.0" {spaces}><channel>{"".join(items)}</channel></rss>'.encode()


def item(number: int, text: str = "Text", *more: str, at: datetime | None = NOW) -> str:
    date = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    return (
        f'<item><guid isPermaLink="false">{number}</guid>{date}'
        f"<description>{text}</description>{''.join(more)}</item>"
    )


def comments_at(url: str, count: int = 1) -> str:
    return f"<wfw:commentRss>{url}</wfw:commentRss><slash:comments>{count}</slash:comments>"


@pytest.mark.parametrize(
    "recorded", [path.name for path in GOLDEN.glob("*.xml") if "_comments" not in path.name]
)
def test_recorded_feeds_read_as_expected(web: Web, fetcher: Fetcher, recorded: str) -> None:
    for path in GOLDEN.glob("*.xml"):
        body = path.read_bytes().replace(b"http://blogg.example", web.base.encode())
        web.put(f"/{path.name}", body, Content_Type="text/xml")
    rows, _ = poll(feed(web, fetcher, f"/{recorded}", account="Bloggen", staff=["Rektorn"]))
    found = [{"line": row.line, "error": row.error} if row.error else row.data for row in rows]
    text = json.dumps(found, ensure_ascii=False, indent=2).replace(web.base, "http://blogg.example")
    expected = (GOLDEN / recorded).with_suffix(".expected.json")
    assert json.loads(text) == json.loads(expected.read_text("utf-8"))


def test_an_unchanged_feed_is_not_sent_again(web: Web, fetcher: Fetcher) -> None:
    web.put("/feed", rss(item(1)), ETag='"a"')
    web.put("/dated", rss(item(1)), Last_Modified="Fri, 10 Sep 2021 12:00:00 GMT")
    for path in ("/feed", "/dated"):
        source = feed(web, fetcher, path)
        rows, cursor = poll(source)
        assert len(posts(rows)) == 1
        rows, again = poll(source, cursor)
        assert rows == []
        assert again == cursor
    assert [status for _, status in web.answered] == [200, 304, 200, 304]


def test_validators_of_another_address_are_not_sent(web: Web, fetcher: Fetcher) -> None:
    web.put("/old", rss(item(1)), ETag='"a"')
    web.put("/new", rss(item(1), item(2)), ETag='"a"')
    _, cursor = poll(feed(web, fetcher, "/old"))
    rows, _ = poll(feed(web, fetcher, "/new"), cursor)
    assert [post["id"] for post in posts(rows)] == ["2"]


def test_only_what_is_new_or_changed_comes_again(web: Web, fetcher: Fetcher) -> None:
    clock = [NOW]
    source = feed(web, fetcher, now=lambda: clock[0])
    web.put("/feed", rss(item(1, "Lydelse ett"), item(2, "Oförändrad")))
    _, cursor = poll(source)
    clock[0] = NOW + timedelta(hours=1)
    web.put("/feed", rss(item(1, "Lydelse två"), item(2, "Oförändrad"), item(3, "Ny")))
    rows, cursor = poll(source, cursor)
    assert {post["id"]: post["text"] for post in posts(rows)} == {"1": "Lydelse två", "3": "Ny"}
    edited = next(post for post in posts(rows) if post["id"] == "1")
    assert edited["created_at"] == "2021-09-10T12:00:00Z"
    assert edited["edited_at"] == "2021-09-10T13:00:00Z"
    clock[0] = NOW + timedelta(hours=2)
    rows, _ = poll(source, cursor)
    assert rows == []


def test_a_feeds_own_time_of_an_edit_counts(web: Web, fetcher: Fetcher) -> None:
    source = feed(web, fetcher)
    entry = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>{}</title>'
        "<published>2021-09-01T10:00:00Z</published><updated>{}</updated></entry></feed>"
    )
    web.put("/feed", entry.format("Ett", "2021-09-01T10:00:00Z").encode())
    rows, cursor = poll(source)
    assert "edited_at" not in posts(rows)[0]
    web.put("/feed", entry.format("Två", "2021-09-02T10:00:00Z").encode())
    rows, cursor = poll(source, cursor)
    assert posts(rows)[0]["edited_at"] == "2021-09-02T10:00:00Z"
    web.put("/feed", entry.format("Två", "2021-09-03T10:00:00Z").encode())
    assert poll(source, cursor)[0] == []


def test_an_undated_entry_keeps_the_time_of_its_first_sight(web: Web, fetcher: Fetcher) -> None:
    clock = [NOW]
    source = feed(web, fetcher, now=lambda: clock[0])
    web.put("/feed", rss(item(1, "Ett", at=None)))
    _, cursor = poll(source)
    clock[0] = NOW + timedelta(days=3)
    web.put("/feed", rss(item(1, "Två", at=None)))
    rows, _ = poll(source, cursor)
    assert posts(rows)[0]["created_at"] == "2021-09-10T12:00:00Z"
    assert posts(rows)[0]["edited_at"] == "2021-09-13T12:00:00Z"


def test_comments_are_asked_for_while_their_feed_is_unchanged(web: Web, fetcher: Fetcher) -> None:
    source = feed(web, fetcher)
    talk = web.put("/talk", rss(item(7, "Hej")), ETag='"c1"')
    web.put("/feed", rss(item(1, "Text", comments_at(talk))), ETag='"a"')
    rows, cursor = poll(source)
    assert [(post["id"], post.get("in_reply_to")) for post in posts(rows)] == [
        ("1", None),
        ("7", "1"),
    ]
    rows, cursor = poll(source, cursor)
    assert rows == []
    assert web.answered[-2:] == [("/feed", 304), ("/talk", 304)]
    web.put("/talk", rss(item(7, "Hej"), item(8, "Svara!")), ETag='"c2"')
    rows, _ = poll(source, cursor)
    assert [(post["id"], post["author_role"]) for post in posts(rows)] == [("8", "citizen")]


def test_comments_can_be_left_out(web: Web, fetcher: Fetcher) -> None:
    talk = web.put("/talk", rss(item(7)))
    web.put("/feed", rss(item(1, "Text", comments_at(talk))))
    rows, _ = poll(feed(web, fetcher, comments=False))
    assert [post["id"] for post in posts(rows)] == ["1"]
    assert "/talk" not in web.asked


def test_comments_feeds_are_asked_politely(web: Web, fetcher: Fetcher) -> None:
    entries = [
        item(
            number,
            "Text",
            comments_at(web.put(f"/talk/{number}", rss(item(1000 + number)))),
            at=NOW - timedelta(days=number),
        )
        for number in range(40)
    ]
    silent = item(99, "Text", comments_at(web.base + "/talk/none", count=0))
    web.put("/feed", rss(*entries, silent), ETag='"a"')
    source = feed(web, fetcher)
    _, cursor = poll(source)
    first = {path for path in web.asked if path.startswith("/talk")}
    assert len(first) == 20
    assert "/talk/none" not in first
    assert "/talk/31" not in web.asked, "entries older than 30 days are left alone"
    web.asked.clear()
    poll(source, cursor)
    second = {path for path in web.asked if path.startswith("/talk")}
    assert len(second) == 20
    asked = first | second
    assert {f"/talk/{number}" for number in range(31)} <= asked, "each has its turn"
    assert "/talk/none" in asked, "an unchanged feed may tell counts of long ago"


def test_comments_on_another_host_are_read_only_if_allowed(web: Web) -> None:
    port = web.server_address[1]
    web.put("/talk", rss(item(7, "Hej")))
    talk = comments_at(f"http://kommentarer.example:{port}/talk")
    web.put("/feed", rss(item(1, "Text", talk)))

    def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    with Fetcher(allow=["127.0.0.1"], resolve=here) as fetcher:
        rows, cursor = poll(feed(web, fetcher))
        assert errors(rows)[0].startswith("comments on kommentarer.example are not read")
        assert errors(poll(feed(web, fetcher), cursor)[0]) == []
    assert "/talk" not in web.asked
    with Fetcher(allow=["127.0.0.1", "kommentarer.example"], resolve=here) as fetcher:
        rows, _ = poll(feed(web, fetcher))
    assert [post["id"] for post in posts(rows)] == ["1", "7"]


def test_a_failing_comments_feed_costs_only_itself(web: Web, fetcher: Fetcher) -> None:
    clock = [NOW]
    web.put("/gone", b"", 404)
    web.put("/busy", b"", 503, Retry_After="3600")
    web.put("/page", b"<html><p>Logga in</html>")
    web.put("/fine", rss(item(7, "Hej")))
    names = ("gone", "busy", "page", "fine")
    web.put(
        "/feed",
        rss(*(item(n, "Text", comments_at(f"{web.base}/{name}")) for n, name in enumerate(names))),
    )
    source = feed(web, fetcher, now=lambda: clock[0])
    rows, cursor = poll(source)
    assert {(row.origin.removeprefix(web.base), row.error) for row in rows if row.error} == {
        ("/gone", "127.0.0.1: HTTP 404 (Not Found)"),
        ("/busy", "127.0.0.1: HTTP 503 (Service Unavailable)"),
        ("/page", "is not a feed"),
    }
    assert "7" in [post["id"] for post in posts(rows)]

    def asked_after(wait: timedelta) -> set[str]:
        clock[0] = NOW + wait
        web.asked.clear()
        poll(source, cursor)
        return {path for path in web.asked if path != "/feed"}

    assert asked_after(timedelta(minutes=59)) == {"/fine"}
    assert asked_after(timedelta(hours=2)) == {"/fine", "/busy"}
    assert asked_after(timedelta(hours=25)) == {"/fine", "/busy", "/gone", "/page"}


def test_every_batch_carries_the_position_behind_it(web: Web, fetcher: Fetcher) -> None:
    talks = [
        comments_at(web.put(f"/talk/{n}", rss(item(100 + n)), ETag=f'"{n}"')) for n in range(3)
    ]
    web.put("/feed", rss(*(item(n, "Text", talk) for n, talk in enumerate(talks))), ETag='"a"')
    source = feed(web, fetcher)
    batches = [batch for _, batch in zip(range(3), source.poll({}), strict=False)]
    before_the_crash = [row for batch in batches for row in batch.rows]
    cursor = json.loads(json.dumps(batches[-1].cursor))
    rows, _ = poll(source, cursor)
    assert len({row.origin for row in before_the_crash + rows}) == 6
    ids = [post["id"] for post in posts(before_the_crash) + posts(rows)]
    assert sorted(ids, key=int) == ["0", "1", "2", "100", "101", "102"]


def test_a_slow_feed_ends_by_its_deadline_and_holds_up_nobody(web: Web) -> None:
    web.silent.add("/slow")
    web.put("/fast", rss(item(1)))
    caught: list[Retriable] = []

    def poll_slow() -> None:
        with (
            Fetcher(allow=["127.0.0.1"], limits=Limits(total=1)) as own,
            pytest.raises(Retriable, match="within 1 s") as failure,
        ):
            poll(feed(web, own, "/slow"))
        caught.append(failure.value)

    began = time.monotonic()
    other = threading.Thread(target=poll_slow)
    other.start()
    with Fetcher(allow=["127.0.0.1"]) as fetcher:
        assert len(posts(poll(feed(web, fetcher, "/fast"))[0])) == 1
    other.join()
    assert time.monotonic() - began < 15
    assert caught
    web.stop.set()


def test_a_feed_in_trouble_says_when_to_come_back(web: Web, fetcher: Fetcher) -> None:
    web.put("/feed", b"", 429, Retry_After="77")
    with pytest.raises(Retriable) as caught:
        poll(feed(web, fetcher))
    assert caught.value.after == 77


def test_a_feed_that_leads_inside_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.put("/feed", b"", 302, Location="http://169.254.169.254/latest/meta-data/")
    with pytest.raises(Rejected, match=r"redirects: 169\.254\.169\.254 is no public address"):
        poll(feed(web, fetcher))
    with Fetcher() as guarded, pytest.raises(Rejected, match="fetch_allow"):
        poll(feed(web, guarded))


def test_a_compressed_bomb_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.put("/feed", gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
    with pytest.raises(Rejected, match="larger than 10,000,000 bytes"):
        poll(feed(web, fetcher))


def test_of_a_huge_feed_the_newest_500_are_read(web: Web, fetcher: Fetcher) -> None:
    entries = [item(n, "Text", at=NOW - timedelta(minutes=n)) for n in range(50_000)]
    began = time.monotonic()
    for order in (1, -1):
        web.put("/feed", rss(*entries[::order]))
        rows, cursor = poll(feed(web, fetcher))
        assert errors(rows) == ["has 50,000 entries; the newest 500 are read"]
        assert {post["id"] for post in posts(rows)} == {str(n) for n in range(500)}
        assert len(json.dumps(cursor)) < 60_000
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"/>', "entities of its own"),
        (b'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]><rss/>', "entities of its"),
        (b'<rss version="2.0">' + b"<a>" * 1_000_000, "nests more than 200 elements"),
        (b"\n" * 100_000 + b"<rss>&" + b"\n" * 100_000, "is broken XML"),
        (b"", "is not a feed"),
        (bytes(100_000), "is not a feed"),
        (bytes(range(256)) * 1000, "is not a feed"),
        (b"<rss" * 100_000, "broken XML|not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "is not a feed"),
    ],
)
def test_hostile_documents_end_soon(body: bytes, reason: str) -> None:
    began = time.monotonic()
    reading = read_feed(body, url="http://x.example/", content_type=None, limit=500)
    assert time.monotonic() - began < 15
    assert not reading.entries
    assert len(reading.problems) == 1
    assert re.search(reason, reading.problems[0].reason)


def test_what_drives_the_parser_mad_is_ended() -> None:
    began = time.monotonic()
    reading = read_feed(
        b"\n<!ENTITY " * 50_000 + b"<rss>&", url="", content_type=None, limit=500, seconds=1
    )
    assert time.monotonic() - began < 15
    assert re.fullmatch(r"takes (more|longer) than . s .*", reading.problems[0].reason)

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest
import trustme

from lyhord.errors import Misuse, Rejected, Retriable
from lyhord.fetching import Fetcher, Limits, Response

LOCAL = ("127.0.0.0/8",)
Page = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Web"

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers.items()))
        self.server.pages[self.path](self)

    def answer(
        self, status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, data: bytes) -> None:
        """Write the data again and again, slowly, until the other end has gone."""
        while not self.server.stop.wait(0.02):
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


class Web(ThreadingHTTPServer):
    """A real server on 127.0.0.1 whose pages the test writes."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Page] = {}
        self.seen: list[dict[str, str]] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def page(self, path: str, *answer: Any, **more: Any) -> str:
        self.pages[path] = lambda handler: handler.answer(*answer, **more)
        return self.url(path)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that hang up: that is what the tests are about."""

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
    with Fetcher(allow=LOCAL, limits=Limits(total=5)) as fetcher:
        yield fetcher


def test_an_answer_comes_whole(web: Web, fetcher: Fetcher) -> None:
    url = web.page(
        "/feed",
        200,
        "vattenläcka".encode(),
        {"Content-Type": "text/xml", "ETag": '"1"', "Last-Modified": "yesterday"},
    )
    assert fetcher.get(url) == Response(
        url=url,
        status=200,
        body="vattenläcka".encode(),
        content_type="text/xml",
        etag='"1"',
        last_modified="yesterday",
    )
    assert "If-None-Match" not in web.seen[0]
    assert "If-Modified-Since" not in web.seen[0]


def test_the_user_agent_names_lyhord_and_whom_to_ask(web: Web) -> None:
    web.page("/", 200)
    with Fetcher(allow=LOCAL, contact="https://example.org/lyhord") as fetcher:
        fetcher.get(web.url("/"))
    assert web.seen[0]["User-Agent"] == "Lyhord (+https://example.org/lyhord)"
    with pytest.raises(Misuse, match="fetch_contact"):
        Fetcher(contact="a\r\nHost: x")


def test_validators_are_sent_back_and_304_has_no_body(web: Web, fetcher: Fetcher) -> None:
    url = web.page("/feed", 304, headers={"ETag": '"1"'})
    response = fetcher.get(url, etag='"1"', last_modified="Mon, 06 Sep 2021 12:00:00 GMT")
    assert (response.status, response.body, response.etag) == (304, b"", '"1"')
    assert web.seen[0]["If-None-Match"] == '"1"'
    assert web.seen[0]["If-Modified-Since"] == "Mon, 06 Sep 2021 12:00:00 GMT"


@pytest.mark.parametrize("etag", ["a\r\nX: y", "\0", "ett\u2603"])
def test_a_validator_cannot_smuggle_headers(web: Web, fetcher: Fetcher, etag: str) -> None:
    url = web.page("/feed", 200)
    with pytest.raises(Rejected, match="cannot be sent"):
        fetcher.get(url, etag=etag)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web: Web, fetcher: Fetcher, status: int) -> None:
    web.page("/new/feed", 200, b"here")
    url = web.page("/old", status, headers={"Location": "/new/feed#top"})
    response = fetcher.get(url)
    assert (response.body, response.url) == (b"here", web.url("/new/feed"))


def test_redirects_end_after_five(web: Web, fetcher: Fetcher) -> None:
    for hop in range(6):
        web.page(f"/{hop}", 302, headers={"Location": f"/{hop + 1}"})
    web.page("/6", 200, b"far")
    assert fetcher.get(web.url("/1")).body == b"far"
    with pytest.raises(Rejected, match="redirects more than 5 times"):
        fetcher.get(web.url("/0"))


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://10.0.0.7/admin", r"127.0.0.1 redirects: 10.0.0.7 is no public address \(private"),
        ("http://169.254.169.254/latest/meta-data", r"redirects: .* \(link-local\)"),
        ("//[::1]/", r"redirects: .* \(loopback\)"),
        ("http://[::ffff:127.0.0.1]/", r"redirects: .* \(IPv4-mapped\)"),
        ("file:///etc/passwd", "redirects: only http and https"),
        ("gopher://127.0.0.1/", "redirects: only http and https"),
        ("http://a:b@127.0.0.1/", "redirects: .*password"),
        ("http://127.0.0.1:99999/", "redirects: .*no possible port"),
        ("http://[/", "redirects: "),
        ("", "without saying where to"),
    ],
)
def test_every_hop_is_checked(web: Web, fetcher: Fetcher, location: str, reason: str) -> None:
    web.page("/start", 302, headers={"Location": location})
    with pytest.raises(Rejected, match=reason):
        fetcher.get(web.url("/start"))
    assert fetcher.get(web.page("/later", 200, b"fine")).body == b"fine"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org",
        "",
        "http://",
        "http:///x",
        "http://[/",
        "http://a%00b/",
        "http://a:b@example.org/",
        "http://a@example.org/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://\ud800/",
        "http://a\nb/",
        "x" * 100_000,
    ],
)
def test_urls_that_are_not_fetched(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(Rejected):
        fetcher.get(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "[::ffff:7f00:1]"]
)
def test_nothing_local_is_read_unless_allowed(web: Web, host: str) -> None:
    web.page("/", 200, b"secret")
    with Fetcher() as guarded, pytest.raises(Rejected, match="no public address"):
        guarded.get(web.url("/", host))
    assert not web.seen


def test_the_connection_goes_to_the_address_that_was_checked(web: Web) -> None:
    web.page("/", 200, b"here")
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    with Fetcher(allow=[f"127.0.0.1:{web.port}"], resolve=rebinding) as fetcher:
        assert fetcher.get(web.url("/", "feeds.example")).body == b"here"
    assert asked == [f"feeds.example:{web.port}"]
    assert web.seen[0]["Host"] == f"feeds.example:{web.port}"


def test_a_refused_address_does_not_spoil_an_allowed_one(web: Web) -> None:
    web.page("/", 200, b"here")
    names = {"both.example": ["10.0.0.7", "127.0.0.1"], "none.example": ["10.0.0.7", "::1"]}
    with Fetcher(allow=LOCAL, resolve=lambda host, _: names[host]) as fetcher:
        assert fetcher.get(web.url("/", "both.example")).body == b"here"
        with pytest.raises(Rejected, match=r"none.example leads to ::1, which is no public"):
            fetcher.get(web.url("/", "none.example"))


def test_allows_tells_of_hosts_named_in_the_allow_list() -> None:
    with Fetcher(allow=["comments.example:81", "127.0.0.0/8"]) as fetcher:
        assert fetcher.allows("http://comments.example:81/feed")
        assert not fetcher.allows("http://comments.example/feed")
        assert fetcher.allows("http://127.0.0.1/feed")
        assert not fetcher.allows("http://example.org/feed")
        assert not fetcher.allows("file:///etc/passwd")


def test_gzip_is_decompressed_in_all_its_members(web: Web, fetcher: Fetcher) -> None:
    body = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two") + b"\0\0"
    url = web.page("/", 200, body, {"Content-Encoding": "gzip"})
    assert fetcher.get(url).body == b"one two"


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "gzip", "ends too early"),
        (b"\x1f\x8b nonsense", "gzip", "not the gzip"),
        (b"plain", "gzip", "not the gzip"),
        (b"", "gzip", "ends too early"),
        (b"x", "br", "not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_a_body_that_is_not_compressed_as_it_says(
    web: Web, fetcher: Fetcher, body: bytes, encoding: str, reason: str
) -> None:
    url = web.page("/", 200, body, {"Content-Encoding": encoding})
    with pytest.raises(Rejected, match=reason):
        fetcher.get(url)


def test_a_gzip_bomb_is_stopped_in_little_memory(web: Web) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9, mtime=0)
    assert len(bomb) < 200_000
    url = web.page("/", 200, bomb, {"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with (
            Fetcher(allow=LOCAL, limits=Limits(max_bytes=1_000_000)) as fetcher,
            pytest.raises(Rejected, match="larger than 1,000,000 bytes"),
        ):
            fetcher.get(url)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_endless_body_is_cut_off(web: Web, encoding: str) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", encoding)
        handler.send_header("Connection", "close")
        handler.end_headers()
        # An empty stored block inflates to nothing: only the compressed count can stop it.
        handler.wfile.write(gzip.compress(b"", mtime=0)[:10])
        while True:
            handler.wfile.write(b"\x00\x00\x00\xff\xff" * 10_000)

    web.pages["/"] = endless
    with (
        Fetcher(allow=LOCAL, limits=Limits(max_bytes=1_000_000)) as fetcher,
        pytest.raises(Rejected, match="larger than 1,000,000 bytes"),
    ):
        fetcher.get(web.url("/"))


def test_a_body_of_just_the_limit_is_read(web: Web) -> None:
    web.page("/", 200, b"x" * 1000)
    web.page("/more", 200, b"x" * 1001)
    with Fetcher(allow=LOCAL, limits=Limits(max_bytes=1000)) as fetcher:
        assert len(fetcher.get(web.url("/")).body) == 1000
        with pytest.raises(Rejected, match="larger"):
            fetcher.get(web.url("/more"))


def drip_status(handler: Handler) -> None:
    handler.drip(b"H")


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    handler.drip(b"X-Slow: yes\r\n")


def drip_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    handler.drip(b"x")


def keep_silent(handler: Handler) -> None:
    handler.server.stop.wait()


@pytest.mark.parametrize("page", [drip_status, drip_headers, drip_body, keep_silent])
def test_a_slow_server_cannot_hold_longer_than_the_deadline(web: Web, page: Page) -> None:
    web.pages["/"] = page
    with Fetcher(allow=LOCAL, limits=Limits(total=0.3)) as fetcher:
        began = time.monotonic()
        with pytest.raises(Retriable, match=r"within 0\.3 s"):
            fetcher.get(web.url("/"))
        assert 0.25 < time.monotonic() - began < 4
        web.stop.set()


def test_a_slow_name_server_cannot_hold_longer_either() -> None:
    end = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        end.wait(5)
        return []

    with Fetcher(resolve=slow, limits=Limits(connect=0.1)) as fetcher:
        began = time.monotonic()
        with pytest.raises(Retriable, match="look-up takes too long"):
            fetcher.get("http://feeds.example/")
        assert time.monotonic() - began < 4
    end.set()


def test_a_slow_server_does_not_hold_up_another_thread(web: Web, fetcher: Fetcher) -> None:
    reached = threading.Event()

    def slow(handler: Handler) -> None:
        reached.set()
        handler.server.stop.wait()
        handler.answer(200, b"late")

    web.pages["/slow"] = slow
    web.page("/fast", 200, b"fast")
    bodies: list[bytes] = []
    other = threading.Thread(target=lambda: bodies.append(fetcher.get(web.url("/slow")).body))
    other.start()
    assert reached.wait(5)
    assert fetcher.get(web.url("/fast")).body == b"fast"
    assert not bodies
    web.stop.set()
    other.join()
    assert bodies == [b"late"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 451, 300, 305])
def test_a_server_that_says_no_is_reported(web: Web, fetcher: Fetcher, status: int) -> None:
    with pytest.raises(Rejected, match=rf"127\.0\.0\.1: HTTP {status}"):
        fetcher.get(web.page("/", status))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520])
def test_a_server_in_trouble_is_asked_again(web: Web, fetcher: Fetcher, status: int) -> None:
    with pytest.raises(Retriable, match=f"HTTP {status}") as caught:
        fetcher.get(web.page("/", status))
    assert caught.value.after == 60


def test_each_failure_in_a_row_doubles_the_wait_until_one_succeeds(
    web: Web, fetcher: Fetcher
) -> None:
    waits = []
    web.page("/", 500)
    for _ in range(9):
        with pytest.raises(Retriable) as caught:
            fetcher.get(web.url("/"))
        waits.append(caught.value.after)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    web.page("/", 200)
    fetcher.get(web.url("/"))
    web.page("/", 500)
    with pytest.raises(Retriable) as caught:
        fetcher.get(web.url("/"))
    assert caught.value.after == 60


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 1),
        ("86401", 86_400),
        ("9" * 500, 86_400),
        ("Mon, 06 Sep 2021 12:00:00 GMT", 1),
        ("Fri, 31 Dec 2199 23:59:59 GMT", 86_400),
        ("soon", 60),
        ("-5", 60),
        ("١٢", 60),
        ("", 60),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_but_for_a_day_at_most(
    web: Web, fetcher: Fetcher, status: int, value: str, after: float
) -> None:
    web.pages["/"] = lambda handler: handler.answer(
        status, headers={"Retry-After": value.encode().decode("latin-1")}
    )
    with pytest.raises(Retriable) as caught:
        fetcher.get(web.url("/"))
    assert caught.value.after == after


def test_retry_after_may_be_a_date(web: Web, fetcher: Fetcher) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    with pytest.raises(Retriable) as caught:
        fetcher.get(web.page("/", 429, headers={"Retry-After": then}))
    assert 290 < caught.value.after <= 300


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000,
    ],
)
def test_a_broken_answer_is_asked_for_again(web: Web, fetcher: Fetcher, data: bytes) -> None:
    def broken(handler: Handler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    web.pages["/"] = broken
    with pytest.raises(Retriable):
        fetcher.get(web.url("/"))


def test_a_closed_port_and_an_unknown_name_are_tried_again(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Retriable):
            fetcher.get(f"http://127.0.0.1:{unused.getsockname()[1]}/")

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with (
        Fetcher(resolve=unknown) as other,
        pytest.raises(Retriable, match=r"feeds.example: the name cannot be resolved"),
    ):
        other.get("http://feeds.example/")


def test_a_certificate_counts_for_the_name_not_the_address(
    web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("feeds.example").configure_cert(context)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    web.page("/", 200, b"in confidence")

    def everything_here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    with (
        Fetcher(allow=LOCAL, resolve=everything_here) as stranger,
        pytest.raises(Retriable, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        stranger.get(web.url("/", "feeds.example", "https"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Fetcher(allow=LOCAL, resolve=everything_here) as fetcher:
        assert fetcher.get(web.url("/", "feeds.example", "https")).body == b"in confidence"
        with pytest.raises(Retriable, match="CERTIFICATE_VERIFY_FAILED"):
            fetcher.get(web.url("/", "other.example", "https"))

"""The fetcher: guarded, bounded GET requests."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import httpcore2
import httpx2

from lyhord.errors import Misuse, Rejected, Retriable
from lyhord.fetching.addresses import AddressGuard
from lyhord.fetching.answers import Response, body, header, named, retry_after
from lyhord.fetching.connections import Deadline, GuardedBackend, Resolve, resolve

MAX_REDIRECTS = 5
_FIRST_WAIT, _LONGEST_WAIT = 60.0, 3_600.0
_MAX_REMEMBERED = 1_000
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SUCCESS, _SERVER_ERROR = 2, 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much: seconds to reach one address, seconds and bytes of a whole `get`."""

    connect: float = 10.0
    total: float = 30.0
    max_bytes: int = 10_000_000


class Fetcher:
    """Fetches over HTTP from public addresses and those that `allow` names; threads may share it.

    Every host is resolved once a connection and the connection goes to the address that was
    checked, redirects included. Proxies from the environment are not used, as they would connect
    in our place.

    Args:
        allow: hosts, addresses and networks that may be read although they are not public
            (see `AddressGuard`).
        contact: an address or page for the sites' keepers, named in the User-Agent.
        limits: bounds of every `get`; bytes count compressed and decompressed, the time runs
            from the first look-up to the last byte.
        resolve: how a host's addresses are found.

    Raises:
        Misuse: `allow` or `contact` cannot be meant.

    """

    def __init__(
        self,
        *,
        allow: Sequence[str] = (),
        contact: str = "",
        limits: Limits = Limits(),
        resolve: Resolve = resolve,
    ) -> None:
        if not (contact.isascii() and contact.isprintable()):
            raise Misuse("fetch_contact: only printable ASCII can stand in an HTTP header")
        self._agent = f"Lyhord (+{contact})" if contact else "Lyhord"
        self._guard = AddressGuard(allow)
        self._limits = limits
        self._deadline = Deadline()
        self._failures: dict[str, int] = {}
        self._lock = threading.Lock()
        self._pool = httpcore2.ConnectionPool(
            network_backend=GuardedBackend(self._guard, self._deadline, resolve),
            ssl_context=httpcore2.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=10,
            keepalive_expiry=5.0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.close()

    def allows(self, url: str) -> bool:
        """Tell whether the allow-list has the URL's very host."""
        try:
            parsed = _checked(url)
        except Rejected:
            return False
        return self._guard.names(parsed.host, _port(parsed))

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Response:
        """Fetch a URL, following at most five redirects.

        Args:
            url: http or https, without user information.
            etag: the validator of an earlier answer; a server that knows it answers 304.
            last_modified: the same, as that answer's Last-Modified.

        Raises:
            Retriable: no answer in time, a failing network or server, or one that asks to wait;
                `after` is what it asked for (at most a day), else doubles with each failure in a
                row from a minute to an hour.
            Rejected: the URL, its address or a redirect is refused, the server says no
                (401, 403, 404, 410, …), or the body is too large or cannot be decompressed.

        """
        first = _checked(url)
        headers = [
            (b"User-Agent", self._agent.encode("ascii")),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip"),
        ]
        self._deadline.start(self._limits.total)
        try:
            if etag:
                headers.append((b"If-None-Match", etag.encode("latin-1")))
            if last_modified:
                headers.append((b"If-Modified-Since", last_modified.encode("latin-1")))
            response = self._follow(first, headers)
        except (httpcore2.LocalProtocolError, UnicodeEncodeError) as error:
            raise Rejected(f"{first.host}: the request cannot be sent ({error})") from error
        except httpcore2.TimeoutException as error:
            reason = f"no whole answer within {self._limits.total:g} s ({error or 'silence'})"
            raise self._again(first, reason) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise self._again(first, str(error) or type(error).__name__) from error
        with self._lock:
            self._failures.pop(str(first), None)
        return response

    def _follow(self, first: httpx2.URL, headers: list[tuple[bytes, bytes]]) -> Response:
        url = first
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._request(url, headers, first)
            except Rejected as refusal:
                if url == first:
                    raise
                raise Rejected(f"{first.host} redirects: {refusal}") from None
            if isinstance(answer, Response):
                return answer
            url = answer
        raise Rejected(f"{first.host} redirects more than {MAX_REDIRECTS} times")

    def _request(
        self, url: httpx2.URL, headers: list[tuple[bytes, bytes]], first: httpx2.URL
    ) -> Response | httpx2.URL:
        """Give the answer of one hop, or where it sends us."""
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        with self._pool.stream(
            "GET",
            target,
            headers=[(b"Host", url.netloc), *headers],
            extensions={"timeout": {"connect": self._limits.connect}},
        ) as answer:
            status = answer.status
            if status in _REDIRECTS:
                return _redirect(answer, url)
            if status in _TRY_AGAIN or status // 100 == _SERVER_ERROR:
                raise self._again(first, named(status), retry_after(answer))
            if status // 100 != _SUCCESS and status != HTTPStatus.NOT_MODIFIED:
                raise Rejected(f"{url.host}: {named(status)}")
            return Response(
                url=str(url),
                status=status,
                body=b""
                if status == HTTPStatus.NOT_MODIFIED
                else body(answer, url.host, self._limits.max_bytes),
                content_type=header(answer, b"content-type"),
                etag=header(answer, b"etag"),
                last_modified=header(answer, b"last-modified"),
            )

    def _again(self, url: httpx2.URL, reason: str, waits: float | None = None) -> Retriable:
        with self._lock:
            count = self._failures.pop(str(url), 0)
            self._failures[str(url)] = count + 1
            if len(self._failures) > _MAX_REMEMBERED:
                del self._failures[next(iter(self._failures))]
        if waits is None:
            waits = min(_FIRST_WAIT * 2 ** min(count, 10), _LONGEST_WAIT)
        return Retriable(f"{url.host}: {reason}", after=waits)


def _checked(url: str, *, base: httpx2.URL | None = None) -> httpx2.URL:
    try:
        parsed = base.join(url) if base else httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise Rejected(f"{url[:200]!r} is not a URL ({error})") from None
    if parsed.scheme not in _DEFAULT_PORTS:
        raise Rejected(f"only http and https are fetched, not {parsed.scheme[:40]!r}")
    if parsed.userinfo:
        raise Rejected("a URL with a user name or a password in it is not fetched")
    if not _HOST.fullmatch(parsed.raw_host) or not 0 < _port(parsed) < 1 << 16:
        raise Rejected(f"{url[:200]!r} names no host or no possible port")
    return parsed.copy_with(fragment=None)


def _port(url: httpx2.URL) -> int:
    return _DEFAULT_PORTS[url.scheme] if url.port is None else url.port


def _redirect(answer: httpcore2.Response, url: httpx2.URL) -> httpx2.URL:
    location = header(answer, b"location")
    if not location:
        raise Rejected(f"{url.host}: {named(answer.status)} without saying where to")
    try:
        # Servers send non-ASCII paths as UTF-8, whatever the standard of headers says.
        return _checked(location.encode("latin-1").decode("utf-8", "replace"), base=url)
    except Rejected as refusal:
        raise Rejected(f"{url.host} redirects: {refusal}") from None

"""Answers: an HTTP answer's headers, its wish to wait, and its body within bounds."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpcore2

from lyhord.errors import Rejected

DAY = 86_400.0
"""Seconds; no server can send us away for longer."""
_MAX_HEADER = 2_000
_GZIP, _GZIP_ONLY = b"\x1f\x8b", 31
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: the final URL, and with status 304 an empty body."""

    url: str
    status: int
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None


def header(answer: httpcore2.Response, name: bytes) -> str | None:
    """Give a header by its lower-case name; None where it is missing or absurdly long."""
    for key, value in answer.headers:
        if key.lower() == name and len(value) <= _MAX_HEADER:
            return value.decode("latin-1")
    return None


def named(status: int) -> str:
    """Give a status in words: `HTTP 404 (Not Found)`."""
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"


def retry_after(answer: httpcore2.Response) -> float | None:
    """Give the seconds that Retry-After asks for: from one to a day; None where it does not say.

    It is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
    """
    value = header(answer, b"retry-after")
    if value is None:
        return None
    value = value.strip()[:40]
    if value.isascii() and value.isdigit():
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 1.0), DAY)


def body(answer: httpcore2.Response, host: str, limit: int) -> bytes:
    """Read and decompress the body.

    Args:
        answer: an answer whose body is still to come.
        host: what an error calls the server.
        limit: most bytes, counted compressed and decompressed; reading stops there.

    Raises:
        Rejected: the body is larger, or is not compressed as it says.

    """
    encoding = (header(answer, b"content-encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise Rejected(f"{host}: answers in an encoding not asked for ({encoding[:40]!r})")
    chunks = _bounded(answer.iter_stream(), limit, host)
    if encoding != "identity":
        chunks = _bounded(_inflated(chunks, host), limit, host)
    return b"".join(chunks)


def _bounded(chunks: Iterable[bytes], limit: int, host: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Rejected(f"{host}: the body is larger than {limit:,} bytes")
        yield chunk


def _inflated(chunks: Iterable[bytes], host: str) -> Iterator[bytes]:
    """Decompress gzip (RFC 1952, several members too) in small pieces, however dense it is."""
    inflater = zlib.decompressobj(wbits=_GZIP_ONLY)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if inflater.eof:
                    if not rest.startswith(_GZIP):
                        return
                    inflater = zlib.decompressobj(wbits=_GZIP_ONLY)
                yield inflater.decompress(rest, _PIECE)
                rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    except zlib.error as error:
        raise Rejected(f"{host}: the body is not the gzip that it claims to be") from error
    yield inflater.flush()
    if not inflater.eof:
        raise Rejected(f"{host}: the compressed body ends too early")

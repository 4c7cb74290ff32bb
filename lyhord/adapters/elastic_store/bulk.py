"""Bulk requests: cut to a bearable size, answered item by item whatever becomes of the whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from elasticsearch import ApiError, Elasticsearch

_MOST_BYTES = 16 * 2**20
"""Of one request: Elasticsearch takes 100 MB at most, and holds it in memory meanwhile."""
_HEADERS = {"content-type": "application/x-ndjson", "accept": "application/json"}
_FILTER = "errors,items.*.status,items.*.error"
_BAD, _TOO_LARGE = 400, 413
_CONFLICT, _BUSY, _FORBIDDEN, _SERVER = 409, 429, 403, 500


class Operation(NamedTuple):
    """One action of a bulk request, and its document where it has one."""

    action: Mapping[str, Any]
    body: Mapping[str, Any] | None = None


class Answer(NamedTuple):
    """What came of an operation: an HTTP status, and why where it failed."""

    status: int
    reason: str = ""

    @property
    def conflict(self) -> bool:
        """Tell whether somebody else has changed the document."""
        return self.status == _CONFLICT

    @property
    def busy(self) -> bool:
        """Tell whether the same may succeed later (a full disk forbids with 403 or 429)."""
        return self.status in (_BUSY, _FORBIDDEN) or self.status >= _SERVER


def send(client: Elasticsearch, operations: Sequence[Operation]) -> list[Answer]:
    """Send operations in order; give the answers in the same order.

    Raises:
        ApiError, TransportError: Elasticsearch cannot be reached, or takes nothing now.

    """
    return [answer for part in _parts(operations) for answer in _sent(client, part)]


def _sent(client: Elasticsearch, lines: Sequence[bytes]) -> list[Answer]:
    """Send the lines of some operations; of a request that is refused whole, find the culprit."""
    try:
        found: Any = client.perform_request(
            "POST",
            "/_bulk",
            params={"filter_path": _FILTER},
            headers=_HEADERS,
            body=b"".join(lines),
        ).body
    except ApiError as error:
        if error.status_code not in (_BAD, _TOO_LARGE):
            raise
        if len(lines) == 1:
            return [Answer(_BAD, str(error))]
        middle = len(lines) // 2
        return _sent(client, lines[:middle]) + _sent(client, lines[middle:])
    if not found["errors"]:
        return [Answer(200)] * len(lines)
    return [_answer(*item.values()) for item in found["items"]]


def _answer(result: Mapping[str, Any]) -> Answer:
    error = result.get("error")
    if not error:
        return Answer(result["status"])
    # What follows there is what the post holds.
    reason, _, _ = error.get("reason", "").partition(" Preview of field's value")
    return Answer(result["status"], f"{error['type']}: {reason}")


def _parts(operations: Sequence[Operation]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for action, body in operations:
        lines = b"%s\n" % orjson.dumps(action)
        if body is not None:
            lines += b"%s\n" % orjson.dumps(body)
        if part and size + len(lines) > _MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(lines)
        size += len(lines)
    if part:
        yield part

"""JSON Lines: one object a line; a bad line costs only itself."""

from collections.abc import Iterator
from typing import BinaryIO

from lyhord import strict_json
from lyhord.errors import Rejected
from lyhord.ports import Row
from services.ingest.sources.lines import MAX_LINE, read_lines


def read_jsonl(stream: BinaryIO, origin: str) -> Iterator[Row]:
    """Give a row for every line that is not blank.

    Args:
        stream: the bytes; a byte-order mark and CRLF are fine.
        origin: what the rows are said to come from.

    """
    for number, line in read_lines(stream):
        if line is None:
            yield Row(origin, number, error=f"the line is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip():
            continue
        try:
            value = strict_json.loads(line)
        except Rejected as refusal:
            yield Row(origin, number, error=str(refusal))
            continue
        if isinstance(value, dict):
            yield Row(origin, number, data=value)
        else:
            yield Row(origin, number, error="is not an object with fields")

"""CSV: header = field names, nested ones dotted, lists joined by `|`; UTF-8 or Windows-1252."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from lyhord.formulas import unguard
from lyhord.model import Metrics, Post
from lyhord.ports import Row
from services.ingest.sources.lines import MAX_LINE, read_lines

MAX_RECORD_LINES = 100_000
"""Physical lines that one record may span; beyond, its quote counts as never closed."""
_PATIENCE = 8
"""Lines that may be read in vain behind quotes that are never closed, for each line of the file:
hostile quotes cost a fixed multiple of the file's size, not its square."""
_SAMPLE_LINES, _SAMPLE_BYTES = 10_000, 1 << 24
_BOOLEANS = {"true": True, "false": False}
_NUMBERS = tuple(f"metrics.{name}" for name in Metrics.model_fields)
FIELDS = frozenset({*Post.model_fields, *_NUMBERS} - {"metrics"})
"""The columns that make a post."""
_LISTS = frozenset({"redactions"})

_BARE_CR = "\udc0d"
"""Stands in for a carriage return inside a line, which the csv module takes for a line's end."""

_NEVER_CLOSED = "a quote that is opened here is never closed"

Line = tuple[int, bytes | None]


def read_csv(stream: BinaryIO, origin: str) -> Iterator[Row]:
    """Give a row for every record, numbered by the physical line where it starts.

    The encoding and the delimiter (`,`, `;` or tab) are found by looking. An empty cell is a
    missing value, and a `'` before a formula is no part of the cell. A record that cannot be read
    costs only itself, unless it is the header.
    """
    lines = read_lines(stream)
    sample = _sample(lines)
    records = _Records(sample, lines, _encoding(sample))
    header: list[str] | None = None
    for start, cells, error in records:
        if error is None and not cells:
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            if problem := error or _header_problem(header):
                yield Row(origin, start, error=f"the header: {problem}")
                return
        elif error is not None:
            yield Row(origin, start, error=error)
        elif len(cells) != len(header):
            yield Row(
                origin, start, error=f"has {len(cells)} cells where the header has {len(header)}"
            )
        else:
            yield Row(origin, start, data=nest(dict(zip(header, map(unguard, cells), strict=True))))


def nest(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted columns of text into the fields of a post, and leave other columns as they are.

    Of a post's fields, empty ones are left out, but for `text`.
    """
    fields: dict[str, Any] = {}
    for name, cell in cells.items():
        if cell == "" and name in FIELDS and name != "text":
            continue
        outer, _, inner = name.partition(".")
        if outer == "metrics" and inner:
            fields.setdefault(outer, {})[inner] = _value(name, cell)
        else:
            fields[name] = _value(name, cell)
    return fields


def _value(name: str, cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    if name in ("deleted", "truncated"):
        return _BOOLEANS.get(cell.lower(), cell)
    if name in _NUMBERS and cell.isascii() and cell.isdigit():
        return int(cell[:20])
    if name in _LISTS:
        return cell.split("|")
    return cell


def _sample(lines: Iterator[Line]) -> deque[Line]:
    sample: deque[Line] = deque()
    left = _SAMPLE_BYTES
    for line in islice(lines, _SAMPLE_LINES):
        sample.append(line)
        left -= len(line[1] or b"")
        if left < 0:
            break
    return sample


def _encoding(sample: deque[Line]) -> str:
    """Find UTF-8 unless more lines speak against it than for it (Windows-1252 then)."""
    good = bad = 0
    for _, line in sample:
        if line is None or line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return "cp1252" if bad > good else "utf-8"


def _header_problem(header: list[str]) -> str | None:
    if "" in header:
        return "has a column without a name"
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        return f"names {twice!r} twice"
    return None


@dataclass(slots=True)
class _RecordError(Exception):
    reason: str


class _Records:
    """CSV records over physical lines, able to go back when a record turns out to be none."""

    def __init__(self, ahead: deque[Line], rest: Iterator[Line], encoding: str) -> None:
        self._ahead, self._rest, self._encoding = ahead, rest, encoding
        self._taken: list[Line] = []
        self._problem: str | None = None
        self._patience = MAX_RECORD_LINES
        self._delimiter = self._find_delimiter()
        csv.field_size_limit(MAX_LINE)

    def __iter__(self) -> Iterator[tuple[int, list[str], str | None]]:
        reader = self._reader()
        while True:
            self._taken.clear()
            self._problem = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RecordError) as error:
                first, *rest = self._taken
                self._ahead.extendleft(reversed(rest))
                self._spend(len(rest) - _PATIENCE)
                reader = self._reader()
                yield first[0], [], _reason(error)
                continue
            self._spend(-_PATIENCE * len(self._taken))
            start = self._taken[0][0]
            yield start, [cell.replace(_BARE_CR, "\r") for cell in cells], self._problem

    def _spend(self, lines: int) -> None:
        self._patience = min(max(self._patience - lines, 0), MAX_RECORD_LINES)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        while (line := self._next()) is not None:
            self._taken.append(line)
            if line[1] is None:
                raise _RecordError(f"the line is longer than {MAX_LINE:,} bytes")
            if len(self._taken) - 1 > self._patience:
                raise _RecordError(_NEVER_CLOSED)
            yield self._text(line[1]).replace("\r", _BARE_CR) + "\n"

    def _text(self, line: bytes) -> str:
        # What cannot be read must not end a record in the middle: its rest is no record.
        if b"\0" in line:
            self._problem = "contains a NUL byte"
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError as error:
            self._problem = f"is not valid {self._encoding} (byte {error.start + 1} of a line)"
            return line.decode(self._encoding, errors="replace")

    def _next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._rest, None)

    def _find_delimiter(self) -> str:
        header = next((line for _, line in self._ahead if line), b"")
        counts = {mark: header.count(mark.encode()) for mark in ",;\t"}
        return max(counts, key=lambda mark: counts[mark])


def _reason(error: Exception) -> str:
    if isinstance(error, _RecordError):
        return error.reason
    if "unexpected end of data" in str(error):
        return _NEVER_CLOSED
    return f"is not valid CSV: {error}"

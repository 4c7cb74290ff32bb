"""Exporting: rows out as JSON Lines, CSV or a workbook, in bounded memory, for command and page."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from lyhord.exporting.tables import POSTS, THREADS, Table, flatten

__all__ = ["FORMS", "MEDIA_TYPES", "POSTS", "THREADS", "Form", "Table", "export"]

Form = Literal["jsonl", "csv", "xlsx"]
FORMS: tuple[Form, ...] = ("jsonl", "csv", "xlsx")
MEDIA_TYPES: Mapping[Form, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CHUNK = 65_536


def export(
    rows: Iterable[Mapping[str, Any]],
    form: Form,
    *,
    table: Table = POSTS,
    asked: Mapping[str, str] | None = None,
    more: Sequence[str] = (),
) -> Iterator[bytes]:
    """Give rows as the bytes of a file, piece by piece; a workbook begins when all rows are read.

    Args:
        rows: posts or threads in read-out form.
        form: JSON Lines; CSV (RFC 4180, UTF-8), formulas made harmless; or XLSX.
        table: which columns CSV and XLSX have, and what a workbook calls them.
        asked: what was asked for, by name, for the workbook's sheet that tells it.
        more: empty columns behind the others, in CSV.

    """
    if form == "xlsx":
        from lyhord.exporting.workbook import workbook

        return workbook(rows, asked or {}, table)
    return _joined(_json_lines(rows) if form == "jsonl" else _csv_lines(rows, table, more))


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    import orjson

    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


class _Echo:
    """A file that gives back what is written to it, so that `writerow` does."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(
    rows: Iterable[Mapping[str, Any]], table: Table, more: Sequence[str]
) -> Iterator[bytes]:
    columns = (*table.columns, *more)
    writer: Any = csv.DictWriter(_Echo(), columns, restval="", lineterminator="\r\n")
    yield writer.writeheader().encode()
    for row in rows:
        yield writer.writerow(flatten(row)).encode()


def _joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    for line in lines:
        chunk += line
        if len(chunk) >= _CHUNK:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)

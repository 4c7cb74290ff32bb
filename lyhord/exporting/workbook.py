"""XLSX out: read-out rows as a workbook, with a sheet that says what was asked, and how many.

Texts are written as texts: nothing in them is a formula or a link. What a sheet cannot hold goes
on in the next; what a cell cannot hold is cut, and the last sheet says so.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from lyhord import times
from lyhord.exporting.tables import Table, flatten

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
"""Excel's limits: characters of a cell, rows of a sheet (the header is one)."""
_CHUNK = 65_536


def workbook(
    rows: Iterable[Mapping[str, Any]], asked: Mapping[str, str], table: Table
) -> Iterator[bytes]:
    """Give read-out rows as the bytes of a workbook, made in a file so that memory is bounded.

    Args:
        rows: the posts or threads.
        asked: what was asked for, by name, for the sheet that tells it.
        table: the columns, and what the sheets are called.

    """
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        _tell(book, asked, _Rows(book, table).write(rows))
        book.close()
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


class _Rows:
    """The rows' sheets: another one begins where one is full."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table) -> None:
        self._book = book
        self._table = table
        self._bold = book.add_format({"bold": True})
        self._sheets = 0

    def write(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Write them; give what there is to tell."""
        count = cut = 0
        models: set[str] = set()
        sheet = self._begin()
        at = 1
        for row in rows:
            if at == MOST_ROWS:
                sheet, at = self._begin(), 1
            texts = flatten(row, str)
            for column, name in enumerate(self._table.columns):
                text, value = texts.get(name, ""), row.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(at, column, value)
                elif text:
                    cut += len(text) > LONGEST_CELL
                    sheet.write_string(at, column, text[:LONGEST_CELL])
            if "model" in row:
                models.add(row["model"])
            count, at = count + 1, at + 1
        told = {self._table.counted: str(count)}
        told |= {"Taggat av": ", ".join(sorted(models))} if models else {}
        return told | ({"Avkortade celler": str(cut)} if cut else {})

    def _begin(self) -> Any:
        self._sheets += 1
        number = f" {self._sheets}" if self._sheets > 1 else ""
        sheet = self._book.add_worksheet(self._table.sheet + number)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(self._table.columns):
            sheet.write_string(0, column, name, self._bold)
        return sheet


def _tell(book: xlsxwriter.Workbook, asked: Mapping[str, str], told: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("Om urvalet")
    sheet.set_column(0, 1, 30)
    when = {"Skapad": times.format_utc(datetime.now(UTC).replace(microsecond=0))}
    for row, (name, text) in enumerate({**asked, **when, **told}.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, text[:LONGEST_CELL])

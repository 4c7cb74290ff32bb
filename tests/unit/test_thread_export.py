"""`lyhord threads` as a file: the columns of `--json`, harmless, and what the sheet tells."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from click.testing import CliRunner, Result

from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.exporting import THREADS
from services.cli.app import app
from tests.contract.test_threads import post

NOW = "2026-03-05T12:00:00Z"
EVIL = "=HYPERLINK(1)"


@pytest.fixture
def threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    store = TantivyStore(tmp_path / "index", write=True)
    values = [post("q1", needs=True), post("a1", 60, to="q1", official=True)]
    values += [post(EVIL, 5, needs=True, source=EVIL), post("i1", 7)]
    assert not any(store.upsert(values))
    store.flush()
    store.close()
    monkeypatch.setenv("LYHORD_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> Result:
        return CliRunner().invoke(app, ["threads", "--now", NOW, *options])

    return run


def test_a_table_has_what_a_json_line_has(threads: Any) -> None:
    lines = [orjson.loads(line) for line in threads("--json").stdout_bytes.splitlines()]
    assert [tuple(line) for line in lines] == [THREADS.columns] * 3
    rows = list(csv.DictReader(io.StringIO(threads("--format", "csv").stdout, newline="")))
    assert [row["thread_id"] for row in rows] == [f"'{EVIL}:{EVIL}", "forum:q1", "forum:i1"]
    for row, line in zip(rows, lines, strict=True):
        cells = {name: "" if value is None else str(value) for name, value in line.items()}
        assert row | {"thread_id": row["thread_id"].removeprefix("'")} == cells


def test_a_workbook_says_what_it_is_of(threads: Any) -> None:
    content = threads("--format", "xlsx", "--status", "unanswered").stdout_bytes
    sheet, about = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    header, *rows = sheet.iter_rows()
    assert (sheet.title, tuple(cell.value for cell in header)) == ("Trådar", THREADS.columns)
    [[first, *_]] = rows
    assert (first.value, first.data_type) == (f"{EVIL}:{EVIL}", "s")
    told = dict(about.values)
    assert told.pop("Skapad").endswith("Z")
    assert told == {
        "Läget": NOW,
        "--status": "unanswered",
        "--sort": "waiting",
        "Antal trådar": "1",
    }


def test_one_form_at_a_time(threads: Any) -> None:
    assert "either --json or --format" in str(threads("--json", "--format", "csv").exception)

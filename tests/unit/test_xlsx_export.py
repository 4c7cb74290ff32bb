"""Workbooks: every post, as text, with a sheet that says what was asked."""

import io
from typing import Any

import openpyxl
import pytest

from lyhord.exporting import POSTS, export, workbook
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.readout import readout
from lyhord.times import parse

COLUMNS = POSTS.columns


def row(number: int, text: str) -> dict[str, Any]:
    moment = parse("2026-03-01T12:00:00Z")
    post = Post(
        source="forum",
        id=str(number),
        municipality="1880",
        text=text,
        created_at=moment,
        fetched_at=moment,
    )
    tags = Tags(
        lang="sv",
        topic="ovrigt",
        sentiment=Sentiment(label="negative", score=-0.5),
        kind="other",
        needs_answer=True,
        lemmas="",
        fingerprint="0",
        model="test-1",
    )
    return readout(Tagged(post=post, tags=tags).model_dump(mode="json"))


def read(rows: list[dict[str, Any]], **asked: str) -> tuple[list[list[Any]], dict[str, str]]:
    out = io.BytesIO(b"".join(export(rows, "xlsx", asked=asked)))
    *sheets, about = openpyxl.load_workbook(out).worksheets
    cells = [[cell.value for cell in line] for sheet in sheets for line in sheet.iter_rows()]
    return cells, {line[0].value: line[1].value for line in about.iter_rows()}


@pytest.mark.parametrize(
    "text", ["=1+1", "-5", "@SUM(A1)", "https://example.com", "0123", "a\nb", "å 😡"]
)
def test_texts_come_back_as_they_were(text: str) -> None:
    cells, _ = read([row(1, text)])
    assert cells[0] == list(COLUMNS)
    found = dict(zip(COLUMNS, cells[1], strict=True))
    assert found["text"] == text
    assert (found["id"], found["needs_answer"], found["sentiment.score"]) == (
        "forum:1",
        "true",
        "-0.5",
    )


def test_the_last_sheet_says_what_was_asked() -> None:
    _, about = read([row(n, "hej") for n in range(3)], Fråga="=hej")
    assert about["Fråga"] == "=hej"
    assert about["Antal inlägg"] == "3"
    assert about["Taggat av"] == "test-1"
    assert about["Skapad"].endswith("Z")


def test_nothing_found_is_a_workbook_too() -> None:
    cells, about = read([])
    assert cells == [list(COLUMNS)]
    assert about["Antal inlägg"] == "0"


def test_a_full_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    cells, about = read([row(n, f"nr {n}") for n in range(5)])
    texts = [line[COLUMNS.index("text")] for line in cells]
    assert texts == ["text", "nr 0", "nr 1", "text", "nr 2", "nr 3", "text", "nr 4"]
    assert about["Antal inlägg"] == "5"


def test_what_a_cell_cannot_hold_is_told() -> None:
    cells, about = read([row(1, "x" * 40_000)])
    assert len(cells[1][COLUMNS.index("text")]) == workbook.LONGEST_CELL
    assert about["Avkortade celler"] == "1"

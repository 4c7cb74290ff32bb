"""The watched folder: each file once for each content, and no file harms another."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lyhord.errors import Rejected
from lyhord.ports import Row
from services.ingest.columns import Columns
from services.ingest.sources.folder import FolderSource

ROW = '{"id": "1"}\n'


class Watched:
    """A folder source with the cursor that a runner would keep for it."""

    def __init__(self, path: Path, columns: Columns | None = None) -> None:
        self.path, self.cursor = path, dict[str, Any]()
        self._columns = columns or Columns()
        self.restart()

    def restart(self) -> None:
        self.source = FolderSource(name="inbox", path=self.path, interval=1, columns=self._columns)

    def poll(self) -> list[Row]:
        rows: list[Row] = []
        for batch in self.source.poll(self.cursor):
            rows += batch.rows
            self.cursor = self.keep(batch.cursor)
        return rows

    def settled(self) -> list[Row]:
        """Poll twice: a file is taken when it has stood still between two polls."""
        return self.poll() + self.poll()

    @staticmethod
    def keep(cursor: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(json.dumps(cursor).encode())
        return kept


@pytest.fixture
def inbox(tmp_path: Path) -> Watched:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Watched(folder)


def test_files_of_every_known_form_are_read(inbox: Watched) -> None:
    (inbox.path / "a.jsonl").write_text(ROW)
    (inbox.path / "b.NDJSON").write_text(ROW)
    (inbox.path / "c.csv").write_text("id,text\n1,hej\n")
    (inbox.path / "d.tsv").write_text("id\ttext\n1\thej\n")
    (inbox.path / "e.txt").write_text(ROW)
    (inbox.path / "f.csv.part").write_text(ROW)
    (inbox.path / "g.csv").mkdir()
    (inbox.path / "h.jsonl").symlink_to(inbox.path / "nowhere")
    os.mkfifo(inbox.path / "i.jsonl")
    rows = inbox.settled()
    assert [Path(row.origin).name for row in rows] == ["a.jsonl", "b.NDJSON", "c.csv", "d.tsv"]
    assert [row.error for row in rows] == [None] * 4
    assert Path(rows[0].origin).is_absolute()


def test_a_file_is_taken_once_also_after_a_restart(inbox: Watched) -> None:
    (inbox.path / "a.jsonl").write_text(ROW)
    assert inbox.poll() == []
    assert len(inbox.poll()) == 1
    assert inbox.settled() == []
    inbox.restart()
    assert inbox.settled() == []


def test_a_file_that_still_grows_is_left_until_it_rests(inbox: Watched) -> None:
    file = inbox.path / "a.jsonl"
    for size in range(1, 4):
        file.write_text(ROW * size)
        assert inbox.poll() == []
    assert len(inbox.poll()) == 3


def test_a_changed_file_is_read_again_from_its_beginning(inbox: Watched) -> None:
    file = inbox.path / "a.jsonl"
    file.write_text(ROW)
    inbox.settled()
    file.write_text(ROW.replace("1", "2"))
    os.utime(file, ns=(0, 0))
    assert [row.data for row in inbox.settled()] == [{"id": "2"}]
    with file.open("a") as more:
        more.write(ROW)
    assert [row.line for row in inbox.settled()] == [1, 2]


def test_the_position_moves_when_a_file_is_done_and_not_before(inbox: Watched) -> None:
    (inbox.path / "a.jsonl").write_text(ROW * 2500)
    (inbox.path / "b.jsonl").write_text(ROW)
    inbox.poll()
    batches = list(inbox.source.poll({}))
    assert [len(batch.rows) for batch in batches] == [1000, 1000, 500, 0, 1, 0]
    assert [sorted(batch.cursor) for batch in batches] == (
        [[], [], [], ["a.jsonl"], ["a.jsonl"], ["a.jsonl", "b.jsonl"]]
    )


def test_after_a_crash_an_unfinished_file_is_read_again(inbox: Watched) -> None:
    (inbox.path / "a.jsonl").write_text(ROW * 2500)
    inbox.poll()
    polling = inbox.source.poll(inbox.cursor)
    inbox.cursor = inbox.keep(next(polling).cursor)
    inbox.restart()
    assert len(inbox.settled()) == 2500


def test_files_that_are_gone_are_forgotten(inbox: Watched) -> None:
    for name in ("a", "b"):
        (inbox.path / f"{name}.jsonl").write_text(ROW)
    inbox.settled()
    (inbox.path / "a.jsonl").unlink()
    (inbox.path / "c.jsonl").write_text(ROW)
    inbox.settled()
    assert sorted(inbox.cursor) == ["b.jsonl", "c.jsonl"]


def test_a_file_that_vanishes_while_others_are_read_harms_none(inbox: Watched) -> None:
    for name in "abc":
        (inbox.path / f"{name}.jsonl").write_text(ROW)
    inbox.poll()
    polling = inbox.source.poll({})
    rows = [*next(polling).rows]
    (inbox.path / "b.jsonl").unlink()
    rows += [row for batch in polling for row in batch.rows]
    assert [Path(row.origin).name for row in rows] == ["a.jsonl", "c.jsonl"]


def test_a_file_that_cannot_be_opened_is_told_and_harms_none(inbox: Watched) -> None:
    for name in "ac":
        (inbox.path / f"{name}.jsonl").write_text(ROW)
    (inbox.path / "b.jsonl").write_text(ROW)
    inbox.poll()
    polling = inbox.source.poll({})
    rows = [*next(polling).rows]
    (inbox.path / "b.jsonl").unlink()
    (inbox.path / "b.jsonl").mkdir()
    rows += [row for batch in polling for row in batch.rows]
    assert [(Path(row.origin).name, row.error) for row in rows] == [
        ("a.jsonl", None),
        ("b.jsonl", "cannot be read: Is a directory"),
        ("c.jsonl", None),
    ]


def test_odd_names_are_only_names(inbox: Watched) -> None:
    names = [b"f\xf6r.jsonl", "för.jsonl".encode(), b"..jsonl", b"a\nb.jsonl", b"'; --.jsonl"]
    for name in names:
        path = os.fsencode(inbox.path) + b"/" + name
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes no bytes
            file.write(ROW)
    read = {os.fsencode(Path(row.origin).name) for row in inbox.settled()}
    assert read >= {name for name in names if name != b"..jsonl"}
    inbox.restart()
    assert inbox.settled() == []


def test_columns_are_applied(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("body\nhej\n")
    inbox = Watched(tmp_path, Columns(map={"text": "body"}, set={"id": "{line}"}))
    assert [row.data for row in inbox.settled()] == [{"text": "hej", "id": "2"}]


def test_a_folder_that_is_none_needs_new_settings(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="is not a folder"):
        Watched(tmp_path / "missing").poll()

"""The watched folder: every JSON Lines or CSV file put there is imported, once for each content."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from lyhord.errors import Rejected
from lyhord.ports import Batch, Row
from services.ingest.columns import Columns
from services.ingest.sources.csv_file import read_csv
from services.ingest.sources.jsonl import read_jsonl

_READERS = {".jsonl": read_jsonl, ".ndjson": read_jsonl, ".csv": read_csv, ".tsv": read_csv}
_BATCH = 1000


class FolderSource:
    """A `Source` over a folder. A file that changes is read again from its beginning.

    A file is taken when its size and time of change stand still between two polls, so that one
    that is still being copied is not read half. One that cannot be read is told as a rejection.
    """

    def __init__(self, *, name: str, path: Path, interval: float, columns: Columns) -> None:
        self.name, self.interval = name, interval
        self._path, self._columns = path, columns
        self._seen: dict[str, list[int]] = {}

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """See `Source.poll`; the cursor maps a file's name to size and time when it was read."""
        done: dict[str, list[int]] = dict(cursor)
        present = self._present()
        for name, (path, stamp) in present.items():
            settled = self._seen.get(name) == stamp
            self._seen[name] = stamp
            if not settled or done.get(name) == stamp:
                continue
            rows = self._rows(path)
            while batch := list(islice(rows, _BATCH)):
                yield Batch(batch, dict(done))
            done = {known: at for known, at in done.items() if known in present} | {name: stamp}
            yield Batch((), dict(done))

    def _present(self) -> dict[str, tuple[Path, list[int]]]:
        if not self._path.is_dir():
            raise Rejected(f"{self._path} is not a folder")
        present = {}
        for path in sorted(self._path.iterdir()):
            if path.suffix.lower() in _READERS and path.is_file():
                with suppress(FileNotFoundError):
                    status = path.stat()
                    present[_as_text(path)] = path, [status.st_size, status.st_ctime_ns]
        return present

    def _rows(self, path: Path) -> Iterator[Row]:
        origin = str(path.absolute())
        try:
            with path.open("rb") as stream:
                read = _READERS[path.suffix.lower()]
                yield from self._columns.apply(read(stream, origin))
        except FileNotFoundError:
            return
        except OSError as error:
            yield Row(origin, None, error=f"cannot be read: {error.strerror}")


def _as_text(path: Path) -> str:
    # A name need not be UTF-8, but what the cursor keeps must be.
    return path.name.encode("utf-8", "backslashreplace").decode()

"""Files with other columns: `--map` and `--set` make posts of their rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lyhord.errors import Misuse
from lyhord.ports import Row
from services.ingest.sources.csv_file import FIELDS, nest


@dataclass(frozen=True, slots=True)
class Columns:
    """How a file's columns become a post's fields.

    Args:
        map: post field → the file's column that it is read from.
        set: post field → a fixed value for every row; `{line}` in it is the row's line number.

    Raises:
        Misuse: a field is none of a post's.

    """

    map: Mapping[str, str] = field(default_factory=dict)
    set: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.map, *self.set):
            if name not in FIELDS:
                raise Misuse(f"a post has no field {name!r}; it has {', '.join(sorted(FIELDS))}")

    def apply(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the rows with their fields renamed and set."""
        if not self.map and not self.set:
            yield from rows
            return
        for row in rows:
            yield row if row.data is None else replace(row, data=self._fields(row))

    def _fields(self, row: Row) -> dict[str, object]:
        data = row.data or {}
        taken = set(self.map.values())
        fields = {name: value for name, value in data.items() if name not in taken}
        given = {name: data[column] for name, column in self.map.items() if column in data}
        line = str(row.line or "")
        given |= {name: value.replace("{line}", line) for name, value in self.set.items()}
        nested = nest(given)
        before = fields.get("metrics")
        if "metrics" in nested and isinstance(before, dict):
            nested["metrics"] = before | nested["metrics"]
        return fields | nested

"""Files with other columns: `--map` and `--set` make posts of their rows."""

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lyhord import municipalities
from lyhord.errors import Misuse
from lyhord.ports import Row
from services.ingest.sources.csv_file import FIELDS, nest


@dataclass(frozen=True, slots=True)
class Columns:
    """How a file's columns become a post's fields.

    Args:
        map: post field → the file's column that it is read from.
        set: post field → a fixed value for every row; `{line}` in it is the row's line number. A
            municipality may be named.

    Raises:
        Misuse: a field is none of a post's, or a municipality is none.

    """

    map: Mapping[str, str] = field(default_factory=dict)
    set: Mapping[str, str] = field(default_factory=dict)
    _seen: builtins.set[str] = field(default_factory=builtins.set, init=False, compare=False)

    def __post_init__(self) -> None:
        for name in (*self.map, *self.set):
            if name not in FIELDS:
                raise Misuse(f"a post has no field {name!r}; it has {', '.join(sorted(FIELDS))}")
        if "municipality" in self.set:
            code = municipalities.meant(self.set["municipality"])
            object.__setattr__(self, "set", {**self.set, "municipality": code})

    def unseen(self) -> Sequence[str]:
        """Give the columns to rename that no row has had so far."""
        return [column for column in self.map.values() if column not in self._seen]

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
        self._seen.update(taken & data.keys())
        line = str(row.line or "")
        given |= {name: value.replace("{line}", line) for name, value in self.set.items()}
        nested = nest(given)
        before = fields.get("metrics")
        if "metrics" in nested and isinstance(before, dict):
            nested["metrics"] = before | nested["metrics"]
        return fields | nested

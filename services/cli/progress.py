"""Progress on a terminal; silent elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Self

from lyhord.ports import Row
from services.cli.embedded import Embedded

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Bar:
    """Shows how much of something is done."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn(self._label),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task(self._label)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    @property
    def is_shown(self) -> bool:
        """Tell whether anybody sees it."""
        return self._bar is not None

    def show(self, done: int, total: int) -> None:
        """Draw the present state."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, total=total, completed=done)


class Progress:
    """Shows how many rows are read and how many posts are searchable."""

    def __init__(self, stages: Embedded) -> None:
        self._stages = stages
        self._bar = Bar("indexing")

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.show()
        self._bar.__exit__()

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows on, looking at the stages now and then."""
        for number, row in enumerate(rows):
            if number % 500 == 0:
                self._stages.check()
                self.show()
            yield row

    def show(self) -> None:
        """Draw the present state."""
        if self._bar.is_shown:
            self._bar.show(self._stages.indexed(), self._stages.telemetry["ingest"].sent)

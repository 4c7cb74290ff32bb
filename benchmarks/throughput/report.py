"""What a part of the measuring found: rows of the table, and remarks below it."""

from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """A row: posts a second, and beside what it is compared, where it is."""

    name: str
    rate: float
    beside: float | None = None


class Report(NamedTuple):
    """One part's rows and remarks."""

    lines: Sequence[Line]
    remarks: Sequence[str] = ()

    def markdown(self) -> str:
        """Write it as Markdown, without a head."""
        rows = [
            f"| {name} | {rate:,.0f} | {f'{rate / beside:.2f}' if beside else ''} |"
            for name, rate, beside in self.lines
        ]
        return "\n".join([*rows, *(f"| *{remark}* | | |" for remark in self.remarks)])

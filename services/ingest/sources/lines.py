"""Physical lines of a byte stream: split at line feeds only, absurdly long ones passed over."""

from collections.abc import Iterator
from typing import BinaryIO

MAX_LINE = 20_000_000
"""Bytes of a line that are read; a longer line is refused unread."""
BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Give (line number from 1, bytes without the line's end); None for a line too long."""
    number = 0
    while line := stream.readline(MAX_LINE + 2):
        number += 1
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        if len(content) > MAX_LINE:
            if not line.endswith(b"\n"):
                _skip_to_line_end(stream)
            yield number, None
        else:
            yield number, content.removeprefix(BOM) if number == 1 else content


def _skip_to_line_end(stream: BinaryIO) -> None:
    while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
        pass

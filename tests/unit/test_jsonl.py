"""JSON Lines: which lines cost themselves, and that no line costs another."""

import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.ports import Row
from services.ingest.sources.jsonl import read_jsonl
from services.ingest.sources.lines import MAX_LINE, read_lines

GOOD = b'{"id": "1"}'


def rows(content: bytes) -> list[Row]:
    return list(read_jsonl(io.BytesIO(content), "in.jsonl"))


def outcome(content: bytes) -> list[tuple[int | None, bool]]:
    return [(row.line, row.error is None) for row in rows(content)]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": "2"',
        b'{"id": "2',
        b'{"id": "a\x00b"}',
        b"\x00",
        b"\x00" * 5000,
        b'{"id": "\xff"}',
        b'{"id": 1, "id": 2}',
        b'{"id": NaN}',
        b"[" * 200_000,
        b'{"id": ' + b"9" * 50_000 + b"}",
        b'["id"]',
        b'"id"',
        b"17",
        b"null",
        b"true",
        b"id,text",
        b"\xef\xbb\xbf" + GOOD,
        b"\xff\xfe{\x00}\x00",
        b"<html>",
    ],
)
def test_a_bad_line_costs_only_itself(bad: bytes) -> None:
    assert outcome(b"\n".join([GOOD, bad, GOOD])) == [(1, True), (2, False), (3, True)]
    assert outcome(bad + b"\n" + GOOD)[-1] == (2, True)


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "a\u2028b\u2029c\u0085d"}'.encode(),
        b'{"text": "\\u0000\\u001b[2J"}',
        b'{"text": "\\ud83d"}',
        '{"text": "\u202egnirts", "id": "../../etc/passwd"}'.encode(),
        b'{"id": "\\"; DROP TABLE posts; --"}',
        b'  {"id": "1"}\t',
    ],
)
def test_what_only_looks_bad_is_one_row(line: bytes) -> None:
    assert outcome(line + b"\n" + GOOD) == [(1, True), (2, True)]


def test_crlf_a_byte_order_mark_and_blank_lines_are_fine() -> None:
    content = b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + GOOD + b"\r\n" + GOOD
    assert outcome(content) == [(1, True), (4, True), (5, True)]


def test_lines_end_at_line_feeds_only() -> None:
    assert outcome(GOOD + b"\r" + GOOD + b"\n" + GOOD) == [(1, False), (2, True)]
    assert outcome(GOOD + b"\x0b\x0c\x1c\x1d\x1e\xc2\x85\xe2\x80\xa8\n" + GOOD)[-1] == (2, True)


def test_nothing_gives_nothing() -> None:
    assert rows(b"") == rows(b"\n\n\r\n") == rows(b"\xef\xbb\xbf") == []


def test_five_megabytes_of_text_are_a_row() -> None:
    text = "å" * 2_500_000
    assert rows(json.dumps({"text": text}).encode())[0].data == {"text": text}


class Endless(io.RawIOBase):
    """A stream of one line that is longer than memory ought to hold, then a good one."""

    def __init__(self, size: int) -> None:
        self.left, self.widest = size, 0
        self.tail = b"\n" + GOOD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.widest = max(self.widest, len(buffer))
        size = min(len(buffer), self.left) or min(len(buffer), len(self.tail))
        if self.left:
            buffer[:size] = b"x" * size
            self.left -= size
        else:
            buffer[:size], self.tail = self.tail[:size], self.tail[size:]
        return size


def test_a_line_over_twenty_megabytes_is_refused_unread() -> None:
    stream = Endless(10 * MAX_LINE)
    found = list(read_jsonl(io.BufferedReader(stream), "in.jsonl"))
    assert [(row.line, row.error) for row in found] == [
        (1, "the line is longer than 20,000,000 bytes"),
        (2, None),
    ]
    assert stream.widest <= MAX_LINE + 2


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n{}", b"\r\n{}"])
@pytest.mark.parametrize("over", [0, 1, 2, 3])
def test_the_limit_counts_bytes_without_the_lines_end(over: int, end: bytes) -> None:
    found = list(read_lines(io.BytesIO(b"x" * (MAX_LINE + over) + end)))
    assert (found[0][1] is None) == (over > 0)
    assert found[1:] == ([(2, b"{}")] if end.endswith(b"{}") else [])


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=8))
def test_every_physical_line_has_its_number(lines: list[bytes]) -> None:
    found = list(read_lines(io.BytesIO(b"".join(line + b"\n" for line in lines))))
    assert [number for number, _ in found] == list(range(1, len(lines) + 1))
    assert [line for _, line in found[1:]] == [line.removesuffix(b"\r") for line in lines[1:]]


def mutated(line: bytes, chance: random.Random) -> Iterator[bytes]:
    for _ in range(300):
        piece = bytearray(line)
        for _ in range(chance.randint(1, 4)):
            where = chance.randrange(len(piece))
            match chance.randrange(3):
                case 0:
                    piece[where] = chance.choice(b'\x00\x1f"\\{}[]:,0e-\x80\xc3\xed\xff')
                case 1:
                    del piece[where : where + chance.randint(1, 9)]
                case _:
                    piece[where:where] = piece[: chance.randint(1, 9)]
            piece = piece or bytearray(b" ")
        yield bytes(piece)


def test_a_damaged_line_never_touches_its_neighbours() -> None:
    line = '{"id": "1", "text": "Vattenläcka på Åsgatan 😀", "metrics": {"likes": 3}}'.encode()
    for bad in mutated(line, random.Random(11)):  # noqa: S311 - reproducible, not secret
        found = rows(b"\n".join([GOOD, bad, GOOD]))
        assert (found[0].line, found[0].data) == (1, {"id": "1"})
        assert (found[-1].line, found[-1].data) == (3, {"id": "1"})
        assert len(found) <= 3

"""Strict JSON: what is refused, in which words, and what only looks bad."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.errors import Rejected
from lyhord.strict_json import loads

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_json_is_read_as_written(value: Any, ascii_only: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_are_worse_than_a_refusal(line: bytes) -> None:
    try:
        loads(line)
    except Rejected as refusal:
        assert str(refusal)  # noqa: PT017 - most bytes are refused, and some may not be


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "is not valid JSON"),
        (b"{", "is not valid JSON"),
        (b'{"text": "hej', "is not valid JSON: Unterminated string"),
        (b'{"text": "hej"', "is not valid JSON"),
        (b'{"text": "hej",}', "is not valid JSON"),
        (b'{"text": "hej"} {"text": "igen"}', "is not valid JSON: Extra data"),
        (b'{"text": "hej"}}', "is not valid JSON: Extra data"),
        (b"{'text': 'hej'}", "is not valid JSON"),
        (b'{text: "hej"}', "is not valid JSON"),
        (b'{"text": "hej"} // tack', "is not valid JSON: Extra data"),
        (b'{"text": "\\x41"}', r"is not valid JSON: Invalid \\escape"),
        (b'{"text": "\\u12"}', "is not valid JSON"),
        (b'{"text": "a\x00b"}', "Invalid control character"),
        (b'{"text": "a\x1fb"}', "Invalid control character"),
        (b'{"text": "a\tb"}', "Invalid control character"),
        (b'{"text": "a"}\x00', "is not valid JSON: Extra data"),
        (b'{"n": 01}', "is not valid JSON"),
        (b'{"n": .5}', "is not valid JSON"),
        (b'{"n": +1}', "is not valid JSON"),
        (b'{"n": 0x10}', "is not valid JSON"),
        (b'{"n": NaN}', "NaN is not JSON"),
        (b'{"n": Infinity}', "Infinity is not JSON"),
        (b'{"n": -Infinity}', "-Infinity is not JSON"),
        (b'{"n": ' + b"9" * 4_001 + b"}", "a number has more than 4,000 digits"),
        (b'{"n": ' + b"9" * 2_000_000 + b"}", "a number has more than 4,000 digits"),
        (b'{"text": "\xff"}', r"is not valid UTF-8 \(byte 11\)"),
        (b'{"text": "\xc0\xaf"}', "is not valid UTF-8"),
        (b'{"text": "\xed\xa0\xbd"}', "is not valid UTF-8"),
        (b'{"text": "\xf4\x90\x80\x80"}', "is not valid UTF-8"),
        (b'{"text": "sm\xf6rg\xe5s"}', "is not valid UTF-8"),
        ('{"text": "hej"}'.encode("utf-16"), "is not valid UTF-8"),
        ('{"text": "hej"}'.encode("utf-16-le"), "is not valid JSON"),
        (b'{"id": 1, "id": 1}', "id: is given twice"),
        (b'{"id": 1, "\\u0069d": 2}', "id: is given twice"),
        (b'{"metrics": {"likes": 1, "likes": 2}}', "likes: is given twice"),
        (b'[[{"a": {"b": 1, "b": 1}}]]', "b: is given twice"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "\ufffd: is given twice"),
        (b'{"": 1, "": 2}', "is given twice"),
    ],
)
def test_broken_json_is_refused_with_words(line: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        loads(line)


@pytest.mark.parametrize("bomb", [b"[", b'{"a":', b'[{"a":', b'{"a":[[', b"[[],"])
def test_nested_bombs_are_refused(bomb: bytes) -> None:
    with pytest.raises(Rejected):
        loads(bomb * 1_000_000)
    with pytest.raises(Rejected, match="nested too deeply"):
        loads(b"[" * 100_000 + b"]" * 100_000)


def test_the_position_counts_from_the_beginning_of_the_line() -> None:
    with pytest.raises(Rejected, match=r"\(character 8\)"):
        loads(b'   {"a"}')


def test_a_long_key_is_named_shortly() -> None:
    key = b"k" * 1_000_000
    with pytest.raises(Rejected) as refusal:
        loads(b'{"' + key + b'": 1, "' + key + b'": 2}')
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b' \t{"a": 1}\r', {"a": 1}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": "\\u0000\\u001b"}', {"a": "\x00\x1b"}),
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        ('{"a": "rad\u2028rad\u2029\u0085"}'.encode(), {"a": "rad\u2028rad\u2029\u0085"}),
        (b'{"__proto__": 1, "constructor": 2}', {"__proto__": 1, "constructor": 2}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
    ],
)
def test_odd_but_valid_json_is_read(line: bytes, value: object) -> None:
    assert loads(line) == value


def test_five_megabytes_of_text_are_read() -> None:
    assert len(loads(b'"' + "å".encode() * 2_500_000 + b'"')) == 2_500_000

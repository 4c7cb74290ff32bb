"""Cleaning of text: the standard's NFC, at a cost that no text can raise."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.unicode import clean, nfc, whole

MARKS = "\u0301\u0316\u0344\u0345\u0f71\u0f73\u0f75\u0f81\u05b0\u3099\U0001d165\U0001e94a"
TEXTS = st.text(st.one_of(st.sampled_from(MARKS + "aåe\u0f40か가ᄀ"), st.characters()), max_size=80)


@given(TEXTS)
def test_nfc_is_the_standards(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


@given(st.text(st.sampled_from(MARKS), min_size=30, max_size=60))
def test_nfc_of_long_runs_of_marks_is_the_standards(marks: str) -> None:
    assert nfc(f"a{marks}å{marks}") == unicodedata.normalize("NFC", f"a{marks}å{marks}")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_cleaning_twice_changes_nothing_and_fits_every_encoding(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A\u030angstro\u0308m", "Ångström"),
        ("a\x00b\x07c\x1bd\x7fe\x85f\x9fg", "abcdefg"),
        ("rad\r\nrad\ttabb", "rad\r\nrad\ttabb"),
        ("halv \ud83d emoji", "halv \ufffd emoji"),
        ("hel \U0001f469\u200d\U0001f469 emoji", "hel \U0001f469\u200d\U0001f469 emoji"),
        ("\u202emoc.elpmaxe\u202c", "\u202emoc.elpmaxe\u202c"),
        ("rad\u2028stycke\u2029\ufeff", "rad\u2028stycke\u2029\ufeff"),
    ],
)
def test_only_what_no_reader_can_use_goes(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_half_surrogates_become_replacement_characters() -> None:
    assert whole("\udc0d a \ud800") == "\ufffd a \ufffd"


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0316" * 200_000,
        "a" + "\u0301" * 200_000 + "\u0316" * 200_000,
        "\u0f73" * 200_000,
        ("a" + "\u0301" * 29) * 15_000,
        "\ud800" * 400_000,
        "\x00" * 400_000,
    ],
    ids=["alternating", "blocks", "tibetan", "almost", "surrogates", "control"],
)
def test_hostile_marks_cost_linear_time(text: str) -> None:
    start = time.process_time()
    clean(text)
    assert time.process_time() - start < 2

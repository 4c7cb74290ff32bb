"""Words of a search text: base forms, and those that tell what it is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import base_forms, content_words, search_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Vattenläckan på torget är inte lagad", ["vattenläcka", "torg", "laga"]),
        ("När ska skolorna få sina pengar?", ["skola", "pengar"]),
        ("Brunt vatten igen!!! #vattenläcka", ["brun", "vatten", "vattenläcka", "#vattenläcka"]),
        ("Vatten, vatten, VATTNET", ["vatten"]),
        ("112 eller 1177? Hej och tack :)", []),
        ("Ringde [telefon] om min bror, [personnummer]", ["ringa", "bror"]),
        ("", []),
    ],
)
def test_what_a_text_is_about(text: str, words: list[str]) -> None:
    assert content_words(search_text(text)) == words


@given(st.text(max_size=200))
def test_content_words_are_base_forms_each_once(text: str) -> None:
    held = search_text(text)
    words = content_words(held)
    assert set(words) <= set(base_forms(held))
    assert len(words) == len(set(words))

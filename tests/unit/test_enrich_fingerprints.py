"""Fingerprints: copies are equal, near-copies near, others far."""

from hypothesis import given
from hypothesis import strategies as st

from services.enrich.nlp.fingerprints import distance, fingerprint
from services.enrich.nlp.words import Vocabulary

VOCABULARY = Vocabulary()
TEXT = "Nu har vattnet varit brunt på Storgatan i fyra dagar och ingen på kommunen svarar i telefon"


def of(text: str) -> str:
    return fingerprint(VOCABULARY.read(text))


def test_copies_that_differ_only_in_looks_are_equal() -> None:
    assert of(TEXT) == of(f"🔥 {TEXT.upper()}!!! https://example.com/x @granne")
    assert of(TEXT) == of(TEXT.replace("dagar", "dag"))


def test_near_copies_are_near_and_others_far() -> None:
    assert distance(of(TEXT), of(TEXT.replace("fyra", "fem"))) <= 12
    assert distance(of(TEXT), of(f"{TEXT} igen")) <= 12
    other = (
        "Fritidsgården håller öppet hus på lördag med musik, korv och ponnyridning för alla barn"
    )
    assert distance(of(TEXT), of(other)) > 16


def test_texts_without_words_have_fingerprints_too() -> None:
    assert of("") == "0" * 16
    assert of("🎉🎉") == of("🎉🎉")
    assert of("🎉") != of("😡")


@given(st.text(max_size=200))
def test_fingerprints_are_16_hexadecimal_digits(text: str) -> None:
    mark = of(text)
    assert len(mark) == 16
    assert distance(mark, mark) == 0 <= int(mark, 16)

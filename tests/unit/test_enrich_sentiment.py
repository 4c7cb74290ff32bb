"""Attitude: words, negation, degree, contrast, emoji and plain irony."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.nlp.sentiment import Attitude
from services.enrich.nlp.words import Vocabulary

VOCABULARY = Vocabulary()


@pytest.fixture(scope="module")
def attitude() -> Attitude:
    return Attitude.load(VOCABULARY)


def score(attitude: Attitude, text: str) -> float:
    return attitude.weigh(VOCABULARY.read(text)).score


@pytest.mark.parametrize("text", ["Vilken usel service", "Helt oacceptabelt", "Skäms!", "😡", ":("])
def test_bad_words_are_bad(attitude: Attitude, text: str) -> None:
    assert score(attitude, text) < 0


@pytest.mark.parametrize(
    "text",
    ["Bra jobbat!", "Vi är så nöjda med badet", "Heja er", "👍🏽", "❤️", "inga problem, tack!"],
)
def test_good_words_are_good(attitude: Attitude, text: str) -> None:
    assert score(attitude, text) > 0


@pytest.mark.parametrize(
    "text",
    ["", "Biblioteket öppnar kl. 10", "Gatlampan är trasig", "Tack på förhand", "Ett rör läcker"],
)
def test_plain_facts_have_no_colour(attitude: Attitude, text: str) -> None:
    assert score(attitude, text) == 0


def test_negation_turns_an_attitude_and_weakens_it(attitude: Attitude) -> None:
    assert score(attitude, "maten är god") > 0 > score(attitude, "maten är inte god")
    assert score(attitude, "god är den inte") < 0
    assert 0 <= score(attitude, "inte hemskt") < -score(attitude, "hemskt")
    assert score(attitude, "inte här, men maten är god") > 0


def test_degrees_make_stronger_and_weaker(attitude: Attitude) -> None:
    plain = score(attitude, "den är usel")
    assert score(attitude, "den är riktigt usel") < plain < score(attitude, "den är ganska usel")
    assert score(attitude, "den är usel!") < plain


def test_what_follows_but_decides(attitude: Attitude) -> None:
    assert score(attitude, "fin park men usel lekplats") < 0
    assert score(attitude, "usel lekplats men fin park, så himla fin") > 0


@pytest.mark.parametrize(
    "text",
    [
        "Vilken fantastisk snöröjning... inte plogat på fyra dagar",
        "Bra jobbat, höjd avgift igen",
        "Toppen, precis vad vi önskade oss",
        "Grattis kommunen, tredje veckan utan vatten… imponerande",
    ],
)
def test_irony_means_the_opposite(attitude: Attitude, text: str) -> None:
    feeling = attitude.weigh(VOCABULARY.read(text))
    assert feeling.ironic
    assert feeling.score < -0.3


@pytest.mark.parametrize(
    "text",
    [
        "Bra jobbat, läckan lagades på två timmar!",
        "Fantastiskt... vilken konsert!",
        "Stort tack till personalen som kämpar igen",
    ],
)
def test_praise_is_not_taken_for_irony(attitude: Attitude, text: str) -> None:
    feeling = attitude.weigh(VOCABULARY.read(text))
    assert not feeling.ironic
    assert feeling.score > 0.3


WORDS = st.lists(
    st.sampled_from(["usel", "fin", "inte", "men", "riktigt", "tack", "...", "!", "😡", "igen"])
)


@given(WORDS)
def test_scores_are_bounded(attitude: Attitude, words: list[str]) -> None:
    assert -1 <= score(attitude, " ".join(words)) <= 1

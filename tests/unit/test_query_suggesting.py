"""Did you mean: a spelling that finds something for a word that finds nothing."""

import pytest

from lyhord.query.suggesting import suggest

POSTS = {"vattenläcka": 9, "bibliotek": 4, "snöröjning": 7, "skola": 20, "kola": 1, "öppet": 3}


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("bibliotk", "bibliotek"),
        ("biblioteek", "bibliotek"),
        ("bibloitek", "bibliotek"),
        ("snörojning", "snöröjning"),
        ("sköla", "skola"),
        ("Bibliotk öppet", "bibliotek öppet"),
        ("(öppet OR bibliotk) -skola", "(öppet OR bibliotek) -skola"),
        ("bibliotek", None),
        ("bibliotk*", None),
        ('"bibliotk"', None),
        ("xyzzyx", None),
        ("*", None),
        ("topic:avfall", None),
    ],
)
def test_a_word_is_spelt_as_one_that_is_there(query: str, meant: str | None) -> None:
    assert suggest(query, lambda word: POSTS.get(word, 0)) == meant


def test_long_words_and_many_take_no_time() -> None:
    asked: list[str] = []
    suggest("x" * 900, lambda word: len(asked.append(word) or ()))
    assert asked == []
    suggest("qqq " * 50, lambda word: len(asked.append(word) or ()))
    assert len(asked) < 500

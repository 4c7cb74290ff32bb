"""Levels: the same word has the same terms wherever it stands, and none that break the format."""

import subprocess
import sys
import time

import marisa_trie  # type: ignore[import-not-found]  # compiled, it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import Kind, level, lexicon, positions, search_text, tokenize
from lyhord.swedish.levels import worked_out

MESSY = st.text(st.sampled_from("abåäö ÅX.,!?-#@:/|=^1[]\n…😀👍🏻\u200d\u0301") | st.characters())
ITEMS = [
    ("Vattenläckan", "^vattenläckan|=vattenläcka|vatten|läcka"),
    ("är", "^är|=vara"),
    ("Orebro", "^orebro|=orebro|=örebro"),
    ("va-avgiften", "^va-avgiften|=va-avgift|=vaavgift|va|avgift"),
    ("#Vattenläcka", "^#vattenläcka|^vattenläcka|=vattenläcka|vatten|läcka|#vattenläcka"),
    ("@orebro", "^@orebro|^orebro|=orebro|=örebro|@orebro"),
    ("❤️", "^❤|=❤"),
    (":-)", "^:)|=:)"),
    ("12:30", "^12:30|=12:30"),
    ("[telefon]", "^[telefon]|=[telefon]"),
    ("SVT:s", "^svt:s|=svt"),
]


def test_what_the_lexicon_keeps_ready_is_what_would_be_worked_out() -> None:
    trie = marisa_trie.BytesTrie().mmap(str(lexicon.path(lexicon.LEVELS)))
    forms = sorted(trie.keys())[::499]
    assert len(forms) > 900
    for form in (word for each in forms for word in (each, f"{each}s")):
        kept = lexicon.levels(form)
        assert kept is None or kept == worked_out(form), form


@pytest.mark.parametrize(("word", "item"), ITEMS)
def test_search_text(word: str, item: str) -> None:
    assert search_text(word) == item


def test_positions_have_an_item_s_terms() -> None:
    assert positions(search_text("Läckan är värre")) == [
        ("^läckan", "=läcka"),
        ("^är", "=vara"),
        ("^värre", "=dålig", "=illa"),
    ]
    assert positions("") == []


def test_an_address_is_found_whole_and_by_its_host() -> None:
    (terms,) = positions(search_text("https://www.Orebro.se/vatten?a=b"))
    assert {"https://www.orebro.se/vatten?a%3db", "=orebro.se", "örebro"} <= set(terms)


def test_a_tag_in_camel_case_is_found_by_its_words() -> None:
    assert {"kommun", "lyssna"} <= set(level("#KommunenLyssnar", "hashtag").parts)


@given(MESSY, MESSY)
def test_a_word_has_the_same_terms_anywhere(before: str, after: str) -> None:
    alone = search_text("vattenläckan")
    assert alone in search_text(f"{before} vattenläckan {after}").split(" ")


@given(MESSY)
def test_there_is_a_position_per_token_and_none_is_empty(text: str) -> None:
    found = positions(search_text(text))
    tokens = tokenize(text)
    assert len(found) == len(tokens)
    for token, terms in zip(tokens, found, strict=True):
        levels = level(token.text, token.kind)
        assert [f"^{form}" for form in levels.exact] == [t for t in terms if t[0] == "^"]
        assert [f"={lemma}" for lemma in levels.lemmas] == [t for t in terms if t[0] == "="]
        assert {*levels.parts, *levels.marks} <= set(terms)
        for term in terms:
            assert 0 < len(term) <= 256
            assert not set("| ") & set(term)
            assert not set("=^") & set(term[1:])


@given(st.text(alphabet="abeknortåäö", min_size=1, max_size=12), st.sampled_from(["word"]))
def test_case_does_not_matter(word: str, kind: Kind) -> None:
    assert level(word.upper(), kind) == level(word.title(), kind) == level(word, kind)


def test_a_very_long_word_gives_a_short_term() -> None:
    assert max(map(len, positions(search_text("x" * 100_000))[0])) <= 251


@pytest.mark.parametrize(
    "unit",
    ["snorojning-", "bra'", "skolgatu", "#Aa", "aoe", ":s", "a-", "https://a.se/b-", "orebro "],
)
def test_hostile_texts_are_levelled_in_time(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    search_text(text)
    assert time.process_time() - started < 3


def test_the_first_word_is_levelled_soon_and_takes_little_memory() -> None:
    code = """
import time, resource
started = time.process_time()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from lyhord import swedish
swedish.search_text("Vattenläckan i Orebro")
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    runs = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        for _ in range(3)
    ]
    seconds, kibibytes = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    assert min(seconds) < 0.15
    assert min(kibibytes) < 30_000

"""Words and lexicons: what stands where, and what is found in it."""

from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import search_text
from services.enrich.lexicon import Lexicon, split
from services.enrich.words import read, searchable

MESSY = st.text(st.sampled_from("abåäö ÅX.,!?-#@:|=1[]\n…😀👍🏻") | st.characters(), max_size=60)


@given(MESSY)
def test_words_stand_where_they_say_and_gaps_fill_the_rest(text: str) -> None:
    words = read(text)
    end = words[0].start if words else len(text)
    rebuilt = text[:end]
    for word in words:
        assert word.start == len(rebuilt)
        rebuilt += text[word.start : word.end] + word.gap
        assert word.form
        assert word.lemmas
    assert rebuilt == text


@given(MESSY)
def test_the_search_text_is_the_library_s(text: str) -> None:
    assert searchable(read(text)) == search_text(text)


def test_sentences_and_clauses_are_counted() -> None:
    words = read("Hej, när plogas det? Snart hoppas jag...")
    assert [word.sentence for word in words] == [0, 0, 0, 0, 1, 1, 1]
    assert [word.clause for word in words] == [0, 1, 1, 1, 2, 2, 2]


def test_skin_says_nothing() -> None:
    assert [word.form for word in read("👍👍🏾")] == ["👍", "👍"]


def found(lexicon: Lexicon[int], text: str) -> list[tuple[str, int]]:
    return [(hit.entry, hit.value) for hit in lexicon.hits(read(text), parts=True)]


def test_the_longest_entry_wins_and_none_overlaps() -> None:
    lexicon = Lexicon([("bra", 1), ("bra jobb", 2), ("inte bra", 3), ("jobb", 4)])
    assert found(lexicon, "Det var bra jobb") == [("bra jobb", 2)]
    assert found(lexicon, "inte bra jobb") == [("inte bra", 3), ("jobb", 4)]


def test_inflections_match_unless_an_entry_is_exact() -> None:
    lexicon = Lexicon([("läcka", 1), ("=skola", 2)])
    assert found(lexicon, "läckorna") == [("läcka", 1)]
    assert found(lexicon, "skolan skola") == [("skola", 2)]


def test_a_compound_counts_by_its_parts_only_where_it_is_no_entry_itself() -> None:
    lexicon = Lexicon([("vatten", 1), ("badvatten", 2)])
    assert found(lexicon, "vattenläckan") == [("vatten", 1)]
    assert found(lexicon, "badvattnet") == [("badvatten", 2)]
    assert not list(lexicon.hits(read("vattenläckan")))


def test_an_inflected_entry_can_stand_for_its_base_form() -> None:
    assert found(Lexicon([("skolorna", 1)], bases=True), "skolan") == [("skolorna", 1)]
    assert found(Lexicon([("skolorna", 1)]), "skolan") == []
    both = Lexicon([("skolorna", 1), ("skola", 2)], bases=True)
    assert found(both, "skolan") == [("skola", 2)]


def test_entries_are_split_at_commas() -> None:
    assert split(" bra,  inte\n bra ,,\n") == ["bra", "inte bra"]

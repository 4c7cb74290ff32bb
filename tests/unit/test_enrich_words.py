"""Words and lexicons: what stands where, and what is found in it."""

from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import search_text
from services.enrich.nlp.lexicon import Lexicon, split
from services.enrich.nlp.words import Vocabulary, searchable

VOCABULARY = Vocabulary()
MESSY = st.text(st.sampled_from("abåäö ÅX.,!?-#@:|=1[]\n…😀👍🏻") | st.characters(), max_size=60)


@given(MESSY)
def test_words_stand_where_they_say_and_gaps_fill_the_rest(text: str) -> None:
    words = VOCABULARY.read(text)
    end = words[0].start if words else len(text)
    rebuilt = text[:end]
    for word in words:
        assert word.start == len(rebuilt)
        rebuilt += text[word.start : word.end] + word.gap
        assert word.term.form
        assert word.term.lemmas
    assert rebuilt == text


@given(MESSY)
def test_the_search_text_is_the_library_s(text: str) -> None:
    assert searchable(VOCABULARY.read(text)) == search_text(text)


def test_a_vocabulary_that_forgets_reads_the_same() -> None:
    text = "Läckan på Läckvägen #läcka https://example.com läckan läcka 12 på 12 😀 läckan"
    forgetful = Vocabulary(generation=2)
    lexicon = Lexicon(forgetful, [("läcka", 1), ("läcka på", 2)])
    hits = [(hit.entry, hit.first) for hit in lexicon.hits(forgetful.read(text))]
    assert hits == [("läcka på", 0), ("läcka", 3), ("läcka", 5), ("läcka", 6), ("läcka", 11)]
    once, again = forgetful.read(text), Vocabulary().read(text)
    assert [(word.term.item, word.start) for word in once] == [
        (word.term.item, word.start) for word in again
    ]


def test_sentences_and_clauses_are_counted() -> None:
    words = VOCABULARY.read("Hej, när plogas det? Snart hoppas jag...")
    assert [word.sentence for word in words] == [0, 0, 0, 0, 1, 1, 1]
    assert [word.clause for word in words] == [0, 1, 1, 1, 2, 2, 2]


def test_skin_says_nothing() -> None:
    assert [word.term.form for word in VOCABULARY.read("👍👍🏾")] == ["👍", "👍"]


def found(lexicon: Lexicon[int], text: str) -> list[tuple[str, int]]:
    return [(hit.entry, hit.value) for hit in lexicon.hits(VOCABULARY.read(text))]


def test_the_longest_entry_wins_and_none_overlaps() -> None:
    lexicon = Lexicon(VOCABULARY, [("bra", 1), ("bra jobb", 2), ("inte bra", 3), ("jobb", 4)])
    assert found(lexicon, "Det var bra jobb") == [("bra jobb", 2)]
    assert found(lexicon, "inte bra jobb") == [("inte bra", 3), ("jobb", 4)]


def test_inflections_match_unless_an_entry_is_exact() -> None:
    lexicon = Lexicon(VOCABULARY, [("läcka", 1), ("=skola", 2)])
    assert found(lexicon, "läckorna") == [("läcka", 1)]
    assert found(lexicon, "skolan skola") == [("skola", 2)]


def test_a_compound_counts_by_its_parts_only_where_it_is_no_entry_itself() -> None:
    entries = [("vatten", 1), ("badvatten", 2)]
    lexicon = Lexicon(VOCABULARY, entries, parts=True)
    assert found(lexicon, "vattenläckan") == [("vatten", 1)]
    assert found(lexicon, "badvattnet") == [("badvatten", 2)]
    assert found(Lexicon(VOCABULARY, entries), "vattenläckan") == []


def test_an_inflected_entry_can_stand_for_its_base_form() -> None:
    assert found(Lexicon(VOCABULARY, [("skolorna", 1)], bases=True), "skolan") == [("skolorna", 1)]
    assert found(Lexicon(VOCABULARY, [("skolorna", 1)]), "skolan") == []
    both = Lexicon(VOCABULARY, [("skolorna", 1), ("skola", 2)], bases=True)
    assert found(both, "skolan") == [("skola", 2)]


def test_entries_are_split_at_commas() -> None:
    assert split(" bra,  inte\n bra ,,\n") == ["bra", "inte bra"]

"""Levelled queries find in a post's terms what the design says they find, and mark it."""

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord import swedish
from lyhord.query.errors import QueryError
from lyhord.query.levelled import (
    EXACT,
    PART,
    WHOLE,
    Adjacent,
    AllOf,
    AnyOf,
    Close,
    Everything,
    ExactPhrase,
    ExactPrefix,
    Levelled,
    Terms,
    Without,
)
from lyhord.query.levels import level
from lyhord.query.parser import parse
from lyhord.query.snippets import highlight, snippet
from lyhord.query.tree import FieldMatch


def levelled(query: str) -> Levelled:
    return level(parse(query))


def holds(node: Levelled, text: str) -> bool:  # noqa: C901, PLR0911 - a line for each kind of node
    """Say what the levelled tree promises, on one post: the stores must agree with this."""
    words = swedish.positions(swedish.search_text(text))
    exact = [tuple(term[1:] for term in place if term[0] == "^") for place in words]

    def in_a_row(terms: tuple[str, ...], places: list[tuple[str, ...]]) -> bool:
        starts = range(len(places) - len(terms) + 1)
        return any(all(t in places[s + i] for i, t in enumerate(terms)) for s in starts)

    match node:
        case Everything():
            return True
        case Terms(alternatives):
            return any(term in place for term in alternatives for place in words)
        case Adjacent(terms):
            return in_a_row(terms, words)
        case ExactPhrase(terms):
            return in_a_row(terms, exact)
        case ExactPrefix(prefix):
            return any(form.startswith(prefix) for place in exact for form in place)
        case Close(distance, left, right):
            return any(
                one in words[i] and other in words[j] and (i, one) != (j, other)
                for one, other in product(left, right)
                for i in range(len(words))
                for j in range(len(words))
                if abs(i - j) <= distance + 1
            )
        case AllOf(operands):
            return all(holds(operand, text) for operand in operands)
        case AnyOf(operands):
            return any(holds(operand, text) for operand in operands)
        case Without(operand):
            return not holds(operand, text)
        case _:
            raise AssertionError(node)


FOUND = [
    ("vattenläckan", "Flera vattenläckor i dag"),
    ("vattenläcka", "en vatten läcka på torget"),
    ("vattenläcka", "VATTENLÄCKAN!"),
    ("läcka", "vattenläckan är lagad"),
    ("läcka", "#vattenläcka"),
    ("vatten läcka", "vattenläckan är lagad"),
    ("vatten läcka", "läckan tömde allt vatten"),
    ("äldre omsorg", "äldreomsorgen"),
    ("för skola", "förskolan"),
    ("snö röjning?", "snöröjningen"),
    ("sämre", "riktigt dåligt"),
    ("dålig", "blir bara sämre"),
    ("skola", "grundskolan"),
    ("orebro", "Örebro"),
    ("orebro", "orebro"),
    ("vattenlackor", "vattenläckan"),
    ("fungerar inte", "det fungerar verkligen inte"),
    ("vägar", "#vägar"),
    ("#vägar", "dåliga #Vägar"),
    ("#vagar", "dåliga #Vägar"),
    ("@kommunen", "hej @kommunen"),
    ("😡", "suck 😡"),
    (":-)", "bra :)"),
    ("12:30", "bussen 12:30 kom inte"),
    ("va-avgift", "va-avgiften"),
    ("va avgift", "va-avgiften"),
    ("SSAB:s", "SSAB är här"),
    ("och/eller", "buss och/eller tåg"),
    ("https://example.com/a", "se https://example.com/a"),
    ("https://example.com/", "se https://example.com/a"),
    ("example.com", "se https://www.example.com/a"),
    ("info@example.com", "skriv till info@example.com"),
    ('"inte plogat"', "Inte plogat!"),
    ('"#läcka igen"', "#läcka igen"),
    ('"läcka igen"', "#läcka igen"),
    ("läck*", "Läckan"),
    ("va-*", "va-avgift"),
    ("#va*", "#vattenläcka"),
    ("kommun/sko*", "kommunens skolor"),
    ("plogade NEAR/2 cykelväg", "cykelvägen är inte plogad"),
    ("vatten NEAR/0 läcka", "vattenläckan"),
    ("vatten NEAR/3 (läcka OR läckage)", "vatten i källaren, läckaget ökar"),
    ("buss - tåg", "buss tåg"),
    ("-buss", "tåg"),
    ("* -buss", "tåg"),
    ("buss OR tåg", "tåg"),
]

MISSED = [
    ("grundskola", "skolan"),
    ("vattenläcka", "läckan tömde allt vatten"),
    ("skola", "skolja"),
    ("får", "far"),
    ("far", "får"),
    ("#vägar", "dåliga vägar"),
    ("#vagar", "dåliga vägar"),
    ("#vägar", "dåliga #vagar"),
    ("@kommunen", "kommunen"),
    ("en het", "enheten"),
    ('"inte plogat"', "plogat inte"),
    ('"läcka"', "läckan"),
    ("läckor*", "läckan"),
    ("plogade NEAR/1 cykelväg", "cykelvägen är inte plogad"),
    ("skola NEAR/5 skola", "en skola"),
    ("https://example.com/a", "se https://example.com/b"),
    ("info@example.com", "se example.com"),
    ("buss tåg", "buss"),
    ("-buss", "bussen"),
    ("NOT *", "buss"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_found(query: str, text: str) -> None:
    assert holds(levelled(query), text)


@pytest.mark.parametrize(("query", "text"), MISSED)
def test_missed(query: str, text: str) -> None:
    assert not holds(levelled(query), text)


def test_a_word_is_its_form_then_its_lemma_then_a_part_of_compounds() -> None:
    assert levelled("skolan") == AnyOf(
        (
            ExactPhrase(("skolan",), EXACT),
            Terms(("=skola",), WHOLE),
            Terms(("skola",), PART),
        )
    )


def test_fields_are_left_as_they_are() -> None:
    assert levelled("source:x") == FieldMatch("source", "x")


@pytest.mark.parametrize("query", ["-", "?!", '"..."', "-(: .)", "... OR ,,,", "NOT -", "__*"])
def test_punctuation_alone_is_an_error(query: str) -> None:
    with pytest.raises(QueryError, match="inget ord"):
        levelled(query)


@pytest.mark.parametrize(
    ("query", "position"),
    [("och/eller NEAR/2 a", 0), ("a NEAR/2 ,", 9), ("b NEAR (a OR b/c)", 13)],
)
def test_near_takes_single_words(query: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        levelled(query)
    assert caught.value.position == position


def test_a_beginning_behind_punctuation_is_long_enough_too() -> None:
    with pytest.raises(QueryError, match="minst 2 tecken"):
        levelled("kommun/s*")


WORDS = st.sampled_from(
    [
        *(
            "vattenläckan",
            "läcka",
            "skolor",
            "Orebro",
            "sämre",
            "#vägar",
            "@kommunen",
            "😡",
            "12:30",
        ),
        *("va-avgiften", "inte", "bussen", "grundskolan", "example.com", "E18", "vattenlackor"),
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


@given(TEXTS, st.data())
def test_every_word_of_a_text_finds_it_and_is_marked(text: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(text.split()))
    node = levelled(word)
    assert holds(node, text)
    assert word in {text[start:end] for start, end in highlight(text, node)}


QUERIES = st.recursive(
    st.one_of(
        WORDS,
        st.tuples(WORDS, WORDS).map(lambda pair: f"{pair[0]} NEAR/1 {pair[1]}"),
        st.tuples(WORDS, WORDS).map(lambda pair: f'"{pair[0]} {pair[1]}"'),
        st.sampled_from(["läck*", "sk*", "vatten läcka"]),
    ),
    lambda queries: st.tuples(queries, st.sampled_from(["AND", "OR"]), queries).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=5,
)


@given(QUERIES, TEXTS)
def test_what_is_found_is_marked(query: str, text: str) -> None:
    node = levelled(query)
    if holds(node, text):
        assert highlight(text, node)


@given(st.text(max_size=80), st.text(max_size=200), st.integers(1, 60))
def test_whatever_the_query_and_the_text(query: str, text: str, size: int) -> None:
    try:
        node = levelled(query)
    except QueryError:
        return
    passage = snippet(text, node, size=size)
    assert len(passage.text) <= size + 2
    assert "\n" not in passage.text
    assert all(0 <= start < end <= len(passage.text) for start, end in passage.marks)


def marked(text: str, query: str, size: int = 300) -> str:
    passage = snippet(text, levelled(query), size=size)
    for start, end in reversed(passage.marks):
        head, word, tail = passage.text[:start], passage.text[start:end], passage.text[end:]
        passage = type(passage)(f"{head}<{word}>{tail}", ())
    return passage.text


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Vattenläckan är\nlagad", "läckor", "<Vattenläckan> är lagad"),
        ("vatten och en vatten läcka", "vattenläcka", "vatten och en <vatten> <läcka>"),
        ("inte i dag, inte plogat", '"inte plogat"', "inte i dag, <inte> <plogat>"),
        ("snö is is is is plogad snö", "snö NEAR/0 plogad", "snö is is is is <plogad> <snö>"),
        ("buss och tåg", "buss -tåg", "<buss> och tåg"),
        ("Läckan läcker", "läck*", "<Läckan> <läcker>"),
        ("buss", "source:x", "buss"),
    ],
)
def test_marks(text: str, query: str, expected: str) -> None:
    assert marked(text, query) == expected


def test_a_long_text_is_cut_at_words_around_most_of_what_was_looked_for() -> None:
    text = "bussen " + "ingenting " * 50 + "bussen och tåget " + "ingenting " * 50
    passage = marked(text, "buss tåg", size=100)
    assert "<bussen> och <tåget>" in passage
    assert passage.startswith("…ingenting ")
    assert passage.endswith(" ingenting…")


def test_a_long_text_without_marks_begins_at_its_beginning() -> None:
    assert marked("ord " * 100, "source:x", size=10) == "ord ord…"


@pytest.mark.parametrize("unit", ["läcka ", "a", "vattenläcka", "\n", "#", "läcka-", "1:", "😡"])
def test_hostile_texts_take_linear_time(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    node = levelled('läcka vatten läck* a NEAR/100 läcka "läcka läcka läcka" 😡')
    start = time.process_time()
    snippet(text, node)
    assert time.process_time() - start < 2

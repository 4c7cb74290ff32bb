"""Queries become the trees that they mean, and what cannot be meant is told with its place."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lyhord.errors import Misuse
from lyhord.query import parser
from lyhord.query.cursor import Cursor
from lyhord.query.errors import QueryError, render
from lyhord.query.fields import FIELDS, Vocabulary
from lyhord.query.joining import conjunction, disjunction, negation
from lyhord.query.parser import parse
from lyhord.query.tree import (
    All,
    And,
    FieldExists,
    FieldMatch,
    FieldPrefix,
    FieldRange,
    Near,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Word,
)
from lyhord.query.words import as_phrase, quoted

A, B, C, D = (Word(each) for each in "abcd")
LIKED_ONCE, MILJO = FieldMatch("metrics.likes", 1), FieldMatch("topic", "miljo")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", All()),
        (" \u00a0\u3000\n", All()),
        ("*", All()),
        ("*:*", All()),
        ("NOT *", Nothing()),
        ("a b", And((A, B))),
        ("a\u00a0b\u3000c", And((A, B, C))),
        ("a AND b && c", And((A, B, C))),
        ("a OR b || c", Or((A, B, C))),
        ("a&&b||c", Or((And((A, B)), C))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a (b (c d))", And((A, B, C, D))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("a -b !c +d", And((A, Not(B), Not(C), D))),
        ("-(a b)", Not(And((A, B)))),
        ("NOT NOT a", A),
        ("--a", A),
        ("-a", Not(A)),
        ("* -a", Not(A)),
        ("a OR *", All()),
        ("a and or not b", And((A, Word("and"), Word("or"), Word("not"), B))),
        ("ANDERS NOTERA", And((Word("ANDERS"), Word("NOTERA")))),
        ("a - b", And((A, Word("-"), B))),
        ("!!!", Word("!")),
    ],
)
def test_operators(query: str, expected: Node) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    "word",
    [
        *(
            "12:30",
            "9:00",
            "E18",
            "va-avgift",
            "#läcka",
            "@namn",
            "😀",
            "👩‍👩‍👧",
            ":)",
            ";-(",
            "C++",
        ),
        *(
            "3,5",
            "läckan?",
            "https://example.com/?q=1&r=2",
            "http://a.se",
            "kl.",
            "F!",
            "[telefon]",
        ),
        *(
            "~100",
            "^_^",
            "50%",
            "och/eller",
            "SSAB:s",
            "tv:n",
            "{",
            "&",
            "|",
            "/",
            "AND's",
            "x~y",
            "Å",
            "<3",
            ">",
        ),
    ],
)
def test_plain_words(word: str) -> None:
    assert parse(word) == Word(word)
    assert parse(f"a {word} b") == And((A, Word(word), B))
    assert parse(f"(a OR {word})") == Or((A, Word(word)))


def test_a_colon_with_nothing_behind_it_belongs_to_the_word() -> None:
    assert parse("Obs: a") == And((Word("Obs:"), A))


def test_words_are_made_nfc() -> None:
    assert parse("O\u0308rebro") == Word("Örebro")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (r"a\*b", Word("a*b")),
        (r"foo\:bar", Word("foo:bar")),
        (r"\AND", Word("AND")),
        (r"\-a", Word("-a")),
        (r"a\ b", Word("a b")),
        (r"\(a\)", Word("(a)")),
        (r"läck\?a", Word("läck?a")),
        ("a\\", Word("a\\")),
        (r'"a \"b\""', Phrase(("a", '"b"'))),
    ],
)
def test_escapes(query: str, expected: Node) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    "query",
    ['"röd läcka"', "”röd läcka”", "“röd läcka”", "„röd läcka“", "»röd  läcka»", "«röd läcka»"],
)
def test_phrases_in_every_kind_of_quotes(query: str) -> None:
    assert parse(query) == Phrase(("röd", "läcka"))
    assert parse(f"a{query}b") == And((A, Phrase(("röd", "läcka")), B))


def test_a_phrase_ends_with_the_kind_of_quote_that_began_it() -> None:
    assert parse('"han sa ”nej” då"') == Phrase(("han", "sa", "”nej”", "då"))
    assert parse('"röd läcka”') == Phrase(("röd", "läcka"))


def test_prefixes() -> None:
    assert parse("läck*") == Prefix("läck")
    assert parse("#va*") == Prefix("#va")
    assert parse("text:läck*") == Prefix("läck")
    assert parse("author:p_1*") == FieldPrefix("author", "p_1")
    assert parse("place:Sto*") == FieldPrefix("place", "sto")
    assert parse("municipality:18*") == FieldPrefix("municipality", "18")


def test_near() -> None:
    assert parse("a NEAR/3 b") == Near(3, (A, B))
    assert parse("a NEAR b") == Near(parser.DEFAULT_DISTANCE, (A, B))
    assert parse("a NEAR/0 (b OR c)") == Near(0, (A, Or((B, C))))
    assert parse("a NEAR/1 b NEAR/2 c") == And((Near(1, (A, B)), Near(2, (B, C))))
    assert parse("a b NEAR/1 c OR d") == Or((And((A, Near(1, (B, C)))), D))
    assert parse("NOT a NEAR/1 b") == Not(Near(1, (A, B)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source:facebook", FieldMatch("source", "facebook")),
        ("Source:Facebook", FieldMatch("source", "facebook")),
        ("topic: aldreomsorg", FieldMatch("topic", "aldreomsorg")),
        ("topic:Äldreomsorg", FieldMatch("topic", "aldreomsorg")),
        ("author-role:citizen", FieldMatch("author_role", "citizen")),
        ("municipality:1880", FieldMatch("municipality", "1880")),
        ("municipality:örebro", FieldMatch("municipality", "1880")),
        ('municipality:"upplands väsby"', FieldMatch("municipality", "0114")),
        ("municipality:”Upplands Väsby”", FieldMatch("municipality", "0114")),
        ("id:facebook:12_3", FieldMatch("id", "facebook:12_3")),
        ("url:https://example.com/?a=1", FieldMatch("url", "https://example.com/?a=1")),
        ('place:"Stora Torget"', FieldMatch("place", "stora torget")),
        ("author:AND", FieldMatch("author", "AND")),
        ("needs_answer:ja", FieldMatch("needs_answer", True)),  # noqa: FBT003 - the value
        ("truncated:FALSE", FieldMatch("truncated", False)),  # noqa: FBT003 - the value
        ("likes:5", FieldMatch("metrics.likes", 5)),
        ("metrics.likes:-5", FieldMatch("metrics.likes", -5)),
        ("likes:>=5", FieldRange("metrics.likes", 5, None)),
        ("likes:> 5", FieldRange("metrics.likes", 5, None, include_lower=False)),
        ("likes:<5", FieldRange("metrics.likes", None, 5, include_upper=False)),
        ("likes:[1 TO 5}", FieldRange("metrics.likes", 1, 5, include_upper=False)),
        ("likes:{1 TO 5]", FieldRange("metrics.likes", 1, 5, include_lower=False)),
        ("likes:[* TO 5]", FieldRange("metrics.likes", None, 5)),
        ("likes:{1 TO *}", FieldRange("metrics.likes", 1, None, include_lower=False)),
        ("likes:[* TO *]", FieldExists("metrics.likes")),
        ("likes:{1 TO 1]", Nothing()),
        ("sentiment.score:<-0,5", FieldRange("sentiment.score", None, -0.5, include_upper=False)),
        ("place:*", FieldExists("place")),
        ("text:*", All()),
        ("text:läcka", Word("läcka")),
        ("text:foo:bar", Word("foo:bar")),
        ('text:"a b"', Phrase(("a", "b"))),
        ("text:(a OR b)", Or((A, B))),
        ("-source:x", Not(FieldMatch("source", "x"))),
        ("source:(x OR blog)", Or((FieldMatch("source", "x"), FieldMatch("source", "blog")))),
        ("likes:([3 TO 4] OR 1)", Or((FieldRange("metrics.likes", 3, 4), LIKED_ONCE))),
        ("topic:(miljo AND NOT avfall) a", And((MILJO, Not(FieldMatch("topic", "avfall")), A))),
    ],
)
def test_fields(query: str, expected: Node) -> None:
    assert parse(query) == expected


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, …


MAY, JUNE = _utc(2024, 4, 30, 22), _utc(2024, 5, 31, 22)


@pytest.mark.parametrize(
    ("query", "lower", "upper", "includes"),
    [
        ("created_at:2024-05", MAY, JUNE, "[}"),
        ("created_at:2024", _utc(2023, 12, 31, 23), _utc(2024, 12, 31, 23), "[}"),
        ("created_at:2024-03-31", _utc(2024, 3, 30, 23), _utc(2024, 3, 31, 22), "[}"),
        ("created_at:2024-05-01T12:00:00+02:00", _utc(2024, 5, 1, 10), _utc(2024, 5, 1, 10), "[]"),
        ("created_at:>=2024-05", MAY, None, "[]"),
        ("created_at:>2024-05", JUNE, None, "[]"),
        ("created_at:<2024-05", None, MAY, "[}"),
        ("created_at:<=2024-05", None, JUNE, "[}"),
        ("created_at:[2024-05 TO 2024-05]", MAY, JUNE, "[}"),
        ("created_at:{2024-05 TO *]", JUNE, None, "[]"),
        ("created_at:[2024-05-01 TO 2024-06-01}", MAY, JUNE, "[}"),
        ('created_at:{"2024-05-01 12:00:00Z" TO 2024-05-31]', _utc(2024, 5, 1, 12), JUNE, "{}"),
    ],
)
def test_times_are_periods_of_stockholm(
    query: str, lower: datetime | None, upper: datetime | None, includes: str
) -> None:
    assert parse(query) == FieldRange(
        "created_at", lower, upper, includes[0] == "[", includes[1] == "]"
    )


def test_settings_can_add_labels() -> None:
    vocabulary = Vocabulary(sources=("bystro",), topics=("hamn",))
    assert parse("source:bystro topic:hamn", vocabulary=vocabulary) == And(
        (FieldMatch("source", "bystro"), FieldMatch("topic", "hamn"))
    )


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        ("a (b OR c", 2, "stängs aldrig"),
        ("a (", 2, "stängs aldrig"),
        ("a ) b", 2, "stänger ingen"),
        ("a ()", 2, "tom"),
        ('a "b c', 2, "stängs aldrig"),
        ('a "  "', 2, "tomt"),
        ('"a b"~3', 5, "~"),
        ('"a b"*', 5, "*"),
        ("a AND", 2, "till höger"),
        ("AND a", 0, "till vänster"),
        ("a && || b", 2, "till höger"),
        ("a OR", 2, "till höger"),
        ("a OR AND b", 2, "till höger"),
        ("(OR a)", 1, "till vänster"),
        ("a NOT", 2, "till höger"),
        ("a NEAR/3", 2, "till höger"),
        ("NEAR/3 a", 0, "till vänster"),
        ("a NEAR/x b", 2, "NEAR/5"),
        ("a NEAR/101 b", 2, "högst till 100"),
        ("a NEAR/3 -b", 2, "till höger"),
        ('a NEAR/3 "b c"', 9, "bredvid NEAR"),
        ("läck* NEAR/3 a", 0, "bredvid NEAR"),
        ("a NEAR/3 source:x", 16, "bredvid NEAR"),
        ("a NEAR/3 (b c)", 10, "bredvid NEAR"),
        ("a NEAR/3 (a OR b OR c OR d OR e OR f OR g OR h OR i)", 10, "högst 8"),
        ("vatten *läcka", 7, "sist i ett ord"),
        ("vatten lä*ka", 9, "sist i ett ord"),
        ("l*", 1, "minst 2"),
        ("läc?a", 3, "jokertecken"),
        ("a läcka~2", 7, "ungefärlig"),
        ("läcka^2.5", 5, "viktning"),
        ("/läck.*/", 0, "reguljära"),
        ("a foo:bar", 2, "inget fält ”foo”"),
        ("kl:9", 0, r"kl\:"),
        ("_exists_:place", 0, "inget fält"),
        ("a [1 TO 5]", 2, "fält framför"),
        ("topic:", 6, "saknas ett värde"),
        ("topic:)", 6, "saknas ett värde"),
        ("topic:&&", 6, "saknas ett värde"),
        ("text:||a", 5, "saknas ett värde"),
        ("topic:kaniner", 6, "vatten_avlopp, skola_forskola"),
        ("sentiment:glad", 10, "negative, neutral, positive"),
        ("topic:vat*", 6, "kan inte sökas med *"),
        ("municipality:Atlantis", 13, "ingen kommun"),
        ("municipality:ör*", 13, "kod"),
        ("needs_answer:kanske", 13, "true (ja)"),
        ("likes:många", 6, "heltal"),
        ("likes:2,5", 6, "heltal"),
        ("sentiment.score:1e999", 16, "tal"),
        ("likes:[1 TO x]", 12, "heltal"),
        ("likes:[5 TO 1]", 6, "innan det börjar"),
        ("likes:[1 5]", 9, "saknas TO"),
        ("likes:[1 TO 5", 6, "stängs aldrig"),
        ("likes:[1 TO", 9, "saknas TO"),
        ("likes:>", 7, "saknas ett värde"),
        ("likes:>*", 6, "saknas ett värde"),
        ("author:[a TO b]", 7, "inga intervall"),
        ("text:>5", 5, "inga intervall"),
        ("created_at:igår", 11, "2024-05-01"),
        ("created_at:2024-13", 11, "2024-05-01"),
        ("created_at:2024-05-01T12:00:00", 11, "2024-05-01"),
        ("created_at:9999", 11, "2024-05-01"),
        ("created_at:0000", 11, "2024-05-01"),
        ("a \ud800", 2, "inte att läsa"),
        ("(" * 21 + "a" + ")" * 21, 20, "20 parenteser"),
        ("a " * 101, 200, "100 ord"),
        ('"' + "a " * 101 + '"', 0, "100 ord"),
        ("läck* " * 11, 60, "10 ord med *"),
        ("a" * 2001, 2000, "2000 tecken"),
    ],
)
def test_errors_point_at_the_character(query: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert message in caught.value.message
    assert caught.value.position == position


def test_bounds_hold_exactly() -> None:
    parse("(" * 20 + "a" + ")" * 20)
    parse("a " * 100)
    parse("läck* " * 10)
    parse("a" * 2000)


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(Misuse) as caught:
        parse("ämne:skola")
    assert caught.value.exit_code == 2
    for name in FIELDS:
        assert name in str(caught.value)


def _caret_column(drawn: str) -> int:
    return drawn.splitlines()[2].index("^")


def test_the_caret_stands_under_the_character() -> None:
    query = "vatten OR (läcka"
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert render(query, caught.value) == (
        "Frågan går inte att läsa: parentesen som börjar här stängs aldrig\n"
        "  vatten OR (läcka\n"
        "            ^"
    )


def test_the_caret_knows_wide_and_widthless_characters() -> None:
    assert _caret_column(render("😀 )", QueryError("x", 2))) == 2 + 3
    assert _caret_column(render("o\u0308 )", QueryError("x", 2 + 1))) == 2 + 2


def test_a_long_or_broken_query_is_drawn_on_one_line() -> None:
    query = "a\n" * 500 + "\ud800)" + " b" * 400
    _, drawn, caret = render(query, QueryError("x", 1001)).splitlines()
    assert drawn[caret.index("^")] == ")"
    assert len(drawn) < 80
    drawn.encode()


def _tree_or_error(query: str) -> None:
    try:
        node = parse(query)
    except QueryError as caught:
        error = caught
    else:
        assert parse(str(node)) == node
        return
    assert 0 <= error.position <= len(query)
    render(query, error).encode()


@given(st.text(max_size=60))
@example("[a TO ")
@example('"＂a”')
def test_whatever_is_typed_gives_a_tree_or_a_query_error(query: str) -> None:
    _tree_or_error(query)


FRAGMENTS = st.sampled_from(
    [
        *("läcka", "vatten*", "a", "och", '"', "”", "»", "(", ")", "[", "]", "{", "}", "*", "?"),
        *(
            "~",
            "^",
            "/",
            "\\",
            ":",
            "-",
            "+",
            "!",
            "&&",
            "||",
            "AND",
            "OR",
            "NOT",
            "NEAR/3",
            "NEAR",
        ),
        *(
            "topic:",
            "likes:",
            "created_at:",
            "municipality:",
            "foo:",
            "text:",
            "id:",
            "2024-05",
            "5",
        ),
        *("TO", ">=", "<", "ja", "miljo", "Örebro", ":)", "😀", " ", " ", " ", "\u00a0", "0,5"),
    ]
)


@given(st.lists(FRAGMENTS, max_size=20).map("".join))
def test_whatever_looks_like_a_query_gives_a_tree_or_a_query_error(query: str) -> None:
    _tree_or_error(query)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(
    lambda text: str(parse("\\" + "\\".join(text)).text)  # type: ignore[union-attr]  # a word, made NFC as the parser does
)
WORDS = st.one_of(
    st.sampled_from(["läcka", "AND", "topic:x", "a*", "-", "NEAR/2", ":"]), TEXTS
).map(Word)
PREFIXES = TEXTS.map(lambda text: Prefix("ab" + text) if text.isalnum() else Prefix("ab"))
FIELDED = st.one_of(
    st.sampled_from(
        [FieldMatch("topic", "miljo"), FieldExists("place"), FieldPrefix("author", "p_1")]
    ),
    st.integers(-(10**14), 10**14).map(lambda number: FieldMatch("metrics.views", number)),
    st.floats(-1, 1).map(lambda number: FieldRange("sentiment.score", number, None)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
        lambda moment: FieldRange("created_at", None, moment, include_upper=False)
    ),
    TEXTS.map(lambda text: FieldMatch("author", text)),
)
CHOICES = st.lists(WORDS, min_size=2, max_size=3).map(lambda words: Or(tuple(words)))
NEARS = st.builds(Near, st.integers(0, 100), st.tuples(WORDS, CHOICES))
TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(WORDS, PREFIXES, FIELDED, NEARS),
    lambda nodes: st.one_of(
        st.lists(nodes, max_size=3).map(lambda parts: conjunction(parts, 0)),
        st.lists(nodes, max_size=3).map(lambda parts: disjunction(parts, 0)),
        nodes.map(lambda node: negation(node, 0)),
    ),
    max_leaves=8,
)


@given(TREES)
def test_a_tree_is_read_back_from_its_canonical_query(node: Node) -> None:
    assert parse(str(node)) == node


@pytest.mark.parametrize(
    "unit",
    ["(", "a ", "!", "-", '"a" ', "\\", "a~1", "a NEAR/1 ", "[a TO ", "lä?", "a:", "//", "”"],
)
def test_hostile_input_is_quick(unit: str) -> None:
    start = time.process_time()
    for length in (parser.MAX_LENGTH, 100_000):
        query = (unit * length)[:length]
        try:
            parse(query)
        except QueryError as error:
            render(query, error)
    assert time.process_time() - start < 0.2


@given(st.text(min_size=1, max_size=100))
def test_a_text_that_is_written_as_a_phrase_is_read_back(text: str) -> None:
    assert quoted(Cursor(as_phrase(text))) == text

"""Tokens: what belongs together stays together, everything is where it is said to be."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import tokenize

CASES = [
    ("Vattenläckan på E18 kl. 12:30!", "Vattenläckan på E18 kl 12:30"),
    ("3,5 meter, 14.00 och 2026-11-23", "3,5 meter 14.00 och 2026-11-23"),
    ("va-avgift e-post och/eller", "va-avgift e-post och eller"),
    ("SVT:s 3:e 70-talet 5km", "SVT:s 3:e 70-talet 5km"),
    ("#Vattenläcka @kommun_x C#", "#Vattenläcka @kommun_x C"),
    ("@anna@mastodon.example.se @x.bsky.social", "@anna@mastodon.example.se @x.bsky.social"),
    ("se https://example.org/a?b=c). Tack", "se https://example.org/a?b=c Tack"),
    ("www.example.se, info@example.se", "www.example.se info@example.se"),
    ("hej.Vad heter example.se/vatten?", "hej Vad heter example.se/vatten"),
    ("(https://example.se/Ö_(berg))", "https://example.se/Ö_(berg)"),
    ("ring [telefon] eller [e-post], [hej]", "ring [telefon] eller [e-post] hej"),
    ("👨‍👩‍👧‍👦👍🏽🇸🇪🇳🇴1️⃣❤️🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨‍👩‍👧‍👦 👍🏽 🇸🇪 🇳🇴 1️⃣ ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
    ("bra :) :-( <3 ;D", "bra :) :-( <3 ;D"),
    ("_hej_ *fet* ja...nej", "hej fet ja nej"),
    (
        "a\u030angstro\u0308m snö\u00adröjning ne\u200bj",
        "a\u030angstro\u0308m snö\u00adröjning ne\u200bj",
    ),
    ("हिन्दी العَرَبِيَّة Київ", "हिन्दी العَرَبِيَّة Київ"),
    ("", ""),
    ("\u0301\u200b ,.! \u202e", ""),
]
KINDS = [
    ("Hej", "word"),
    ("E18", "word"),
    ("#hej", "hashtag"),
    ("@hej", "mention"),
    ("https://example.se", "url"),
    ("12:30", "number"),
    ("😀", "emoji"),
    (":)", "emoji"),
    ("[personnummer]", "mask"),
]
HOSTILE = [
    "a.", "a", "a\u0301", "\u0301", "a\u200b", "\u200b", "-", "a-", "a'", "http://", "www.", "@",
    "a@", "a@a.", "#", "#a", "1.", "1-", "1a", "😀\u200d", "🇸", ":", "[", "[personnummer", "a:s",
    ".se", "_", "a_", "+a", "a+a@", "1:a", "@a.", "@a@", "/", "a.se/", ":-", "<", "x\u0335\u0335",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_texts_are_cut_into_words(text: str, expected: str) -> None:
    assert [token.text for token in tokenize(text)] == expected.split()


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kinds(text: str, kind: str) -> None:
    assert [token.kind for token in tokenize(text)] == [kind]


def test_the_compared_form_leaves_out_what_nobody_sees() -> None:
    forms = [token.folded for token in tokenize("SNO\u0308\u00adRÖJ\u200bNING ❤️ ❤")]
    assert forms == ["snöröjning", "❤", "❤"]


MESSY = st.text(st.sampled_from("abåäö ÅX.,!?-#@:/|=1[]\n…😀👍🏻\u200d\u0301") | st.characters())


@given(MESSY)
def test_tokens_are_where_they_say_in_order_and_not_empty(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.text
        assert token.folded
        assert not any(character.isspace() for character in token.text)
        end = token.end


@given(MESSY)
def test_every_letter_and_digit_is_in_a_token(text: str) -> None:
    covered = {at for token in tokenize(text) for at in range(token.start, token.end)}
    assert all(at in covered for at, character in enumerate(text) if character.isalnum())


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_no_longer_than_others(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    tokenize(text)
    assert time.process_time() - started < 1.5

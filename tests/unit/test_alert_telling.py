"""Messages of alerts: Swedish, short titles, and nothing that a citizen wrote runs anywhere."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.alerting.alerts import Alert, Place
from lyhord.municipalities import all_municipalities
from services.alert import telling
from services.alert.telling import Words
from services.alert.wording import harmless

START = datetime(2026, 3, 3, 13, 10, tzinfo=UTC)
LEAK = Alert(
    id="a1",
    rule="volym",
    incident="i1",
    municipality="1880",
    topic="vatten_avlopp",
    start=START,
    fired_at=START + timedelta(minutes=20),
    end=None,
    observed=23,
    expected=1.8,
    score=9.5,
    authors=17,
    distinct_texts=21,
    suspected_spam=False,
    terms=("vattenläcka", "Storgatan", "brunt"),
    places=(Place("Storgatan", 9, "facebook:1"), Place("Vivalla", 3, "x:7")),
    posts=("facebook:1", "x:7"),
)
POSTS: Mapping[str, Mapping[str, Any]] = {
    "facebook:1": {"text": "Det forsar\nvatten på Storgatan!", "url": "https://example.org/1"},
    "x:7": {"text": "@channel <!here> se https://ont.example/x", "url": "javascript:alert(1)"},
}
WORDS = Words(look=POSTS.get)


def test_what_opened_is_told_with_what_where_since_when_and_who_says_so() -> None:
    told = telling.opened([LEAK], WORDS)
    assert told.title == "Många skriver om vatten och avlopp i Örebro sedan 3 mars kl. 14.10"
    assert told.body == (
        "23 inlägg sedan 3 mars kl. 14.10, där omkring 2 var att vänta.\n"
        "17 personer har skrivit, 21 olika texter.\n"
        "Ord som utmärker inläggen: vattenläcka, Storgatan, brunt.\n"
        "Platser: Storgatan (9 inlägg, först facebook:1), Vivalla (3 inlägg, först x:7).\n"
        "Vem har svarat: ingen än.\n"
        "\n"
        "Inlägg:\n"
        "– «Det forsar vatten på Storgatan!» facebook:1 https://example.org/1\n"
        "– «@\u2060channel ‹!here› se [länk]» x:7"
    )


def test_a_short_message_quotes_nobody() -> None:
    told = telling.opened([LEAK], WORDS, full=False)
    assert told.body == (
        "23 inlägg sedan 3 mars kl. 14.10, där omkring 2 var att vänta. Vem har svarat: ingen än."
    )


def test_a_campaign_and_an_answer_are_told() -> None:
    spam = LEAK._replace(suspected_spam=True, answered_at=START + timedelta(hours=1), rule="Kö <b>")
    body = telling.opened([spam], Words()).body
    assert "Kan vara en kampanj: få skribenter" in body
    assert "Vem har svarat: Örebro, första gången 3 mars kl. 15.10." in body
    assert body.endswith("– facebook:1\n– x:7\nRegel: Kö ‹b›.")


def test_one_thing_in_many_municipalities_is_told_once_with_their_names() -> None:
    rows = [
        LEAK,
        LEAK._replace(id="a2", municipality="1780", observed=40, posts=("x:9",), terms=("brunt",)),
        LEAK._replace(id="a3", municipality="0180", answered_at=START),
    ]
    told = telling.opened(rows, Words())
    assert told.title == "Många skriver om vatten och avlopp i 3 kommuner sedan 3 mars kl. 14.10"
    assert "86 inlägg" in told.body
    assert "Kommuner: Karlstad (40), Stockholm (23) och Örebro (23)." in told.body
    assert "Vem har svarat: Stockholm (3 mars kl. 14.10), 1 av 3 kommuner." in told.body
    assert [line for line in told.body.splitlines() if line.startswith("– ")] == [
        "– facebook:1",
        "– x:9",
        "– x:7",
    ]


def test_growth_and_the_end_are_told() -> None:
    more = LEAK._replace(observed=51, topic=None)
    told = telling.growing([more], Words(), 23)
    assert told.title == "Växer: Ovanligt många inlägg i Örebro sedan 3 mars kl. 14.10"
    assert told.body.startswith("Förra meddelandet gällde 23 inlägg.\n51 inlägg sedan")
    ended = more._replace(end=START + timedelta(hours=4))
    assert telling.closed([ended], Words()) == (
        "Över: Ovanligt många inlägg i Örebro, 3 mars kl. 14.10–18.10",
        "51 inlägg sedan 3 mars kl. 14.10, där omkring 2 var att vänta.\nVem har svarat: ingen än.",
    )
    assert telling.opened([ended], Words()).title.startswith("Över nu: Ovanligt många inlägg i")
    over_night = ended._replace(end=START + timedelta(hours=14))
    assert telling.closed([over_night], Words()).title.endswith(
        "3 mars kl. 14.10 – 4 mars kl. 04.10"
    )


def test_titles_are_short_whatever_topics_are_called() -> None:
    for each in all_municipalities():
        row = LEAK._replace(municipality=each.code, topic="own", end=START)
        words = Words(topics={"own": "Ett ämne med ett mycket långt namn " * 5})
        for told in (telling.opened([row], words), telling.growing([row], words, 1)):
            assert len(told.title) <= 120
            assert each.name in told.title


@given(st.text(), st.integers(2, 300))
def test_what_citizens_wrote_stays_one_harmless_line(text: str, most: int) -> None:
    line = harmless(text, most)
    assert len(line) <= most
    assert line == " ".join(line.split())
    assert not set("<>`\u202e\u200b\n\r\x00") & set(line)
    assert "://" not in harmless(f"{text} https://ont.example/?q=1", 10_000)


@pytest.mark.parametrize(
    ("expected", "told"), [(0.2, "nästan inga"), (1.8, "omkring 2"), (1234.5, "omkring 1\u00a0234")]
)
def test_expected_counts_are_in_plain_words(expected: float, told: str) -> None:
    body = telling.opened([LEAK._replace(expected=expected)], Words()).body
    assert f"där {told} var att vänta" in body

"""Places: known names, names by their endings, traps, and where they lie."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.model import Place
from services.enrich.nlp.places import Places
from services.enrich.nlp.words import Vocabulary

VOCABULARY = Vocabulary()


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.load(VOCABULARY)


def find(places: Places, text: str, home: str | None = "1780") -> list[Place]:
    return list(places.find(text, VOCABULARY.read(text), municipality=home))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Läcka på Lövgatan 3 i Fagersta kommun", ["Lövgatan street", "Fagersta municipality"]),
        ("Malmös gator", ["Malmös municipality"]),
        ("Stockholms stad", ["Stockholms municipality"]),
        ("Fest i Örebro län", ["Örebro län county"]),
        ("Vi åker till Skåne", ["Skåne county"]),
        ("Det ligger i Molkom", ["Molkom locality"]),
        ("Bor på Kronoparken", ["Kronoparken district"]),
        (
            "Halt på Norra Kungsgatan och Stora torget",
            ["Norra Kungsgatan street", "Stora torget poi"],
        ),
        ("Nils Ekbergs väg är hal", ["Nils Ekbergs väg street"]),
        ("Karlstads simhall är stängd", ["Karlstads simhall poi"]),
        ("barnen på förskolan Solrosen", ["Solrosen poi"]),
        ("E18 och väg 63 är hala", ["E18 street", "väg 63 street"]),
        ("Tackling på Vättern", ["Vättern nature"]),
        ("Algblomning i Lillsjön", ["Lillsjön nature"]),
        ("hål på storgatan i karlstad", ["storgatan street", "karlstad municipality"]),
        ("KARLSTAD ÄR BÄST", ["KARLSTAD municipality"]),
        ("Storgatan är avstängd", ["Storgatan street"]),
        ("#Karlstad är bäst", ["Karlstad municipality"]),
        ("Sankt Olofsgatan och S:t Larsgatan", ["Sankt Olofsgatan street", "S:t Larsgatan street"]),
        ("Åvägen är smal", ["Åvägen street"]),
    ],
)
def test_places_are_found(places: Places, text: str, expected: list[str]) -> None:
    assert [f"{each.text} {each.kind}" for each in find(places, text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Torget, stadshuset och skolan",
        "Cykelvägen är oplogad. Gångvägen också.",
        "Vi vill vara med",
        "Sala in pengar. Berg av snö. Mark och vatten. Nora ringde.",
        "Malmö FF vann",
        "Grundskolan och Förskolan i kväll",
        "på vägen till gatan",
        "Köpenhamn är fint",
        "Miljön först",
    ],
)
def test_words_are_not_taken_for_places(places: Places, text: str) -> None:
    assert find(places, text) == []


def test_doubtful_names_need_a_preposition(places: Places) -> None:
    assert [each.text for each in find(places, "Jag bor i Kil och Sala")] == ["Kil", "Sala"]
    assert [each.text for each in find(places, "Vara kommun svarar")] == ["Vara"]
    assert find(places, "jag vill vara i mark") == []


def test_namesakes_are_told_apart(places: Places) -> None:
    def code(home: str | None) -> str | None:
        (place,) = find(places, "Läcka i Ryssby", home)
        return place.municipality

    assert code("0781") == "0781"
    assert code("0682") == "0682"
    assert code(None) in {"0781", "0682"}


def test_a_street_lies_in_the_town_named_after_it(places: Places) -> None:
    street, town = find(places, "Läcka på Ekgatan i Kumla")
    assert street.municipality == town.municipality == "1881"
    assert (street.lat, street.lon, street.precision) == (town.lat, town.lon, "municipality")


def test_a_street_lies_in_the_post_s_municipality_else(places: Places) -> None:
    (street,) = find(places, "Läcka på Ekgatan", "1881")
    assert street.municipality == "1881"
    (street,) = find(places, "Läcka på Ekgatan", None)
    assert (street.municipality, street.lat, street.precision) == (None, None, None)


PIECES = st.lists(
    st.sampled_from(
        ["Storgatan", "i", "Kil", "kommun", "Norra", "torget", "E18", "väg", "63", "Ekbergs",
         "#Åre", ".", ",", "\n", "på", "och", "förskolan", "Solrosen", "s", "👍🏻", "län", "Örebro"]
    )
)  # fmt: skip


@given(PIECES, st.sampled_from(["", " "]))
def test_offsets_show_the_text_and_places_never_overlap(
    places: Places, pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    end = 0
    for place in find(places, text):
        assert text[place.start : place.end] == place.text
        assert place.start >= end
        end = place.end


@pytest.mark.parametrize("piece", ["Storgatan ", "i Kil och ", "Norra ", "Ekbergs ", "E18 väg 63 "])
def test_hostile_texts_take_linear_time(places: Places, piece: str) -> None:
    words = VOCABULARY.read((piece * 100_000)[:100_000])
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    places.find(text, words, municipality="1780")
    assert time.process_time() - start < 3

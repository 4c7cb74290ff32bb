"""Topics: what a post is about, near-misses included, and a municipality's own list."""

from pathlib import Path

import pytest

from lyhord.errors import Misuse
from lyhord.labels import TOPICS
from lyhord.model import Label
from services.enrich.nlp.topics import OTHER, Topics, named
from services.enrich.nlp.words import Vocabulary

VOCABULARY = Vocabulary()


@pytest.fixture(scope="module")
def topics() -> Topics:
    return Topics.load(VOCABULARY)


def about(topics: Topics, text: str) -> tuple[Label, ...]:
    return named(topics.weigh(VOCABULARY.read(text)))


def main_topic(topics: Topics, text: str) -> str:
    return about(topics, text)[0].label


def test_the_built_in_topics_are_the_model_s(topics: Topics) -> None:
    assert topics.names == dict(TOPICS)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Vattenläckan är tillbaka", "vatten_avlopp"),
        ("vattenledningsröret sprack", "vatten_avlopp"),
        ("Grym tackling på Vättern igår", "kultur_fritid"),
        ("Är badvattnet tjänligt?", "miljo"),
        ("Parkeringen är full", "trafik_vagar"),
        ("Gatlampan är släckt", "trafik_vagar"),
        ("Skolbussen kom inte", "skola_forskola"),
        ("Skräp överallt, töm papperskorgen", "avfall"),
        ("Hemtjänsten kom aldrig", "aldreomsorg"),
        ("Oplogat och halt på gångbanan", "snorojning"),
        ("När öppnar simhallen?", "kultur_fritid"),
        ("Bygglovet dröjer", "bygg_plan"),
        ("Näringslivet behöver fler lokaler", "naringsliv"),
        ("Inbrott i natt, polisen är här", "trygghet"),
        ("Fullmäktige höjer skatten", "politik_demokrati"),
        ("VMA: skogsbrand, stäng fönster och dörrar", "krisberedskap"),
        ("When does the library open?", "kultur_fritid"),
        ("Vad ska du göra i kväll?", OTHER),
        ("En miljon fönster och en vattenmelon", OTHER),
        ("", OTHER),
    ],
)
def test_main_topics(topics: Topics, text: str, topic: str) -> None:
    assert main_topic(topics, text) == topic


def test_several_topics_are_scored_most_likely_first(topics: Topics) -> None:
    labels = about(topics, "Stormen tog strömmen, och snöröjningen är inställd")
    assert {"krisberedskap", "snorojning"} <= {each.label for each in labels}
    scores = [each.score for each in labels]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_where_something_is_weighs_less_than_what_it_is(topics: Topics) -> None:
    assert main_topic(topics, "Nedskräpningen vid skolan") == "avfall"


def test_nothing_known_is_other_and_only_that(topics: Topics) -> None:
    labels = about(topics, "Hej på er")
    assert labels[0].label == OTHER
    assert [each.label for each in labels] == [OTHER]


def test_a_municipality_adds_its_own(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text('[hamn]\nname = "Hamnen"\nseeds = { 3 = "gästhamn, båtplats" }\n')
    own = Topics.load(VOCABULARY, file)
    assert main_topic(own, "Är gästhamnen full?") == "hamn"
    assert main_topic(own, "När öppnar simhallen?") == "kultur_fritid"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[hamn", "cannot be read"),
        ('[hamn]\nseeds = { 3 = "hamn" }\n', "topic hamn needs a name and seeds"),
        ('hamn = "hamn"\n', "topic hamn needs a name and seeds"),
        ('[hamn]\nname = "Hamn"\nseeds = { much = "hamn" }\n', "grouped by weights"),
        ('[hamn]\nname = "Hamn"\nseeds = { 3 = ["hamn"] }\n', "grouped by weights"),
        ('[hamn]\nname = "Hamn"\nseeds = "hamn"\n', "grouped by weights"),
    ],
)
def test_a_broken_list_is_told(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(content)
    with pytest.raises(Misuse, match=complaint):
        Topics.load(VOCABULARY, file)


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="cannot be read"):
        Topics.load(VOCABULARY, tmp_path / "nowhere.toml")

"""The codebook: every label has a meaning, and page, documentation and figures say the same."""

import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from lyhord import codebook, labels, own_topics, wiring
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.model import Kind, Place, SentimentLabel, Stance
from lyhord.own_topics import OwnTopic
from lyhord.settings import Settings
from services.web.app import create_app
from services.web.meaning import MEASURES
from tests.contract.test_store import tagged
from training import codebook as made

OWN = """
[hamn]
name = "Hamnen"
description = "Gästhamnen och   dess båtplatser."
seeds = { 3 = "gästhamn" }

[fiber]
name = "Fiber"
seeds = { 3 = "fiber" }

[avfall]
name = "Sopor"
seeds = { 3 = "sopor" }
"""


@pytest.fixture
def own(tmp_path: Path) -> dict[str, OwnTopic]:
    file = tmp_path / "topics.toml"
    file.write_text(OWN, encoding="utf-8")
    return own_topics.described(file)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TantivyStore]:
    filled = TantivyStore(tmp_path_factory.mktemp("store"), write=True)
    posts = [tagged(1, "vatten", model="m-1"), tagged(2, "vatten", model="m-2")]
    assert not any(filled.upsert([*posts, tagged(3, "snö", model="m-2")]))
    filled.flush()
    yield filled
    filled.close()


def page(store: TantivyStore, address: str, code: int = 200, **options: OwnTopic) -> str:
    client = TestClient(create_app(store, hosts=["testserver"], topics=options))
    answer = client.get(address)
    assert answer.status_code == code
    return html.unescape(answer.text)


def test_every_label_is_defined_and_nothing_else() -> None:
    known = {
        "topic": tuple(labels.TOPICS),
        "sentiment": get_args(SentimentLabel),
        "kind": get_args(Kind),
        "needs_answer": ("true", "false"),
        "stance": get_args(Stance),
        "places": get_args(Place.model_fields["kind"].annotation),
    }
    words = tomllib.loads(codebook.WORDS.read_text(encoding="utf-8"))
    assert {tag: tuple(table["labels"]) for tag, table in words.items()} == known
    assert {tag: tuple(names) for tag, names in codebook.NAMES.items()} == known
    texts = [text for table in words.values() for text in table["labels"].values()]
    assert [
        text for text in texts if not re.fullmatch(r"[A-ZÅÄÖ].*[.]", text.strip(), re.DOTALL)
    ] == []


def test_the_figures_are_those_of_the_documentation() -> None:
    told = made.figures(made.FIGURES.read_text(encoding="utf-8"))
    assert codebook.CERTAINTY.read_text(encoding="utf-8") == told, "run `make codebook`"


def test_the_documentation_says_what_the_data_says() -> None:
    told = made.page(codebook.codebook())
    assert made.PAGE.read_text(encoding="utf-8") == told, "run `make codebook`"


def test_a_page_without_the_figures_is_told() -> None:
    with pytest.raises(ValueError, match=r"nlp\.md lacks a table"):
        made.figures("# Nothing")


def test_the_page_says_it_all(store: TantivyStore) -> None:
    told = page(store, "/kodbok")
    for tag in codebook.codebook().tags:
        assert tag.about in told
        assert MEASURES[tag.sureness.measure] in told
        for figure in tag.sureness[1:]:
            assert f"{figure:.3f}".replace(".", ",") in told
        for entry in tag.entries:
            assert f"{entry.name} <code>{entry.label}</code></th><td>{entry.definition}" in told
    assert "lyhord sample" in told
    assert "lyhord agreement" in told
    assert "Alla inlägg här är taggade av" in " ".join(told.split())
    assert "<strong>m-1</strong> (1 inlägg), <strong>m-2</strong> (2 inlägg)" in told
    assert "style=" not in told
    assert "<script" not in told


def test_the_models_are_those_of_the_selection(store: TantivyStore) -> None:
    start = page(store, "/?q=snö")
    assert "satta av modellen m-2 och" in start
    address = re.search(r'href="(/kodbok\?[^"]*)"', start)
    assert address
    told = page(store, address[1])
    assert "<strong>m-2</strong> (1 inlägg)." in told
    assert "m-1" not in told
    assert 'href="/kodbok"' in page(store, "/vantar")
    assert "går inte att läsa" in page(store, "/kodbok?q=(", 400)
    assert "är ingen dag" in page(store, "/kodbok?since=nyss", 400)


def test_own_topics_have_their_own_words(store: TantivyStore, own: dict[str, OwnTopic]) -> None:
    told = page(store, "/kodbok", **own)
    rows = dict(re.findall(r'<th scope="row">([^<]*) <code>\w+</code></th><td>([^<]*)<', told))
    assert rows["Hamnen"] == "Gästhamnen och dess båtplatser."
    assert rows["Fiber"] == rows["Sopor"] == codebook.OWN_TOPIC
    assert "Avfall" not in rows
    assert '<option value="hamn">Hamnen</option>' in page(store, "/", **own)


def test_own_topics_can_be_searched_by(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(OWN, encoding="utf-8")
    known = wiring.vocabulary(Settings(data=tmp_path, topics=file)).topics
    assert known == (*labels.TOPICS, "hamn", "fiber")

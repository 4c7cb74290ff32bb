"""Training the recogniser of names: how its corpora are read, and a small run of the whole."""

from pathlib import Path

import pytest

from lyhord.errors import Misuse
from services.enrich.nlp import pipeline
from services.enrich.nlp.reading import reading_of
from training import names

KLINTAN = "Kristina\tPER\nEk\tPER\nbor\t0\ni\t0\nSka\u00adra    LOC\n.\t0\n\nHon\nskrattar\t0\n"
TALBANKEN = (
    "# sent_id = 1\n# text = Anna Berg, Ola\n"
    "1\tAnna\tB-PER\t-\t-\n2\tBerg\tI-PER\t-\t-\n3\tOla\tB-PER\t-\t-\n4\tkom\tO\t-\t-\n"
)


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / names.TRAINING).write_text(KLINTAN * 20, encoding="utf-8")
    (tmp_path / names.TEST).write_text(KLINTAN, encoding="utf-8")
    (tmp_path / names.MORE_TRAINING).write_text(TALBANKEN + "\n", encoding="utf-8")
    return tmp_path


def test_both_forms_of_corpora_are_read(corpora: Path) -> None:
    first, second = names.read(corpora / names.TEST)
    assert first.words == ["Kristina", "Ek", "bor", "i", "Skara", "."]
    assert first.kinds == ["PER", "PER", None, None, "LOC", None]
    assert second == (["Hon", "skrattar"], [None, None], [False, False])
    (third,) = names.read(corpora / names.MORE_TRAINING)
    assert third.words == ["Anna", "Berg", "Ola", "kom"]
    assert third.begins == [True, False, True, False]


def test_a_corpus_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"nowhere\.txt: cannot be read"):
        names.read(tmp_path / "nowhere.txt")


def test_a_small_training_learns_its_names_and_scores_them(
    corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_EPOCHS", 12)
    monkeypatch.setattr(names, "_BATCH", 4)
    nlp = pipeline.build()
    told: list[str] = []
    names.train(nlp, corpora, told.append)
    assert len(told) == 12
    whole, kinds = names.score(nlp, corpora / names.TEST)
    assert whole > 0.9
    assert kinds.keys() == {"PER", "LOC"}
    found = reading_of(nlp("Kristina Ek bor i Skara.")).entities
    assert [(each.text, each.kind) for each in found] == [("Kristina Ek", "PER")]

"""The project's own labelled posts: whole, consistent, and nobody's."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from lyhord.errors import Misuse
from lyhord.labels import AUTHOR_ROLES, KINDS, SENTIMENTS, STANCES, TOPICS
from lyhord.privacy.masking import find
from training import corpus, scoring
from training.fitting import FOLDS, fifths

EXAMPLES = [*corpus.read(), *corpus.read(corpus.HELD_OUT)]
FICTITIOUS = {
    "telefon": re.compile(r"(?:\+46|0)70\D?174\D?06\D?(?:0[5-9]|[1-9]\d)"),
    "e-post": re.compile(r".+@example\.(?:com|net|org|se)"),
    "personnummer": re.compile(r"(?:\d\d)?\d{6}[-+ ]?98\d\d"),
}


def test_every_label_has_examples() -> None:
    for field, labels in (
        ("topic", TOPICS),
        ("sentiment", SENTIMENTS),
        ("kind", KINDS),
        ("stance", STANCES),
        ("author_role", AUTHOR_ROLES.keys() - {"unknown"}),
    ):
        counts = Counter(getattr(example, field) for example in EXAMPLES)
        assert counts.keys() == {*labels}, field
        assert min(counts.values()) >= len(EXAMPLES) / 100, (field, counts)


def test_no_id_and_no_longer_text_comes_twice() -> None:
    assert len({example.id for example in EXAMPLES}) == len(EXAMPLES)
    told = Counter(
        (example.text.casefold(), example.author_role)
        for example in EXAMPLES
        if len(example.text) > 25
    )
    assert [text for text, count in told.items() if count > 1] == []


def test_every_batch_has_its_brief() -> None:
    briefs = json.loads((corpus.FOLDER.parent / "briefs.json").read_text(encoding="utf-8"))
    assert briefs.keys() == {example.batch for example in EXAMPLES}
    assert all(example.batch.startswith(example.writer) for example in EXAMPLES)


def test_the_second_reading_is_of_these_posts_and_agrees_with_most() -> None:
    of = {example.id: example for example in EXAMPLES}
    with (corpus.FOLDER.parent / "second_reading.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len({row["id"] for row in rows}) == len(rows)
    same = [row["sentiment"] == of[row["id"]].sentiment for row in rows]
    assert sum(same) / len(same) > 0.9


def test_personal_data_is_fictitious() -> None:
    real = [
        (example.id, example.text[span.start : span.end])
        for example in EXAMPLES
        for span in find(example.text)
        if not FICTITIOUS[span.kind].fullmatch(example.text[span.start : span.end])
    ]
    assert real == []


def test_a_fifth_has_whole_writers() -> None:
    groups = dict.fromkeys(zip((each.writer for each in EXAMPLES), fifths(EXAMPLES), strict=True))
    assert len(groups) == len({example.writer for example in EXAMPLES})
    assert {group for _, group in groups} == {str(each) for each in range(FOLDS)}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"topic": "mat"}, "topics are known ones"),
        ({"topics": ["avfall", "mat"], "topic": "avfall"}, "topics are known ones"),
        ({"author_role": "municipality", "needs_answer": True}, "needs no answer"),
        ({"kind": "gnäll"}, "kind: "),
        ({"places": [{"text": "Hjo", "kind": "locality", "start": 1, "end": 4}]}, "does not stand"),
        ({"mood": "bad"}, "mood: "),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    good = EXAMPLES[0].model_dump(mode="json")
    lines = [json.dumps(each) for each in (good, good | change)]
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    with pytest.raises(Misuse, match=rf"x\.jsonl:2: .*{told}"):
        corpus.read(tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no labelled posts"):
        corpus.read(tmp_path)


def test_scores() -> None:
    gold, said = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    assert scoring.accuracy(gold, said) == 0.75
    assert scoring.by_label(gold, said) == pytest.approx({"a": 2 / 3, "b": 0.8})
    assert scoring.macro_f1(gold, said) == pytest.approx((2 / 3 + 0.8) / 2)
    assert scoring.set_f1([{1, 2}, set()], [{2}, {3}]) == pytest.approx(0.5)
    assert scoring.calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0)
    assert scoring.calibration_error([0.95] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.45)

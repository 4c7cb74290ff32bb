"""The linear models: what a post is judged by, and a table that comes back as it was saved."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.model import AuthorRole
from services.enrich.nlp import features
from services.enrich.nlp.linear import Linear, Table
from services.enrich.nlp.words import Vocabulary
from services.enrich.tagger import Tagger
from training import corpus, evaluate
from training import train as train_command
from training.corpus import Example
from training.curve import curve
from training.fitting import fit

RULES = Tagger.load(model=None)
LABELS = {"topic": ("avfall", "miljo", "ovrigt"), "needs_answer": ("false", "true")}
TEXTS = {
    "Sopbilen kom aldrig i dag!": ("avfall", "complaint", "negative"),
    "När töms kärlen på Storgatan?": ("avfall", "question", "neutral"),
    "Soporna ligger kvar, igen": ("avfall", "complaint", "negative"),
    "Så fint det blev i naturreservatet": ("miljo", "praise", "positive"),
    "Får man bada i sjön?": ("miljo", "question", "neutral"),
    "Underbart naturreservat, tack": ("miljo", "praise", "positive"),
}


def table(seed: int) -> Table:
    chance = np.random.default_rng(seed)
    columns = sum(map(len, LABELS.values()))
    return Table(
        heads=LABELS,
        weights=chance.integers(-127, 128, (features.BUCKETS, columns)).astype(np.int8),
        steps=chance.uniform(0.001, 0.01, columns).astype(np.float32),
        bias=chance.normal(size=columns).astype(np.float32),
        warmth={"topic": 1.5, "needs_answer": 0.5},
    )


TABLE = table(1)


@given(text=st.text(max_size=80), role=st.sampled_from(["citizen", "municipality"]))
def test_words_that_kept_their_share_give_what_the_whole_row_gives(
    text: str, role: AuthorRole
) -> None:
    vocabulary = Vocabulary()
    models = Linear(vocabulary, TABLE)
    words = vocabulary.read(text)
    rules = {"score": 0.5, "placed": 0.0}
    judged = models.judge(text, words, role, rules)
    values = features.Features.of(text, words, role, rules).values()
    sums = sum(
        value * TABLE.weights[row].astype(np.float64) for row, value in values.items()
    ) * TABLE.steps.astype(np.float64)
    start = 0
    for head, labels in LABELS.items():
        scaled = (sums + TABLE.bias)[start : start + len(labels)] / TABLE.warmth[head]
        expected = np.exp(scaled - scaled.max())
        expected /= expected.sum()
        assert list(judged[head]) == list(labels)
        assert list(judged[head].values()) == pytest.approx(expected.tolist(), abs=1e-3)
        start += len(labels)


def test_a_table_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    TABLE.save(one)
    back = Table.load(one)
    assert back.heads == {head: list(labels) for head, labels in LABELS.items()}
    assert back.warmth == TABLE.warmth
    assert np.array_equal(back.weights, TABLE.weights)
    back.save(other)
    assert one.read_bytes() == other.read_bytes()


def shown() -> list[Example]:
    """Give each text once by each of five writers."""
    return [
        Example(
            id=f"{number}",
            writer="abcde"[number // len(TEXTS)],
            batch="abcde"[number // len(TEXTS)],
            text=text,
            author_role="citizen",
            topic=topic,
            topics=[topic],
            sentiment=sentiment,
            stance="none" if number % 2 else "for",
            kind=kind,
            needs_answer=kind != "praise",
            places=[],
            tags=[],
        )
        for number, (text, (topic, kind, sentiment)) in enumerate([*TEXTS.items()] * 5)
    ]


def test_models_learn_what_they_are_shown_and_the_same_twice(tmp_path: Path) -> None:
    examples = shown()
    tables = [fit(examples, lambda _: None) for _ in range(2)]
    for number, each in enumerate(tables):
        each.save(tmp_path / str(number))
    files = [file.read_bytes() for file in sorted(tmp_path.iterdir())]
    assert files[0] == files[1]
    vocabulary = Vocabulary()
    models = Linear(vocabulary, tables[0])
    for text, (topic, kind, sentiment) in TEXTS.items():
        figures = RULES.features(text, author_role="citizen").rules
        assert figures
        judged = models.judge(text, vocabulary.read(text), "citizen", {})
        for head, label in (("topic", topic), ("kind", kind), ("sentiment", sentiment)):
            assert max(judged[head], key=judged[head].__getitem__) == label


def test_the_learning_curve_goes_up_to_all_posts_but_those_kept_back() -> None:
    steps = list(curve(shown(), "e"))
    assert [posts for posts, _ in steps] == [6, 6, 12, 24]
    assert all(0 <= score <= 1 for _, scores in steps for score in scores.values())


def test_training_and_evaluating_run_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen: dict[tuple[str, str], list[str]] = {}
    for example in corpus.read():
        if example.writer in ("c", "g"):
            batch = chosen.setdefault((example.writer, example.batch), [])
            if len(batch) < 3:
                batch.append(example.model_dump_json())
    lines = [line for batch in chosen.values() for line in batch]
    (tmp_path / "some.jsonl").write_text("\n".join(lines), encoding="utf-8")
    folder = tmp_path / "model"
    arguments = ["train", "--posts", str(tmp_path), "--output", str(folder)]
    monkeypatch.setattr("sys.argv", arguments)
    train_command.main()
    model = Tagger.load(model=folder)
    tags = model.tag("Tack för att ni sandade gångvägen så snabbt!", author_role="citizen")
    assert tags.model != RULES.model
    assert abs(sum(label.score for label in tags.topics)) <= 1.001
    assert not model.tag("När öppnar badet?", author_role="municipality").needs_answer

    monkeypatch.setattr("sys.argv", ["evaluate", "--posts", str(tmp_path)])
    evaluate.main()
    told = capsys.readouterr().out
    assert f"{len(lines)} posts by 2 writers" in told
    assert "| sentiment, macro F1 | 0." in told
    assert "| sarcasm | " in told
    assert "places, exact spans: F1 0.9" in told

"""Training and trying the recogniser of names, on two open corpora of Swedish.

klintan/swedish-ner-corpus (CC BY 4.0) and UniversalNER/UNER_Swedish-Talbanken (CC BY-SA 4.0), as
their files are; `docs/data.md` tells where from. Early stopping looks at a tenth of klintan's
training set, never at a test set.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.scorer import Scorer
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import minibatch
from spacy.vocab import Vocab
from thinc.api import fix_random_seed

from lyhord.errors import Misuse

TRAINING = "swedish-ner-corpus_train_corpus.txt"
TEST = "swedish-ner-corpus_test_corpus.txt"
MORE_TRAINING = "uner_sv_talbanken-ud-train.iob2"
MORE_TEST = "uner_sv_talbanken-ud-test.iob2"

_EPOCHS = 20
_BATCH = 48
_DROPOUT = 0.3
_KEPT_BACK = 10
_SOFT_HYPHEN = "\u00ad"


class Sentence(NamedTuple):
    """Words, and for each the kind of name that it is a part of, or None, and whether it begins."""

    words: list[str]
    kinds: list[str | None]
    begins: list[bool]


def read(file: Path) -> list[Sentence]:
    """Read one of the corpora's files; blank lines part sentences.

    Raises:
        Misuse: it cannot be read.

    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except OSError as problem:
        raise Misuse(f"{file}: cannot be read: {problem.strerror}") from None
    sentences = []
    sentence = Sentence([], [], [])
    for line in [*lines, ""]:
        if line.startswith("# "):
            continue
        if not line.strip():
            if sentence.words:
                sentences.append(sentence)
            sentence = Sentence([], [], [])
            continue
        cells = line.split("\t")
        numbered = cells[0].isdecimal() and len(cells) > len(("word", "label"))
        # One word of klintan's has no label; some are parted from theirs by spaces.
        word, label = (cells[1], cells[2]) if numbered else (*line.split(), "0")[:2]
        word = word.replace(_SOFT_HYPHEN, "").strip()
        if word:
            _, _, kind = label.strip().rpartition("-")
            sentence.words.append(word)
            sentence.kinds.append(None if kind in {"0", "O"} else kind)
            sentence.begins.append(label.startswith("B-"))
    return sentences


def train(nlp: Language, data: Path, tell: Callable[[str], object] = print) -> None:
    """Train a pipeline's `names` on the corpora in a folder, and leave it with its best weights.

    The same data on the same versions give the same weights; other processors, slightly others.
    """
    fix_random_seed(0)
    chance = random.Random(1)  # noqa: S311 - seeded, not secret
    whole = read(data / TRAINING)
    chance.shuffle(whole)
    kept = len(whole) // _KEPT_BACK
    names = nlp.get_pipe("names")
    trained = _examples(nlp.vocab, whole[kept:] + read(data / MORE_TRAINING))
    tried = _examples(nlp.vocab, whole[:kept])
    for kind in sorted({kind for each in whole for kind in each.kinds if kind}):
        names.add_label(kind)  # type: ignore[attr-defined]  # spaCy's pipes have it
    optimizer = nlp.initialize(lambda: trained)
    best, kept_weights = -1.0, b""
    for epoch in range(_EPOCHS):
        chance.shuffle(trained)
        for batch in minibatch(trained, _BATCH):
            names.update(batch, drop=_DROPOUT, sgd=optimizer)  # type: ignore[attr-defined]
        with nlp.use_params(optimizer.averages):
            score, _ = _score(nlp, tried)
            if score > best:
                best, kept_weights = score, names.model.to_bytes()  # type: ignore[attr-defined]
        tell(f"names, epoch {epoch + 1} of {_EPOCHS}: F1 {score:.3f} on sentences kept back")
    names.model.from_bytes(kept_weights)  # type: ignore[attr-defined]


def score(nlp: Language, file: Path) -> tuple[float, dict[str, float]]:
    """Give the F1 of exact spans on a corpus's file, over all kinds and for each."""
    return _score(nlp, _examples(nlp.vocab, read(file)))


def _score(nlp: Language, examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    # The component itself chooses texts by its reading of them; the corpora come as words.
    names: Any = nlp.get_pipe("names")
    found = [Doc(nlp.vocab, words=[token.text for token in each.reference]) for each in examples]
    for _ in EntityRecognizer.pipe(names, iter(found), batch_size=256):
        pass
    scores = Scorer().score(
        [Example(doc, each.reference) for doc, each in zip(found, examples, strict=True)]
    )
    kinds = scores["ents_per_type"] or {}
    return float(scores["ents_f"] or 0.0), {kind: each["f"] for kind, each in kinds.items()}


def _examples(vocab: Vocab, sentences: Sequence[Sentence]) -> list[Example]:
    examples = []
    for sentence in sentences:
        reference = Doc(vocab, words=sentence.words)
        reference.ents = tuple(
            Span(reference, first, last, label=kind) for first, last, kind in _spans(sentence)
        )
        examples.append(Example(Doc(vocab, words=sentence.words), reference))
    return examples


def _spans(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Give names as first word, the word behind the last, and kind."""
    first: int | None = None
    for at, (kind, begins) in enumerate(
        zip([*sentence.kinds, None], [*sentence.begins, False], strict=True)
    ):
        before = sentence.kinds[at - 1] if at else None
        if first is not None and before and (kind != before or begins):
            yield first, at, before
            first = None
        if kind and first is None:
            first = at

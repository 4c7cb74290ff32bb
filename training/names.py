"""Training and trying the recogniser of names, on two open corpora of Swedish.

klintan/swedish-ner-corpus (CC BY 4.0) and UniversalNER/UNER_Swedish-Talbanken (CC BY-SA 4.0), as
their files are; `docs/data.md` tells where from.
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
    """Train a pipeline's `names` on the corpora in a folder.

    Its weights become the mean of what they were after each epoch of the later half (Izmailov et
    al. 2018, stochastic weight averaging): no sentences are needed to choose an epoch by.
    The same data on the same versions give the same weights; other processors, slightly others.
    """
    fix_random_seed(0)
    chance = random.Random(1)  # noqa: S311 - seeded, not secret
    sentences = read(data / TRAINING) + read(data / MORE_TRAINING)
    trained = _examples(nlp.vocab, sentences)
    names: Any = nlp.get_pipe("names")
    for kind in sorted({kind for each in sentences for kind in each.kinds if kind}):
        names.add_label(kind)
    optimizer = nlp.initialize(lambda: trained)
    mean = _Mean(names.model)
    for epoch in range(_EPOCHS):
        chance.shuffle(trained)
        losses: dict[str, float] = {}
        for batch in minibatch(trained, _BATCH):
            names.update(batch, drop=_DROPOUT, sgd=optimizer, losses=losses)
        if epoch >= _EPOCHS // 2:
            with nlp.use_params(optimizer.averages):
                mean.take()
        tell(f"names, epoch {epoch + 1} of {_EPOCHS}: loss {losses['names']:,.0f}")
    mean.put()


class _Mean:
    """The mean of a model's weights at several times."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._times = 0
        self._sums: dict[tuple[int, str], Any] = {}

    def take(self) -> None:
        """Count the weights as they are in."""
        self._times += 1
        for place, node in enumerate(self._model.walk()):
            for name in node.param_names:
                if node.has_param(name):
                    key = (place, name)
                    self._sums[key] = self._sums.get(key, 0.0) + node.get_param(name)

    def put(self) -> None:
        """Give the model the mean."""
        for place, node in enumerate(self._model.walk()):
            for name in node.param_names:
                if node.has_param(name):
                    node.set_param(name, self._sums[place, name] / self._times)


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

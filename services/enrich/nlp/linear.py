"""Linear models of a post's labels, whose weights a word gathers once and keeps.

One table has a row of weights for each hashed feature and a column for each label of each head
(topic, sentiment, kind, needs_answer, stance); `training/` makes it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lyhord.model import AuthorRole
from services.enrich.nlp import features
from services.enrich.nlp.words import Term, Vocabulary, Word

Likelihoods = Mapping[str, float]
"""Labels and how likely each is; they sum to 1."""
_Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Table:
    """Trained weights.

    ``weights`` is (`features.BUCKETS`, columns) in steps of ``steps``; ``bias`` is added; ``heads``
    names each head's labels, in the order of the columns; ``warmth`` is what each head's sums are
    divided by, so that likelihoods are as often right as they say (Guo et al. 2017).
    """

    heads: Mapping[str, Sequence[str]]
    weights: npt.NDArray[np.int8]
    steps: _Vector
    bias: _Vector
    warmth: Mapping[str, float]

    @classmethod
    def load(cls, file: Path) -> "Table":
        """Read a file that `save` wrote.

        Raises:
            OSError, ValueError, KeyError: it is not there, or no such file.

        """
        with np.load(file, allow_pickle=False) as found:
            rows = np.zeros((features.BUCKETS, len(found["bias"])), np.int8)
            rows[found["rows"]] = found["weights"]
            names = [str(name) for name in found["heads"]]
            heads = {name: [str(label) for label in found[f"labels_{name}"]] for name in names}
            warmth = dict(zip(names, map(float, found["warmth"]), strict=True))
            return cls(heads, rows, found["steps"], found["bias"], warmth)

    def save(self, file: Path) -> None:
        """Write the rows that say anything; the same table is the same bytes."""
        rows = np.flatnonzero(self.weights.any(axis=1)).astype(np.uint32)
        file.parent.mkdir(parents=True, exist_ok=True)
        labels: dict[str, Any] = {
            f"labels_{name}": np.array(labels) for name, labels in self.heads.items()
        }
        np.savez_compressed(
            file,
            rows=rows,
            weights=self.weights[rows],
            steps=self.steps,
            bias=self.bias,
            heads=np.array(list(self.heads)),
            warmth=np.array([self.warmth[name] for name in self.heads], np.float32),
            **labels,
        )


class _Share(NamedTuple):
    """What a word adds to each column before scaling, of how many features, and its marks."""

    sums: _Vector
    features: int
    marks: features.Marks


class Linear:
    """The models, ready to judge the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, table: Table) -> None:
        """Take the weights; each word notes its share of them when it is first met."""
        self._table = table
        self._note = vocabulary.note(self._share)
        sizes = [len(labels) for labels in table.heads.values()]
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._head_of = np.repeat(np.arange(len(sizes)), sizes)
        warmth = [table.warmth[name] for name in table.heads]
        self._heat = np.repeat(np.array(warmth, np.float32), sizes)

    def judge(
        self, text: str, words: Sequence[Word], role: AuthorRole, rules: Mapping[str, float]
    ) -> dict[str, Likelihoods]:
        """Give for each head how likely each of its labels is.

        Args:
            text: the post's.
            words: of the text, read by this model's vocabulary.
            role: the writer's.
            rules: what the rules found, by name (see `features.of_rules`).

        """
        table = self._table
        form = features.of_form(text, words, role)
        ruled = features.of_rules(rules)
        values = np.array([*[features.FIXED] * len(form), *ruled.values()], np.float32)
        sums = values @ table.weights[[*form, *ruled]]
        shares: list[_Share] = [word.term.notes[self._note] for word in words]
        if shares:
            count = sum([share.features for share in shares])
            whole = np.array([share.sums for share in shares]).sum(axis=0)
            sums += whole * (features.SPREAD / math.sqrt(count))
            neighbours = features.of_neighbours([share.marks for share in shares])
            if len(neighbours):
                sums += self._sum(neighbours) * (features.SPREAD / math.sqrt(len(neighbours)))
        sums = (sums * table.steps + table.bias) / self._heat
        raised = np.exp(sums - np.maximum.reduceat(sums, self._starts)[self._head_of])
        likely = raised / np.add.reduceat(raised, self._starts)[self._head_of]
        left = iter(likely.tolist())
        return {
            name: dict(zip(labels, islice(left, len(labels)), strict=True))
            for name, labels in table.heads.items()
        }

    def _share(self, term: Term) -> _Share:
        rows = features.of_term(term)
        return _Share(self._sum(rows), len(rows), features.marks_of(term))

    def _sum(self, rows: Sequence[int] | npt.NDArray[np.uint32]) -> _Vector:
        found: _Vector = self._table.weights[rows].sum(axis=0, dtype=np.float32)
        return found

"""Fitting: labelled posts become the table of the linear models."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.enrich.nlp import features
from services.enrich.nlp.linear import Table
from services.enrich.tagger import Tagger
from training.corpus import Example

HEADS: Mapping[str, float] = {
    "topic": 6.0,
    "sentiment": 3.0,
    "kind": 6.0,
    "needs_answer": 6.0,
    "stance": 10.0,
}
"""The heads, and how little each is held back (the inverse of the L2 penalty)."""
FOLDS = 5
_STEPS = 127
_ITERATIONS = 200

_Labels = npt.NDArray[np.str_]
_Sums = npt.NDArray[np.float32]


def rows_of(examples: Sequence[Example], tagger: Tagger) -> csr_matrix:
    """Give the examples' features, a row each."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in examples:
        found = tagger.features(example.text, author_role=example.author_role).values()
        columns += found.keys()
        values += found.values()
        ends.append(len(columns))
    shape = (len(examples), features.BUCKETS)
    return csr_matrix((values, columns, ends), shape=shape, dtype=np.float32)


def labels_of(examples: Sequence[Example], head: str) -> _Labels:
    """Give a head's labels as words; truth values as JSON has them."""
    return np.array([str(getattr(example, head)).lower() for example in examples])


class Fitted:
    """One head, fitted: sums for any rows, of the labels in order."""

    def __init__(self, rows: csr_matrix, labels: _Labels, freedom: float) -> None:
        """Fit multinomial logistic regression to the features that occur."""
        self._used = np.unique(rows.indices)
        model = LogisticRegression(C=freedom, max_iter=_ITERATIONS, tol=1e-3)
        with threadpool_limits(1):  # more threads sum in another order, and keep others from theirs
            model.fit(rows[:, self._used], labels)
        self.labels = [str(label) for label in model.classes_]
        weights, bias = model.coef_, model.intercept_
        if len(self.labels) == len(weights) + 1:  # of two labels scikit-learn keeps one
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.hstack([-bias / 2, bias / 2])
        self.bias = bias.astype(np.float32)
        self.weights = np.zeros((features.BUCKETS, len(self.labels)), np.float32)
        self.weights[self._used] = weights.T

    def sums(self, rows: csr_matrix) -> _Sums:
        """Give each row's sums."""
        found: _Sums = rows @ self.weights + self.bias
        return found


def held_out(
    rows: csr_matrix, labels: _Labels, groups: Sequence[str], freedom: float
) -> tuple[_Sums, Sequence[str]]:
    """Give each row's sums by a model that has not seen the row's group, and the labels."""
    of = np.array(groups)
    known = sorted(set(labels.tolist()))
    sums = np.full((len(labels), len(known)), -1e3, np.float32)
    for group in sorted(set(groups)):
        out = of == group
        fitted = Fitted(rows[~out], labels[~out], freedom)
        columns = [known.index(label) for label in fitted.labels]
        sums[np.ix_(out, columns)] = fitted.sums(rows[out])
    return sums, known


def warmth(labels: _Labels, sums: _Sums, known: Sequence[str]) -> float:
    """Give what sums are to be divided by for the likelihoods to be right most often."""
    right = np.array([known.index(label) for label in labels])
    tried = np.linspace(0.3, 3.0, 55)

    def surprise(each: float) -> float:
        scaled = sums / each
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        told = scaled[np.arange(len(right)), right] - np.log(np.exp(scaled).sum(axis=1))
        return float(-told.mean())

    return float(min(tried, key=surprise))


def fifths(examples: Sequence[Example]) -> list[str]:
    """Deal the writers out to five groups, so that no group has a writer of another."""
    writers = sorted({example.writer for example in examples})
    of = {writer: str(at % FOLDS) for at, writer in enumerate(writers)}
    return [of[example.writer] for example in examples]


def fit(examples: Sequence[Example], tell: Callable[[str], object] = print) -> Table:
    """Fit every head to all examples; the same examples give the same table."""
    rows = rows_of(examples, Tagger.load(model=None))
    groups = fifths(examples)
    fitted: dict[str, Fitted] = {}
    warm: dict[str, float] = {}
    for head, freedom in HEADS.items():
        labels = labels_of(examples, head)
        fitted[head] = Fitted(rows, labels, freedom)
        warm[head] = warmth(labels, *held_out(rows, labels, groups, freedom))
        tell(f"{head}: {len(fitted[head].labels)} labels, warmth {warm[head]:.2f}")
    weights = np.hstack([each.weights for each in fitted.values()])
    steps = np.maximum(np.abs(weights).max(axis=0), 1e-6) / _STEPS
    return Table(
        heads={head: each.labels for head, each in fitted.items()},
        weights=np.rint(weights / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        bias=np.hstack([each.bias for each in fitted.values()]),
        warmth=warm,
    )

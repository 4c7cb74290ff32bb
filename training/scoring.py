"""Scores of agreement with labels."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any


def f1(right: int, wrong: int, missed: int) -> float:
    """Give the harmonic mean of precision and recall; 1 where there is nothing to find."""
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def accuracy(gold: Sequence[Any], said: Sequence[Any]) -> float:
    """Give the share that is right."""
    return sum(bool(one == other) for one, other in zip(gold, said, strict=True)) / len(gold)


def by_label(gold: Sequence[Any], said: Sequence[Any]) -> dict[Any, float]:
    """Give each label's F1, of those in the gold."""
    pairs = Counter(zip(gold, said, strict=True))
    scores = {}
    for label in sorted(set(gold)):
        right = pairs[label, label]
        wrong = sum(n for (one, other), n in pairs.items() if other == label != one)
        missed = sum(n for (one, other), n in pairs.items() if one == label != other)
        scores[label] = f1(right, wrong, missed)
    return scores


def macro_f1(gold: Sequence[Any], said: Sequence[Any]) -> float:
    """Give the mean of the labels' F1."""
    scores = by_label(gold, said)
    return sum(scores.values()) / len(scores)


def set_f1(gold: Sequence[Collection[Any]], said: Sequence[Collection[Any]]) -> float:
    """Give the F1 over all sets together."""
    right = sum(len({*one} & {*other}) for one, other in zip(gold, said, strict=True))
    return f1(right, sum(map(len, said)) - right, sum(map(len, gold)) - right)


def calibration_error(likely: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Give the expected calibration error (Naeini et al. 2015): how far likelihoods are off."""
    error = 0.0
    for each in range(bins):
        inside = [at for at, value in enumerate(likely) if min(int(value * bins), bins - 1) == each]
        if inside:
            said = sum(likely[at] for at in inside)
            error += abs(said - sum(right[at] for at in inside)) / len(likely)
    return error

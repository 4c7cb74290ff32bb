"""What a post is about: seed words per topic, found as words, phrases and compound parts."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lyhord import labels, own_topics
from lyhord.model import Label
from services.enrich.nlp.lexicon import Hit, Lexicon, split
from services.enrich.nlp.words import Vocabulary, Word

FILE = Path(__file__).parent / "data" / "topics.toml"
OTHER = labels.OTHER_TOPIC

# A compound part says less than the word itself, and short ones are often no part at all.
_PART = 0.7
_SHORTEST_PART = 3
_WEAKEST_PART = 2
# The weight that makes a topic worth naming: a hint with support, or a clear word's compound.
_ENOUGH = 1.4
# The weight at which a topic is as likely as not; scores go towards 1 above it.
_EVEN = 2.0
# A second topic must weigh this share of the first.
_SHARE = 0.5
# Behind these stands where something is, which is less often what it is about.
_LOCATING = frozenset(
    {"vid", "utanför", "bakom", "bredvid", "nära", "intill", "framför", "mellan", "runt", "längs"}
)
_LOCATION = 0.5
# What comes first is more often the matter: the share that a post's last word loses.
_FADE = 0.2

_Weights = tuple[tuple[str, float], ...]


class Topics:
    """The topics of a data file, ready to be found in words."""

    def __init__(
        self, vocabulary: Vocabulary, tables: dict[str, dict[str, Any]], stop: Sequence[str]
    ) -> None:
        """Take each topic's table (`name`, `seeds` by weight) and the words without a topic."""
        self.names = {label: str(table["name"]) for label, table in tables.items()}
        seeds: dict[str, dict[str, float]] = {word: {} for word in stop}
        for label, table in tables.items():
            for weight, words in table["seeds"].items():
                for word in split(words):
                    seeds.setdefault(word, {})[label] = float(weight)
        self._lexicon: Lexicon[_Weights] = Lexicon(
            vocabulary,
            ((word, tuple(weights.items())) for word, weights in seeds.items()),
            bases=True,
            parts=True,
        )

    @classmethod
    def load(cls, vocabulary: Vocabulary, own: Path | None = None) -> "Topics":
        """Read the built-in topics, and a municipality's `own` on top of them.

        A topic of the own file is added; where it has a built-in one's label, it replaces it.

        Raises:
            Misuse: the own file is not there, is no TOML, or lacks a topic's name or seeds.

        """
        tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
        stop = split(str(tables.pop(own_topics.STOP)))
        if own is not None:
            added = own_topics.read(own)
            stop += split(str(added.pop(own_topics.STOP, "")))
            tables |= added
        return cls(vocabulary, tables, stop)

    def weigh(self, words: Sequence[Word]) -> dict[str, float]:
        """Give how much the words speak for each topic that they touch (or, below 0, against)."""
        weights: dict[str, float] = {}
        seen = set()
        fade = _FADE / max(len(words), 1)
        for hit in self._lexicon.hits(words):
            if hit.entry in seen:
                continue
            seen.add(hit.entry)
            share = _share(hit, words) * (1 - fade * hit.first)
            for label, weight in hit.value:
                if not hit.part or abs(weight) >= _WEAKEST_PART:
                    weights[label] = weights.get(label, 0.0) + weight * share
        return weights


def named(weights: Mapping[str, float]) -> tuple[Label, ...]:
    """Name the topics that weigh enough, the heaviest first.

    Scores are 0 to 1. Words about nothing known are `ovrigt`, and only that.
    """
    best = max(weights.values(), default=0.0)
    if best < _ENOUGH:
        return (Label(label=OTHER, score=round(1 - _score(best), 3)),)
    floor = max(_ENOUGH, _SHARE * best)
    enough = sorted(
        ((weight, label) for label, weight in weights.items() if weight >= floor),
        key=lambda pair: -pair[0],
    )
    return tuple(Label(label=label, score=round(_score(weight), 3)) for weight, label in enough)


def _share(hit: Hit[_Weights], words: Sequence[Word]) -> float:
    """Give how much of a seed's weight counts, by how and where it was found."""
    if hit.part and len(hit.entry) < _SHORTEST_PART:
        return 0.0
    share = _PART if hit.part else 1.0
    if hit.first and words[hit.first - 1].term.form in _LOCATING:
        share *= _LOCATION
    return share


def _score(weight: float) -> float:
    return max(weight, 0.0) / (max(weight, 0.0) + _EVEN)

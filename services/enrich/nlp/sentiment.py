"""How a post sounds: a weighted lexicon with negation, degree, contrast and plain irony."""

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from services.enrich.nlp.lexicon import Hit, Lexicon, split
from services.enrich.nlp.words import Vocabulary, Word, gaps

FILE = Path(__file__).parent / "data" / "sentiment.toml"

# How far, in words, a negation reaches forward, and backward (`bra är det inte`).
_FORWARD, _BACKWARD = 3, 3
# A negated good word is bad, a negated bad word only a little good.
_NEGATED_GOOD, _NEGATED_BAD = -0.8, -0.3
_STRONGER, _WEAKER = 1.4, 0.6
# What follows `men` is what the writer wants to say.
_BEFORE_BUT, _AFTER_BUT = 0.6, 1.4
_EXCLAIMED = 1.1
# Irony sounds like the praise it is not.
_IRONY = -2.5
# How many words behind the praise its dots may stand.
_REACH = 12
# The summed weight at which a score is 0.76 (tanh 1).
_SCALE = 4.0


class Feeling(NamedTuple):
    """How words sound: ``score`` -1 to 1 (0 where nothing colours them), and whether ironically."""

    score: float
    ironic: bool


class Attitude:
    """The lexicon of attitude, ready to weigh words."""

    def __init__(self, vocabulary: Vocabulary, table: dict[str, dict[str, str]]) -> None:
        """Take the data file's tables."""
        self._weights: Lexicon[float] = Lexicon(
            vocabulary,
            (
                (entry, float(weight))
                for group in ("weights", "emoji")
                for weight, entries in table[group].items()
                for entry in (split(entries) if group == "weights" else entries.split())
            ),
        )
        self._negations = frozenset(split(table["negation"]["words"]))
        self._degrees = dict.fromkeys(split(table["degree"]["stronger"]), _STRONGER)
        self._degrees |= dict.fromkeys(split(table["degree"]["weaker"]), _WEAKER)
        self._irony: Lexicon[str] = Lexicon(
            vocabulary,
            ((entry, role) for role, entries in table["irony"].items() for entry in split(entries)),
        )

    @classmethod
    def load(cls, vocabulary: Vocabulary) -> "Attitude":
        """Read the built-in lexicon."""
        return cls(vocabulary, tomllib.loads(FILE.read_text(encoding="utf-8")))

    def weigh(self, words: Sequence[Word]) -> Feeling:
        """Weigh the words that colour a post against each other."""
        hits = [hit for hit in self._weights.hits(words) if hit.value]
        if self._ironic(words):
            blame = sum(hit.value for hit in hits if hit.value < 0)
            return Feeling(_score(_IRONY + blame), ironic=True)
        if not hits:
            return Feeling(0.0, ironic=False)
        turn = next((at for at, word in enumerate(words) if word.term.form == "men"), None)
        total = 0.0
        for hit in hits:
            weight = self._coloured(words, hit)
            if turn is not None:
                weight *= _BEFORE_BUT if hit.first < turn else _AFTER_BUT
            total += weight
        if "!" in gaps(words):
            total *= _EXCLAIMED
        return Feeling(_score(total), ironic=False)

    def _coloured(self, words: Sequence[Word], hit: Hit[float]) -> float:
        weight = hit.value
        clause = words[hit.first].clause
        before = words[max(0, hit.first - _FORWARD) : hit.first]
        if before and before[-1].clause == clause:
            weight *= self._degrees.get(before[-1].term.form, 1.0)
        behind = words[hit.last + 1 : hit.last + 1 + _BACKWARD] if weight > 0 else ()
        if any(
            word.term.form in self._negations and word.clause == clause
            for word in (*before, *behind)
        ):
            weight *= _NEGATED_GOOD if weight > 0 else _NEGATED_BAD
        return weight

    def _ironic(self, words: Sequence[Word]) -> bool:
        """Tell praise beside trouble: joined by dots, in one sentence, or with a cue."""
        found: dict[str, list[int]] = {}
        for hit in self._irony.hits(words):
            found.setdefault(hit.value, []).append(hit.first)
        if "praise" not in found or "fixed" in found:
            return False
        if "cue" in found:
            return True
        first = found["praise"][0]
        behind = words[max(0, first - 1) : first + _REACH]
        if any("..." in word.gap or "…" in word.gap for word in behind):
            return "trouble" in found or "trifle" in found
        sentence = words[first].sentence
        return any(at > first and words[at].sentence == sentence for at in found.get("trouble", ()))


def _score(total: float) -> float:
    return round(math.tanh(total / _SCALE), 3)

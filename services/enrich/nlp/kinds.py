"""What a post asks of the municipality: its kind, whether it needs an answer, and its stance."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lyhord.model import AuthorRole, Kind, Stance
from services.enrich.nlp.lexicon import Lexicon, split
from services.enrich.nlp.sentiment import Feeling
from services.enrich.nlp.topics import OTHER
from services.enrich.nlp.words import Vocabulary, Word, gaps

FILE = Path(__file__).parent / "data" / "kinds.toml"

# From here on a score is an attitude; beyond the strong one it outweighs the post's form.
COLOURED, _STRONG = 0.25, 0.6
# From here on a report or a suggestion is a complaint.
_ANNOYED = 0.4
# A post that opens with a question word and is no longer than this is a question.
_SHORT_QUESTION = 16
# A longer municipal post that thanks is an answer, not a thank-you.
_SHORT_THANKS = 15

ASKING: frozenset[Kind] = frozenset({"question", "request", "report", "complaint", "suggestion"})
"""The kinds that may need an answer."""
# Cues that only count at the beginning of a clause.
_AT_CLAUSE = frozenset({"opener", "imperative", "stance_rescue"})
# How much of a post's colour its kind lets through: plain questions and reports are neutral.
_DAMPED: dict[Kind, float] = {"question": 0.5, "request": 0.5, "report": 0.6, "suggestion": 0.6}
# The least colour that a kind means by itself.
_MEANT = 0.3


class Verdict(NamedTuple):
    """What a post is to the municipality, its attitude (-1 to 1) in that light, and the cues."""

    kind: Kind
    needs_answer: bool
    stance: Stance
    score: float
    cues: Collection[str]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the rules look at: each cue's sentences, and what else is known of the post."""

    words: Sequence[Word]
    cues: dict[str, set[int]]
    feeling: Feeling
    topic: str
    placed: bool

    def has(self, *cues: str) -> bool:
        return not self.cues.keys().isdisjoint(cues)

    def within(self, sentence: int, *cues: str) -> bool:
        return any(sentence in self.cues.get(cue, ()) for cue in cues)


class Kinds:
    """The turns of phrase of the data file, and the rules that weigh them."""

    def __init__(self, vocabulary: Vocabulary, table: dict[str, dict[str, str]]) -> None:
        """Take the data file's tables."""
        cues: dict[str, set[str]] = {}
        for group, prefix in (("cues", ""), ("stance", "stance_")):
            for cue, entries in table[group].items():
                for entry in split(entries):
                    cues.setdefault(entry, set()).add(prefix + cue)
        for entry in cues:
            if entry.startswith("="):
                cues[entry] |= cues.get(entry.removeprefix("="), set())
        in_order = sorted(cues.items(), key=lambda pair: pair[0].startswith("="))
        self._cues = Lexicon(
            vocabulary, ((entry, tuple(sorted(found))) for entry, found in in_order)
        )

    @classmethod
    def load(cls, vocabulary: Vocabulary) -> "Kinds":
        """Read the built-in turns of phrase."""
        return cls(vocabulary, tomllib.loads(FILE.read_text(encoding="utf-8")))

    def judge(
        self,
        words: Sequence[Word],
        *,
        role: AuthorRole,
        feeling: Feeling,
        topic: str,
        placed: bool,
    ) -> Verdict:
        """Judge a post by its words, its writer's role, how it sounds, and what it is about.

        `placed` tells whether it names a place.
        """
        cues: dict[str, set[int]] = {}
        for hit in self._cues.hits(words):
            for cue in hit.value:
                if _stands_well(cue, words, hit.first):
                    cues.setdefault(cue, set()).add(words[hit.first].sentence)
        evidence = _Evidence(words, cues, feeling, topic, placed)
        if role == "municipality":
            return _official(evidence)
        kind = _kind(evidence)
        score = _adjusted(kind, feeling.score)
        needed, stance = _needs_answer(kind, evidence), _stance(evidence, score)
        return Verdict(kind, needed, stance, score, cues.keys())


def _official(post: _Evidence) -> Verdict:
    """Judge the municipality's own post: it informs, unless it thanks or praises."""
    score = post.feeling.score
    kind: Kind = "information"
    if post.has("apology"):
        score = min(score, -_MEANT)
    elif score < COLOURED:
        score = 0.0
    elif post.within(0, "thanks") and len(post.words) <= _SHORT_THANKS:
        kind = "thanks"
    elif post.has("praise"):
        kind = "praise"
    return Verdict(kind, needs_answer=False, stance="none", score=score, cues=post.cues.keys())


def _kind(post: _Evidence) -> Kind:  # noqa: PLR0911 - one return a kind, in the order that decides
    score = post.feeling.score
    bitter = post.feeling.ironic or post.has("rhetorical") or score <= -_STRONG or _cries(post)
    if post.has("sells", "witnesses") or not any(word.term.kind == "word" for word in post.words):
        return "other"
    if not bitter and _asks(post):
        return "question"
    asked = post.has("request") or (post.has("imperative") and not bitter)
    if asked and not post.feeling.ironic and not post.has("suggestion"):
        return "request"
    if post.has("fault") and -_ANNOYED < score < COLOURED and not bitter and _located(post):
        return "report"
    if post.has("suggestion") and score > -_ANNOYED and not bitter:
        return "suggestion"
    if bitter or score <= -COLOURED or post.has("stance_against", "stance_rescue"):
        return "complaint" if _concerns_municipality(post) else "other"
    if post.has("thanks") and score > 0:
        return "thanks"
    if score >= COLOURED:
        return "praise" if not post.has("greeting") else "other"
    if post.has("greeting", "chat") or (post.topic == OTHER and not post.placed):
        return "other"
    return "information"


def _asks(post: _Evidence) -> bool:
    """Tell a question that wants to know from one that wants company or says something else."""
    if post.has("asks"):
        return True
    if not post.words:
        return False
    if post.within(0, "opener") and len(post.words) <= _SHORT_QUESTION:
        return not post.has("chat") and post.feeling.score < COLOURED
    for word in post.words:
        if "?" in word.gap or "؟" in word.gap:
            other = post.within(
                word.sentence, "chat", "request", "imperative", "suggestion", "rhetorical"
            )
            if not other and (
                post.within(word.sentence, "opener") or post.feeling.score < COLOURED
            ):
                return True
    return False


def _cries(post: _Evidence) -> bool:
    signs = gaps(post.words)
    return "?!" in signs or "!?" in signs


def _located(post: _Evidence) -> bool:
    return post.placed or post.topic != OTHER


def _concerns_municipality(post: _Evidence) -> bool:
    return post.topic != OTHER or post.has("municipal")


def _needs_answer(kind: Kind, post: _Evidence) -> bool:
    if kind not in ASKING:
        return False
    return post.words[0].term.kind != "mention" or _concerns_municipality(post)


def _stance(post: _Evidence, score: float) -> Stance:
    """Find a side taken: said outright, or heard in how a decision or plan is spoken of."""
    against, favour = post.has("stance_against", "stance_rescue"), post.has("stance_for")
    if against != favour:
        return "against" if against else "for"
    if post.has("stance_measure") and abs(score) >= _STRONG:
        return "against" if score < 0 else "for"
    return "none"


def _adjusted(kind: Kind, score: float) -> float:
    if kind == "complaint":
        return min(score, -_MEANT)
    if kind in ("thanks", "praise"):
        return max(score, _MEANT)
    return round(score * _DAMPED.get(kind, 1.0), 3)


def _stands_well(cue: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether a cue stands where it means something: some only begin a clause."""
    if cue not in _AT_CLAUSE:
        return True
    return at == 0 or words[at - 1].clause != words[at].clause

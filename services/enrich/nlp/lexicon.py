"""A lexicon of words and phrases, and the finding of its entries in a post's words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from services.enrich.nlp.words import Term, Vocabulary, Word

T = TypeVar("T")


class Hit(NamedTuple, Generic[T]):
    """An entry found: its value, the words ``first`` to ``last`` (inclusive), and how.

    ``part`` tells that only a part of a compound was found.
    """

    entry: str
    value: T
    first: int
    last: int
    part: bool


class Lexicon(Generic[T]):
    """Entries (one word or several) and what each stands for.

    An entry's words match by form or base form; one that begins with `=` by form only.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        entries: Iterable[tuple[str, T]],
        *,
        bases: bool = False,
        parts: bool = False,
    ) -> None:
        """Take pairs of an entry and its value; of one entry given twice, the last counts.

        With ``bases``, an inflected entry also stands for its base form, where that is no entry.
        With ``parts``, a word that is no entry counts by those parts of it that are.
        """
        implied: dict[str, tuple[str, T]] = {}
        self._forms: dict[str, tuple[str, T]] = {}
        self._lemmas: dict[str, tuple[str, T]] = {}
        self._phrases: dict[str, dict[str, list[_Phrase[T]]]] = {}
        for entry, value in entries:
            plain = entry.removeprefix("=")
            exact = plain != entry
            terms = [word.term for word in vocabulary.read(plain)]
            forms = tuple(term.form for term in terms) or (plain,)
            if len(forms) > 1:
                nexts = self._phrases.setdefault(forms[0], {})
                nexts.setdefault(forms[1], []).append(_Phrase(forms, exact, plain, value))
            else:
                self._forms[forms[0]] = (plain, value)
                if not exact:
                    self._lemmas[forms[0]] = (plain, value)
                    if bases and terms and forms[0] not in terms[0].lemmas:
                        implied |= dict.fromkeys(terms[0].lemmas, (plain, value))
        if bases:
            self._lemmas = implied | self._lemmas
            self._forms = implied | self._forms
        self._known = frozenset((*self._forms, *self._phrases))
        self._parts = parts
        self._note = vocabulary.note(self._spot)

    def hits(self, words: Sequence[Word]) -> list[Hit[T]]:
        """Find entries from left to right, the longest first; none overlaps another.

        The words are read by this lexicon's vocabulary. One counts by its form, else by a base
        form, else by its parts.
        """
        note, behind, last = self._note, -1, len(words) - 1
        hits: list[Hit[T]] = []
        spots: list[tuple[int, _Spot[T]]] = [
            (at, spot)
            for at, word in enumerate(words)
            if (spot := word.term.notes[note]) is not None
        ]
        for at, spot in spots:
            if at <= behind:
                continue
            begins = at < last and not spot.seconds.isdisjoint(words[at + 1].term.keys)
            if begins and (hit := _longest(spot, words, at)):
                behind = hit.last
                hits.append(hit)
            elif spot.whole:
                hits.append(Hit(*spot.whole, at, at, part=False))
            else:
                hits += [Hit(*found, at, at, part=True) for found in spot.parts]
        return hits

    def _spot(self, term: Term) -> "_Spot[T] | None":
        within = term.parts if self._parts else ()
        if self._known.isdisjoint(term.keys) and self._known.isdisjoint(within):
            return None
        nexts = tuple(self._phrases[key] for key in term.keys if key in self._phrases)
        bases = (self._lemmas[key] for key in term.lemmas if key in self._lemmas)
        whole = self._forms.get(term.form) or next(bases, None)
        parts = tuple(self._lemmas[key] for key in within if key in self._lemmas)
        seconds = frozenset(second for each in nexts for second in each)
        return _Spot(nexts, seconds, whole, parts)


@dataclass(frozen=True, slots=True)
class _Spot(Generic[T]):
    """What a lexicon has of a word: phrases that it may begin, by their second word, and itself."""

    nexts: "tuple[dict[str, list[_Phrase[T]]], ...]"
    seconds: frozenset[str]
    whole: tuple[str, T] | None
    parts: tuple[tuple[str, T], ...]


class _Phrase(NamedTuple, Generic[T]):
    forms: tuple[str, ...]
    exact: bool
    entry: str
    value: T

    def fits(self, words: Sequence[Word], at: int) -> bool:
        if at + len(self.forms) > len(words):
            return False
        for form, word in zip(self.forms, words[at : at + len(self.forms)], strict=True):
            if form != word.term.form and (self.exact or form not in word.term.keys):
                return False
        return True


def _longest(spot: _Spot[T], words: Sequence[Word], at: int) -> Hit[T] | None:
    """Find the longest phrase that stands at a word."""
    best: _Phrase[T] | None = None
    following = words[at + 1].term.keys
    for begun in spot.nexts:
        for second in following:
            for phrase in begun.get(second, ()):
                longer = best is None or len(phrase.forms) > len(best.forms)
                if longer and phrase.fits(words, at):
                    best = phrase
    if best is None:
        return None
    return Hit(best.entry, best.value, at, at + len(best.forms) - 1, part=False)


def split(entries: str) -> list[str]:
    """Cut a data file's comma-separated entries apart."""
    return [entry for each in entries.split(",") if (entry := " ".join(each.split()))]

"""A lexicon of words and phrases, and the finding of its entries in a post's words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from services.enrich.words import Word, read

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

    def __init__(self, entries: Iterable[tuple[str, T]], *, bases: bool = False) -> None:
        """Take pairs of an entry and its value; of one entry given twice, the last counts.

        With ``bases``, an inflected entry also stands for its base form, where that is no entry.
        """
        implied: dict[str, tuple[str, T]] = {}
        self._forms: dict[str, tuple[str, T]] = {}
        self._lemmas: dict[str, tuple[str, T]] = {}
        self._phrases: dict[str, dict[str, list[_Phrase[T]]]] = {}
        for entry, value in entries:
            plain = entry.removeprefix("=")
            exact = plain != entry
            words = read(plain)
            forms = tuple(word.form for word in words) or (plain,)
            if len(forms) > 1:
                nexts = self._phrases.setdefault(forms[0], {})
                nexts.setdefault(forms[1], []).append(_Phrase(forms, exact, plain, value))
            else:
                self._forms[forms[0]] = (plain, value)
                if not exact:
                    self._lemmas[forms[0]] = (plain, value)
                    if bases and words and forms[0] not in words[0].lemmas:
                        implied |= dict.fromkeys(words[0].lemmas, (plain, value))
        if bases:
            self._lemmas = implied | self._lemmas
            self._forms = implied | self._forms
        self._known = frozenset((*self._forms, *self._phrases))

    def hits(self, words: Sequence[Word], *, parts: bool = False) -> Iterator[Hit[T]]:
        """Find entries from left to right, the longest first; none overlaps another.

        A word counts by its form, else by a base form, else (with ``parts``) by its parts.
        """
        known, lemmas = self._known, self._lemmas
        behind = -1
        for at, word in enumerate(words):
            if at <= behind:
                continue
            if not known.isdisjoint(word.keys):
                if hit := self._phrase(words, at):
                    behind = hit.last
                    yield hit
                    continue
                if found := self._word(word):
                    yield Hit(*found, at, at, part=False)
                    continue
            if parts and word.parts and not known.isdisjoint(word.parts):
                for key in word.parts:
                    if found := lemmas.get(key):
                        yield Hit(*found, at, at, part=True)

    def _word(self, word: Word) -> tuple[str, T] | None:
        if found := self._forms.get(word.form):
            return found
        return next((self._lemmas[key] for key in word.lemmas if key in self._lemmas), None)

    def _phrase(self, words: Sequence[Word], at: int) -> Hit[T] | None:
        best: _Phrase[T] | None = None
        following = words[at + 1].keys if at + 1 < len(words) else ()
        for first in words[at].keys:
            if nexts := self._phrases.get(first):
                for second in following:
                    for phrase in nexts.get(second, ()):
                        longer = best is None or len(phrase.forms) > len(best.forms)
                        if longer and phrase.fits(words, at):
                            best = phrase
        if best is None:
            return None
        return Hit(best.entry, best.value, at, at + len(best.forms) - 1, part=False)


class _Phrase(NamedTuple, Generic[T]):
    forms: tuple[str, ...]
    exact: bool
    entry: str
    value: T

    def fits(self, words: Sequence[Word], at: int) -> bool:
        if at + len(self.forms) > len(words):
            return False
        for form, word in zip(self.forms, words[at : at + len(self.forms)], strict=True):
            if form != word.form and (self.exact or form not in word.keys):
                return False
        return True


def split(entries: str) -> list[str]:
    """Cut a data file's comma-separated entries apart."""
    return [entry for each in entries.split(",") if (entry := " ".join(each.split()))]

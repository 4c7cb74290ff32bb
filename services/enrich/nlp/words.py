"""A post's words as the tagger sees them: what each is wherever it stands, and where it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from sys import intern
from typing import Any

from lyhord.swedish import Kind, level
from lyhord.swedish.levels import item
from lyhord.swedish.tokens import spans

_ENDS = frozenset(".!?…\n")
_STOPS = frozenset('.!?…\n,;:()–—"”')
# The five tones of an emoji's skin say nothing.
_SKIN = dict.fromkeys(range(0x1F3FB, 0x1F400))
# Kinds of words that a text is known by; what the others are compared by is their form.
TELLING: frozenset[Kind] = frozenset({"word", "number", "hashtag"})


@dataclass(slots=True)
class Term:
    """What a word is wherever it stands.

    ``form`` is the word as it is compared (small letters, a hashtag without its sign), ``lemmas``
    its base forms, ``parts`` the base forms of the words it is compounded of, ``keys`` its form
    and base forms together, and ``item`` what it is in the search text. ``capital`` tells that it
    is written with one, ``hash`` is 64 bits that stand for what it says, and ``notes`` has what
    each that asked its `Vocabulary` noted of it.
    """

    form: str
    kind: Kind
    lemmas: tuple[str, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    item: str
    capital: bool
    hash: int
    notes: tuple[Any, ...]


@dataclass(slots=True)
class Word:
    """One token of a text: its term, and where it stands.

    ``text[start:end]`` is the token as written, and ``gap`` what stands between it and the next
    one; ``sentence`` and ``clause`` count from 0.
    """

    term: Term
    start: int
    end: int
    gap: str
    sentence: int
    clause: int


class Vocabulary:
    """The words met so far, each understood once, with what lexicons and rules note of it.

    Most words mean nothing to most lexicons: their notes are None, and cost nothing further.
    """

    def __init__(self, *, generation: int = 75_000) -> None:
        """Remember one to two generations of terms, some 600 bytes each."""
        self._generation = generation
        self._asked: list[Callable[[Term], object | None]] = []
        self._unnoted: tuple[None, ...] = ()
        self._young: dict[str, Term] = {}
        self._old: dict[str, Term] = {}

    def note(self, of: Callable[[Term], object | None]) -> int:
        """Have something noted of each term from now on; give its place in `Term.notes`."""
        self._asked.append(of)
        self._unnoted = (*self._unnoted, None)
        self._young, self._old = {}, {}
        return len(self._asked) - 1

    def read(self, text: str) -> list[Word]:
        """Cut a text into words, each understood once for all that look at it."""
        words = []
        sentence = clause = 0
        tokens = list(spans(text))
        followers = [start for start, _, _ in tokens[1:]]
        followers.append(len(text))
        for (start, end, kind), follower in zip(tokens, followers, strict=False):
            gap = text[end:follower]
            surface = text[start:end]
            # No word has a space in it, so no kind is taken for a word's beginning.
            key = surface if kind == "word" else f"{kind} {surface}"
            term = self._young.get(key) or self._met(key, surface, kind)
            words.append(Word(term, start, end, gap, sentence, clause))
            if gap != " " and gap:
                marks = set(gap)
                if not marks.isdisjoint(_STOPS):
                    clause += 1
                    sentence += not marks.isdisjoint(_ENDS)
        return words

    def _met(self, key: str, surface: str, kind: Kind) -> Term:
        """Give a term that was not met lately; what was not met for a generation is forgotten.

        An LRU cache would do the same, but write to four places for each word read.
        """
        if len(self._young) >= self._generation:
            self._young, self._old = {}, self._young
        term = self._old.pop(key, None)
        if term is None:
            term = self._understood(surface, kind)
        self._young[intern(key)] = term
        return term

    def _understood(self, surface: str, kind: Kind) -> Term:
        levels = level.__wrapped__(surface, kind)
        form = levels.exact[-1]
        if kind == "emoji":
            form = form.translate(_SKIN) or form
        # A base form is shared by its inflections, and by the compounds that it is a part of.
        lemmas = tuple(map(intern, levels.lemmas))
        term = Term(
            form=intern(form),
            kind=kind,
            lemmas=lemmas,
            parts=tuple(map(intern, levels.parts)),
            keys=lemmas if form in lemmas else (form, *lemmas),
            item=item(levels),
            capital=surface[0].isupper(),
            hash=_hash(lemmas[0] if kind in TELLING else form),
            notes=self._unnoted,
        )
        notes = tuple([of(term) for of in self._asked])
        if notes != self._unnoted:
            term.notes = notes
        return term


def searchable(words: Sequence[Word]) -> str:
    """Give the search text of the words' text: what `lyhord.swedish.search_text` makes of it."""
    return " ".join([word.term.item for word in words])


def gaps(words: Sequence[Word]) -> str:
    """Give what stands behind the words, parted by spaces."""
    return " ".join([word.gap for word in words])


def _hash(word: str) -> int:
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")

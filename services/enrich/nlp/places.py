"""Places named in a post: known names, and names that their endings give away."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

from lyhord.model import Place
from lyhord.swedish.lexicon import levels
from services.enrich.nlp.gazetteer import Gazetteer, Match, PlaceKind
from services.enrich.nlp.lexicon import split
from services.enrich.nlp.whereabouts import Named, resolved
from services.enrich.nlp.words import Term, Vocabulary, Word

FILE = Path(__file__).parent / "data" / "places.toml"

# `Ada Björks allé`: how many words before the noun may make the name.
_LONGEST_NAME = 4
_SHORTEST_STEM = 2
_SHORTEST_UNHEARD = 3
_ROADS = frozenset({"väg", "riksväg", "länsväg", "rv", "lv", "europaväg"})
_JOINING = frozenset({"och", "eller", "samt", "till"})
_ROAD_NUMBER = re.compile(r"e\d{1,3}")


@dataclass(slots=True)
class _Text:
    """A post's words, and what its capitals mean."""

    text: str
    words: Sequence[Word]
    shouted: bool

    def capital(self, at: int) -> bool:
        return not self.shouted and self.words[at].term.capital

    def opens(self, at: int) -> bool:
        """Tell whether a word begins a sentence, so that its capital says nothing."""
        if at == 0:
            return True
        before = self.words[at - 1]
        return (
            before.sentence != self.words[at].sentence
            or before.term.kind not in ("word", "number")
            or not before.gap.isspace()
        )

    def form(self, at: int) -> str:
        return self.words[at].term.form if 0 <= at < len(self.words) else ""


class _Role(NamedTuple):
    """What a word may do for a place's name: begin it, end in its way, lead to it, or join it.

    ``parted`` is the word before and from the ending that a place's name may have.
    """

    begins: bool = False
    parted: tuple[str, str] | None = None
    leads: bool = False
    joins: bool = False


_NO_ROLE = _Role()


class Places:
    """The gazetteer and the rules of `places.toml`, ready to find places."""

    def __init__(self, vocabulary: Vocabulary, table: dict[str, Any]) -> None:
        """Take the data file's tables."""
        self._gazetteer = Gazetteer(table)
        self._prepositions = frozenset(split(table["prepositions"]))
        self._place_words = frozenset(split(table["place_words"]))
        self._teams = frozenset(split(table["no_place_before"]))
        firm = frozenset(split(table["capital_suffices"]))
        self._doubtful = frozenset(split(table["ambiguous"])) - firm
        self._needs_capital = firm
        self._suffixes = _by_word(table["suffixes"])
        self._lengths = sorted({len(suffix) for suffix in self._suffixes}, reverse=True)
        self._ends = frozenset(suffix[-2:] for suffix in self._suffixes)
        self._nouns = _by_word(table["after_genitive"])
        self._heralds = _by_word(table["before_name"])
        self._generic = {suffix: frozenset(split(x)) for suffix, x in table["generic"].items()}
        rules = {name: frozenset(split(entries)) for name, entries in table["rules"].items()}
        self._openers, self._no_names = rules["openers"], rules["no_names"]
        self._where, self._not_there = rules["where"], rules["not_there"]
        self._only_within, self._small_too = rules["only_within"], rules["small_too"]
        self._leading = _ROADS | self._prepositions | _JOINING
        self._note = vocabulary.note(self._role)

    @classmethod
    def load(cls, vocabulary: Vocabulary) -> "Places":
        """Read the built-in gazetteer and rules."""
        return cls(vocabulary, tomllib.loads(FILE.read_text(encoding="utf-8")))

    def find(
        self, text: str, words: Sequence[Word], *, municipality: str | None = None
    ) -> tuple[Place, ...]:
        """Find the places that a text names, in its order, none within another.

        Of namesakes the one in `municipality` (the post's own, an SCB code) is meant, else the
        one in a municipality that the text names, else the largest.
        """
        shouted = text.isupper()
        post = _Text(text, words, shouted)
        found: list[Named] = []
        note, behind, beside, led = self._note, -1, False, False
        for at, word in enumerate(words):
            term = word.term
            role: _Role = term.notes[note] or _NO_ROLE
            if at > behind and (
                role.begins or (led and role.parted) or (term.capital and not shouted)
            ):
                place = self._at(post, at, led=led)
                if place:
                    found.append(place)
                    behind = place.last
            led = role.leads or (beside and role.joins)
            beside = at == behind
        return resolved(text, words, found, home=municipality) if found else ()

    def _role(self, term: Term) -> "_Role | None":
        form = term.form
        known = self._gazetteer.knows(form)
        ends = form[-2:] in self._ends or form[-3:-1] in self._ends
        if not (known or ends or form in self._leading or form[-1].isdecimal()):
            return None
        begins = known or form in _ROADS or form[-1].isdecimal()
        parted = self._parted(form, shortest=_SHORTEST_STEM)
        role = _Role(begins, parted, form in self._prepositions, form in _JOINING)
        return None if role == _NO_ROLE else role

    def _at(self, post: _Text, at: int, *, led: bool) -> Named | None:
        form = post.words[at].term.form
        role: _Role | None = post.words[at].term.notes[self._note]
        match = self._gazetteer.match(post.words, at) if role and role.begins else None
        if match and self._meant(post, match, led=led):
            return self._extended(post, match)
        if form[-1].isdecimal():
            return Named("street", at, at) if _ROAD_NUMBER.fullmatch(form) else None
        if form in _ROADS and post.form(at + 1).isdecimal():
            return Named("street", at, at + 1)
        if post.capital(at):
            return (
                self._opened(post, at)
                or self._genitive(post, at)
                or self._announced(post, at)
                or self._ending(post, at)
                or self._unheard(post, at)
            )
        return self._ending(post, at) if led else None

    def _meant(self, post: _Text, match: Match, *, led: bool) -> bool:
        """Tell whether a known name is meant as a name here."""
        capital = post.capital(match.first)
        behind = post.form(match.last + 1)
        if behind in self._teams:
            return False
        if behind in self._place_words:
            return True
        if match.name in self._doubtful:
            return led and capital
        if capital:
            return True
        if match.name in self._needs_capital:
            return False
        return led or any(site.kind == "municipality" for site in match.sites)

    def _extended(self, post: _Text, match: Match) -> Named:
        """Take in the noun that makes a known name the name of something in it."""
        noun = self._nouns.get(post.form(match.last + 1))
        if noun and post.words[match.last].gap == " ":
            return Named(noun, match.first, match.last + 1)
        return Named(match.sites[0].kind, match.first, match.last, match.sites)

    def _opened(self, post: _Text, at: int) -> Named | None:
        """`Norra Kungsgatan`, `Stora torget`."""
        if post.form(at) not in self._openers or at + 1 >= len(post.words):
            return None
        vague = post.opens(at) and not post.capital(at + 1)
        kind = self._kind_of(post.form(at + 1))
        if kind is None or (vague and post.form(at) in ("gamla", "nya")):
            return None
        return Named(kind, at, at + 1)

    def _genitive(self, post: _Text, at: int) -> Named | None:
        """`Nils Ekbergs väg`, `Solrosens förskola`."""
        for last in range(at, min(at + _LONGEST_NAME, len(post.words) - 1)):
            if not post.capital(last):
                return None
            form, noun = post.form(last), self._nouns.get(post.form(last + 1))
            if noun and form.endswith("s") and form not in self._no_names:
                if post.opens(at) and last == at and noun != "street":
                    return None
                return Named(noun, at, last + 1)
            if post.words[last].gap != " ":
                return None
        return None

    def _announced(self, post: _Text, at: int) -> Named | None:
        """`förskolan Solrosen`: the name after a common noun."""
        kind = self._heralds.get(post.form(at - 1))
        if kind is None or post.opens(at):
            return None
        last = at
        while last + 1 < len(post.words) and post.words[last].gap == " " and post.capital(last + 1):
            last += 1
        return Named(kind, at, last)

    def _ending(self, post: _Text, at: int) -> Named | None:
        """`Kvarnvägen`, `Lillsjön`; in small letters only some, where a preposition leads them."""
        role: _Role | None = post.words[at].term.notes[self._note]
        if role is None or role.parted is None:
            return None
        stem, suffix = role.parted
        if stem in self._generic.get(suffix, ()):
            return None
        if post.capital(at):
            vague = post.opens(at) and suffix in self._only_within
        else:
            vague = suffix not in self._small_too
        return None if vague else Named(self._suffixes[suffix], at, at)

    def _unheard(self, post: _Text, at: int) -> Named | None:
        """`i Gunnarn`, `på Ekliden`: a name that no lexicon has, where a place would stand."""
        word, before = post.words[at], post.form(at - 1)
        form = word.term.form
        if before not in self._where or post.words[at - 1].gap != " " or word.term.kind != "word":
            return None
        surface = post.text[word.start : word.end]
        if len(form) < _SHORTEST_UNHEARD or surface.isupper() or form in self._not_there:
            return None
        # `på Lidl-parkeringen` is a place without a name of its own.
        if levels(form) is not None or (surface.rpartition("-")[2].islower() and "-" in surface):
            return None
        return Named("locality" if before == "i" else "poi", at, at)

    def _kind_of(self, form: str) -> PlaceKind | None:
        parted = self._parted(form, shortest=0)
        return self._suffixes[parted[1]] if parted else self._nouns.get(form)

    def _parted(self, form: str, *, shortest: int) -> tuple[str, str] | None:
        """Part a word before its longest known ending, taking off a genitive -s where it has one.

        A stem shorter than `shortest` is none, but a street's may be one letter (`Ågatan`).
        """
        for word in (form, form[:-1]) if form[-1] == "s" else (form,):
            if word[-2:] not in self._ends:
                continue
            for length in self._lengths:
                stem, suffix = word[:-length], word[-length:]
                need = min(shortest, 1) if suffix in self._small_too else shortest
                if suffix in self._suffixes and len(stem) >= need:
                    return stem, suffix
        return None


def _by_word(table: dict[str, str]) -> dict[str, PlaceKind]:
    kinds = cast("dict[PlaceKind, str]", table)
    return {word: kind for kind, words in kinds.items() for word in split(words)}

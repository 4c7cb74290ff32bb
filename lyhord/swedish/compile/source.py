"""Reading simplemma's Swedish dictionary: forms with one lemma each, and the families they make."""

import re
from collections import defaultdict
from dataclasses import dataclass

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

_WORD = re.compile(r"[a-zåäöéèêëàáâüúçñíïôóø]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What the dictionary says, casefolded.

    Attributes:
        lemma_of: form → its one lemma there.
        names: lemmas that are only written with a capital.

    """

    lemma_of: dict[str, str]
    names: frozenset[str]


def read() -> Source:
    """Read the dictionary, without entries that are no single Swedish-lettered word.

    A word in lower case goes before its capitalised twin (`gran` before `Gran`).
    """
    entries = dict(DefaultDictionaryFactory().get_dictionary("sv").items())
    lemma_of: dict[str, str] = {}
    lower: set[str] = set()
    for form, lemma in sorted(entries.items()):
        folded, base = form.casefold(), lemma.casefold()
        if not (_WORD.fullmatch(folded) and _WORD.fullmatch(base)):
            continue
        if form == folded:
            lemma_of[folded] = base
        else:
            lemma_of.setdefault(folded, base)
        if lemma == base:
            lower.add(base)
    return Source(lemma_of, frozenset(set(lemma_of.values()) - lower))


def families(lemma_of: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return lemma → its inflected forms, without genitives and without stems that are no words.

    The dictionary lists among the forms those that a word takes in front of another in a compound
    (`skol`, `gatu`, `kyrko`) and subjunctives that nobody has used for a century (`läcke`): both
    hide other words (`bro` is said to be a form of `broa`).
    """
    members: defaultdict[str, set[str]] = defaultdict(set)
    for form, lemma in lemma_of.items():
        members[lemma].add(form)
    return {
        lemma: frozenset(_without_genitives(lemma, forms - _stems(lemma, forms), forms))
        for lemma, forms in members.items()
    }


def _stems(lemma: str, forms: set[str]) -> set[str]:
    stem = lemma[:-1]
    if len(stem) < 2 or not lemma.endswith(("a", "e")):
        return set()
    if lemma.endswith("e"):
        noun = bool(forms & {f"{stem}ar", f"{stem}arna", f"{lemma}n"})
        return {stem} if noun else set()
    weak = bool(forms & {f"{lemma}de", f"{lemma}d", f"{lemma}r"})
    noun = bool(forms & {f"{stem}orna", f"{stem}or", f"{lemma}n"})
    linked = {f"{stem}o", f"{stem}u", f"{stem}i"} if noun or weak else set()
    if weak:
        return linked | {stem, f"{stem}e", f"{stem}en"}
    if forms & {f"{stem}te", f"{stem}de"}:
        return linked | {f"{stem}en", f"{stem}e"}
    if forms & {f"{stem}er", f"{stem}t", f"{stem}it"}:
        # `vände` and `skriven` look like a subjunctive and an imperative, but are in use.
        return linked
    return linked | ({stem, f"{stem}e"} if noun else set())


def _without_genitives(lemma: str, forms: set[str], everything: set[str]) -> set[str]:
    bases = everything | {lemma}
    return {
        form for form in forms if form == lemma or not (form.endswith("s") and form[:-1] in bases)
    }

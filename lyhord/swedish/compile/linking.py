"""Linking: what a word looks like in front of another one in a compound."""

from collections.abc import Iterator


def links(lemma: str, forms: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Give the strings that `lemma` may be as a first part, the likeliest ranked 0.

    `skola` → `skol`, `gata` → `gatu`, `arbete` → `arbets`, `simma` → `sim`. The forms tell a verb
    from a noun from an adjective.
    """
    noun = is_noun(lemma, forms)
    if _is_verb(lemma, forms):
        yield from _of_verb(lemma)
    elif not noun and forms & {f"{lemma}are", f"{lemma}a"}:
        yield lemma, 0
    else:
        noun = True
    if noun:
        yield from _of_noun(lemma)


def is_noun(lemma: str, forms: frozenset[str]) -> bool:
    """Tell whether `lemma` has a noun's definite or plural forms."""
    stem = lemma[:-1]
    if lemma.endswith("a"):
        return bool({f"{stem}orna", f"{stem}or", f"{lemma}n"} & forms)
    if {f"{lemma}{end}" for end in ("en", "et", "n", "arna", "erna", "na")} & forms:
        return True
    return not forms & {f"{lemma}are", f"{lemma}aste", f"{lemma}a"}


def _is_verb(lemma: str, forms: frozenset[str]) -> bool:
    ends = {f"{lemma}nde", f"{lemma}r", f"{lemma}de", f"{lemma[:-1]}er"}
    return len(lemma) > 2 and lemma.endswith("a") and bool(ends & forms)


def _of_verb(lemma: str) -> Iterator[tuple[str, int]]:
    stem = lemma[:-1]
    yield stem, 1
    if stem.endswith(("mm", "nn")):
        yield stem[:-1], 1


def _of_noun(lemma: str) -> Iterator[tuple[str, int]]:
    stem = lemma[:-1]
    if lemma.endswith("a"):
        yield from ((stem, 0), (f"{stem}o", 0), (f"{stem}u", 0), (lemma, 0))
        yield from ((f"{stem}e", 1), (f"{stem}s", 2))
    elif lemma.endswith("are"):
        yield from ((stem, 0), (lemma, 1))
    elif lemma.endswith("e"):
        yield from ((lemma, 0), (stem, 1), (f"{stem}s", 1), (f"{stem}o", 1), (f"{stem}a", 2))
    else:
        yield from ((lemma, 0), (f"{lemma}s", 0), (f"{lemma}e", 2))
        yield from ((f"{lemma}a", 3), (f"{lemma}u", 3), (f"{lemma}o", 3))

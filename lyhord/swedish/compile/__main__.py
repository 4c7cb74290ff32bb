"""Makes the lexicon's tries again: `python -m lyhord.swedish.compile`.

The same simplemma and the same curated lists give the same bytes.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import marisa_trie  # type: ignore[import-not-found]  # compiled, it ships no types

from lyhord.swedish import lexicon
from lyhord.swedish.compile import compounding, curated, paradigms, reading, source
from lyhord.swedish.levels import worked_out
from lyhord.swedish.spelling import dots, plain, rule

_STANDING_OF_PLACES = 4


def main() -> None:
    """Compile, and write the files where the package looks for them."""
    dictionary = source.read()
    families = source.families(dictionary.lemma_of)
    ambiguous = paradigms.ambiguous(families, dictionary.lemma_of)
    municipalities, localities = curated.places()
    places = municipalities | localities
    readings = reading.complete(families, ambiguous, places)
    learnt = compounding.learn(
        _whole_families(families, ambiguous, curated.readings()),
        dictionary.names | places,
        curated.compounds(),
    )
    _write(lexicon.FORMS, _form_entries(readings))
    _write(lexicon.PARTS, _part_entries(learnt, curated.compounds().last, municipalities))
    _write(lexicon.LEVELS, _level_entries(readings.keys()))


def _whole_families(
    families: reading.Families, *further: Mapping[str, Iterable[str]]
) -> dict[str, frozenset[str]]:
    whole = {lemma: {*forms, lemma} for lemma, forms in families.items() if forms}
    for readings in further:
        for form, lemmas in readings.items():
            for lemma in lemmas:
                whole.setdefault(lemma, {lemma}).add(form)
    return {
        lemma: frozenset(form for form in forms if not (form[-1] == "s" and form[:-1] in forms))
        for lemma, forms in whole.items()
    }


def _form_entries(readings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, bytes]]:
    for form, lemmas in readings.items():
        for rank, lemma in enumerate(lemmas):
            value = f"{dots(form)}{chr(ord('a') + rank)}{rule(form, lemma)}"
            yield plain(form), value.encode()


def _level_entries(forms: AbstractSet[str]) -> Iterator[tuple[str, bytes]]:
    """Ask the two files just written; a genitive is kept where it is more than its word's."""
    for form in forms:
        levels = worked_out(form)
        yield form, _level_entry(form, *levels)
        genitive = f"{form}s"
        if genitive not in forms and (own := worked_out(genitive)) != levels:
            yield genitive, _level_entry(genitive, *own)


def _level_entry(form: str, lemmas: tuple[str, ...], parts: tuple[str, ...]) -> bytes:
    edits = "|".join(rule(form, lemma) for lemma in lemmas)
    return f"{edits}\t{'|'.join(rule(lemmas[0], part) for part in parts)}".encode()


def _part_entries(
    learnt: compounding.Learnt, stands_for: Mapping[str, str], municipalities: frozenset[str]
) -> Iterator[tuple[str, bytes]]:
    for lemma, cut in learnt.cuts.items():
        last = stands_for.get(lemma[cut:], lemma[cut:])
        for base in learnt.bases.get(_full(lemma, cut, learnt.firsts), ("",)):
            edits = rule(lemma[:cut], base) + ("" if last == lemma[cut:] else f"+{last}")
            yield f"={lemma}", (chr(ord("0") + cut) + edits).encode()
    for first, count in learnt.firsts.items():
        for base in learnt.bases[first]:
            yield _first_entry(first, base, _bucket(count))
    for name in municipalities:
        for first in {name, name.removesuffix("s") + "s"} - learnt.firsts.keys():
            yield _first_entry(first, name, _STANDING_OF_PLACES)
    for last, count in learnt.lasts.items():
        yield f">{last}", str(_bucket(count)).encode()


def _first_entry(first: str, base: str, standing: int) -> tuple[str, bytes]:
    value = f"{dots(first)}{chr(ord('a') + standing)}{rule(first, base)}"
    return f"<{plain(first)}", value.encode()


def _full(lemma: str, cut: int, firsts: Mapping[str, int]) -> str:
    """Return the first part, with the third of three like consonants that spelling drops."""
    first = lemma[:cut]
    doubled = first + lemma[cut]
    twice = first[-1] == lemma[cut]
    return doubled if twice and firsts.get(doubled, 0) > firsts.get(first, 0) else first


def _bucket(count: int) -> int:
    return min(9, round(math.log2(count)))


def _write(name: str, entries: Iterator[tuple[str, bytes]]) -> None:
    # Processes may have the old file mapped: it is replaced, never overwritten.
    new = lexicon.path(f"{name}.new")
    marisa_trie.BytesTrie(sorted(entries), num_tries=3).save(str(new))
    new.replace(lexicon.path(name))


if __name__ == "__main__":
    main()

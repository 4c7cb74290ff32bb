"""Readings: all lemmas that each form may have, from paradigms, grammar and a person's word."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lyhord.swedish.compile import curated
from lyhord.swedish.compile.linking import is_noun

Families = Mapping[str, frozenset[str]]
Readings = dict[str, tuple[str, ...]]


def complete(
    families: Families, ambiguous: Mapping[str, set[str]], places: Iterable[str]
) -> Readings:
    """Return form → lemmas, the likeliest first.

    Args:
        families: lemma → its forms, as `source.families`.
        ambiguous: form → further lemmas, as `paradigms.ambiguous`.
        places: words that are names, whatever else they may be.

    """
    lemmas: defaultdict[str, list[str]] = defaultdict(list)
    for lemma, forms in families.items():
        for form in forms:
            lemmas[form].append(lemma)
    for form, others in ambiguous.items():
        lemmas[form] += sorted(others - set(lemmas[form]))
    _add_imperatives(lemmas, families)
    for place in places:
        if place not in lemmas:
            lemmas[place].append(place)
    known = {form: _nouns_first(form, found, families) for form, found in lemmas.items()}
    decided = curated.readings()
    known |= decided
    further = {
        form: tuple(
            dict.fromkeys(
                (*found, *_of_participle(form, found, known), *_of_stem(form, found, known))
            )
        )
        for form, found in known.items()
        if form not in decided
    }
    return {
        form: found for form, found in (known | further).items() if not _spare(form, found, known)
    }


def _spare(form: str, found: tuple[str, ...], known: Readings) -> bool:
    """Tell whether `form` is the genitive of a form that has the same lemmas, so needs no entry."""
    return form not in found and form.endswith("s") and known.get(form[:-1]) == found


def _add_imperatives(lemmas: defaultdict[str, list[str]], families: Families) -> None:
    for lemma, forms in families.items():
        stem = lemma[:-1]
        strong = lemma.endswith("a") and {f"{stem}er", f"{lemma}nde"} <= forms
        if strong and stem in lemmas and lemma not in lemmas[stem]:
            lemmas[stem].append(lemma)


def _nouns_first(form: str, found: list[str], families: Families) -> tuple[str, ...]:
    noun = form in found and is_noun(form, families.get(form, frozenset()))
    return tuple(sorted(found, key=lambda lemma: not (noun and lemma == form)))


def _of_participle(form: str, found: tuple[str, ...], known: Readings) -> Iterable[str]:
    """Give the verb of a participle that passes for an adjective: `sålt` → `sälja`."""
    for lemma in found:
        if lemma != form and lemma.endswith(("d", "t", "en")):
            yield from (verb for verb in known.get(lemma, ()) if verb.endswith("a"))


def _of_stem(form: str, found: tuple[str, ...], known: Readings) -> tuple[str, ...]:
    """Give what else a word in -s is the genitive or the passive of: `känns` → `känna`."""
    if form in found or not form.endswith("s") or len(form) < 4:
        return ()
    stems = known.get(form[:-1], ())
    return () if set(stems) & set(found) else stems

"""Selections: what tells one from the rest, what is like a post, and a random part to look at."""

import hashlib
import heapq
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from lyhord.analysis.terms import Term, telling
from lyhord.errors import Misuse
from lyhord.ports import Filters, Hit, Store
from lyhord.swedish import base_forms

SELECTED, COMPARED = 5_000, 20_000
"""The newest posts of a selection, and of the rest, that terms are counted in."""
_TELLING_WORDS = 12
_MOST_WORDS = 60
_SPECIAL = re.compile(r"([+\-!(){}\[\]^\"~*?:\\/&|<>=])")
_OPERATORS = frozenset(("AND", "OR", "NOT", "NEAR"))

Row = Mapping[str, Any]


def terms(store: Store, query: str, filters: Filters, *, size: int = 20) -> Sequence[Term]:
    """Give the terms that tell a selection from the rest of the posts.

    Looks at the newest `SELECTED` posts of the selection and the newest `COMPARED` of the rest.

    Raises:
        QueryError, Misuse: the query or a filter cannot be meant.

    """
    chosen = list(islice(store.scan(query, filters), SELECTED))
    names = {row["id"] for row in chosen}
    rest = islice((row for row in store.scan("*") if row["id"] not in names), COMPARED)
    return telling((row["lemmas"] for row in chosen), (row["lemmas"] for row in rest), size=size)


def similar(store: Store, key: str, *, size: int = 20) -> Sequence[Hit]:
    """Give the posts that share the most telling words with one, the likest first.

    Words are chosen by how seldom they are among all posts (inverse document frequency, Spärck
    Jones 1972).

    Raises:
        Misuse: there is no such post.

    """
    post = store.get(key)
    if post is None or post["deleted"]:
        raise Misuse(f"there is no post {key!r}; ids are source:id, as `lyhord search` gives them")
    words = list(dict.fromkeys(base_forms(post["lemmas"])))[:_MOST_WORDS]
    everything = max(store.search("*", size=1, sort="newest").total, 1)
    weighed = []
    for word in words:
        found = store.search(_quoted(word), size=1, sort="newest").total
        if found > 1:
            weighed.append((math.log(everything / found), word))
    best = [word for weight, word in heapq.nlargest(_TELLING_WORDS, weighed) if weight > 0]
    if not best:
        return ()
    hits = store.search(" OR ".join(map(_quoted, best)), size=size + 1).hits
    return [hit for hit in hits if hit.fields["id"] != key][:size]


def sample(rows: Iterable[Row], *, size: int, seed: int = 0) -> Sequence[Row]:
    """Draw `size` posts at random, each as likely as any other; the same seed draws the same.

    The draw goes by a digest of each post's id and the seed, so that posts that come later change
    only those places that they take.
    """
    drawn = heapq.nsmallest(size, ((_lot(row["id"], seed), row["id"], row) for row in rows))
    return [row for _, _, row in drawn]


def _lot(key: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed} {key}".encode(), digest_size=16).digest()


def _quoted(word: str) -> str:
    return word.lower() if word in _OPERATORS else _SPECIAL.sub(r"\\\1", word)


def folded(hits: Iterable[Hit], *, nearest: int = 12) -> Iterator[tuple[Hit, Sequence[str]]]:
    """Fold near-duplicates into the first of them; give it with the ids of the others.

    Two posts are copies where their fingerprints differ in at most `nearest` bits (see docs/nlp.md,
    Fingerprint), or, of texts of fewer than ten words, in none.
    """
    firsts: list[tuple[int, bool, Hit, list[str]]] = []
    for hit in hits:
        print_, short = int(hit.fields["fingerprint"], 16), _is_short(hit.fields)
        for other, is_short, _, copies in firsts:
            if (print_ ^ other).bit_count() <= (0 if short or is_short else nearest):
                copies.append(hit.fields["id"])
                break
        else:
            firsts.append((print_, short, hit, []))
    yield from ((hit, copies) for _, _, hit, copies in firsts)


def _is_short(fields: Row) -> bool:
    return len(fields["lemmas"].split()) < 10  # noqa: PLR2004 - as measured

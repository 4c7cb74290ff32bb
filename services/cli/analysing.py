"""`lyhord terms`, `similar`, `sample`, `agreement`: what a selection is, and how sure that is."""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lyhord.analysis import agreement, selections
from lyhord.errors import Misuse
from lyhord.exporting import Form, export
from lyhord.formulas import unguard
from services.cli import output
from services.cli.searching import opened, read_selection, tell_hits

CODED = "coded"
"""The column that a human coder fills."""
_RELIABLE, _TENTATIVE = 0.8, 0.667


def run_terms(selection: Mapping[str, Any], *, size: int, json: bool) -> None:
    """Print the terms that tell a selection from the rest."""
    query, filters = read_selection(selection)
    with opened(query) as store:
        found = selections.terms(store, query, filters, size=size)
    if json:
        output.write_lines(term._asdict() for term in found)
        return
    for term in found:
        sys.stdout.write(f"{term.term}  {term.posts:,} posts, {term.others:,} of the others\n")
    if not found:
        output.say("no word tells these posts from the others; are there enough of both?")


def run_similar(key: str, *, size: int, json: bool) -> None:
    """Print the posts that are most like one."""
    with opened("") as store:
        tell_hits(selections.similar(store, key, size=size), json=json)


def run_sample(selection: Mapping[str, Any], *, size: int, seed: int, form: Form) -> None:
    """Write a random sample of a selection to stdout."""
    query, filters = read_selection(selection)
    with opened(query) as store:
        drawn = selections.sample(store.scan(query, filters), size=size, seed=seed)
    output.write_chunks(export(drawn, form, more=(CODED,)))


def run_agreement(file: Path, selection: Mapping[str, Any], *, field: str, json: bool) -> None:
    """Print how far a coded sample agrees with the tags, and what the shares then are.

    Raises:
        Misuse: the file has no coded rows, or not that field.

    """
    query, filters = read_selection(selection)
    column = "topic" if field == "topic" else {"sentiment": "sentiment.label"}.get(field, field)
    pairs = list(_coded(file, column))
    with opened(query) as store:
        tagged = Counter(
            {str(label): n for label, n in store.counts(query, filters, by=field).items()}
        )
    if not tagged:
        raise Misuse("no post is found that the sample could be of")
    reliability = agreement.alpha(pairs)
    shares = agreement.shares(pairs, tagged)
    same = sum(one == other for one, other in pairs) / len(pairs)
    if json:
        told = {"coded": len(pairs), "posts": tagged.total(), "same": same, "alpha": reliability}
        output.write_lines([told, *(share._asdict() for share in shares)])
        return
    verdict = "-" if reliability is None else f"{reliability:.3f} ({_verdict(reliability)})"
    sys.stdout.write(
        f"{len(pairs):,} coded of {tagged.total():,} posts; the same label in {same:.0%}; "
        f"Krippendorff's alpha {verdict}\n"
    )
    for share in shares:
        sys.stdout.write(
            f"{share.label}  tagged {share.tagged:.1%}, estimated {share.estimated:.1%} "
            f"({share.low:.1%}-{share.high:.1%})\n"
        )


def _verdict(alpha: float) -> str:
    if alpha >= _RELIABLE:
        return "reliable"
    return "tentative conclusions only" if alpha >= _TENTATIVE else "not reliable"


def _coded(file: Path, column: str) -> Iterator[agreement.Pair]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        missing = {column, CODED} - {*(rows.fieldnames or ())}
        if missing:
            raise Misuse(
                f"{file}:1: there is no column {', '.join(sorted(missing))}; "
                "`lyhord sample --format csv` writes a file to be coded"
            )
        found = 0
        for row in rows:
            if coded := unguard(row[CODED] or "").strip():
                found += 1
                yield unguard(row[column] or ""), coded
    if not found:
        raise Misuse(f"{file}: no row has anything in the column {CODED}")

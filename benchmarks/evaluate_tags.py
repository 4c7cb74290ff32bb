"""How well the tagger agrees with posts that people have labelled.

    python benchmarks/evaluate_tags.py labelled.jsonl [--errors]

A line is a post with `text`, `author_role` and the gold `lang`, `topic`, `topics`, `sentiment`
(a label), `kind`, `needs_answer`, `stance` and `places` (text, kind, start, end).
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from lyhord.model import Tags
from services.enrich.tagger import Tagger

SINGLE = ("lang", "topic", "sentiment", "kind", "needs_answer", "stance")


def said(tags: Tags, field: str) -> Any:
    """Give what the tagger says of one field, in the gold's form."""
    return tags.sentiment.label if field == "sentiment" else getattr(tags, field)


def spans(places: Any) -> set[tuple[int, int, str]]:
    """Give places as comparable (start, end, kind)."""
    return {(place["start"], place["end"], place["kind"]) for place in places}


def f1(right: int, wrong: int, missed: int) -> float:
    """Give the harmonic mean of precision and recall; 1 where there is nothing to find."""
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def macro_f1(pairs: Counter[tuple[Any, Any]]) -> float:
    """Give the mean F1 over the labels, from counts of (gold, said)."""
    labels = {gold for gold, _ in pairs}
    scores = []
    for label in labels:
        right = pairs[label, label]
        wrong = sum(n for (gold, said), n in pairs.items() if said == label != gold)
        missed = sum(n for (gold, said), n in pairs.items() if gold == label != said)
        scores.append(f1(right, wrong, missed))
    return sum(scores) / len(scores)


def main() -> None:
    """Tag, compare, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", type=Path)
    options.add_argument("--errors", action="store_true", help="print every disagreement")
    asked = options.parse_args()
    tagger = Tagger.load()
    pairs: dict[str, Counter[tuple[Any, Any]]] = {field: Counter() for field in SINGLE}
    topics = Counter[str]()
    exact, typed = Counter[str](), Counter[str]()
    rows = [orjson.loads(line) for line in asked.file.read_bytes().splitlines() if line.strip()]
    for row in rows:
        tags = tagger.tag(
            row["text"],
            author_role=row.get("author_role", "unknown"),
            municipality=row.get("municipality"),
        )
        for field in SINGLE:
            pairs[field][row[field], said(tags, field)] += 1
            if asked.errors and row[field] != said(tags, field):
                print(f"{field}: {said(tags, field)}, gold {row[field]}: {row['text']}")
        tally(topics, set(row["topics"]), {each.label for each in tags.topics})
        gold, found = spans(row["places"]), spans([each.model_dump() for each in tags.places])
        tally(typed, gold, found)
        tally(exact, {place[:2] for place in gold}, {place[:2] for place in found})
        if asked.errors and gold != found:
            print(f"places: {sorted(found - gold)}, gold {sorted(gold - found)}: {row['text']}")
    print(f"{len(rows)} posts, {tagger.model}")
    for field, counts in pairs.items():
        right = sum(n for (gold, said), n in counts.items() if gold == said)
        print(f"{field}: accuracy {right / len(rows):.3f}, macro F1 {macro_f1(counts):.3f}")
    print(f"topics: F1 {f1(topics['right'], topics['wrong'], topics['missed']):.3f}")
    print(
        f"places: F1 {f1(exact['right'], exact['wrong'], exact['missed']):.3f}, "
        f"with kinds {f1(typed['right'], typed['wrong'], typed['missed']):.3f}"
    )


def tally(counts: Counter[str], gold: set[Any], found: set[Any]) -> None:
    """Count what was found rightly, wrongly and not at all."""
    counts["right"] += len(gold & found)
    counts["wrong"] += len(found - gold)
    counts["missed"] += len(gold - found)


if __name__ == "__main__":
    main()

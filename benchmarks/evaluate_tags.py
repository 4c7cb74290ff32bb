"""How well the tagger agrees with posts that people have labelled.

    python benchmarks/evaluate_tags.py labelled.jsonl [--errors]

A line is a post with `text`, `author_role` and the gold `lang`, `topic`, `topics`, `sentiment`
(a label), `kind`, `needs_answer`, `stance` and `places` (text, kind, start, end).
"""

import argparse
from pathlib import Path
from typing import Any

import orjson

from lyhord.model import Tags
from services.enrich.tagger import Tagger
from training.scoring import accuracy, macro_f1, set_f1

SINGLE = ("lang", "topic", "sentiment", "kind", "needs_answer", "stance")


def said(tags: Tags, field: str) -> Any:
    """Give what the tagger says of one field, in the gold's form."""
    return tags.sentiment.label if field == "sentiment" else getattr(tags, field)


def spans(places: Any) -> set[tuple[int, int, str]]:
    """Give places as comparable (start, end, kind)."""
    return {(place["start"], place["end"], place["kind"]) for place in places}


def main() -> None:
    """Tag, compare, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", type=Path)
    options.add_argument("--errors", action="store_true", help="print every disagreement")
    asked = options.parse_args()
    tagger = Tagger.load()
    gold_of: dict[str, list[Any]] = {field: [] for field in SINGLE}
    said_of: dict[str, list[Any]] = {field: [] for field in SINGLE}
    topics: list[tuple[set[str], set[str]]] = []
    places: list[tuple[set[Any], set[Any]]] = []
    rows = [orjson.loads(line) for line in asked.file.read_bytes().splitlines() if line.strip()]
    for row in rows:
        tags = tagger.tag(
            row["text"],
            author_role=row.get("author_role", "unknown"),
            municipality=row.get("municipality"),
        )
        for field in SINGLE:
            gold_of[field].append(row[field])
            said_of[field].append(said(tags, field))
            if asked.errors and row[field] != said(tags, field):
                print(f"{field}: {said(tags, field)}, gold {row[field]}: {row['text']}")
        topics.append((set(row["topics"]), {each.label for each in tags.topics}))
        gold, found = spans(row["places"]), spans([each.model_dump() for each in tags.places])
        places.append((gold, found))
        if asked.errors and gold != found:
            print(f"places: {sorted(found - gold)}, gold {sorted(gold - found)}: {row['text']}")
    print(f"{len(rows)} posts, {tagger.model}")
    for field, labels in gold_of.items():
        right, even = accuracy(labels, said_of[field]), macro_f1(labels, said_of[field])
        print(f"{field}: accuracy {right:.3f}, macro F1 {even:.3f}")
    print(f"topics: F1 {set_f1(*zip(*topics, strict=True)):.3f}")
    exact = [tuple({place[:2] for place in side} for side in pair) for pair in places]
    print(
        f"places: F1 {set_f1(*zip(*exact, strict=True)):.3f}, "
        f"with kinds {set_f1(*zip(*places, strict=True)):.3f}"
    )


if __name__ == "__main__":
    main()

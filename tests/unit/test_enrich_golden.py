"""Texts and the tags that they shall have: `tests/golden/enrich/x.jsonl`, `x.expected.jsonl`.

`LYHORD_GOLDEN=write pytest tests/unit/test_enrich_golden.py` writes what the tagger says now; read
the difference before you commit it.
"""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from lyhord.model import Tags
from services.enrich.tagger import Tagger

GOLDEN = Path(__file__).parents[1] / "golden" / "enrich"
INPUTS = sorted(each for each in GOLDEN.glob("*.jsonl") if ".expected" not in each.name)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.stem)
def test_texts_have_their_tags(file: Path, tagger: Tagger) -> None:
    expected = file.with_name(f"{file.stem}.expected.jsonl")
    posts = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    said = [_shown(post, tagger.tag(**post)) for post in posts]
    if os.environ.get("LYHORD_GOLDEN") == "write":
        expected.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in said))
    wanted = [orjson.loads(line) for line in expected.read_bytes().splitlines()]
    assert said == wanted


def test_there_are_golden_texts_of_every_topic() -> None:
    texts = sum(len(file.read_bytes().splitlines()) for file in INPUTS)
    assert len(INPUTS) == 14
    assert texts >= 40


def _shown(post: dict[str, Any], tags: Tags) -> dict[str, Any]:
    """Give the labels that a reader can judge; the rest has tests of its own."""
    return {
        "text": post["text"],
        "lang": tags.lang,
        "topic": tags.topic,
        "topics": [each.label for each in tags.topics],
        "sentiment": tags.sentiment.label,
        "kind": tags.kind,
        "needs_answer": tags.needs_answer,
        "stance": tags.stance,
        "places": [
            {"text": each.text, "kind": each.kind, "municipality": each.municipality}
            for each in tags.places
        ],
    }

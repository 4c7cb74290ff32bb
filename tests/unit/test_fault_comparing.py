"""The fault suite's own eyes: every kind of fault is seen, and nothing else is taken for one."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.fault_scenarios.comparing import FAULTS, Found, compare
from benchmarks.fault_scenarios.corpus import write_corpus
from benchmarks.fault_scenarios.reference import Expected, pack, reference
from benchmarks.posts import Row


def post(key: str, **changes: Any) -> Row:
    return {
        "id": key,
        "edited_at": None,
        "fetched_at": "2026-01-01T00:00:00Z",
        "text": "hej",
    } | changes


POSTS = [post("x:1"), post("x:2", edited_at="2025-01-01T00:00:00Z")]
EXPECTED = Expected(
    posts={row["id"]: pack(row) for row in POSTS},
    deleted=frozenset({"x:3"}),
    refused=Counter({("a.jsonl", 7, "id: is missing"): 1}),
)
DOCUMENTS = ["x:1", "x:2", "x:3"]
REJECTED = [{"file": "/in/a.jsonl", "line": 7, "reason": "id: is missing", "id": None}]


def faults(
    posts: list[Row] = POSTS,
    documents: list[str] = DOCUMENTS,
    rejected: list[Row] = REJECTED,
    poison: tuple[str, ...] = (),
) -> dict[str, int]:
    difference = compare(EXPECTED, Found(posts, documents, rejected), poison=poison)
    assert difference.counts.keys() <= set(FAULTS)
    assert len(difference.examples) == difference.counts.total()
    return dict(difference.counts)


def test_what_is_as_it_should_be_has_no_fault() -> None:
    assert faults([row | {"score": 1.5} for row in reversed(POSTS)]) == {}


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({"posts": POSTS[:1]}, {"lost": 1}),
        ({"documents": ["x:1", "x:2"]}, {"lost": 1}),
        ({"posts": [*POSTS, POSTS[0]]}, {"twice": 1}),
        ({"documents": [*DOCUMENTS, "x:3"]}, {"twice": 1}),
        ({"posts": [POSTS[0], POSTS[1] | {"edited_at": None}]}, {"stale": 1}),
        ({"posts": [*POSTS, post("x:3")]}, {"stale": 1}),
        ({"posts": [POSTS[0] | {"text": "då"}, POSTS[1]]}, {"wrong": 1}),
        ({"documents": [*DOCUMENTS, "x:4"]}, {"wrong": 1}),
        ({"rejected": []}, {"rejects missing": 1}),
        ({"rejected": [*REJECTED, REJECTED[0] | {"line": 8}]}, {"wrong": 1}),
        ({"poison": ("x:p",)}, {"rejects missing": 1}),
        ({"poison": ("x:p",), "rejected": [*REJECTED, {"id": "x:p"}]}, {}),
    ],
)
def test_every_fault_is_seen(there: dict[str, Any], found: dict[str, int]) -> None:
    assert faults(**there) == found


def test_the_reference_is_what_the_rows_say(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, 200, seed=4, file_rows=60)
    expected = reference(corpus, workers=1)
    assert len(corpus.files) > 3
    assert len(expected.posts) + len(expected.deleted) == 200
    assert expected.deleted
    assert {name for name, _, _ in expected.refused} <= {file.name for file in corpus.files}
    edited = [packed for packed in expected.posts.values() if orjson.loads(packed)["edited_at"]]
    assert edited


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        corpus = write_corpus(tmp_path / name, 100, seed=4, file_rows=60)
        contents.append([file.read_bytes() for file in corpus.files])
    assert contents[0] == contents[1]

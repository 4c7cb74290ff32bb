"""The benchmarks' posts and scripts: repeatable, varied, valid, and quick to see a fault."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from personnummer import personnummer  # type: ignore[import-untyped]  # the library ships no types

from benchmarks import crash, dialogue, import_posts, search_latency
from benchmarks.posts import Row, generate, statistics
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.privacy.pseudonyms import Pseudonymiser
from lyhord.query.parser import parse
from services.ingest.door import Door

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 1, tzinfo=UTC)
VERSIONS = {"edits": 0.2, "duplicates": 0.2, "tombstones": 0.2}
DIGEST = """
import hashlib, orjson
from benchmarks.posts import generate
rows = generate(300, seed=5, edits=0.2, duplicates=0.2, tombstones=0.2)
print(hashlib.sha256(b"".join(map(orjson.dumps, rows))).hexdigest())
"""


def seeded() -> Random:
    return Random(1)  # noqa: S311 - to be repeated, not to be secret


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(generate(20_000, seed=1))


def test_the_same_seed_gives_the_same_posts_in_another_process() -> None:
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    here = b"".join(orjson.dumps(row) for row in generate(300, seed=5, **VERSIONS))
    assert hashlib.sha256(here).hexdigest() == there


def test_fewer_posts_are_the_first_of_more(rows: list[Row]) -> None:
    assert list(generate(500, seed=1)) == rows[:500]
    fewer = list(generate(200, seed=3, **VERSIONS))
    more = list(islice(generate(900, seed=3, **VERSIONS), len(fewer)))
    assert fewer == more


def test_versions_come_in_addition_and_change_no_post() -> None:
    plain = list(generate(400, seed=3))
    again = list(generate(400, seed=3, **VERSIONS))
    firsts: dict[Any, Row] = {}
    for row in again:
        firsts.setdefault(row["id"], row)
    assert list(firsts.values()) == plain
    assert sum(row not in plain for row in again) > 100
    assert sum(bool(row.get("edited_at")) for row in again) > 40
    gone = [row for row in again if row.get("deleted")]
    assert {"deleted_at" in row for row in gone} == {True, False}
    assert len(again) - len({orjson.dumps(row) for row in again}) > 40


def test_another_seed_gives_other_posts() -> None:
    one, other = generate(50, seed=1), generate(50, seed=2)
    assert not {row["text"] for row in one} & {
        row["text"] for row in other if len(row["text"]) > 99
    }


def test_a_tenth_of_the_posts_already_has_more_words_than_all_must_have(rows: list[Row]) -> None:
    # The rows of 20,000 posts are the first of 200,000, so types can only become more.
    shape = statistics(rows)
    assert shape["types"] >= 50_000
    assert 18 <= shape["median"] <= 24
    assert shape["tokens"] / shape["rows"] > shape["median"]


def test_posts_are_shaped_as_real_ones(rows: list[Row]) -> None:
    roles = Counter(row["author_role"] for row in rows)
    assert 0.83 < roles["citizen"] / len(rows) < 0.87
    places = Counter(row["municipality"] for row in rows).most_common()
    assert len(places) == 290
    assert places[0][1] > 10 * places[-1][1]
    hours = Counter(row["created_at"][11:13] for row in rows)
    assert hours["19"] > 3 * hours["03"]
    texts = "\n".join(row["text"] for row in rows)
    for pattern in (r"#\w", r"@\w", "https://", "😂", r"\bforskolan\b|\bar\b", r"[؀-ۿ]"):
        assert re.search(pattern, texts), pattern


def test_a_reply_comes_after_its_parent_in_its_place(rows: list[Row]) -> None:
    known = {row["id"]: row for row in rows}
    replies = [row for row in rows if "in_reply_to" in row]
    assert len(replies) > len(rows) / 3
    for row in replies:
        parent = known[row["in_reply_to"]]
        assert row["created_at"] > parent["created_at"]
        assert (row["source"], row["municipality"]) == (parent["source"], parent["municipality"])


def test_every_row_passes_the_door() -> None:
    door = Door(Pseudonymiser(bytes(32)))
    for row in generate(1000, seed=4, **VERSIONS):
        post = door.admit(row, now=NOW)
        assert post.deleted or (post.created_at and timedelta(0) < NOW - post.created_at)


def test_personal_data_is_fictitious(rows: list[Row]) -> None:
    texts = "\n".join(row["text"] for row in rows)
    numbers = re.findall(r"\b(?:19)?\d{6}-\d{4}\b", texts)
    assert numbers
    assert all(personnummer.valid(number) and number[-4:-1] >= "980" for number in numbers)
    phones = re.findall(r"\b0\d+-\d{3} \d\d \d\d\b", texts)
    assert phones
    assert all(phone.startswith(("070-174 06 ", "031-390 06 ")) for phone in phones)
    assert all(5 <= int(phone[-2:]) <= 50 for phone in phones)
    mails = re.findall(r"\w@(\S+)", texts)
    assert mails
    assert set(mails) <= {"example.com", "example.org"}


def test_questions_can_be_asked(rows: list[Row]) -> None:
    tags = {"topic": "ovrigt", "kind": "other", "sentiment": {"label": "neutral", "score": 0.0}}
    asked = search_latency.questions([row | tags for row in rows[:2000]], seeded(), 25)
    assert {len(several) for several in asked.values()} == {25}
    for several in asked.values():
        for question in several:
            parse(question.text)
    kept = search_latency.draw(({"id": number} for number in range(50_000)), seeded())
    assert len({row["id"] for row in kept}) == search_latency.SAMPLE
    times = search_latency.ask(lambda question: question, asked, seeded())
    assert "| NEAR, common | 125 |" in search_latency.table(times)


def test_memory_and_disk_are_measured(tmp_path: Path) -> None:
    pss, rss = import_posts.memory(os.getsid(0))
    assert 10 * import_posts.MIB < pss <= rss
    (tmp_path / "some").write_bytes(bytes(100_000))
    assert import_posts.disk(tmp_path) >= 100_000
    runs = [import_posts.Run(wall, 3, 2**20, 2**21, 2**22, 0.5) for wall in (1, 2, 4)]
    assert "| **median** | 2.0 | 3.0 | 500 | 1 | 2 | 4 | 0.50 |" in import_posts.table(runs, 1000)


def test_faults_after_a_crash_are_told_apart() -> None:
    post = {"text": "hej", "edited_at": None, "score": 0.5}
    calm = crash.Outcome([post | {"id": f"x:{n}", "author": f"p_{n % 3}"} for n in range(9)], [])
    renamed = [row | {"author": f"p_{row['author']}", "fetched_at": 1} for row in calm.posts]
    assert not +crash.compare(calm, crash.Outcome(renamed, []))
    assert +crash.compare(calm, crash.Outcome(calm.posts[1:], [])) == {"lost": 1}
    assert +crash.compare(calm, crash.Outcome(calm.posts + calm.posts[:2], [])) == {"twice": 2}
    for change, fault in (
        ({"text": "hopp"}, "wrong"),
        ({"author": "p_new"}, "wrong"),
        ({"edited_at": "2024-05-01T12:00:00Z"}, "stale"),
    ):
        posts = [*calm.posts[:-1], calm.posts[-1] | change]
        assert +crash.compare(calm, crash.Outcome(posts, [])) == {fault: 1}
    back = [*calm.posts, {"id": "x:dead", "author": None, "edited_at": None}]
    assert +crash.compare(calm, crash.Outcome(back, [])) == {"stale": 1}
    assert +crash.compare(calm, crash.Outcome(calm.posts, [{"line": 3}])) == {"wrong": 1}


def test_a_fault_shows_in_the_report() -> None:
    report = crash.Report()
    report.add(crash.Moment("here", 0.1), Counter(moments=1, killed=1))
    assert not report.found
    report.add(crash.Moment("here", 0.2), Counter(moments=1, lost=3))
    assert len(report.found) == 1
    assert "| here | 2 | 1 | 3 | 0 | 0 | 0 | 0 |" in report.table()


def test_the_crash_corpus_says_what_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    expected = crash.write_corpus(path, 200, random=seeded())
    lines = path.read_bytes().split(b"\n")
    assert sum(line in crash.REFUSED for line in lines) == 15
    assert 150 < len(expected) < 200
    assert any(expected.values())
    assert path.read_bytes().count(b'"deleted":true') >= 200 - len(expected)


def test_the_dialogue_benchmark_asks_what_it_filled(tmp_path: Path) -> None:
    with closing(TantivyStore(tmp_path, write=True)) as store:
        assert dialogue.fill(store, 400) > 0
        found = {name: ask() for name, ask in dialogue.questions(store).items()}
        assert len(list(store.threads())) > 100
    assert found["the queue, 100 rows"]
    assert found["the latest threads"]

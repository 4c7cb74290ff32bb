"""The tagging processes: they may die, and a tagger that cannot be loaded stops the work."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import orjson
import pytest

from lyhord.errors import Misuse
from lyhord.ports import Entry
from services.enrich.pool import Pool

POST = {"deleted": False, "author_role": "citizen", "municipality": "1880"}


def entries(count: int) -> list[Entry]:
    values = (orjson.dumps(POST | {"text": f"Vattenläcka nummer {n}"}) for n in range(count))
    return [Entry(offset, f"forum:{offset}", value) for offset, value in enumerate(values)]


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(1, topics=None)
    yield made
    made.close()


def test_a_batch_whose_process_died_is_tagged_all_the_same(pool: Pool) -> None:
    pool.submit(entries(1)).result()
    batch = entries(400)
    working = pool.submit(batch)
    for process in multiprocessing.active_children():
        os.kill(process.pid or 0, signal.SIGKILL)
    with pytest.raises(BrokenProcessPool):
        working.result()
    records, rejections, _ = pool.recover(batch[:3])
    assert [record.key for record in records] == ["forum:0", "forum:1", "forum:2"]
    assert rejections == []


def test_a_post_that_cannot_be_tagged_costs_only_itself(pool: Pool) -> None:
    broken = Entry(1, "forum:1", b"{}")
    records, rejections, _ = pool.submit([*entries(1), broken]).result()
    assert [record.key for record in records] == ["forum:0"]
    assert [refusal.origin for refusal in rejections] == ["forum"]


def test_a_tagger_that_cannot_be_loaded_refuses_no_post(tmp_path: Path) -> None:
    topics = tmp_path / "topics.toml"
    topics.write_text("this is no table")
    pool = Pool(1, topics=topics)
    try:
        with pytest.raises(Misuse, match="cannot be loaded"):
            pool.submit(entries(1)).result()
    finally:
        pool.close()

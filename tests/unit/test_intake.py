"""Ingest as a whole: tombstones, previews, what is refused and how it is told, and the log."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.errors import Rejected
from lyhord.model import Post, Rejection, Tagged, pack
from lyhord.ports import POSTS, REJECTED, Row
from lyhord.privacy.pseudonyms import Pseudonymiser
from lyhord.readout import readout
from lyhord.telemetry import Telemetry
from lyhord.versions import Stored, merge
from services.ingest.door import Door
from services.ingest.intake import BATCH, Intake
from services.ingest.stage import stage

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOOR = Door(Pseudonymiser(bytes(32)))
VALID: dict[str, Any] = {
    "source": "blog",
    "id": "1",
    "text": "Hej",
    "created_at": "2024-05-01T12:00:00Z",
    "municipality": "1780",
}
HALVES = st.text(st.characters(exclude_categories=()))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HALVES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_a_tombstone_needs_only_its_name() -> None:
    post = DOOR.admit({"source": "x", "id": "x:5", "deleted": True}, now=NOW)
    assert (post.key, post.deleted, post.deleted_at, post.version[0]) == ("x:5", True, NOW, NOW)
    assert (post.text, post.created_at, post.municipality) == ("", None, None)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"deleted_at": "2024-05-01T08:00:00Z"}, "2024-05-01T08:00:00Z"),
        ({"edited_at": "2024-05-01T09:00:00Z"}, "2024-05-01T09:00:00Z"),
        (
            {"edited_at": "2024-05-01T09:00:00Z", "deleted_at": "2024-05-01T08:00:00Z"},
            "2024-05-01T09:00:00Z",
        ),
        ({"fetched_at": "2024-05-01T07:00:00Z"}, "2024-05-01T07:00:00Z"),
    ],
)
def test_a_tombstones_time_is_what_it_tells(times: dict[str, str], expected: str) -> None:
    post = DOOR.admit({"source": "x", "id": "5", "deleted": True} | times, now=NOW)
    assert post.version[0] == datetime.fromisoformat(expected)


def test_a_tombstone_carries_no_words_and_no_person() -> None:
    post = DOOR.admit(VALID | {"deleted": True, "author": "Anna", "metrics": {"likes": 2}}, now=NOW)
    assert (post.text, post.author, post.metrics.likes, post.municipality) == (
        "",
        None,
        None,
        "1780",
    )
    assert DOOR.admit(VALID | {"deleted": False}, now=NOW).text == "Hej"


def test_a_tombstone_without_time_deletes_what_was_there_when_it_was_fetched() -> None:
    alive = DOOR.admit(VALID, now=NOW)
    gone = DOOR.admit({"source": "blog", "id": "1", "deleted": True}, now=NOW + HOUR)
    both = merge(Stored.arrived(Tagged(post=gone)), Stored.arrived(Tagged(post=alive)))
    assert (both.tagged.post.deleted, both.tagged.post.created_at) == (True, alive.created_at)


@pytest.mark.parametrize("field", ["source", "id", "municipality", "created_at", "text"])
def test_a_tombstones_other_fields_must_be_right(field: str) -> None:
    with pytest.raises(Rejected, match=field):
        DOOR.admit({"source": "x", "id": "5", "deleted": True, field: ["wrong"]}, now=NOW)


@given(st.dictionaries(st.sampled_from(sorted(Post.model_fields)), JSON, max_size=6), st.booleans())
def test_any_record_is_a_post_or_a_refusal_that_can_be_written(
    fields: dict[str, Any],
    whole: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    data = VALID | fields if whole else fields
    records, refused = stage([Row("in.jsonl", 1, data=data)], DOOR, now=NOW)
    assert len(records) + len(refused) == 1
    for record in records:
        assert Post.model_validate_json(record.value).key == record.key
    for refusal in refused:
        assert json.loads(refusal.model_dump_json())["reason"]


@given(
    st.text(max_size=40), st.sampled_from(["citizen", "municipality", "unknown"]), st.integers(0, 9)
)
def test_what_is_read_out_may_be_read_in(text: str, role: str, likes: int) -> None:
    record = VALID | {"text": f"070-174 06 05 {text}", "author_role": role, "author": "Anna"}
    record |= {"metrics": {"likes": likes}, "in_reply_to": "9", "edited_at": "2024-05-01T13:00:00Z"}
    post = DOOR.admit(record, now=NOW)
    again = readout(json.loads(Tagged(post=post).model_dump_json()))
    assert again["id"] == "blog:1"
    read = DOOR.admit(again | {"score": 1.0, "topic": "ovrigt"}, now=NOW + HOUR)
    assert Post.model_validate_json(read.model_dump_json()) == Post.model_validate_json(
        post.model_dump_json()
    )


def test_a_preview_asks_only_for_text() -> None:
    assert DOOR.preview({"text": "Ring 070-174 06 05"}, now=NOW) == {
        "text": "Ring [telefon]",
        "redactions": ["telefon"],
    }


@pytest.mark.parametrize("given_id", [5, "blog:5", "5", "a\u030a", "a\x00b"])
def test_a_preview_echoes_the_id_as_given(given_id: object) -> None:
    fields = DOOR.preview({"id": given_id, "source": "blog", "text": ""}, now=NOW)
    assert fields["id"] == given_id


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"text": None},
        {"text": 5},
        {"text": "a", "source": "okänd"},
        {"text": "a", "id": ""},
        {"text": "a", "id": "x" * 401},
        {"text": "a", "created_at": "igår"},
        {"text": "a", "created_at": "1980-01-01T00:00:00Z"},
        {"text": "a", "municipality": "9999"},
    ],
)
def test_a_preview_is_as_strict_as_the_door(wrong: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        DOOR.preview(wrong, now=NOW)


@given(st.dictionaries(st.sampled_from(sorted(Post.model_fields)), JSON, max_size=6), JSON)
def test_any_preview_can_be_written(fields: dict[str, Any], text: object) -> None:
    try:
        answer = DOOR.preview(fields | {"text": text}, now=NOW)
    except Rejected as refusal:
        answer = {"error": str(refusal)}
    assert orjson.dumps(answer)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    log = SqliteLog(tmp_path / "log.db")
    yield log
    log.close()


def test_rows_go_to_the_log_in_order_and_the_rest_is_told(log: SqliteLog) -> None:
    telemetry = Telemetry("ingest")
    count = 2 * BATCH + 7
    rows = [Row("/data/in.jsonl", n, data=VALID | {"id": n}) for n in range(1, count)]
    rows[5] = Row("/data/in.jsonl", 6, error="is not valid JSON")
    Intake(log, DOOR, telemetry, now=lambda: NOW).take(iter(rows))
    keys = [entry.key for entry in log.read(POSTS)]
    assert keys == [f"blog:{n}" for n in range(1, count) if n != 6]
    (told,) = [Rejection.model_validate_json(entry.value) for entry in log.read(REJECTED)]
    assert (told.origin, told.line, told.reason) == ("/data/in.jsonl", 6, "is not valid JSON")
    assert (telemetry.received, telemetry.sent, telemetry.rejected) == (count - 1, count - 2, 1)


def test_a_refusal_holds_no_personal_data_and_no_half_characters(log: SqliteLog) -> None:
    rows = [
        Row("/f\udcf6r.csv", 2, data=VALID | {"source": "070-174 06 05"}),
        Row("/f\udcf6r.csv", 3, error="\ud800 anna@example.com: is given twice"),
    ]
    Intake(log, DOOR, Telemetry("ingest")).take(rows)
    told = [json.loads(entry.value) for entry in log.read(REJECTED)]
    assert {one["origin"] for one in told} == {"/f\ufffdr.csv"}
    assert "174" not in told[0]["reason"]
    assert told[1]["reason"] == "\ufffd [e-post]: is given twice"


def test_a_field_that_is_not_read_is_told_once(log: SqliteLog) -> None:
    intake = Intake(log, DOOR, Telemetry("ingest"))
    with capture_logs() as told:
        for _ in range(3):
            intake.take([Row("in", n, data=VALID | {"hjärtan": n, "score": 1}) for n in range(3)])
    assert [one["field"] for one in told] == ["hjärtan"]


@given(
    text=HALVES,
    likes=st.none() | st.integers(0, 2**53),
    micros=st.integers(0, 999_999),
    deleted=st.sampled_from([{}, {"deleted": True}]),
)
def test_what_the_door_lets_in_is_packed_as_the_model_writes_it(
    text: str, likes: int | None, micros: int, deleted: dict[str, bool]
) -> None:
    own = VALID | {"text": text, "metrics": {"likes": likes}, "author": "x"} | deleted
    now = NOW.replace(microsecond=micros)
    packed = pack(DOOR.fields(own, now=now))
    assert packed == DOOR.admit(own, now=now).model_dump_json().encode()
    assert Post.model_validate_json(packed, strict=True).deleted is bool(deleted)

"""The bundled examples: valid, plainly marked as invented, and free of real contact data."""

import csv
import io
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser  # type: ignore[import-untyped]  # the library ships no types
import phonenumbers
import pytest
from personnummer import personnummer  # type: ignore[import-untyped]  # as above

from lyhord import municipalities
from lyhord.labels import AUTHOR_ROLES, SOURCES
from lyhord.model import Metrics

EXAMPLES = Path(__file__).parents[2] / "examples"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SERVER = "http://127.0.0.1:8099/"
FEEDS = ("blogg.xml", "kommentarer-1.xml", "nyheter.atom")
REQUIRED = {"source", "id", "text", "created_at", "municipality"}
KNOWN = REQUIRED | {"account", "department", "author", "author_role", "url"}
KNOWN |= {"edited_at", "in_reply_to", "metrics"}
TOMBSTONE = {"source", "id", "deleted", "deleted_at"}
FICTION = (
    range(701740605, 701740700),
    range(313900600, 313900651),
    range(846500400, 846500500),
    range(406280400, 406280451),
    range(980319200, 980319300),
)
IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d\d)?\d{6}[-+]?\d{4}(?!\d)", re.ASCII)
MAIL = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
LINK = re.compile(r"https?://[^\s\"<>)]+")

Row = dict[str, Any]


def json_lines(name: str) -> list[Row]:
    lines = (EXAMPLES / name).read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def eservice_rows() -> list[Row]:
    text = (EXAMPLES / "inbox" / "eservice.csv").read_bytes().decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def is_tombstone(row: Row) -> bool:
    return row.get("deleted") is True


POSTS = json_lines("posts.jsonl")
FORUM = json_lines("inbox/forum.jsonl")
LETTERS = eservice_rows()
EVERY_ROW = POSTS + FORUM + LETTERS
LIVE = [row for row in EVERY_ROW if not is_tombstone(row)]


def test_the_size() -> None:
    assert 400 <= len(POSTS) <= 450
    assert len(FORUM) == len(LETTERS) == 20


def test_every_row_has_the_required_fields_and_no_unknown_one() -> None:
    for row in LIVE:
        assert row.keys() >= REQUIRED, row["id"]
        assert row.keys() <= KNOWN, row["id"]
        assert row["text"].strip(), row["id"]
        assert row["source"] in SOURCES
        assert row["author_role"] in AUTHOR_ROLES
        assert municipalities.exists(row["municipality"])
        Metrics.model_validate(row.get("metrics", {}))


def test_ids_are_unique_but_for_one_edit_and_one_tombstone() -> None:
    seen = Counter((row["source"], row["id"]) for row in EVERY_ROW)
    twice = {key for key, count in seen.items() if count > 1}
    edited = {(row["source"], row["id"]) for row in EVERY_ROW if row.get("edited_at")}
    deleted = {(row["source"], row["id"]) for row in EVERY_ROW if is_tombstone(row)}
    assert max(seen.values()) == 2
    assert len(edited) == len(deleted) == 1
    assert twice == edited | deleted


def test_the_edit_and_the_tombstone_come_after_what_they_change() -> None:
    first: dict[tuple[str, str], Row] = {}
    for row in POSTS:
        older = first.setdefault((row["source"], row["id"]), row)
        if older is not row:
            changed = row.get("edited_at") or row["deleted_at"]
            assert datetime.fromisoformat(changed) > datetime.fromisoformat(older["created_at"])
            assert row.keys() == TOMBSTONE or row["text"] != older["text"]


@pytest.mark.parametrize("field", ["created_at", "edited_at", "deleted_at"])
def test_times_carry_the_offset_that_stockholm_had(field: str) -> None:
    times = [datetime.fromisoformat(row[field]) for row in EVERY_ROW if row.get(field)]
    assert times
    for time in times:
        assert time.utcoffset() == time.astimezone(STOCKHOLM).utcoffset()
        assert "2026-08-24" <= time.date().isoformat() <= "2026-11-22"


def test_replies_follow_an_existing_post_of_the_same_source_and_municipality() -> None:
    by_key = {(row["source"], row["id"]): row for row in reversed(LIVE)}
    replies = [row for row in LIVE if row.get("in_reply_to")]
    assert len(replies) > 200
    for row in replies:
        parent = by_key[row["source"], row["in_reply_to"]]
        assert parent["municipality"] == row["municipality"]
        earlier = datetime.fromisoformat(parent["created_at"])
        assert earlier < datetime.fromisoformat(row["created_at"]), row["id"]


def test_all_sources_and_eight_municipalities_are_spread() -> None:
    assert {row["source"] for row in POSTS} == set(SOURCES)
    sizes = Counter(row["municipality"] for row in POSTS if not is_tombstone(row))
    assert len(sizes) == 8
    assert min(sizes.values()) >= 20


def test_the_water_leak_is_a_burst_of_many_voices() -> None:
    morning = [
        row
        for row in POSTS
        if row.get("municipality") == "1880"
        and row["author_role"] == "citizen"
        and "2026-11-19T05:50" <= row["created_at"] < "2026-11-19T08:50"
    ]
    assert len(morning) >= 25
    assert len({row["author"] for row in morning}) >= 24


def test_no_text_is_written_twice() -> None:
    assert max(Counter(row["text"] for row in LIVE).values()) == 1


def test_every_row_is_marked_as_an_example() -> None:
    for row in EVERY_ROW:
        assert row["id"].startswith("exempel-")
    for row in LIVE:
        assert row["account"].startswith("Exempel ")
        assert row["url"] == f"https://example.org/{row['source']}/{row['id']}"
        mark = "Exempel " if row["author_role"] == "municipality" else "exempel"
        assert row["author"].startswith(mark), row["id"]


def test_the_csv_needs_windows_1252() -> None:
    raw = (EXAMPLES / "inbox" / "eservice.csv").read_bytes()
    assert "€" in raw.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_parse_and_are_marked(name: str) -> None:
    feed = feedparser.parse((EXAMPLES / "feeds" / name).read_bytes())
    assert not feed.bozo
    assert "exempel" in feed.feed.title.lower()
    assert 6 <= len(feed.entries) <= 8
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        assert entry.id.rpartition(":")[2].startswith("exempel-")
        assert entry.link.startswith(SERVER)
        assert entry.get("author", feed.feed.get("author", "")).lower().startswith("exempel")
        assert entry.content[0].value


def test_the_blog_leads_to_its_comments() -> None:
    blog, comments, _ = (
        feedparser.parse((EXAMPLES / "feeds" / name).read_bytes()) for name in FEEDS
    )
    (entry,) = (entry for entry in blog.entries if "wfw_commentrss" in entry)
    assert entry.wfw_commentrss == SERVER + "kommentarer-1.xml"
    assert comments.feed.link == entry.link
    assert int(entry.slash_comments) == len(comments.entries)


def every_text() -> dict[str, str]:
    texts = {f"{row['source']}:{row['id']}": row["text"] for row in LIVE}
    return texts | {name: (EXAMPLES / "feeds" / name).read_text("utf-8") for name in FEEDS}


def test_contact_data_is_fictitious() -> None:
    for name, text in every_text().items():
        assert {"example.com", "example.org"}.issuperset(MAIL.findall(text)), name
        bare = IDENTITY_NUMBER.sub(" ", LINK.sub(" ", text))
        for match in phonenumbers.PhoneNumberMatcher(bare, "SE"):
            assert any(match.number.national_number in series for series in FICTION), (name, match)
        for number in IDENTITY_NUMBER.findall(text):
            assert personnummer.valid(number), name
            assert 980 <= int(number[-4:-1]) <= 989, name


def test_links_lead_nowhere_but_to_the_examples() -> None:
    for name, text in every_text().items():
        for link in LINK.findall(text):
            if name not in FEEDS:
                assert link.startswith("https://example.org/"), name
            else:
                known = (
                    SERVER,
                    "http://purl.org/",
                    "http://www.w3.org/",
                    "http://wellformedweb.org/",
                )
                assert link.startswith(known), name


def test_there_is_something_to_mask() -> None:
    text = "\n".join(every_text().values())
    assert len(IDENTITY_NUMBER.findall(text)) >= 4
    assert len(MAIL.findall(text)) >= 4
    assert sum(1 for _ in phonenumbers.PhoneNumberMatcher(text, "SE")) >= 8

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lyhord import times
from services.ingest.sources import feed_watch
from services.ingest.sources.feed_posts import identity, key_of, news, page_of
from services.ingest.sources.feed_reading.sandbox import Entry

NOW = datetime(2021, 9, 10, 12, tzinfo=UTC)

moments = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made UTC here
    lambda moment: times.format_utc(moment.replace(tzinfo=UTC, microsecond=0))
)


def make(**own: Any) -> Entry:
    names = ("id", "link", "author", "published", "updated", "comments", "comment_count")
    fields: dict[str, Any] = dict.fromkeys(names) | {"title": "", "body": ""} | own
    return Entry(**fields)


entries = st.lists(
    st.builds(
        make,
        id=st.integers(0, 9).map(str),
        body=st.sampled_from(["ett", "två", "tre"]),
        published=moments,
        updated=moments,
    ),
    unique_by=lambda entry: entry.id,
)


def post(entry: Entry) -> Mapping[str, Any]:
    return {"id": identity(entry), "text": entry.body}


def test_an_id_is_its_own_or_the_link_or_a_hash() -> None:
    assert identity(make(id="a", link="https://example.org/")) == "a"
    assert identity(make(link="https://example.org/")) == "https://example.org/"
    assert identity(make(body="ett")) == identity(make(body="ett"))
    assert identity(make(body="ett")) != identity(make(body="två"))
    assert len(identity(make(id="å" * 201))) == len("sha256:") + 64
    assert identity(make(id="å" * 200)) == "å" * 200


def test_only_web_pages_are_linked() -> None:
    assert page_of(make(link="https://example.org/")) == "https://example.org/"
    assert page_of(make(link="javascript:alert(1)")) is None
    assert page_of(make(link="https://example.org/" + "x" * 2000)) is None
    assert page_of(make()) is None


@given(entries)
def test_what_has_not_changed_is_no_news(found: list[Entry]) -> None:
    first, memory = news(found, {}, now=NOW, post=post)
    assert len(first) == len(found)
    later = NOW + timedelta(hours=1)
    assert news(found, json.loads(json.dumps(memory)), now=later, post=post) == ([], memory)


@given(entries, entries)
def test_created_at_never_moves_and_edits_go_forward(
    before: list[Entry], after: list[Entry]
) -> None:
    first, memory = news(before, {}, now=NOW, post=post)
    second, _ = news(after, memory, now=NOW + timedelta(hours=1), post=post)
    versions = {fields["id"]: fields for fields in first}
    for fields in second:
        if old := versions.get(fields["id"]):
            assert fields["created_at"] == old["created_at"]
            assert fields["edited_at"] > old.get("edited_at", old["created_at"])


@given(entries)
def test_times_are_possible_ones(found: list[Entry]) -> None:
    posts, _ = news(found, {}, now=NOW, post=post)
    for fields in posts:
        created = times.parse(fields["created_at"])
        assert times.EARLIEST <= created <= NOW + timedelta(days=1)
        if "edited_at" in fields:
            assert created < times.parse(fields["edited_at"]) <= NOW + timedelta(days=1)


def test_the_watch_keeps_the_newest_hundred_and_forgets_the_old() -> None:
    found = [
        make(
            id=str(number),
            comments=f"https://example.org/{number}",
            published=times.format_utc(NOW - timedelta(hours=number)),
        )
        for number in range(150)
    ]
    _, seen = news(found, {}, now=NOW, post=post)
    watched = feed_watch.updated({}, found, seen, now=NOW)
    assert list(watched) == [f"https://example.org/{number}" for number in range(100)]
    assert seen[key_of(found[3])][1] == watched["https://example.org/3"]["since"]
    dropped = feed_watch.updated(watched, [], seen, now=NOW + timedelta(days=30))
    assert list(dropped) == ["https://example.org/0"]

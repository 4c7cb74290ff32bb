"""Parsing what stands on the log: as strict as the model, and clear about what is wrong."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.model import Entity, Label, Metrics, Place, Post, Sentiment, Tagged, Tags
from lyhord.parsing import MalformedError, parse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAGGED = Tagged(
    post=Post(
        source="forum",
        id="7",
        text="Hej",
        created_at=NOW,
        fetched_at=NOW,
        metrics=Metrics(likes=3),
        redactions=("telefon",),
    ),
    tags=Tags(
        lang="sv",
        topic="ovrigt",
        topics=(Label(label="ovrigt", score=0.5),),
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        places=(Place(text="Hej", kind="street", start=0, end=3, lat=59.0, precision="street"),),
        entities=(Entity(text="Hej", kind="PER", start=0, end=3),),
        lemmas="hej",
        fingerprint="0",
        model="test",
    ),
)
WHOLE = TAGGED.model_dump_json().encode()


def paths(value: Any, *before: Any) -> list[tuple[Any, ...]]:
    """Give the way to every value within."""
    if isinstance(value, dict):
        inner = [path for key, each in value.items() for path in paths(each, *before, key)]
    elif isinstance(value, list):
        inner = [path for at, each in enumerate(value) for path in paths(each, *before, at)]
    else:
        inner = []
    return [before, *inner] if before else inner


def changed(path: tuple[Any, ...], value: Any) -> bytes:
    body = orjson.loads(WHOLE)
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return orjson.dumps(body)


PATHS = paths(orjson.loads(WHOLE))
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z"])
    | st.just([])
    | st.just({})
)


def test_a_tagged_post_is_given_as_json_has_it() -> None:
    assert parse(WHOLE) == ("forum:7", orjson.loads(WHOLE))
    gone = Tagged(post=TAGGED.post.model_copy(update={"deleted": True})).model_dump_json().encode()
    assert parse(gone)[1]["tags"] is None


@given(path=st.sampled_from(PATHS), value=VALUES)
def test_what_is_accepted_the_model_accepts(path: tuple[Any, ...], value: Any) -> None:
    tampered = changed(path, value)
    try:
        _, tagged = parse(tampered)
    except MalformedError:
        return
    assert Tagged.model_validate_json(tampered)
    assert tagged == orjson.loads(tampered)


@pytest.mark.parametrize("path", [path for path in PATHS if isinstance(path[-1], str)])
def test_a_field_that_is_missing_is_named(path: tuple[Any, ...]) -> None:
    with pytest.raises(MalformedError, match=f"missing required field `{path[-1]}`"):
        parse(changed(path, ...))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (changed(("post", "x"), 1), r"unknown field `x` - at `\$.post`"),
        (changed(("post", "metrics", "likes"), -1), r"`int` >= 0 - at `\$.post.metrics.likes`"),
        (changed(("tags", "kind"), "Anna 070"), r"^Invalid enum value - at `\$.tags.kind`$"),
        (
            changed(("tags", "places", 0, "start"), "0"),
            r"got `str` - at `\$.tags.places\[0\].start`",
        ),
        (changed(("post", "created_at"), "2026-03-01T12:00:00"), "timezone"),
        (WHOLE[:-1], "truncated"),
        (b'{"post":' * 100_000, "post"),
        (b"[" * 100_000, "got `array`"),
        (b"\xff", "malformed"),
        (WHOLE.replace(b"Hej", b"\xff"), "UTF-8|utf-8"),
        (b"", "truncated"),
    ],
)
def test_what_is_wrong_is_told_without_repeating_it(value: bytes, told: str) -> None:
    with pytest.raises(MalformedError, match=told):
        parse(value)

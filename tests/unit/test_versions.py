"""Versions of one post: an algebra in which no order, number or batching of arrivals matters."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lyhord.model import Metrics, Post, Sentiment, Tagged, Tags
from lyhord.versions import Stored, merge

DAY = timedelta(days=1)
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
TIMES = st.sampled_from([NOON + n * DAY for n in range(-3, 4)])
MAYBE_TIMES = st.none() | TIMES
MODELS = st.sampled_from(["", "1", "2"])
COUNTS = st.none() | st.integers(0, 3)


def tags(model: str, *, lang: str = "sv") -> Tags:
    return Tags(
        lang=lang,
        topic="ovrigt",
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        lemmas="",
        fingerprint="0",
        model=model,
    )


@st.composite
def versions(draw: st.DrawFn) -> Stored:
    deleted = draw(st.booleans())
    labels = st.sampled_from([None, "a", "b"])
    post = Post(
        source="facebook",
        id="1",
        account=draw(labels),
        municipality=draw(st.sampled_from(["1780", "1880"] + [None] * deleted)),
        author_role=draw(st.sampled_from(["citizen", "unknown"])),
        text="" if deleted else draw(st.sampled_from(["hej", "hejsan", ""])),
        created_at=draw(MAYBE_TIMES if deleted else TIMES),
        edited_at=draw(MAYBE_TIMES),
        deleted_at=draw(TIMES) if deleted else None,
        fetched_at=draw(TIMES),
        in_reply_to=draw(labels),
        metrics=Metrics() if deleted else Metrics(likes=draw(COUNTS), views=draw(COUNTS)),
        deleted=deleted,
    )
    tagged = None if deleted else tags(draw(st.sampled_from(["1", "2"])))
    return Stored.arrived(Tagged(post=post, tags=tagged))


def combined(parts: Sequence[Stored]) -> Stored:
    return reduce(merge, parts)


@given(versions(), versions(), MODELS)
def test_merging_is_commutative(one: Stored, other: Stored, model: str) -> None:
    assert merge(one, other, model=model) == merge(other, one, model=model)


@given(versions(), MODELS)
def test_merging_is_idempotent(one: Stored, model: str) -> None:
    assert merge(one, one, model=model) == one


@given(versions(), versions(), versions(), MODELS)
def test_merging_is_associative(one: Stored, two: Stored, three: Stored, model: str) -> None:
    both = partial(merge, model=model)
    assert both(both(one, two), three) == both(one, both(two, three))


@given(st.lists(versions(), min_size=1, max_size=8), st.data())
def test_order_repetition_and_batching_change_nothing(
    arrived: list[Stored], data: st.DataObject
) -> None:
    again = arrived + data.draw(st.lists(st.sampled_from(arrived), max_size=4))
    shuffled = data.draw(st.permutations(again))
    cuts = sorted(
        data.draw(st.sets(st.integers(1, len(shuffled)), max_size=4)) | {0, len(shuffled)}
    )
    batches = [shuffled[start:end] for start, end in pairwise(cuts)]
    assert combined([combined(batch) for batch in batches]) == combined(arrived)


@given(st.lists(versions(), min_size=1, max_size=6))
def test_what_the_winner_keeps(arrived: list[Stored]) -> None:
    result = combined(arrived)
    post = result.tagged.post
    posts = [one.tagged.post for one in arrived]
    best = max(arrived, key=lambda one: one.version)
    assert result.version == best.version
    assert (post.text, post.deleted) == (best.tagged.post.text, best.tagged.post.deleted)
    known = [one.created_at for one in posts if one.created_at]
    assert post.created_at == min(known, default=None)
    assert post.fetched_at == max(one.fetched_at for one in posts)
    live = [one for one in arrived if not one.tagged.post.deleted]
    if live:
        origin = max(live, key=lambda one: one.version)
        assert result.origin == origin.version
        assert post.municipality == origin.tagged.post.municipality
        assert post.in_reply_to == origin.tagged.post.in_reply_to
    if post.deleted:
        assert (post.text, result.tagged.tags) == ("", None)


@given(st.lists(versions(), min_size=1, max_size=5), versions())
def test_a_store_may_forget_all_but_the_merged(arrived: list[Stored], late: Stored) -> None:
    kept = combined(arrived)
    written = kept.tagged.model_dump_json()
    read = Stored(Tagged.model_validate_json(written), kept.version, kept.origin)
    assert merge(read, late) == combined([*arrived, late])


def live(text: str, **fields: object) -> Stored:
    base = {"source": "x", "id": "1", "created_at": NOON, "fetched_at": NOON, "text": text}
    return Stored.arrived(Tagged(post=Post.model_validate(base | fields), tags=tags("1")))


def gone(**fields: object) -> Stored:
    base = {"source": "x", "id": "1", "deleted": True, "fetched_at": NOON, "deleted_at": NOON}
    return Stored.arrived(Tagged(post=Post.model_validate(base | fields)))


def test_an_edit_that_arrives_first_is_not_overwritten() -> None:
    edit = live("ny", edited_at=NOON + DAY)
    assert merge(edit, live("gammal", fetched_at=NOON + 2 * DAY)).tagged.post.text == "ny"


def test_at_the_same_moment_deletion_wins() -> None:
    assert merge(live("kvar"), gone()).tagged.post.deleted


def test_a_later_edit_brings_a_post_back() -> None:
    back = merge(gone(), live("åter", edited_at=NOON + DAY))
    assert (back.tagged.post.deleted, back.tagged.post.text) == (False, "åter")


def test_the_earliest_creation_stays_and_counts_are_the_latest_fetched() -> None:
    first = live("a", created_at=NOON - DAY, metrics=Metrics(likes=9))
    later = live("a", fetched_at=NOON + DAY, metrics=Metrics(likes=2))
    post = merge(first, later).tagged.post
    assert (post.created_at, post.metrics.likes) == (NOON - DAY, 2)


def test_a_new_model_replaces_the_tags_of_the_old_whatever_they_say() -> None:
    post = live("hej").tagged.post
    old = Stored.arrived(Tagged(post=post, tags=tags("2026-01", lang="sv")))
    new = Stored.arrived(Tagged(post=post, tags=tags("2026-02", lang="en")))
    assert merge(old, new) == merge(new, old) == new


def test_in_an_index_made_with_a_model_its_tags_win_and_versions_all_the_same() -> None:
    post, edit = live("hej").tagged.post, live("hejsan", edited_at=NOON + DAY)
    ours = Stored.arrived(Tagged(post=post, tags=tags("2026-01")))
    greater = Stored.arrived(Tagged(post=post, tags=tags("2026-02")))
    assert merge(ours, greater) == greater
    assert merge(ours, greater, model="2026-01") == ours
    assert merge(ours, edit, model="2026-01") == edit


def test_counts_and_fetching_make_no_new_version() -> None:
    one, other = live("a"), live("a", fetched_at=NOON + DAY, metrics=Metrics(likes=1))
    assert one.version == other.version
    assert one.version != live("b").version

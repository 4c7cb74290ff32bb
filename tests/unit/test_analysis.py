"""Analysis: telling terms, samples, agreement, and shares that carry the tagger's error."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.analysis.agreement import alpha, shares
from lyhord.analysis.selections import sample
from lyhord.analysis.terms import telling
from lyhord.swedish import search_text


def test_telling_terms_are_those_that_the_others_do_not_use() -> None:
    ours = [search_text(f"Vattenläckan på gatan är inte lagad, {n}") for n in range(20)]
    others = [search_text(f"Bussen på gatan är inte i tid, {n}") for n in range(200)]
    found = telling(ours, others)
    assert [term.term for term in found][:2] == ["laga", "vattenläcka"]
    assert found[0].posts == 20
    assert found[0].others == 0
    assert {term.term for term in found} & {"gata", "inte", "på"} == set()


def test_hashtags_tell_too_and_one_long_post_does_not() -> None:
    ours = [search_text("#ljungmanskan nu"), *[search_text("#ljungmanskan igen")] * 9]
    ours.append(search_text("papegoja " * 50))
    found = telling(ours, [search_text("helt annat")] * 100)
    assert "#ljungmanskan" in [term.term for term in found]
    assert "papegoja" not in [term.term for term in found]


def test_nothing_tells_a_selection_from_itself() -> None:
    posts = [search_text("snö på gatan")] * 50
    assert telling(posts, posts) == []
    assert telling([], posts) == []


rows = st.lists(st.integers(0, 10_000), unique=True, max_size=60)


@given(rows, st.integers(1, 10), st.integers(0, 3))
def test_a_sample_is_the_same_in_any_order(ids: list[int], size: int, seed: int) -> None:
    posts = [{"id": f"x:{n}"} for n in ids]
    drawn = sample(posts, size=size, seed=seed)
    assert len(drawn) == min(size, len(posts))
    assert sample(reversed(posts), size=size, seed=seed) == drawn


def test_another_seed_draws_others_and_each_as_often() -> None:
    posts = [{"id": f"x:{n}"} for n in range(100)]
    times = Counter(row["id"] for seed in range(400) for row in sample(posts, size=10, seed=seed))
    assert len(times) == 100
    assert max(times.values()) < 70
    assert min(times.values()) > 15


def test_alpha_is_krippendorffs() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section A.
    pairs = list(zip("0100000000", "1110011000", strict=True))
    assert alpha(pairs) == pytest.approx(0.095, abs=0.001)
    # and section B, nominal data of two observers
    one = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    other = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    assert alpha(list(zip(one, other, strict=True))) == pytest.approx(0.692, abs=0.001)


def test_alpha_is_undefined_where_nothing_varies() -> None:
    assert alpha([]) is None
    assert alpha([("a", "a")] * 5) is None
    assert alpha([("a", "a"), ("b", "b")]) == 1.0


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(3)  # noqa: S311 - no secret
    held = 0
    for _ in range(300):
        whole = []
        for _ in range(5_000):
            true = "neg" if chance.random() < 0.3 else "pos"
            wrong = chance.random() < (0.25 if true == "neg" else 0.1)
            whole.append(({"neg": "pos", "pos": "neg"}[true] if wrong else true, true))
        tagged = Counter(tag for tag, _ in whole)
        found = {each.label: each for each in shares(chance.sample(whole, 150), tagged)}
        truth = sum(true == "neg" for _, true in whole) / len(whole)
        held += found["neg"].low <= truth <= found["neg"].high
    assert 0.92 <= held / 300 <= 0.99


def test_a_tag_that_was_not_drawn_leaves_all_open() -> None:
    [neg, pos] = shares([("pos", "pos")] * 50, Counter(pos=50, neg=50))
    assert neg.high - neg.low > 0.4
    assert pos.high - pos.low > 0.4

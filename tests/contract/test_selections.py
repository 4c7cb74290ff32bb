"""Analysis over every store: what is like a post, what tells a selection, who is beside whom."""

from lyhord.accounts import Account
from lyhord.analysis import selections
from lyhord.analysis.activity import activity
from lyhord.analysis.comparing import compare
from lyhord.ports import Filters, Store
from tests.contract.test_store import OpenStore, filled, open_store, tagged
from tests.contract.test_threads import at, post

__all__ = ["open_store"]  # pytest takes the fixture from here


def full(open_store: OpenStore) -> Store:
    leaks = [tagged(f"v{n}", f"Vattenläckan på Storgatan är inte lagad {n}") for n in range(12)]
    buses = [tagged(f"b{n}", f"Bussen på Storgatan är inte i tid {n}") for n in range(60)]
    return filled(open_store, *leaks, *buses, tagged("x", "(:) AND -"))


def test_facets_are_the_counts_of_each_field(open_store: OpenStore) -> None:
    store = full(open_store)
    fields = ("topic", "sentiment", "municipality", "source", "place", "author_role", "month")
    for query in ("*", "vattenläcka", "finnsinte"):
        found = store.facets(query, by=fields)
        assert found == {field: store.counts(query, by=field) for field in fields}
    assert store.facets("*", by=()) == {}
    assert open_store().facets("*", by=("topic",)) == {"topic": {}}


def test_terms_tell_a_selection_from_the_rest(open_store: OpenStore) -> None:
    found = selections.terms(full(open_store), "vattenläcka", Filters())
    assert {"vattenläcka", "laga"} <= {term.term for term in found[:3]}
    assert "vara" not in {term.term for term in found}


def test_similar_posts_share_telling_words(open_store: OpenStore) -> None:
    store = full(open_store)
    found = [hit.fields["id"] for hit in selections.similar(store, "forum:v3", size=11)]
    assert sorted(found) == sorted(f"forum:v{n}" for n in range(12) if n != 3)
    assert selections.similar(store, "forum:x") == ()


def test_copies_are_folded(open_store: OpenStore) -> None:
    long = "en rad ord som blir till en lång text om vatten och vägar i stan"
    store = filled(
        open_store,
        tagged("1", long, fingerprint="00ff", created_at=at(3)),
        tagged("2", long + "!", fingerprint="00fe", created_at=at(2)),
        tagged("3", "vatten", fingerprint="00fd", created_at=at(1)),
    )
    hits = store.search("vatten", sort="newest").hits
    told = [(hit.fields["id"], copies) for hit, copies in selections.folded(hits)]
    assert told == [("forum:1", ["forum:2"]), ("forum:3", [])]


def test_municipalities_are_compared(open_store: OpenStore) -> None:
    asked = [post(f"q{n}", n, needs=True, author=f"p_{n}") for n in range(6)]
    answers = [
        post(f"a{n}", 30, to=f"q{n}", official=True, account="Kommunen", author="p_k")
        for n in range(3)
    ]
    few = [post("k1", 1, municipality="0114", author="p_1", needs=True)]
    store = filled(open_store, *asked, *answers, *few)
    one, other = compare(store, since=at(0), until=at(60))
    assert (one.municipality, one.comments, one.share_answered) == ("0114", None, None)
    assert (other.municipality, other.own_posts, other.comments) == ("1880", 3, 6)
    assert other.accounts == {"forum": ["kommunen"]}
    assert (other.authors, other.asked, other.share_answered) == (6, 6, 0.5)


def test_accounts_are_told_by_what_they_wrote(open_store: OpenStore) -> None:
    store = filled(
        open_store,
        post("1", 0, official=True, account="Örebro Kommun"),
        post("2", 60 * 24, official=True, account="örebro kommun"),
        post("3", 0, official=True, account="Ån & Co: (nyheter)"),
        post("4", 0, account="Invånare"),
    )
    kept = [
        Account(municipality="1880", source="forum", account="ÖREBRO KOMMUN", department="VA"),
        Account(municipality="1880", source="x", account="Tyst"),
    ]
    found = [each[2:] for each in activity(store, kept, now=at(60 * 48))]
    assert found == [
        ("Ån & Co: (nyheter)", None, False, 1, "2026-03-01", "2026-03-01", "unregistered"),
        ("ÖREBRO KOMMUN", "VA", True, 2, "2026-03-01", "2026-03-02", "writes"),
        ("Tyst", None, True, 0, None, None, "silent"),
    ]

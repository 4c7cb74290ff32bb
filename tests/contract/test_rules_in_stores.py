"""Alert rules over every store: the same posts give the same alerts."""

from datetime import timedelta

from lyhord.alerting.rule_reading import read_rule
from lyhord.analysis.ruling import fired
from lyhord.ports import Store
from tests.contract.test_store import OpenStore, filled, open_store, tagged
from tests.contract.test_threads import at

__all__ = ["open_store"]  # pytest takes the fixture from here

DAY = 24 * 60
BURST = 20 * DAY + 60


def full(open_store: OpenStore) -> Store:
    every = [
        tagged(f"e{n}", "om allt möjligt", created_at=at(n * 240), author=f"p_e{n}", topic="miljo")
        for n in range(180)
    ]
    leaks = [
        tagged(
            f"v{n}",
            "vattenläckan igen",
            created_at=at(BURST + n * 3),
            author=f"p_v{n}",
            fingerprint=f"{n:04x}",
        )
        for n in range(12)
    ]
    rare = [tagged(f"r{n}", "en läcka", created_at=at(n * 6 * DAY)) for n in range(3)]
    official = tagged(
        "k", "Läckan är lagad", created_at=at(BURST + 120), author_role="municipality"
    )
    asked = tagged("q", "När lagas läckan?", created_at=at(BURST), needs_answer=True)
    return filled(open_store, *every, *leaks, *rare, official, asked)


def test_a_rule_tells_the_same_of_every_store(open_store: OpenStore) -> None:
    store = full(open_store)
    until = at(30 * DAY)
    whole = read_rule({"name": "allt", "sensitivity": "low"}, "regel")
    narrow = read_rule({"name": "läcka", "query": "läcka"}, "regel")
    for rule in (whole, narrow):
        [alert] = fired(rule, store, until, at(0))
        assert (alert.municipality, alert.topic, alert.suspected_spam) == ("1880", None, False)
        assert at(BURST) < alert.fired_at <= at(BURST + 30)
        assert {f"forum:v{n}" for n in range(6)} <= set(alert.posts)
        cut = fired(rule, store, alert.fired_at, at(0))
        assert [each.id for each in cut] == [alert.id]
        assert fired(rule, store, alert.fired_at - timedelta(seconds=1), at(0)) == []
    assert alert.answered_at == at(BURST + 120)


def test_filters_and_queues_tell_the_same(open_store: OpenStore) -> None:
    store = full(open_store)
    until = at(30 * DAY)
    elsewhere = {"name": "x", "filters": {"municipality": ["Malmö"], "source": ["forum"]}}
    assert fired(read_rule(elsewhere, "regel"), store, until, at(0)) == []
    here = {"name": "x", "filters": {"municipality": ["Örebro"], "source": ["forum"]}}
    assert len(fired(read_rule(here, "regel"), store, until, at(0))) == 1
    queue = {"name": "kö", "method": "queue", "promise": 9, "group_by": "source"}
    [alert] = fired(read_rule(queue, "regel"), store, until, at(0))
    assert (alert.topic, alert.posts, alert.start) == ("forum", ["forum:q"], at(BURST))

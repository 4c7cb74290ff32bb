"""The counters of a component, in one process and summed up from another."""

from lyhord.telemetry import Counts, Telemetry


def test_what_is_taken_in_parts_adds_up_elsewhere() -> None:
    here, there = Telemetry("index"), Telemetry("index")
    here.count(received=1)
    there.count(received=3, sent=2, rejected=1, errors=1)
    there.work(0.5)
    here.add(there.take())
    there.count(received=2, sent=2)
    here.add(there.take())
    here.add(there.take())
    assert here.counts() == Counts(6, 4, 1, 1, 0.5)

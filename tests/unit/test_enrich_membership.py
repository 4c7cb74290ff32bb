"""A tagging worker that lost its place in the group notices, and is not fooled by an absence."""

import pytest

from lyhord.errors import Retriable, Unavailable
from services.enrich import membership
from services.enrich.membership import OUTSIDE, Membership


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(membership.time, "monotonic", lambda: now[0])
    return now


def test_it_is_lost_after_a_while_outside(clock: list[float]) -> None:
    there: list[str] | None = []

    def clients() -> list[str]:
        if there is None:
            raise Retriable("Kafka is away", after=1.0)
        return there

    member = Membership(clients, "me")
    for there, seconds, lost in (  # noqa: B007 - `clients` reads it
        (["other"], OUTSIDE, False),
        (["other", "me"], 1, False),
        ([], OUTSIDE, False),
        (None, 1, False),
        (["other"], OUTSIDE, False),
        (["other"], 1, True),
    ):
        clock[0] += seconds
        assert member.lost() is lost


def test_who_is_lost_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "OUTSIDE", -1.0)
    told: list[Unavailable] = []
    member = Membership(list, "me")
    member.watch(otherwise=told.append).join(10)
    assert [problem.exit_code for problem in told] == [3]

"""Responses: shares and times, with what they are of."""

from datetime import UTC, datetime, timedelta

from lyhord.dialogue import Member, threads_of
from lyhord.dialogue.groups import By
from lyhord.dialogue.responses import Responses, responses
from lyhord.times import micros

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # nine o'clock in Stockholm
HOUR = 3600


def question(name: str, after: float = 0, *, topic: str = "miljo", needs: bool = True) -> Member:
    when = micros(MONDAY + timedelta(hours=after))
    return Member(name, None, True, when, "1880", "va", False, needs, topic)  # noqa: FBT003 - a row


def answer(name: str, after: float) -> Member:
    when = micros(MONDAY + timedelta(hours=after))
    return Member(f"{name}/a", name, True, when, "1880", "va", True, False, "miljo")  # noqa: FBT003 - as above


def told(*members: Member, by: By = "municipality", hours: float = 24 * 30) -> list[Responses]:
    now = MONDAY + timedelta(hours=hours)
    return list(responses(threads_of(members, now=micros(now)), by=by, now=now))


def test_shares_and_times_say_what_they_are_of() -> None:
    [found] = told(
        question("f:a"),
        answer("f:a", 2),
        question("f:b"),
        answer("f:b", 24 * 7),
        question("f:c"),
        question("f:quiet", needs=False),
    )
    assert found._asdict() == {
        "group": "1880",
        "asked": 3,
        "answered": 2,
        "due": 3,
        "share_answered": 2 / 3,
        "share_within_day": 1 / 3,
        "median_seconds": (2 + 24 * 7) * HOUR / 2,
        "p90_seconds": (2 + 0.9 * (24 * 7 - 2)) * HOUR,
        "median_office_seconds": (2 + 45) * HOUR / 2,
        "p90_office_seconds": (2 + 0.9 * 43) * HOUR,
    }


def test_what_has_waited_less_than_a_working_day_is_not_due() -> None:
    [found] = told(question("f:a"), answer("f:a", 1), question("f:b", 2), hours=8)
    assert (found.asked, found.due, found.share_within_day) == (2, 1, 1.0)
    [found] = told(question("f:b", 2), hours=3)
    assert (found.due, found.share_within_day, found.share_answered) == (0, None, 0.0)
    [found] = told(question("f:b", 2), hours=24 + 3)
    assert (found.due, found.share_within_day) == (1, 0.0)


def test_groups_have_their_names_in_order() -> None:
    posts = [
        question("x:a", topic="vatten_avlopp"),
        question("facebook:b", 24 * 40, topic="avfall"),
    ]
    assert [each.group for each in told(*posts, by="topic", hours=2000)] == [
        "avfall",
        "vatten_avlopp",
    ]
    assert [each.group for each in told(*posts, by="source", hours=2000)] == ["facebook", "x"]
    assert [each.group for each in told(*posts, by="month", hours=2000)] == ["2026-03", "2026-04"]
    assert [each.group for each in told(*posts, by="department", hours=2000)] == ["va"]
    assert told() == []


def test_one_answer_is_its_own_median() -> None:
    [found] = told(question("f:a"), answer("f:a", 2))
    assert (found.median_seconds, found.p90_seconds) == (2 * HOUR, 2 * HOUR)

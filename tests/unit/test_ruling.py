"""What rules tell of small histories: each method once, quiet otherwise, and nobody looks ahead."""

import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyhord import times
from lyhord.alerting.alerts import Alert
from lyhord.alerting.grouping import Away
from lyhord.alerting.rule_reading import read_rule
from lyhord.alerting.rules import Rule
from lyhord.alerting.tone import tail
from lyhord.analysis.found import arrival
from lyhord.analysis.ruling import DAYS, fired, tried
from lyhord.errors import Misuse
from lyhord.ports import Filters, Store

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING = Filters()


class Posts:
    """As much of a store as a rule asks for; a query is a word that an id begins with."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self.rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]))

    def scan(self, query: str, filters: Filters = NOTHING) -> Iterator[dict[str, Any]]:
        for row in reversed(self._within(filters.since, filters.until)):
            if query == "*" or row["id"].partition(":")[2].startswith(query):
                yield row

    def arrivals(self, since: datetime | None, until: datetime | None) -> Iterator[Any]:
        yield from map(arrival, self._within(since, until))

    def _within(self, since: datetime | None, until: datetime | None) -> list[dict[str, Any]]:
        first, last = (each and times.format_utc(each) for each in (since, until))
        return [
            row
            for row in self.rows
            if (first is None or row["created_at"] >= first)
            and (last is None or row["created_at"] < last)
        ]

    def before(self, moment: datetime) -> "Posts":
        return Posts(self._within(None, moment))


def post(name: str, at: datetime, *, source: str = "forum", **changes: Any) -> dict[str, Any]:
    tone = changes.pop("tone", "neutral")
    return {
        "id": f"{source}:{name}",
        "created_at": times.format_utc(at),
        "municipality": "1880",
        "topic": "ovrigt",
        "author_role": "citizen",
        "author": f"p_{name}",
        "fingerprint": f"{zlib.crc32(name.encode()):x}",
        "sentiment": {"label": tone, "score": 0.0},
        "needs_answer": False,
        "in_reply_to": None,
        "thread_id": None,
    } | changes


def rule(**given: Any) -> Rule:
    return read_rule({"name": "regel"} | given, "regel")


def told(rule: Rule, posts: Posts, until: datetime, since: datetime = BEGIN) -> list[Alert]:
    return fired(rule, cast("Store", posts), until, since)


@cache
def everyday(days: int = 60, *, a_day: int = 24, seed: int = 2) -> tuple[dict[str, Any], ...]:
    """Give posts at random moments of the days, a quarter of them negative."""
    draw = random.Random(seed)  # noqa: S311 - not secret
    return tuple(
        post(
            f"e{day}-{n}",
            BEGIN + day * DAY + timedelta(seconds=draw.randrange(7 * 3600, 20 * 3600)),
            tone="negative" if draw.random() < 0.25 else "neutral",
        )
        for day in range(days)
        for n in range(a_day)
    )


def burst(
    at: datetime, count: int = 25, *, minutes: int = 2, **changes: Any
) -> list[dict[str, Any]]:
    step = timedelta(minutes=minutes)
    return [post(f"läcka{n}", at + n * step, **changes) for n in range(count)]


AT = BEGIN + 45 * DAY + 12 * HOUR
END = BEGIN + 60 * DAY


def test_a_rise_is_told_once_and_an_everyday_is_quiet() -> None:
    assert told(rule(sensitivity="low"), Posts(everyday()), END) == []
    [alert] = told(rule(sensitivity="low"), Posts([*everyday(), *burst(AT)]), END)
    assert (alert.rule, alert.municipality, alert.topic) == ("regel", "1880", None)
    assert AT < alert.fired_at <= AT + timedelta(minutes=40)
    assert alert.end is not None
    assert alert.observed >= 5
    assert alert.expected < alert.observed / 2
    assert (alert.authors, alert.suspected_spam) == (alert.observed, False)


def test_any_search_can_be_a_rule() -> None:
    posts = Posts([*everyday(), *burst(AT, 6, minutes=45)])
    assert told(rule(sensitivity="low"), posts, END) == []
    rare = [post(f"läcka-{n}", BEGIN + n * 5 * DAY) for n in range(8)]
    [alert] = told(rule(query="läcka"), Posts([*posts.rows, *rare]), END)
    assert alert.observed == 6


def test_an_alert_has_as_many_posts_and_authors_as_the_rule_wants() -> None:
    posts = Posts([*everyday(), *burst(AT)])
    soon, late = (
        told(rule(at_least={"posts": floor}), posts, END)[-1].fired_at for floor in (5, 20)
    )
    assert soon < late
    assert told(rule(at_least={"authors": 200}), posts, END) == []


@pytest.mark.parametrize(
    ("by", "municipality", "topic"),
    [
        ("municipality", "1880", None),
        ("topic", "", "miljo"),
        ("municipality+topic", "1880", "miljo"),
        ("source", "", "forum"),
        ("none", "", None),
    ],
)
def test_groups_are_named_as_they_were_asked_for(
    by: str, municipality: str, topic: str | None
) -> None:
    posts = Posts([*everyday(), *burst(AT, topic="miljo")])
    alerts = told(rule(group_by=by, sensitivity="low"), posts, END)
    assert [(each.municipality, each.topic) for each in alerts] == [(municipality, topic)]


def test_what_comes_within_the_cool_down_belongs_to_the_alert() -> None:
    again = [row | {"id": f"{row['id']}b"} for row in burst(AT + 14 * HOUR, 20)]
    posts = Posts([*everyday(), *burst(AT, 20), *again])
    both = told(rule(cool_down=0, sensitivity="low"), posts, END)
    [joined] = told(rule(cool_down=24, sensitivity="low"), posts, END)
    assert len(both) == 2
    assert joined.id == both[0].id
    assert joined.end == both[1].end
    assert joined.observed == sum(each.observed for each in both)


def test_a_turn_of_tone_is_told_once() -> None:
    negative = rule(method="negative", sensitivity="low")
    assert told(negative, Posts(everyday()), END) == []
    turned = [
        row | {"sentiment": {"label": "negative", "score": -1.0}}
        if AT <= times.parse(row["created_at"]) < AT + 2 * DAY
        else row
        for row in everyday()
    ]
    [alert] = told(negative, Posts(turned), END)
    assert AT < alert.fired_at <= AT + 2 * DAY
    assert alert.expected < alert.observed
    assert alert.authors >= 5


def test_one_angry_writer_is_no_turn_of_tone() -> None:
    angry = [
        row | {"author": "p_1", "sentiment": {"label": "negative", "score": -1.0}}
        for row in burst(AT, 40)
    ]
    assert told(rule(method="negative", sensitivity="low"), Posts([*everyday(), *angry]), END) == []


def test_the_beta_binomial_tail_is_exact() -> None:
    assert tail(0, 10, 0.3, 5) == pytest.approx(0)
    assert 10 ** -tail(1, 1, 0.3, 5) == pytest.approx(0.3)
    # Of an even prior (a = b = 1) every count is as likely as any other.
    assert 10 ** -tail(8, 9, 0.5, 2) == pytest.approx(0.2)


def weekdays(days: Iterable[int], *, source: str = "news") -> list[dict[str, Any]]:
    return [
        post(f"{day}-{hour}", BEGIN + day * DAY + hour * HOUR, source=source)
        for day in days
        for hour in range(8, 16)
        if (BEGIN + day * DAY).weekday() < 5
    ]


def test_a_silence_is_told_and_a_weekend_is_none() -> None:
    silent = rule(method="silence", group_by="source", sensitivity="low")
    whole = [*weekdays(range(84)), *weekdays(range(84), source="forum")]
    end = BEGIN + 84 * DAY
    assert told(silent, Posts(whole), end) == []
    gone = [*weekdays(range(60)), *weekdays(range(84), source="forum")]
    [alert] = told(silent, Posts(gone), end)
    assert (alert.topic, alert.observed, alert.end) == ("news", 0, None)
    assert alert.posts == ["news:59-15"] or alert.posts[0].startswith("news:5")
    assert BEGIN + 60 * DAY < alert.fired_at <= BEGIN + 66 * DAY
    assert alert.expected > 5


def test_a_source_that_is_away_is_not_told_as_silent() -> None:
    silent = rule(method="silence", group_by="source", sensitivity="low")
    posts = cast("Store", Posts(weekdays(range(56))))
    end, gone = BEGIN + 84 * DAY, (BEGIN + 57 * DAY).timestamp()
    for away in (Away("news", None, gone, None), Away(None, "1880", gone, None)):
        assert fired(silent, posts, end, BEGIN, away=[away]) == []
    [alert] = fired(silent, posts, end, BEGIN, away=[Away("forum", None, gone, None)])
    again = fired(silent, posts, end, BEGIN, away=[Away("news", None, gone, gone + 86_400)])
    assert [each.topic for each in again] == ["news"]
    assert again[0].fired_at > alert.fired_at


def question(name: str, at: datetime, **changes: Any) -> dict[str, Any]:
    return post(name, at, needs_answer=True, **changes)


def answer(name: str, at: datetime, to: str) -> dict[str, Any]:
    return post(name, at, author_role="municipality", in_reply_to=f"forum:{to}")


def test_a_broken_promise_is_told_in_office_hours() -> None:
    queue = rule(method="queue", promise=9)
    friday = datetime(2026, 1, 16, 15, tzinfo=UTC)  # 16 in Stockholm
    posts = [question("q", friday), question("r", friday), answer("a", friday + HOUR, "r")]
    end = friday + 10 * DAY
    [alert] = told(queue, Posts(posts), end)
    # One hour on Friday, eight on Monday; the grid point behind it.
    assert alert.fired_at == datetime(2026, 1, 19, 15, 5, tzinfo=UTC)
    assert (alert.observed, alert.start, alert.end) == (1, friday, None)
    assert alert.posts == ["forum:q"]
    late = answer("b", friday + 4 * DAY, "q")
    [ended] = told(queue, Posts([*posts, late]), end)
    assert (ended.id, ended.end) == (alert.id, friday + 4 * DAY)
    early = answer("b", friday + 2 * DAY, "q")
    assert told(queue, Posts([*posts, early]), end) == []


def test_a_queue_may_have_to_be_long_and_of_some_posts_only() -> None:
    monday = datetime(2026, 1, 12, 8, tzinfo=UTC)
    posts = Posts([question(f"q{n}", monday + n * DAY) for n in range(3)])
    end = monday + 14 * DAY
    [alert] = told(rule(method="queue", promise=9, at_least={"posts": 3}), posts, end)
    assert (alert.observed, alert.start) == (3, monday)
    assert len(told(rule(method="queue", promise=9, cool_down=1), posts, end)) == 3
    [one] = told(rule(method="queue", promise=9, query="q2"), posts, end)
    assert one.posts == ["forum:q2"]


def test_only_what_was_first_known_since_then_is_told() -> None:
    posts = Posts([*everyday(), *burst(AT)])
    [alert] = told(rule(sensitivity="low"), posts, END)
    before = alert.fired_at - timedelta(minutes=5)
    assert told(rule(sensitivity="low"), posts, alert.fired_at, before) != []
    assert told(rule(sensitivity="low"), posts, END, alert.fired_at) == []
    assert told(rule(), posts, BEGIN, END) == []


def test_a_rule_is_tried_on_ninety_days() -> None:
    posts = cast("Store", Posts([*everyday(), *burst(AT)]))
    trial = tried(rule(sensitivity="low"), posts, AT + DAYS * DAY)
    line = trial.line()
    assert (line["rule"], line["count"], len(line["alerts"])) == ("regel", 1, 1)
    assert tried(rule(), posts, AT + (DAYS + 1) * DAY).alerts == []


def test_a_saved_search_has_to_be_looked_up_first() -> None:
    with pytest.raises(Misuse, match="vinter"):
        told(rule(saved="vinter"), Posts([]), END)


@cache
def eventful() -> Posts:
    angry = [
        row | {"sentiment": {"label": "negative", "score": -1.0}} for row in burst(AT - 3 * DAY, 60)
    ]
    asked = [question(f"q{n}", BEGIN + n * 2 * DAY + 9 * HOUR) for n in range(30)]
    answers = [
        answer(f"a{n}", BEGIN + n * 2 * DAY + (9 + n) * HOUR, f"q{n}") for n in range(0, 30, 2)
    ]
    news = weekdays(range(50))
    return Posts([*everyday(), *angry, *asked, *answers, *news])


RULES = (
    rule(sensitivity="high"),
    rule(sensitivity="high", group_by="source", cool_down=3),
    rule(method="negative", sensitivity="high"),
    rule(method="silence", group_by="source", sensitivity="high"),
    rule(method="queue", promise=12, cool_down=40),
    rule(method="queue", promise=12, at_least={"posts": 2}),
)


@cache
def in_the_end(number: int) -> Sequence[Alert]:
    return told(RULES[number], eventful(), END)


@pytest.mark.parametrize("number", range(len(RULES)))
def test_every_rule_of_the_property_tells_something(number: int) -> None:
    assert in_the_end(number)


@pytest.mark.parametrize("number", range(len(RULES)))
@given(minutes=st.integers(40 * 24 * 60, 60 * 24 * 60))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_nobody_looks_ahead(number: int, minutes: int) -> None:
    moment = BEGIN + timedelta(minutes=minutes)
    then = told(RULES[number], eventful(), moment)
    assert then == told(RULES[number], eventful().before(moment), moment)

    def named(alerts: Iterable[Alert]) -> list[Any]:
        return [
            (each.id, each.start, each.fired_at, each.municipality, each.topic)
            for each in alerts
            if each.fired_at <= moment
        ]

    assert named(then) == named(in_the_end(number))

"""Who is told what, when: never twice, in no quiet hour, and not of what is history."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.alerting.alerts import Alert
from lyhord.errors import LyhordError, Rejected, Retriable, Unsure
from lyhord.messages import Message, messages, troubled
from lyhord.ports import State
from lyhord.recipients import RecipientSettings
from services.alert.notifying import tell

NOW = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)  # a Tuesday, 14.30 in Stockholm
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def alert(name: str, **changes: object) -> Alert:
    fixed = Alert(
        id=name,
        rule="volym",
        incident=f"incident {name}",
        municipality="1880",
        topic="vatten_avlopp",
        start=NOW - 20 * MINUTE,
        fired_at=NOW - 5 * MINUTE,
        end=None,
        observed=20,
        expected=2,
        score=9,
        authors=15,
        distinct_texts=18,
        suspected_spam=False,
    )
    return fixed._replace(**changes)


def recipient(name: str = "duty", **changes: object) -> RecipientSettings:
    return RecipientSettings.model_validate({"name": name, "address": "json://host", **changes})


class Way:
    """A notifier that keeps what it was given, and fails as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str]] = []
        self.problems: list[LyhordError] = []

    def notify(self, *, key: str, title: str, body: str, picture: bytes | None = None) -> None:
        del picture
        if self.problems:
            raise self.problems.pop(0)
        self.got.append((key, title, body))

    @property
    def titles(self) -> list[str]:
        return [title for _, title, _ in self.got]


class Memory:
    """A state for one test."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict[str, object]]] = {}

    def get(self, kind: str, key: str) -> dict[str, object] | None:
        return self.kept.get(kind, {}).get(key)

    def put(self, kind: str, key: str, value: object) -> None:
        self.kept.setdefault(kind, {})[key] = dict(value)  # type: ignore[call-overload]

    def all(self, kind: str) -> dict[str, dict[str, object]]:
        return dict(self.kept.get(kind, {}))

    def close(self) -> None: ...


@pytest.fixture
def state(tmp_path: Path) -> State:
    return SqliteState(tmp_path / "state.db")


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def told(state: State, way: Way) -> Callable[..., list[str]]:
    """Give what is told anew of alerts at a time."""

    def call(
        alerts: Sequence[Alert], now: datetime = NOW, who: RecipientSettings | None = None
    ) -> list[str]:
        before = len(way.got)
        who = who or recipient()
        tell(alerts, [who], state, {who.name: way}, now)
        return way.titles[before:]

    return call


Told = Callable[..., list[str]]


def test_an_alert_is_told_once_when_it_opens_and_when_it_is_over(told: Told) -> None:
    assert [title[:22] for title in told([alert("a")])] == ["Många skriver om vatte"]
    assert told([alert("a")], NOW + 5 * MINUTE) == []
    over = alert("a", end=NOW + 10 * MINUTE)
    assert [title[:5] for title in told([over], NOW + 4 * HOUR)] == ["Över:"]
    assert told([over], NOW + 5 * HOUR) == []
    assert told([], NOW + 48 * HOUR) == []


def test_growth_is_told_at_each_doubling_not_sooner_than_the_cool_down(told: Told) -> None:
    told([alert("a")])
    assert told([alert("a", observed=39)], NOW + 2 * HOUR) == []
    assert told([alert("a", observed=45)], NOW + 30 * MINUTE) == []
    assert [title[:6] for title in told([alert("a", observed=45)], NOW + HOUR)] == ["Växer:"]
    assert told([alert("a", observed=60)], NOW + 4 * HOUR) == []
    assert len(told([alert("a", observed=170)], NOW + 4 * HOUR)) == 1
    assert told([alert("a", observed=90)], NOW + 9 * HOUR) == []


def test_history_is_never_told_as_new(told: Told) -> None:
    old = alert("a", fired_at=NOW - HOUR - MINUTE)
    assert told([old, old._replace(end=NOW)]) == []
    assert told([old._replace(end=NOW, observed=900)], NOW + HOUR) == []


def test_a_second_rise_waits_for_the_cool_down(told: Told) -> None:
    told([alert("a")])
    over, again = alert("a", end=NOW), alert("b", fired_at=NOW + 10 * MINUTE)
    elsewhere = alert("c", municipality="1780", fired_at=NOW + 10 * MINUTE)
    later = told([over, again, elsewhere], NOW + 10 * MINUTE)
    assert [("Örebro" in title, "Över" in title) for title in later] == [
        (False, False),
        (True, True),
    ]
    assert told([over, again, elsewhere], NOW + 59 * MINUTE) == []
    assert len(told([over, again, elsewhere], NOW + 60 * MINUTE)) == 1


def test_quiet_hours_hold_what_opens_until_they_end_and_tell_it_as_it_is_then(
    told: Told, way: Way
) -> None:
    night = NOW.replace(hour=22)
    who = recipient(quiet_hours="22-07")
    first = alert("a", fired_at=night)
    assert told([first], night, who) == []
    over = alert("b", municipality="1780", fired_at=night)
    assert told([first, over], night + MINUTE, who) == []
    grown = first._replace(observed=77)
    over = over._replace(end=night + HOUR)
    assert told([grown, over], night + 7 * HOUR, who) == []
    morning = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    titles = told([grown, over], morning, who)
    assert [title.split(":")[0][:7] for title in titles] == ["Många s", "Över nu"]
    assert "77 inlägg" in way.got[0][2]
    assert told([grown, over], morning + 2 * HOUR, who) == []


def test_who_is_always_told_is_told_at_night(told: Told) -> None:
    night = NOW.replace(hour=22)
    who = recipient(quiet_hours="22-07", always=True)
    assert len(told([alert("a", fired_at=night)], night, who)) == 1


def test_municipalities_and_topics_choose(told: Told) -> None:
    who = recipient(municipalities=["Karlstad"], topics=["snorojning"])
    assert told([alert("a"), alert("b", municipality="1780", topic=None)], NOW, who) == []
    assert len(told([alert("c", municipality="1780", topic="snorojning")], NOW, who)) == 1


def test_one_incident_in_many_places_is_told_once_and_to_each_place_its_own(state: State) -> None:
    ways = {"all": Way(), "örebro": Way(), "karlstad": Way()}
    everybody = [
        recipient("all"),
        recipient("örebro", municipalities=["1880"]),
        recipient("karlstad", municipalities=["1780"]),
    ]
    rows = [alert("a", incident="i"), alert("b", incident="i", municipality="1780")]
    for at in range(3):
        tell(rows, everybody, state, ways, NOW + at * MINUTE)
    late = alert("c", incident="i", municipality="0180", fired_at=NOW + 5 * MINUTE)
    tell([*rows, late], everybody, state, ways, NOW + 5 * MINUTE)
    assert [way.titles for way in ways.values()] == [
        ["Många skriver om vatten och avlopp i 2 kommuner sedan 3 mars kl. 14.10"],
        ["Många skriver om vatten och avlopp i Örebro sedan 3 mars kl. 14.10"],
        ["Många skriver om vatten och avlopp i Karlstad sedan 3 mars kl. 14.10"],
    ]
    ended = [each._replace(end=NOW) for each in (*rows, late)]
    tell([*ended[:2], late], everybody, state, ways, NOW + 4 * HOUR)
    assert [len(way.got) for way in ways.values()] == [1, 2, 2]
    tell(ended, everybody, state, ways, NOW + 5 * HOUR)
    assert [len(way.got) for way in ways.values()] == [2, 2, 2]


def test_a_new_rise_in_the_same_incident_is_told_to_its_place(told: Told) -> None:
    first = alert("a", incident="i")
    told([first])
    first = first._replace(end=NOW + HOUR)
    told([first], NOW + 4 * HOUR)
    again = alert("b", incident="i", fired_at=NOW + 6 * HOUR)
    assert len(told([first, again], NOW + 6 * HOUR)) == 1
    assert len(told([again._replace(end=NOW + 7 * HOUR)], NOW + 10 * HOUR)) == 1


def test_a_digest_tells_once_what_opened_what_closed_and_who_waits(told: Told, way: Way) -> None:
    who = recipient(digest="daily")
    assert told([alert("a")], NOW, who) == []
    over = alert("b", municipality="1780", fired_at=NOW + HOUR)
    assert told([alert("a"), over], NOW + HOUR, who) == []
    over = over._replace(end=NOW + 2 * HOUR)
    assert told([alert("a"), over], NOW + 5 * HOUR, who) == []
    morning = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
    assert told([alert("a"), over], morning - MINUTE, who) == []
    assert told([alert("a"), over], morning, who) == ["Dygnet till 4 mars: 2 nya, 1 över"]
    assert way.got[-1][2] == (
        "Började:\n"
        "– Många skriver om vatten och avlopp i Örebro, sedan 3 mars kl. 14.10 (20 inlägg)\n"
        "\n"
        "Är över:\n"
        "– Många skriver om vatten och avlopp i Karlstad, 3 mars kl. 14.10–16.30 (20 inlägg)\n"
        "\n"
        "Ingen har svarat än:\n"
        "– Örebro (sedan 3 mars kl. 14.10)"
    )
    assert told([alert("a"), over], morning + HOUR, who) == []
    answered = alert("a", answered_at=morning)
    assert told([answered], morning + 24 * HOUR, who) == []
    ended = answered._replace(end=morning + 25 * HOUR)
    assert told([ended], morning + 30 * HOUR, who) == []
    assert told([ended], morning + 48 * HOUR, who) == ["Dygnet till 6 mars: 0 nya, 1 över"]


def test_a_weekly_digest_comes_on_mondays(told: Told) -> None:
    who = recipient(digest="weekly")
    told([alert("a")], NOW, who)
    days = [told([alert("a")], datetime(2026, 3, n, 7, 5, tzinfo=UTC), who) for n in range(4, 17)]
    assert [len(each) for each in days] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert days[5] == ["Veckan till 9 mars: 1 ny, 0 över"]


def test_what_fails_is_tried_again_with_growing_pauses_then_set_aside(
    told: Told, way: Way, state: State
) -> None:
    way.problems = [Retriable("away", after=0)] * 100
    tries = []
    for minute in range(26 * 60):
        before = len(way.problems)
        told([alert("a")], NOW + minute * MINUTE)
        if len(way.problems) < before:
            tries.append(minute)
    assert tries[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert tries[7:10] == [123, 183, 243]
    [message] = messages(state)
    assert (message.stage, message.tries) == ("failed", len(tries) - 1)
    assert message.reason == f"given up after {len(tries)} tries: away"
    assert troubled(state) == [message]


def test_what_was_away_for_a_while_is_told_once_and_as_it_is_then(told: Told, way: Way) -> None:
    way.problems = [Retriable("away", after=0)]
    assert told([alert("a")]) == []
    assert len(told([alert("a", observed=31)], NOW + 5 * MINUTE)) == 1
    assert "31 inlägg" in way.got[0][2]
    assert told([alert("a", observed=31)], NOW + 10 * MINUTE) == []


@pytest.mark.parametrize(
    ("problem", "stage"), [(Unsure("cut off"), "perhaps"), (Rejected("no such"), "failed")]
)
def test_what_may_be_sent_or_never_can_be_is_not_tried_again(
    told: Told, way: Way, state: State, problem: LyhordError, stage: str
) -> None:
    way.problems = [problem]
    for minute in range(0, 3000, 50):
        assert told([alert("a")], NOW + minute * MINUTE) == []
    assert [(each.stage, each.reason) for each in messages(state)] == [(stage, str(problem))]


def test_a_recipient_that_is_gone_holds_nobody_up(state: State, way: Way) -> None:
    way.problems = [Retriable("away", after=0)]
    tell([alert("a")], [recipient()], state, {"duty": way}, NOW)
    tell([alert("a")], [], state, {}, NOW + HOUR)
    assert [each.stage for each in messages(state)] == ["failed"]


def test_a_sent_message_keeps_no_text(told: Told, state: State) -> None:
    told([alert("a")])
    [message] = messages(state)
    assert (message.stage, message.body, message.recipient) == ("sent", "", "duty")
    assert Message.read(message.key, message.value()) == message


ROWS = [
    alert("a", incident="i"),
    alert("b", incident="i", municipality="1780"),
    alert("c", topic="snorojning"),
    alert("d", topic=None, municipality="0180", fired_at=NOW - 2 * HOUR),
    alert("e", topic="avfall", end=NOW - MINUTE),
]
EVERYBODY = [
    recipient("all"),
    recipient("örebro", municipalities=["1880"]),
    recipient("snow", topics=["snorojning"], detail="short"),
    recipient("night", quiet_hours="14-18"),
    recipient("daily", digest="daily"),
]


@given(st.lists(st.tuples(st.sets(st.integers(0, 4)), st.integers(0, 3)), max_size=8), st.data())
def test_calls_in_any_split_tell_each_thing_once(
    calls: list[tuple[set[int], int]], data: st.DataObject
) -> None:
    state, ways = Memory(), {each.name: Way() for each in EVERYBODY}
    for chosen, failures in calls:
        name = data.draw(st.sampled_from(sorted(ways)))
        ways[name].problems = [Retriable("away", after=0)] * failures
        tell([ROWS[at] for at in chosen], EVERYBODY, state, ways, NOW)
    for each in ways.values():
        each.problems = []
    for minutes in (0, 40, 41):
        tell(ROWS, EVERYBODY, state, ways, NOW + minutes * MINUTE)
    for each in ways.values():
        keys = [key for key, *_ in each.got]
        assert len(set(keys)) == len(keys)
    opened = [len([t for t in way.titles if "Växer" not in t]) for way in ways.values()]
    assert opened == [3, 3, 1, 0, 0]

"""Alert rules: read strictly, every mistake told at once, with file, table and field."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.alerting.rule_reading import read_rule, read_rules
from lyhord.alerting.rules import Rule
from lyhord.analysis.rulebook import Rulebook
from lyhord.errors import Misuse
from lyhord.query.fields import Vocabulary

ROOT = Path(__file__).parents[2]


def written(folder: Path, text: str) -> Path:
    file = folder / "regler.toml"
    file.write_text(text, encoding="utf-8")
    return file


def book(folder: Path, file: Path | None = None) -> tuple[SqliteState, Rulebook]:
    state = SqliteState(folder / "state.db")
    return state, Rulebook(state, file, Vocabulary())


def test_a_rule_needs_but_a_name(tmp_path: Path) -> None:
    [rule] = read_rules(written(tmp_path, '[[rules]]\nname = "allt"\n'))
    assert rule == Rule(name="allt")
    assert (rule.budget, rule.floors, rule.group_by) == (0.5, (5, 4), "municipality")
    assert rule.line() == {"name": "allt"}


def test_everything_that_is_given_is_kept(tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "name": "brunt vatten",
        "query": "vattenläcka OR brunt",
        "filters": {"topic": ["vatten_avlopp"], "since": "2026-01-01"},
        "group_by": "municipality+topic",
        "sensitivity": 0.25,
        "at_least": {"posts": 8},
        "quiet_hours": "22-07",
        "cool_down": 12.0,
        "recipients": ["jouren"],
    }
    rule = read_rule(given, "regeln")
    assert rule.line() == given
    assert (rule.budget, rule.floors) == (0.25, (8, 4))
    state, rules = book(tmp_path)
    rules.keep([rule])
    assert [(each.rule, each.origin) for each in rules.entries()] == [(rule, "kept")]
    state.close()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        fel = 1
        [[rules]]
        name = "volym"
        [[rules]]
        name = "två"
        sensitivity = "lagom"
        quiet_hours = "22"
        filters = { "ämne" = ["x"] }
        at_leest = { posts = 3 }
        [[rules]]
        name = "Tre"
        method = "queue"
        at_least = { authors = 3 }
        [[rules]]
        name = "tre"
        at_least = { posts = 2 }
        [[rules]]
        query = 5
        """,
    )
    with pytest.raises(Misuse) as error:
        read_rules(file)
    told = str(error.value).removeprefix(f"{file}: ").split(f"\n{file}: ")
    expected = [
        "fel: is not known",
        "table 1: name: volym is the built-in",
        "table 2: filters.ämne: is not known",
        "table 2: sensitivity: should be low, medium or high",
        "table 2: quiet_hours: should be two hours",
        "table 2: at_leest: is not known",
        "table 3: promise: is missing",
        "table 3: at_least.authors: has no meaning",
        "table 4: at_least.posts: is never below 5",
        "table 4: name: stands in table 3",
        "table 5: name: is missing",
        "table 5: query: ",
    ]
    assert len(told) == len(expected)
    assert [each for each, start in zip(told, expected, strict=True) if start not in each] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[rules]", "no TOML"),
        ("rules = 3", r"\[\[rules\]\]"),
        ("rules = [3]", r"\[\[rules\]\]"),
        ('[[rules]]\nname = "a/b"', "name: should be"),
        ('[[rules]]\nname = "x"\nsensitivity = nan', "sensitivity"),
        ('[[rules]]\nname = "x"\nsensitivity = true', "sensitivity"),
        ('[[rules]]\nname = "x"\ncool_down = -1', "cool_down"),
        ('[[rules]]\nname = "x"\npromise = 8', "promise"),
        ('[[rules]]\nname = "x"\nsaved = "y"\nquery = "z"', "saved"),
        ('[[rules]]\nname = "x"\nmethod = "silence"\nat_least = { posts = 9 }', "at_least.posts"),
        ('[[rules]]\nname = 2026-01-01\nquery = "z"', "z|valid"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = written(tmp_path, text)
    if why == "z|valid":
        assert read_rules(file)[0].name == "2026-01-01"
        return
    with pytest.raises(Misuse, match=why):
        read_rules(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"regler\.toml: cannot be read"):
        read_rules(tmp_path / "regler.toml")


def test_queries_and_filters_are_looked_at_too(tmp_path: Path) -> None:
    state, rules = book(tmp_path)
    file = written(
        tmp_path,
        '[[rules]]\nname = "a"\nquery = "(snö"\n'
        '[rules.filters]\ntopic = ["fotboll"]\nmunicipality = ["Ankeborg"]\nsince = "i går"\n'
        '[[rules]]\nname = "b"\nsaved = "vinter"\n',
    )
    with pytest.raises(Misuse) as error:
        rules.read(file)
    told = str(error.value)
    for part in (
        "table 1: query: ",
        "table 1: filters.topic: ",
        "table 1: filters.municipality: ",
        "table 1: filters.since ",
        "table 2: saved: no search is saved as 'vinter'; there are none",
    ):
        assert part in told
    state.close()


def test_a_saved_search_takes_its_place(tmp_path: Path) -> None:
    state, rules = book(tmp_path)
    state.put("search", "vinter", {"query": "snö*", "topic": ["snorojning"], "since": "2026-01-01"})
    rule = rules.checked({"name": "snö", "saved": "vinter"}, "regeln")
    meant = rules.resolved(rule)
    assert (meant.query, meant.filters.labels) == ("snö*", {"topic": ["snorojning"]})
    assert (meant.saved, meant.filters.since) == (None, "2026-01-01")
    state.close()


def test_rules_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    state, rules = book(tmp_path, written(tmp_path, '[[rules]]\nname = "Fast"\n'))
    rules.keep([Rule(name="snö"), Rule(name="is")])
    rules.keep([Rule(name="Snö", query="snö*")])
    found = [(each.rule.name, each.origin) for each in rules.entries()]
    assert sorted(found) == [("Fast", "regler.toml"), ("Snö", "kept"), ("is", "kept")]
    rules.remove("snö")
    assert [each.rule.name for each in rules.entries()] == ["Fast", "is"]
    with pytest.raises(Misuse, match="there are is"):
        rules.remove("snö")
    with pytest.raises(Misuse, match=r"stands in .*regler\.toml"):
        rules.remove("fast")
    with pytest.raises(Misuse, match=r"stands in .*regler\.toml"):
        rules.keep([Rule(name="FAST")])
    with pytest.raises(Misuse, match="built-in"):
        rules.remove("volym")
    state.close()


@pytest.mark.parametrize(
    ("hours", "at", "then"),
    [
        (None, "2026-03-01T23:30", "2026-03-01T23:30"),
        ("22-07", "2026-03-01T12:00", "2026-03-01T12:00"),
        ("22-07", "2026-03-01T21:10", "2026-03-02T06:00"),  # UTC: an hour behind Stockholm
        ("22-07", "2026-03-02T05:59", "2026-03-02T06:00"),
        ("12-13", "2026-07-01T10:05", "2026-07-01T11:00"),
        ("00-03", "2026-03-28T23:30", "2026-03-29T01:00"),  # the clock is put forward
    ],
)
def test_nobody_is_notified_in_quiet_hours(hours: str | None, at: str, then: str) -> None:
    rule = Rule(name="natt", quiet_hours=hours)
    moment, later = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (at, then))
    assert rule.notify_at(moment) == later


def test_the_example_rules_can_be_meant(tmp_path: Path) -> None:
    state, rules = book(tmp_path)
    found = rules.read(ROOT / "examples" / "rules.toml")
    assert {rule.method for rule in found} == {"volume", "negative", "silence", "queue"}
    state.close()

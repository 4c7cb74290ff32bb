"""Threads, folded: hard ones with their truth, office hours, roots, components."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord import times
from lyhord.dialogue import Member, threads_of
from lyhord.dialogue.components import joined
from lyhord.dialogue.office import office_seconds
from lyhord.dialogue.roots import roots_of

HARD = Path(__file__).parents[1] / "golden" / "threads"
HOME = "1880"


class Case(NamedTuple):
    """Posts, and the threads that they are; see `golden/threads/README.md`."""

    name: str
    members: list[Member]
    now: int | None
    expected: dict[str, dict[str, str]]


def moment(text: str) -> int:
    day, _, clock = text.rpartition("T")
    local = datetime.fromisoformat(f"2026-{day or '03-02'}T{clock}").replace(tzinfo=times.STOCKHOLM)
    return times.micros(local.astimezone(UTC))


def member(line: str) -> Member:
    key, when, who, *rest = line.split()
    role, _, municipality = who.partition(":")
    assert role in ("citizen", "unknown", "official"), line
    parents = [each[1:] for each in rest if each.startswith("<")]
    topics = [each[1:] for each in rest if each.startswith("#")]
    assert set(rest) <= {f"<{p}" for p in parents} | {f"#{t}" for t in topics} | {
        "needs",
        "deleted",
    }
    parent = parents[0] if parents and parents[0] != key else None
    if "deleted" in rest:
        return Member(key, parent)
    return Member(
        key,
        parent,
        live=True,
        created=moment(when),
        municipality=municipality or HOME,
        official=role == "official",
        needs_answer="needs" in rest,
        topic=topics[0] if topics else "ovrigt",
    )


def cases() -> Iterator[Case]:
    for file in sorted(HARD.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("\n== ")[1:]:
            name, *lines = [line.strip() for line in block.splitlines() if line.strip()]
            told = [line[2:].split() for line in lines if line.startswith("->")]
            yield Case(
                name,
                [member(line) for line in lines if not line.startswith(("->", "now "))],
                next((moment(line[4:]) for line in lines if line.startswith("now ")), None),
                {key: dict(each.split("=") for each in rest) for key, *rest in told},
            )


def shown(line: dict[str, Any], wanted: dict[str, str]) -> dict[str, str]:
    """Give the expected facts of a thread, written as the cases write them."""
    return {
        name: "-"
        if line[name] is None
        else str(line[name])
        if not name.endswith(("_at", "_since"))
        else wanted[name]
        if times.micros(datetime.fromisoformat(line[name])) == moment(wanted[name])
        else line[name]
        for name in wanted
    }


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_hard_threads(case: Case) -> None:
    members = list(case.members)
    random.Random(case.name).shuffle(members)  # noqa: S311 - no secret

    found = {thread.thread_id: thread.line() for thread in threads_of(members, now=case.now)}

    assert found.keys() == case.expected.keys()
    for key, wanted in case.expected.items():
        assert shown(found[key], wanted) == wanted


def test_there_are_hard_threads_enough() -> None:
    assert len({case.name for case in cases()}) == len(list(cases())) >= 80


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("03-02T08:00", "03-02T17:00", 9),
        ("03-02T07:00", "03-02T08:30", 0.5),
        ("03-02T16:00", "03-03T09:00", 2),
        ("03-06T16:30", "03-09T08:30", 1),  # over a weekend
        ("03-28T12:00", "03-29T12:00", 0),  # the clock is put forward, on a Sunday
        ("03-27T16:00", "03-30T09:00", 2),
        ("04-02T16:00", "04-07T09:00", 2),  # Easter
        ("06-18T16:00", "06-22T09:00", 2),  # Midsummer, with its eve
        ("12-23T16:00", "12-28T08:00", 1),  # Christmas
        ("12-30T08:00", "12-31T17:00", 9),  # New Year's Eve is off
        ("03-02T10:00", "03-02T09:00", 0),
    ],
)
def test_office_hours(start: str, end: str, hours: float) -> None:
    first, last = (datetime.fromtimestamp(moment(each) / 1e6, UTC) for each in (start, end))
    assert office_seconds(first, last) == hours * 3600


@given(st.lists(st.integers(1_735_700_000, 1_830_300_000), min_size=3, max_size=3))
def test_office_hours_add_up(moments: list[int]) -> None:
    first, middle, last = (datetime.fromtimestamp(each, UTC) for each in sorted(moments))
    whole = office_seconds(first, last)
    assert whole == office_seconds(first, middle) + office_seconds(middle, last)
    assert 0 <= whole <= (last - first).total_seconds()


parents = st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefghxy"))


@given(parents)
def test_roots_are_found_by_following(parents: dict[str, str | None]) -> None:
    for key, root in roots_of(parents).items():
        walked = [key]
        while (parent := parents.get(walked[-1])) is not None and parent not in walked:
            walked.append(parent)
        assert root == (min(walked[walked.index(parent) :]) if parent else walked[-1])


def test_roots_of_deep_threads_take_no_stack() -> None:
    deep = {str(n): str(n - 1) if n else None for n in range(50_000)}
    assert set(roots_of(deep).values()) == {"0"}


@given(parents, st.randoms())
def test_components_hold_what_is_linked(parents: dict[str, str | None], chance: Any) -> None:
    known: dict[str, str] = {}

    def sizes(names: Any) -> dict[str, int]:
        return {name: list(known.values()).count(name) for name in names}

    links = list(parents.items())
    chance.shuffle(links)
    for link in links:
        of, moved = joined(
            [link],
            {key: known[key] for key in link if key in known},
            sizes,
        )
        known = {key: moved.get(component, component) for key, component in known.items()} | of
    for one in known:
        for other in known:
            assert (known[one] == known[other]) == (other in reached(one, links))


def reached(start: str, links: list[tuple[str, str | None]]) -> set[str]:
    found = {start}
    while True:
        more = {
            end for link in links if None not in link and found & set(link) for end in link if end
        }
        if more <= found:
            return found
        found |= more

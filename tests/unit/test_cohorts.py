"""Cohorts: who belongs to one, and what is usual in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.analysis.cohorts import cohort, figures, members
from lyhord.analysis.comparing import Compared, compare
from lyhord.errors import Misuse
from lyhord.facts import Facts, read_facts
from lyhord.ports import Store
from lyhord.registers import Registers
from services.cli.app import app
from tests.contract.test_threads import at, post

# Figures made up for the test.
TABLE = {"0114": 48_000, "1280": 360_000, "1497": 9_000, "1880": 36_000, "2403": 2_400}
GROUPS = {"1280": "Storstäder", "1497": "Landsbygd", "2403": "Landsbygd"}
FACTS = {
    code: Facts(municipality=code, population=size, group=GROUPS.get(code))
    for code, size in TABLE.items()
}
SIZES = st.dictionaries(st.sampled_from(sorted(TABLE)), st.integers(1, 10**6), min_size=1)


def test_facts_are_read_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    rows = [f"{GROUPS.get(code, '')};{size};{code}" for code, size in TABLE.items()]
    for lines in (rows, rows[::-1]):
        file.write_text("\n".join(["group;population;municipality", *lines]), encoding="utf-8")
        found = read_facts(file)
        assert (found, list(found)) == (FACTS, list(FACTS))


@pytest.mark.parametrize("text", ["0", "-5", "1.5", "1_000", "många", "1e5", "154 049", ""])
def test_a_population_is_a_whole_number(tmp_path: Path, text: str) -> None:
    file = tmp_path / "facts.csv"
    file.write_text(f"municipality,population\nHjo,9000\nÖrebro,{text}\n", encoding="utf-8")
    with pytest.raises(Misuse) as found:
        read_facts(file)
    assert str(found.value).startswith(f"{file}:3: population: ")
    assert "\n" not in str(found.value)


def test_a_municipality_has_its_facts_once(tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    file.write_text("municipality,population\nHjo,1\n1497,2\n", encoding="utf-8")
    with pytest.raises(Misuse, match=r"csv:3: municipality: stands on line 2 already"):
        read_facts(file)


@pytest.mark.parametrize(
    ("bounds", "codes"),
    [
        ({"population": "9000-48000"}, {"0114", "1497", "1880"}),
        ({"population": "36001-"}, {"0114", "1280"}),
        ({"population": "-9 000"}, {"1497", "2403"}),
        ({"population": "20000–50000"}, {"0114", "1880"}),
        ({"population": "-0"}, set()),
        ({"group": "landsbygd"}, {"1497", "2403"}),
        ({"like": "1880"}, {"0114", "1880"}),
        ({"like": "Upplands Väsby"}, {"0114", "1880"}),
        ({"like": "Hjo", "group": "Landsbygd"}, {"1497"}),
    ],
)
def test_bounds_leave_those_that_fit_them_all(bounds: dict[str, str], codes: set[str]) -> None:
    assert members(FACTS, **bounds) == codes


def test_without_bounds_there_is_no_cohort() -> None:
    assert members({}) is None


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ({"population": "20000"}, "write 20000-50000"),
        ({"population": "-"}, "write 20000-50000"),
        ({"population": "många"}, "write 20000-50000"),
        ({"population": "5-4"}, "ends before it begins"),
        ({"group": "Förort"}, "groups are Landsbygd, Storstäder"),
        ({"like": "Örebr"}, "neither an SCB code"),
        ({"like": "Gotland"}, "no population of it"),
    ],
)
def test_bounds_that_cannot_be_meant_are_told(bounds: dict[str, str], told: str) -> None:
    with pytest.raises(Misuse, match=told):
        members(FACTS, **bounds)
    with pytest.raises(Misuse, match="municipality_facts"):
        members({}, **bounds)


@given(sizes=SIZES)
def test_a_municipality_is_like_itself_and_none_three_times_as_large(sizes: dict[str, int]) -> None:
    facts = {code: Facts(municipality=code, population=size) for code, size in sizes.items()}
    for code, size in sizes.items():
        found = members(facts, like=code)
        assert found is not None
        assert code in found
        assert all(2 * size <= 3 * sizes[other] <= 4 * size for other in found)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = TantivyStore(tmp_path_factory.mktemp("store"), write=True)
    posts = [
        post(f"{code}-{n}", n, municipality=code, author=f"p_{n}", source="x")
        for code, count in (("0114", 6), ("1880", 10), ("1280", 4))
        for n in range(count)
    ]
    posts += [post(f"o{n}", n, official=True, account="Kommunen", author="p_k") for n in range(3)]
    assert not any(store.upsert(posts))
    store.flush()
    yield store
    store.close()


@pytest.fixture(scope="module")
def compared(store: Store) -> list[Compared]:
    return rows(store)


def rows(store: Store, **bounds: str) -> list[Compared]:
    among = members(FACTS, **bounds)
    return list(compare(store, since=at(0), until=at(60), known=Registers((), FACTS), among=among))


def test_posts_are_told_of_a_thousand_inhabitants(store: Store) -> None:
    vasby, malmo, orebro = rows(store)
    assert (orebro.population, orebro.group) == (36_000, None)
    assert orebro.own_posts_a_month_per_1000 == pytest.approx(3 / 36)
    assert vasby.comments_a_month_per_1000 == pytest.approx(6 / 48)
    # Fewer than five wrote.
    assert (malmo.comments, malmo.comments_a_month_per_1000) == (None, None)
    bare = list(compare(store, since=at(0), until=at(60)))
    assert {each.comments_a_month_per_1000 for each in bare} == {None}
    assert {each.population for each in bare} == {None}


def test_a_median_is_of_those_that_have_the_figure(compared: list[Compared]) -> None:
    usual = cohort(compared)
    assert usual is not None
    assert usual.municipalities == 3
    assert (usual.medians["comments"], usual.n["comments"]) == (8, 2)
    assert (usual.medians["own_posts"], usual.n["own_posts"]) == (0, 3)
    assert (usual.medians["share_answered"], usual.n["share_answered"]) == (None, 0)
    assert (usual.medians["accounts"], usual.medians["population"]) == (0, 48_000)


def test_a_cohort_narrows_a_comparison(store: Store) -> None:
    assert [each.municipality for each in rows(store, like="Örebro")] == ["0114", "1880"]
    [alone] = rows(store, group="Storstäder")
    assert cohort([alone]) is None
    named = compare(store, ["1280", "1880"], until=at(60), among=members(FACTS, like="1880"))
    assert [each.municipality for each in named] == ["1880"]


@given(order=st.permutations(range(3)), left=st.sampled_from(sorted(TABLE)))
def test_the_order_of_municipalities_changes_no_median(
    compared: list[Compared], order: list[int], left: str
) -> None:
    found = [each for each in compared if each.municipality != left]
    usual = cohort([found[at] for at in order if at < len(found)])
    assert usual == cohort(found)
    assert usual is not None
    assert usual.medians["own_posts"] == median(figures(each)["own_posts"] or 0 for each in found)


@pytest.fixture
def lyhord(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> Callable[..., str]:
    """Give a function that runs a command over the store, and gives what it wrote to stdout."""
    register, facts = tmp_path / "accounts.csv", tmp_path / "facts.csv"
    register.write_text("municipality,source,account\nHjo,x,Hjo kommun\n", encoding="utf-8")
    lines = [f"{code},{size},{GROUPS.get(code, '')}" for code, size in TABLE.items()]
    facts.write_text("\n".join(["municipality,population,group", *lines]), encoding="utf-8")
    monkeypatch.setenv("LYHORD_ACCOUNTS", str(register))
    monkeypatch.setenv("LYHORD_MUNICIPALITY_FACTS", str(facts))
    monkeypatch.setattr("lyhord.wiring.open_store", lambda _: store)

    def run(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        out: bytes = capfdbinary.readouterr().out
        return out.decode()

    return run


def test_the_command_compares_a_cohort(lyhord: Callable[..., str]) -> None:
    lines = [
        json.loads(line)
        for line in lyhord("compare", "--population", "-48000", "--json").splitlines()
    ]
    assert [line["municipality"] for line in lines] == ["0114", "1497", "1880", None]
    assert lines[1]["accounts"] == {"x": ["hjo kommun"]}
    assert (lines[3]["medians"]["population"], lines[3]["n"]["comments"]) == (36_000, 2)
    table = lyhord("compare", "--like", "Örebro", "--until", "2026-03-02").splitlines()
    assert table[0].split()[:2] == ["inhabitants", "accounts"]
    assert [line.split("  ")[0] for line in table[1:]] == [
        "Upplands Väsby",
        "Örebro",
        "median of 2 (n)",
    ]
    assert "42,000 (2)" in table[3]
    assert lyhord("compare", "--like", "Malmö", "Örebro") == ""


def test_the_command_lists_accounts(lyhord: Callable[..., str]) -> None:
    [line] = map(json.loads, lyhord("accounts", "Hjo", "--json").splitlines())
    assert (line["account"], line["registered"], line["state"]) == ("Hjo kommun", True, "silent")
    table = lyhord("accounts").splitlines()
    assert [line.split()[:3] for line in table[1:]] == [
        ["Hjo", "x", "Hjo"],
        ["Örebro", "forum", "Kommunen"],
    ]

"""The register of accounts: read strictly, in any order; and who writes, and who is silent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyhord import wiring
from lyhord.accounts import Account, read_accounts
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.analysis.activity import activity
from lyhord.analysis.comparing import compare
from lyhord.errors import Misuse
from lyhord.ports import Store
from lyhord.registers import Registers
from lyhord.settings import Settings
from tests.contract.test_store import tagged

ROOT = Path(__file__).parents[2]
HEADER = "municipality,source,account,department,url,since,until"
ROWS = [
    "Örebro,facebook,Örebro kommun,Kommunikation,https://example.org/o,2011-04-01,",
    "1880,x,Örebro kommun,,,,",
    "Örebro,instagram,Badhuset,Fritid,,,",
    "1880,blog,Gamla bloggen,Ledning,,2010-01-01,2020-12-31",
    "1880,youtube,Kommande kanalen,Fritid,,2027-01-01,",
    "Malmö,facebook,Malmö stad,Kommunikation,,,",
]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    file = folder / "accounts.csv"
    file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return file


def mistakes(folder: Path, *rows: str, header: str = HEADER) -> list[str]:
    with pytest.raises(Misuse) as found:
        read_accounts(written(folder, *rows, header=header))
    return str(found.value).replace(str(folder / "accounts.csv"), "F").split("\n")


def test_a_register_is_read(tmp_path: Path) -> None:
    found = read_accounts(written(tmp_path, *ROWS))
    assert len(found) == len(ROWS)
    assert found[0] == Account(
        municipality="1280", source="facebook", account="Malmö stad", department="Kommunikation"
    )
    facebook = next(each for each in found if each.url)
    assert (facebook.municipality, facebook.since, facebook.until) == (
        "1880",
        date(2011, 4, 1),
        None,
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_spreadsheet_may_have_saved_it(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.csv"
    text = 'account;municipality;source\r\n\'@Åre;Åre;x\r\n;;\r\n"två\nrader";Åre;x\r\n'
    file.write_bytes(text.encode(encoding))
    assert [each.account for each in read_accounts(file)] == ["@Åre", "två\nrader"]


def test_sources_of_the_settings_count(tmp_path: Path) -> None:
    file = written(tmp_path, "Örebro,tiktok,Örebro kommun,,,,")
    known = wiring.registers(Settings(accounts=file, extra_sources=("tiktok",)))
    assert [each.source for each in known.accounts] == ["tiktok"]
    assert wiring.registers(Settings()) == Registers()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Ankeborg,x,a,,,,", "F:2: municipality: municipality 'Ankeborg' is neither"),
        ("114,x,a,,,,", "is it 0114, without its 0?"),
        ("Örebro,fejsbok,a,,,,", "F:2: source: 'fejsbok' is not known; sources are facebook"),
        ("Örebro,x,,,,,", "F:2: account: is missing"),
        ("Örebro,x,a,,ftp://a,,", "F:2: url: 'ftp://a'"),
        ("Örebro,x,a,,,i fjol,", "F:2: since: 'i fjol' is no day such as"),
        ("Örebro,x,a,,,1704110400,", "F:2: since: "),
        ("Örebro,x,a,,,2023-02-29,", "F:2: since: "),
        ("Örebro,x,a,,,2024-01-02,2024-01-01", "F:2: until: 2024-01-01 is before since"),
        ("Örebro,x,a", "F:2: has 3 cells where the header has 7"),
        ('Örebro,x,"a,,,,', "F:2: is not valid CSV"),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path: Path, row: str, told: str) -> None:
    [found] = mistakes(tmp_path, row)
    assert told in found


def test_mistakes_are_told_together(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "Ankeborg,fejsbok,a,,,,", "", "Örebro,x,A,,,,", "1880,x,a,,,,")
    assert [each.rpartition(": ")[0].split(": ")[0:2] for each in found] == [
        ["F:2", "municipality"],
        ["F:2", "source"],
        ["F:5", "account"],
    ]
    assert found[-1] == "F:5: account: stands on line 4 already"
    many = mistakes(tmp_path, *["Örebro,x,,,,,"] * 50)
    assert (len(many), many[-1]) == (21, "and 30 mistakes more")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("kommun,source,account", ["F:1: kommun: is not known", "F:1: municipality: the column"]),
        ("municipality,source,account,url,url", ["F:1: url: is there twice"]),
        ("municipality,source,account,", ["F:1: a column without a name: is not known"]),
        ("", ["F:1: there is no header"]),
    ],
)
def test_columns_are_checked(tmp_path: Path, header: str, told: list[str]) -> None:
    found = mistakes(tmp_path, header=header)
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"none\.csv cannot be read"):
        read_accounts(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\x81\xff")
    with pytest.raises(Misuse, match=r"bytes\.csv is neither"):
        read_accounts(tmp_path / "bytes.csv")


@given(rows=st.permutations(ROWS), columns=st.permutations(range(7)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_order_of_rows_and_columns_changes_nothing(
    tmp_path: Path, rows: list[str], columns: list[int]
) -> None:
    turned = [",".join(row.split(",")[at] for at in columns) for row in (HEADER, *rows)]
    file = written(tmp_path, *turned[1:], header=turned[0])
    assert read_accounts(file) == read_accounts(written(tmp_path, *ROWS))


def test_the_examples_are_marked_as_such() -> None:
    found = read_accounts(ROOT / "examples" / "register" / "accounts.csv")
    assert len({each.municipality for each in found}) == 7
    for each in found:
        assert each.account.startswith("Exempel ")
        assert each.url
        assert each.url.startswith(f"https://example.org/{each.source}/")


def own(number: int, account: str, day: str, **changes: Any) -> bytes:
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    known = {"source": "facebook", "author_role": "municipality", "created_at": moment}
    return tagged(number, account=account, **known | {"fetched_at": moment} | changes)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = TantivyStore(tmp_path_factory.mktemp("store"), write=True)
    posts = [
        own(1, "Örebro Kommun", "2026-05-01", department="VA"),
        own(2, "Örebro Kommun", "2026-03-01"),
        own(3, "örebro kommun", "2026-01-01", source="x"),
        own(4, "Smygkontot", "2026-05-20", source="x"),
        own(5, "Gamla bloggen", "2019-05-20", source="blog"),
        own(6, "Hjo kommun", "2026-05-20", municipality="1497"),
        own(7, "Hjo kommun", "2026-06-20", municipality="1497"),
        own(8, "En invånare", "2026-05-20", author_role="citizen"),
    ]
    assert not any(store.upsert(posts))
    store.flush()
    yield store
    store.close()


def test_accounts_write_or_are_silent_closed_or_unregistered(store: Store, tmp_path: Path) -> None:
    register = read_accounts(written(tmp_path, *ROWS))
    found = [
        (each.municipality, each.source, each.account, each.registered, each.own_posts, each.state)
        for each in activity(store, register, now=NOW)
    ]
    assert found == [
        ("1280", "facebook", "Malmö stad", True, 0, "silent"),
        ("1497", "facebook", "Hjo kommun", None, 1, "writes"),
        ("1880", "blog", "Gamla bloggen", False, 1, "closed"),
        ("1880", "facebook", "Örebro kommun", True, 2, "writes"),
        ("1880", "instagram", "Badhuset", True, 0, "silent"),
        ("1880", "x", "Smygkontot", False, 1, "unregistered"),
        ("1880", "x", "Örebro kommun", True, 1, "silent"),
    ]
    [facebook] = [
        each for each in activity(store, register, ["1880"], now=NOW) if each.own_posts > 1
    ]
    assert (facebook.first_day, facebook.last_day) == ("2026-03-01", "2026-05-01")
    assert facebook.department == "Kommunikation"


def test_without_a_register_nobody_can_tell(store: Store) -> None:
    found = list(activity(store, (), now=NOW))
    assert {each.registered for each in found} == {None}
    assert {each.state for each in found} == {"writes", "silent"}
    assert "Smygkontot" in {each.account for each in found}


def test_closed_accounts_that_write_on_stand_in_no_register(store: Store) -> None:
    closed = Account(municipality="1880", source="x", account="smygkontot", until=date(2026, 5, 19))
    found = {each.account: each.state for each in activity(store, [closed], ["1880"], now=NOW)}
    assert found["smygkontot"] == "unregistered"


def test_silent_accounts_count_when_municipalities_are_compared(
    store: Store, tmp_path: Path
) -> None:
    known = Registers(read_accounts(written(tmp_path, *ROWS)))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    malmo, hjo, orebro = compare(store, since=since, until=NOW, known=known)
    assert (malmo.municipality, malmo.accounts) == ("1280", {"facebook": ["malmö stad"]})
    assert (hjo.accounts, hjo.departments) == ({"facebook": ["hjo kommun"]}, 0)
    assert orebro.accounts == {
        "facebook": ["örebro kommun"],
        "instagram": ["badhuset"],
        "x": ["smygkontot", "örebro kommun"],
    }
    assert orebro.departments == 3  # VA's post, and two of the register
    [bare] = compare(store, ["1880"], since=since, until=NOW)
    assert (bare.accounts.keys(), bare.departments) == ({"facebook", "x"}, 1)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_times_at_the_ends_of_the_calendar_are_no_trouble(
    store: Store, tmp_path: Path, moment: str
) -> None:
    known = Registers(read_accounts(written(tmp_path, *ROWS)))
    end = datetime.fromisoformat(moment)
    assert list(compare(store, ["1880"], since=end, until=end, known=known))

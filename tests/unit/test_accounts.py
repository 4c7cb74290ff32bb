"""The register of accounts: read strictly, in any order."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyhord import wiring
from lyhord.accounts import Account, read_accounts
from lyhord.errors import Misuse
from lyhord.registers import Registers
from lyhord.settings import Settings

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

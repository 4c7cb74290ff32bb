"""Sweden's municipalities: codes, names, and the ways in which people write them."""

import pytest

from lyhord import municipalities


def test_all_290_are_there_in_order() -> None:
    places = municipalities.all_municipalities()
    assert len(places) == 290
    assert [each.code for each in places] == sorted({each.code for each in places})
    assert len({each.county for each in places}) == 21
    assert len({each.code[:2] for each in places}) == 21


def test_seats_lie_in_sweden() -> None:
    for each in municipalities.all_municipalities():
        assert 55 < each.lat < 69.1, each
        assert 10.9 < each.lon < 24.2, each


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Karlstad", "1780"),
        ("karlstads kommun", "1780"),
        ("  Stockholms   stad ", "0180"),
        ("Malmös", "1280"),
        ("Borås", "1490"),
        ("Borås stad", "1490"),
        ("orebro", "1880"),
        ("HÅBO", "0305"),
        ("Habo", "0643"),
        ("Upplands-Bro", "0139"),
        ("upplands vasby kommun", "0114"),
        ("Oslo", None),
        ("kommun", None),
        ("", None),
    ],
)
def test_names_are_read_as_people_write_them(written: str, code: str | None) -> None:
    assert municipalities.code_of(written) == code


def test_codes_and_names_belong_together() -> None:
    for each in municipalities.all_municipalities():
        assert municipalities.exists(each.code)
        assert municipalities.name_of(each.code) == each.name
        assert municipalities.code_of(each.name) == each.code
        assert municipalities.code_of(f"{each.name} kommun") == each.code
        assert municipalities.get(each.code) == each


@pytest.mark.parametrize("code", ["0000", "", "180", "1780 ", "abcd"])
def test_unknown_codes_are_nobody(code: str) -> None:
    assert not municipalities.exists(code)
    assert municipalities.name_of(code) is None
    assert municipalities.get(code) is None

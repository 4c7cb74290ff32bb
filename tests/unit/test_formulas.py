"""Formulas in CSV: harmless in a spreadsheet, and back again unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.formulas import guard, unguard


@pytest.mark.parametrize("cell", ["=1+1", "+46 8", "-5", "@SUM(A1)", "\t=1", "\r\nx", "＝1", "'=1"])
def test_what_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    assert guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "hej", "'citat'", " =1", "1-2", "a@example.com"])
def test_what_is_harmless_stays(cell: str) -> None:
    assert guard(cell) == cell
    assert unguard(cell) == cell


@given(st.text(st.one_of(st.sampled_from("'=+-@\t\n"), st.characters()), max_size=8))
def test_a_guarded_cell_comes_back(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(st.text(st.one_of(st.sampled_from("'=+-@\t\n"), st.characters()), max_size=8))
def test_nothing_guarded_begins_as_a_formula(cell: str) -> None:
    assert not guard(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))

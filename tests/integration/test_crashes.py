"""A small form of the rehearsal of crashes: `kill -9` at every named boundary and at random."""

import pytest

from benchmarks.crash import rehearse


@pytest.mark.parametrize("reaches", [(1,)])
def test_no_crash_loses_doubles_or_ages_a_post(reaches: tuple[int, ...]) -> None:
    report = rehearse(moments=3, posts=300, seed=7, reaches=reaches)
    assert not report.found, report.table()
